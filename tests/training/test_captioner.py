from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.modalities.text.test_letters import encoder
from vse.encoders.vse.captioner import SPECIAL
from vse.errors import ConfigError, TrainingError
from vse.training.captioner import Captioned, CaptionerTraining, captioned, learn_to_write, writing_loss

SMALL = CaptionerTraining(
    "texts", noise=0.1, steps=120, batch_size=32, learning_rate=0.01, min_count=1, hidden=32, word_dim=16
)
TEXTS = ["a dog", "a cat", "two dogs in the snow here today", "two cats in the snow here today"]


def learnt_from(source: str, pictures: bool = True) -> Captioned:
    """Fifty captions of each kind, whose vector is the kind's own."""
    rows = np.arange(200) % 4
    vectors = np.eye(4, 6, dtype=np.float16)
    return Captioned([TEXTS[row] for row in rows], {source: vectors}, {source: rows})


@pytest.mark.parametrize("source", ["texts", "pictures"])
def test_what_is_of_a_vector_is_written_for_it(source: str):
    captioner, about = learn_to_write(learnt_from(source), 6, replace(SMALL, learn_from=source))
    written = captioner.write(np.eye(4, 6, dtype=np.float32), "short")
    assert [each[0][0] for each in written[:2]] == TEXTS[:2]
    written = captioner.write(np.eye(4, 6, dtype=np.float32), "medium")
    assert [each[0][0] for each in written[2:]] == TEXTS[2:]
    assert captioner.words[:5] == (*SPECIAL, "a") or captioner.words[4] in {"a", "two", "the"}
    assert about["captions"] == 200
    assert about["kept_back"][source] < 0.3


def test_the_loss_is_the_mean_over_words_and_the_end():
    captioner, _ = learn_to_write(learnt_from("texts"), 6, replace(SMALL, steps=1))
    vectors, ids = torch.eye(2, 6), torch.tensor([[1, 4, 5, 0, 0], [2, 6, 4, 7, 0]])
    with torch.inference_mode():
        steps = captioner(vectors, ids[:, :-1]).log_softmax(dim=-1)
        expected = -(steps[0, [0, 1, 2], [4, 5, 0]].sum() + steps[1, [0, 1, 2, 3], [6, 4, 7, 0]].sum()) / 7
        assert float(writing_loss(captioner, vectors, ids)) == pytest.approx(float(expected), abs=1e-5)


def test_rare_words_are_not_learnt_nor_captions_with_them():
    found = learnt_from("texts")
    found.texts[0] = "a zebra"
    captioner, about = learn_to_write(found, 6, replace(SMALL, steps=1, min_count=2))
    assert "zebra" not in captioner.words
    assert about["captions"] == 199


def test_a_decoder_that_goes_on_keeps_its_words_and_leaves_captions_with_others_out():
    first, _ = learn_to_write(learnt_from("texts"), 6, replace(SMALL, steps=1))
    found = learnt_from("texts")
    found.texts[0] = "a zebra"
    captioner, about = learn_to_write(found, 6, replace(SMALL, steps=1, learning_rate=0.0), start=first)
    assert captioner.words == first.words
    assert about["captions"] == 199
    assert all(
        torch.equal(ours, firsts) for ours, firsts in zip(captioner.parameters(), first.parameters(), strict=True)
    )
    with pytest.raises(TrainingError, match="another size: give the same --hidden"):
        learn_to_write(found, 6, replace(SMALL, steps=1, hidden=16), start=first)


def test_captions_of_a_file_are_read_from_their_own_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "captions.txt"
    file.write_text("A dog in the snow.\n\nred grass\n")
    model = encoder("words")
    found = captioned(model, [str(file)], learn_from="texts")
    assert found.texts == ["A dog in the snow.", "red grass"]
    read = model.encode_texts(found.texts)[np.argsort(found.rows["texts"])]
    assert np.allclose(found.vectors["texts"], read, atol=1e-3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["scenes:none"], "scenes:none names no scenes: write how many"),
        (["missing.txt"], "missing.txt cannot be read as text"),
    ],
)
def test_what_holds_no_captions_is_told(given: list[str], message: str):
    with pytest.raises(TrainingError, match=message):
        captioned(encoder("words"), given, learn_from="texts")


def test_too_little_to_learn_from_is_told():
    found = learnt_from("texts")
    with pytest.raises(TrainingError, match="give more captions, 100 at least"):
        learn_to_write(replace(found, texts=found.texts[:20]), 6, SMALL)
    with pytest.raises(TrainingError, match="There are no pictures to learn from"):
        learn_to_write(found, 6, replace(SMALL, learn_from="pictures"))
    with pytest.raises(ConfigError, match="learn_from = 'sounds'; expected one of texts, pictures, both"):
        CaptionerTraining("sounds")
