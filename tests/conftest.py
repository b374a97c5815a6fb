"""What several test modules share: fakes small enough to compute by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from vse.encoders.similarity import SIMILARITIES, normalise
from vse.modalities.image.decoding import open_image

if TYPE_CHECKING:
    from tests.demo_fixtures import Served
    from vse.encoders.clip.folder import ClipParts
    from vse.encoders.vse.checkpoint import Checkpoint

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}
CAPTIONS = {"red": ["red", "a red square"], "green": ["green"], "blue": [], "yellow": ["Red and green."]}


# Workers share the cores: threads of each for the others' would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# What takes half a minute and needs an extra is left to `python -m tests.trials`.
long_trial = pytest.mark.skipif("VSE_LONG_TRIALS" not in os.environ, reason="python -m tests.trials runs it")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or fills the user's cache."""
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "cache"))


class FakeEncoder:
    """Red, green and blue as the three axes: a picture is its mean colour, a text the sum of the colours it names.

    A text that names none is grey.
    """

    modalities = ("image", "text")

    def __init__(self, fingerprint: str = "fake", similarity: str = "cosine") -> None:
        self.name, self.fingerprint, self.dim, self.similarity = "fake", fingerprint, 3, SIMILARITIES[similarity]
        self.encoded: list[str] = []  # one entry a call

    def encode(
        self, modality: str, inputs: Sequence[Any], *, strict: bool = True, progress: object = None
    ) -> np.ndarray:
        if modality == "image":
            return self.encode_images(inputs, progress)
        return self.encode_texts(inputs, progress, strict=strict)

    def encode_images(self, images: Iterable[object], progress: object = None) -> np.ndarray:
        self.encoded.append("images")
        return normalise(np.stack([np.asarray(open_image(image)).mean(axis=(0, 1)) for image in images]))  # type: ignore[arg-type]

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        self.encoded.append("texts")
        axes = ("red", "green", "blue")
        rows = np.array([[float(axis in text.lower()) for axis in axes] for text in texts])
        return normalise(np.where(rows.any(axis=1, keepdims=True), rows, 1.0))


