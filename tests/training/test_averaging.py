from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vse.cli import main
from vse.encoders.vse.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.errors import TrainingError
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.config import TextConfig
from vse.modalities.text.vocabulary import Vocabulary
from vse.training.averaging import average

WORDS = "text_tower.embedding.weight"


def model(folder: Path, words: tuple[str, ...], seed: int, dim: int = 4, word_dim: int = 3) -> Path:
    torch.manual_seed(seed)
    config = ModelConfig(
        dim=dim, image=ImageConfig(widths=(4, 4), blocks=(1,), size=16), text=TextConfig(word_dim=word_dim, hidden=3)
    )
    vocabulary = Vocabulary(("<pad>", "<unk>", *words))
    network = VSE(config, len(vocabulary))
    save_checkpoint(folder, Checkpoint(network, vocabulary, Preprocess(16, "squash", (0.5,) * 3, (0.5,) * 3)))
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_checkpoint(folder).model.state_dict()


def test_weights_are_averaged_by_their_shares_and_words_by_their_names(tmp_path: Path):
    a = model(tmp_path / "a", ("cat", "dog", "otter"), 1)
    b = model(tmp_path / "b", ("dog", "cat"), 2)
    found = average(tmp_path / "run", [a, b], [3, 1])
    assert found == tmp_path / "run" / "best"
    mean, of_a, of_b = map(weights, (found, a, b))
    for name in mean:
        if mean[name].is_floating_point() and name != WORDS:
            assert torch.allclose(mean[name], 0.75 * of_a[name] + 0.25 * of_b[name], atol=1e-6)
    assert torch.allclose(mean[WORDS][2], 0.75 * of_a[WORDS][2] + 0.25 * of_b[WORDS][3], atol=1e-6)  # cat
    assert torch.allclose(mean[WORDS][4], of_a[WORDS][4], atol=1e-6)  # otter, which b does not know
    assert load_checkpoint(found).training["average_of"] == {"a": 3, "b": 1}


def test_one_model_twice_is_itself(tmp_path: Path):
    a = model(tmp_path / "a", ("cat",), 1)
    found = average(tmp_path / "run", [a, a])
    assert all(torch.allclose(tensor, weights(a)[name]) for name, tensor in weights(found).items())


def test_what_cannot_be_averaged_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a = model(tmp_path / "a", ("cat",), 1)
    for other in (model(tmp_path / "b", ("cat",), 1, dim=5), model(tmp_path / "c", ("cat",), 1, word_dim=2)):
        with pytest.raises(TrainingError, match=f"{other.name} has another architecture than .*a;"):
            average(tmp_path / "run", [a, other])
    for folders, shares in (([a], None), ([a, a], [1.0]), ([a, a], [1.0, -1.0]), ([a, a], [0.0, 0.0])):
        with pytest.raises(TrainingError, match="give two models or more, and a share of each"):
            average(tmp_path / "run", folders, shares)
    assert not (tmp_path / "run").exists()
    with pytest.raises(SystemExit):
        main(["average", str(tmp_path / "run"), str(a), str(a), "--shares", "1,much"])
    assert "got '1,much', expected numbers with commas between" in capsys.readouterr().err
    assert main(["average", str(tmp_path / "run"), str(a), str(a), "--shares", "1,2"]) == 0
    assert "the average is in" in capsys.readouterr().out
