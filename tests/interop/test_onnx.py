"""A VSE as ONNX files: run without torch they give the model's vectors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.conftest import long_trial, tiny_checkpoint
from vse.cli import main
from vse.data import load_collection
from vse.encoders.onnx import runner
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import Checkpoint, save_checkpoint
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, ConfigError
from vse.interop import onnx
from vse.modalities import TEXT
from vse.modalities.text.config import TextConfig
from vse.modalities.text.spelling import spelled
from vse.modalities.text.tokenizer import tokenize
from vse.modalities.text.vocabulary import Vocabulary, osa_distances

for package in ("onnxruntime", "onnx", "onnxscript"):
    pytest.importorskip(package)
from vse.interop import vse_onnx  # noqa: E402

TEXTS = [
    "a red dog",
    "two blue cats at night on the green beach",
    "bus",
    "a snowfield, a DOG\u2019s beech!",
    "狗 nihgt",
]
# Everything of a folder, without torch and without this project.
ALONE = """
import sys
sys.modules["torch"] = sys.modules["vse"] = None
import json, numpy as np
from vse_onnx import Model
model, (texts, pictures) = Model("."), json.loads(sys.argv[1])
np.savez("found.npz", texts=model.texts(texts), one=model.texts(texts[2:3]), images=model.images(pictures))
"""


def checkpoint(**text: object) -> Checkpoint:
    return tiny_checkpoint(text=TextConfig(word_dim=6, hidden=5, max_words=6, filters=30, **text))  # type: ignore[arg-type]


@long_trial
def test_a_folder_runs_without_torch_and_gives_the_model_s_vectors(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = checkpoint(tower="mixed", letters="cnn")
    save_checkpoint(tmp_path / "model", made)
    for number, size in enumerate([(40, 30), (16, 16), (9, 50)]):
        pixels = np.random.default_rng(number).integers(0, 256, (*size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    pictures = [str(tmp_path / f"{number}.png") for number in range(3)]
    assert main(["export", str(tmp_path / "model"), "--onnx", str(tmp_path / "to")]) == 0
    assert f"python {tmp_path / 'to/vse_onnx.py'}" in capsys.readouterr().out
    names = ["README.md", "image.onnx", "model.json", "text.onnx", "vse_onnx.js", "vse_onnx.py"]
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == names
    given = json.dumps([TEXTS, pictures])
    subprocess.run([sys.executable, "-c", ALONE, given], cwd=tmp_path / "to", check=True)
    found = np.load(tmp_path / "to/found.npz")
    encoder = VSEEncoder(made, "model")
    np.testing.assert_allclose(found["texts"], encoder.encode_texts(TEXTS), atol=1e-4)
    np.testing.assert_allclose(found["one"], encoder.encode_texts(TEXTS[2:3]), atol=1e-4)
    np.testing.assert_allclose(found["images"], encoder.encode_images(pictures), atol=1e-4)


@long_trial
@pytest.mark.parametrize("name", ["scenes-vse", "photos-vse"])
def test_what_ships_runs_without_torch_too(name: str, tmp_path: Path):
    items = load_collection("scenes").items[:30]
    texts = [
        *(caption for item in items for caption in item.captions),
        "a snowman withuot a hat",
        "bycicles in teh rian",
    ]
    pictures = [str(item.image_path) for item in items]
    onnx.export(name, tmp_path / "to")
    subprocess.run([sys.executable, "-c", ALONE, json.dumps([texts, pictures])], cwd=tmp_path / "to", check=True)
    found, encoder = np.load(tmp_path / "to/found.npz"), load_model(name)
    np.testing.assert_allclose(found["texts"], encoder.encode_texts(texts), atol=1e-4)
    np.testing.assert_allclose(found["images"], encoder.encode_images(pictures), atol=1e-4)


@long_trial
@pytest.mark.parametrize(
    "text",
    [
        {"cell": "lstm", "pooling": "mean"},
        {"tower": "characters", "letters": "gru", "bidirectional": False},
    ],
    ids=["lstm", "characters"],
)
def test_every_kind_of_text_tower_is_a_graph(text: dict[str, object]):
    """The export compares it with torch, with as many words; here there are more and fewer."""
    made = checkpoint(**text)
    run = runner(onnx.text_graph(made))
    known = made.model.text_tower.embedding.num_embeddings
    letters = (
        [torch.from_numpy(spelled(["antidisestablishment", "at", "dogs"]))] if made.model.text_tower.reader else []
    )
    for ids in ([[1, 2 % known, 1, 1, 1, known + 2 if letters else 3]], [[1]], [[1, 1], [1, 0], [1, 0], [1, 1]]):
        rows = torch.tensor(ids)
        lengths = (rows > 0).sum(dim=1)
        with torch.inference_mode():
            expected = made.model.embed(TEXT, (rows, lengths, *letters))
        found = run(rows.numpy(), lengths.numpy(), *(each.numpy() for each in letters))
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_what_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(CheckpointError, match="scenes-clip is no VSE of pictures and texts"):
        onnx.export("scenes-clip", tmp_path / "to")
    monkeypatch.setattr(onnx, "missing_packages", lambda: ["onnx"])
    with pytest.raises(ConfigError, match=r'ONNX is not installed: run pip install "vse-explorer\[fast\]"'):
        onnx.export("scenes-vse", tmp_path / "to")
    assert not (tmp_path / "to").exists()


@given(st.text(max_size=40) | st.text("aB3' -’‐狗👍🏽🇩🇪\u200d\ufe0f❤é\u0301", max_size=20))
def test_the_words_of_a_text_are_the_model_s(text: str):
    assert vse_onnx.tokenize(text) == tokenize(text)


words = st.text("abc", min_size=1, max_size=6)


@given(words, words)
def test_one_edit_is_the_distance_of_one(a: str, b: str):
    distance = osa_distances(a, np.array([[ord(letter) for letter in b]]), np.array([len(b)]))[0]
    assert vse_onnx.one_edit(a, b) == (distance == 1)


@given(st.lists(st.sampled_from(["snow", "snwo", "snows", "nosw", "dgo", "mountin", "wihtout", "isnt", "zebra", "é"])))
def test_words_are_read_as_the_model_reads_them(drawn: list[str]):
    vocabulary = Vocabulary.build(["a dog on a mountain in the snow without a fountain", "snow is now known bar zone"])
    model = object.__new__(vse_onnx.Model)
    model._words = list(vocabulary.words)
    model._ids = {word: i for i, word in enumerate(vocabulary.words) if i > 1}
    model._alphabet = set(vocabulary.alphabet)
    model.about = {"text": {"tower": "mixed"}}
    text = " ".join([*drawn, "a"])
    assert [model._read(word) for word in tokenize(text)] == vocabulary.encode_or_spell(text)


def test_letters_are_those_that_the_tower_reads():
    spelt = ["a", "snowfield", "é" * 20]
    np.testing.assert_array_equal(vse_onnx.letters_of(spelt), spelled(spelt))
    assert vse_onnx.letters_of([]).shape == (1, 5)