def write_pictures(folder: Path, names: Iterable[str] = COLOURS) -> None:
    """Squares of one colour, named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("RGB", (20, 20), COLOURS[name]).save(folder / f"{name}.png")


def complaint(path: Path) -> str:
    """What is said of a collection's files: the refusal, else the notes."""
    from vse.data import load_collection
    from vse.errors import CollectionError

    try:
        return " ".join(load_collection(path).notes)
    except CollectionError as error:
        return str(error)


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """The folder of a collection of four squares with 2, 1, 0 and 1 captions."""
    folder = tmp_path / "colours"
    write_pictures(folder / "images")
    lines = [{"id": name, "image": f"images/{name}.png", "captions": texts} for name, texts in CAPTIONS.items()]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def scenes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a collection of 30 test scenes with captions and truth; the pictures are noise."""
    from vse.data.scenes.world.sample import sample_scenes
    from vse.data.scenes.write import scene_line

    folder = tmp_path_factory.mktemp("collections") / "noise"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    lines = []
    for scene in sample_scenes("test", 30):
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"images/{scene.id}.png")
        lines.append(scene_line(scene, f"images/{scene.id}.png", "test"))
    (folder / "items.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def tiny_checkpoint(seed: int = 0, texts: Sequence[str] = (), **model: object) -> Checkpoint:
    """A model of a few thousand random weights that reads pictures of 16 x 16 and the words of `texts`."""
    import torch

    from vse.encoders.vse.checkpoint import Checkpoint, fingerprint
    from vse.encoders.vse.config import ModelConfig
    from vse.encoders.vse.model import VSE
    from vse.modalities.image.config import ImageConfig
    from vse.modalities.image.preprocess import Preprocess
    from vse.modalities.text.config import TextConfig
    from vse.modalities.text.vocabulary import Vocabulary

    image = ImageConfig(widths=(4, 6, 8), blocks=(1, 1), grid=2, size=16)
    given = {"dim": 8, "image": image, "text": TextConfig(word_dim=6, hidden=5, max_words=6), **model}
    vocabulary = Vocabulary.build(texts or ["a red dog on the green beach", "two blue cats", "a bus at night"])
    preprocess = Preprocess(16, "crop", (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    torch.manual_seed(seed)
    network = VSE(ModelConfig(**given), len(vocabulary)).eval()  # type: ignore[arg-type]
    return Checkpoint(network, vocabulary, preprocess, fingerprint(network, vocabulary, preprocess))


TINY_CLIP = {
    "embed_dim": 8,
    "vision_cfg": {"image_size": 16, "patch_size": 8, "layers": 1, "width": 16, "head_width": 8},
    "text_cfg": {"context_length": 8, "vocab_size": 516, "width": 16, "heads": 2, "layers": 1},
}


def tiny_clip(seed: int = 0) -> ClipParts:
    """A CLIP of random weights that reads pictures of 16 x 16; two merges make "dog" one token."""
    import torch

    from vse.encoders.clip.folder import ClipParts, bpe_tokenizer, build_clip, full_preprocess

    torch.manual_seed(seed)
    model = build_clip(TINY_CLIP, "the tiny CLIP")
    preprocess = full_preprocess({"mean": [0.5] * 3, "std": [0.25] * 3}, model, "the tiny CLIP")
    return ClipParts(model, bpe_tokenizer([("d", "o"), ("do", "g</w>")], 8), preprocess, TINY_CLIP)


@pytest.fixture
def clip_config(tmp_path: Path) -> Path:
    """The file of a tiny CLIP's configuration, for `--clip-config`."""
    preprocess = {"mean": [0.5] * 3, "std": [0.25] * 3, "interpolation": "bicubic", "resize_mode": "shortest"}
    path = tmp_path / "clip.json"
    path.write_text(json.dumps({"model_cfg": TINY_CLIP, "preprocess_cfg": preprocess}), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def scenes_model(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model that knows the words of `scenes_folder`; read it only."""
    from vse.data import load_collection
    from vse.encoders.vse.checkpoint import save_checkpoint

    folder = tmp_path_factory.mktemp("models") / "tiny-scenes"
    save_checkpoint(folder, tiny_checkpoint(texts=load_collection(scenes_folder).captions))
    return folder


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model; read it only."""
    from vse.encoders.vse.checkpoint import save_checkpoint

    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_checkpoint(folder, tiny_checkpoint())
    return folder


@pytest.fixture(scope="session")
def served(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with 30 scenes and two tiny models that know their words, started once; "other" stands for the CLIP."""
    from demo.shared.starters import SCENE_TEXTS
    from tests.demo_fixtures import Served, running
    from tests.encoders.vse.test_captioner import small
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.encoders.vse.captioner import save_captioner
    from vse.encoders.vse.checkpoint import save_checkpoint

    folder = tmp_path_factory.mktemp("app")
    collection = load_collection(scenes_folder)
    save_checkpoint(folder / "tiny", tiny_checkpoint(texts=[*collection.captions, *SCENE_TEXTS]))
    save_checkpoint(folder / "other", tiny_checkpoint(1, texts=[*collection.captions, *SCENE_TEXTS]))
    tiny = load_model(folder / "tiny")
    save_captioner(folder / "tiny", tiny.fingerprint, small(tiny.dim), {})
    arguments = ["--model", str(folder / "tiny"), "--clip", str(folder / "other"), "--collection", str(scenes_folder)]
    with running(arguments, folder) as address:
        yield Served(address, collection, folder / "app.log")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app as it ships, started once."""
    from tests.demo_fixtures import Served, running
    from vse.data import load_collection

    folder = tmp_path_factory.mktemp("ships")
    with running([], folder) as address:
        yield Served(address, load_collection("scenes"), folder / "app.log")
