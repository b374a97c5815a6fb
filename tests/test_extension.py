"""What can be added from outside the packages: each registry takes one more entry, and what it names is used."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from tests.conftest import write_pictures
from tests.training.test_trainer import MODEL as TINY
from tests.training.test_trainer import noise
from vse.cli import parser
from vse.cli.train import configurations
from vse.data import load_collection
from vse.data.item import Item
from vse.data.readers import READERS
from vse.data.readers.base import Contents
from vse.data.readers.caption_file import CaptionFile
from vse.encoders.joint import JointModel
from vse.training.config import train_config
from vse.training.objectives import OBJECTIVES, title_of
from vse.training.objectives.base import Ranking
from vse.training.run import train
from vse.training.sources.base import Batch
from vse.training.state import new_run
from vse.training.trainer import Trainer


def test_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def read(source: Path, images: Path | None) -> Contents:
        names = (line.split(": ") for line in source.read_text().splitlines())
        return Contents(source, tuple(Item.picture(name, source.parent / name, (caption,)) for name, caption in names))

    monkeypatch.setattr("vse.data.readers.READERS", [*READERS, CaptionFile("lines", ("captions.lines",), read)])
    write_pictures(tmp_path / "c", ["red", "green"])
    (tmp_path / "c" / "captions.lines").write_text("green.png: a meadow\nred.png: a barn\n")
    collection = load_collection(tmp_path / "c")
    assert [item.id for item in collection.items] == ["green.png", "red.png"]
    assert collection.captions == ("a meadow", "a barn")
    assert load_collection(tmp_path / "c" / "captions.lines") == collection


def test_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    @dataclass(frozen=True)
    class SquaredConfig:
        strength: float = 2.0

    class Squared(Ranking):
        """Scores of the true pairs at one, those of others at zero."""

        Config = SquaredConfig
        title = "squared distance to the identity"

        def loss(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
            return self.config.strength * (scores - torch.eye(len(scores))).square().mean()

    monkeypatch.setitem(OBJECTIVES, "squared", Squared)
    settings = {"loss": "squared", "strength": 3.0, "paraphrase": 0.5, "ema_decay": 0.5}
    training = train_config({"scenes": 4, "batch_size": 4, "epochs": 1, "validation_scenes": 2, **settings})
    monkeypatch.setattr("vse.training.sources.scene_set.rendered", noise)
    train(tmp_path / "run", TINY, training, device="cpu")
    state = json.loads((tmp_path / "run" / "state" / "state.json").read_text())
    assert [entry["epoch"] for entry in state["history"]] == [1]  # of two steps
    assert state["history"][0]["loss"] > 0
    assert new_run(tmp_path / "run", None, None, resume=True)[1] == training
    assert title_of("squared") == "squared distance to the identity"
    options = parser().parse_args(["train", "somewhere", "--loss", "squared", "--strength", "3"])
    assert configurations(options)[1].objectives["squared"] == SquaredConfig(3.0)


class Sounds(JointModel):
    """Pictures, texts and sounds of two numbers each, of which a table of its own makes vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.towers = nn.ModuleDict({name: nn.Linear(2, 3) for name in ("image", "text", "sound")})

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        return inputs

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        return normalize(self.towers[modality](features), dim=-1)


@dataclass(frozen=True)
class Trained:
    """The sounds' model as training sees it."""

    similarity = "cosine"
    start = None

    def build(self) -> Sounds:
        return Sounds()


@dataclass
class Noises:
    """Four things a batch, with one picture, two texts and three sounds each."""

    steps_per_epoch: int = 2
    widths: dict[str, int] = field(default_factory=dict)

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        random = torch.Generator().manual_seed(10 * epoch + step)
        counts = {"image": 1, "text": 2, "sound": 3}
        return Batch(4, {name: torch.rand(4 * count, 2, generator=random) for name, count in counts.items()})


def test_a_third_modality_is_trained_with_the_others(tmp_path: Path):
    training = train_config({"loss": "infonce", "paraphrase": 0.2, "epochs": 40, "learning_rate": 0.1})
    trainer = Trainer(tmp_path, Trained(), training, Noises(), None)  # type: ignore[arg-type]
    before = {name: tower.weight.clone() for name, tower in trainer.model.towers.items()}
    losses = [trainer.step(trainer.source.batch(0, 0), number) for number in range(20)]
    assert losses[-1] < losses[0]
    for name, tower in trainer.model.towers.items():
        assert not torch.equal(tower.weight, before[name]), name
