"""One space of four modalities: one of them categorical, two behind one shared encoder (Kaiser et al. 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from vse.encoders.joint import JointModel
from vse.encoders.similarity import COSINE
from vse.evaluation.metrics import Direction
from vse.evaluation.retrieval import evaluate_scores
from vse.training.config import train_config
from vse.training.sources.base import Batch
from vse.training.trainer import Trainer

MODALITIES = ("image", "text", "title", "class")
THINGS, WIDTH, DIM = 24, 12, 16


class Many(JointModel):
    """Pictures through a tower of their own, texts and titles through one that they share, classes by a table."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Linear(WIDTH, DIM)
        self.sentences = nn.Sequential(nn.Linear(WIDTH, DIM), nn.Tanh())  # of texts and titles alike
        self.heads = nn.ModuleDict({name: nn.Linear(DIM, DIM) for name in ("text", "title")})
        self.table = nn.Embedding(THINGS, DIM)

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        if modality == "class":
            return self.table(inputs)
        return self.sentences(inputs) if modality in self.heads else inputs

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        if modality == "image":
            features = self.picture(features)
        elif modality != "class":
            features = self.heads[modality](features)
        return normalize(features, dim=-1)


@dataclass(frozen=True)
class Trained:
    """The model as training sees it."""

    similarity = "cosine"
    start = None

    def build(self) -> Many:
        torch.manual_seed(0)
        return Many()


class Things:
    """Each thing has a code; every modality but the class shows it through a view of its own, with noise."""

    steps_per_epoch = 20
    widths: Mapping[str, int] = MappingProxyType({})

    def __init__(self) -> None:
        random = torch.Generator().manual_seed(1)
        codes = torch.randn(THINGS, WIDTH, generator=random)
        self.views = {
            name: codes @ torch.randn(WIDTH, WIDTH, generator=random) / WIDTH**0.5
            for name in MODALITIES
            if name != "class"
        }

    def seen(self, rows: Tensor, random: torch.Generator, noise: float = 0.1) -> dict[str, Tensor]:
        def noisy(view: Tensor) -> Tensor:
            return view[rows] + noise * torch.randn(len(rows), WIDTH, generator=random)

        return {**{name: noisy(view) for name, view in self.views.items()}, "class": rows}

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        random = torch.Generator().manual_seed(1000 * epoch + step)
        rows = torch.randperm(THINGS, generator=random)[:12]
        return Batch(12, self.seen(rows, random))


def test_four_modalities_find_each_other_in_all_twelve_directions(tmp_path: Path):
    source = Things()
    training = train_config({"loss": "infonce", "epochs": 8, "learning_rate": 0.02, "temperature": 0.1})
    trainer = Trainer(tmp_path, Trained(), training, source, None)  # type: ignore[arg-type]
    shared = trainer.model.sentences[0].weight.clone()
    for number in range(100):
        trainer.step(source.batch(0, number), number)
    assert not torch.equal(trainer.model.sentences[0].weight, shared)
    with torch.inference_mode():
        inputs = source.seen(torch.arange(THINGS), torch.Generator().manual_seed(7))
        vectors = {name: trainer.model.eval().embed(name, inputs[name]).numpy() for name in MODALITIES}
    directions = [Direction(*pair) for pair in permutations(MODALITIES, 2)]
    scores = {
        each: COSINE.scores(vectors[each.query], vectors[each.candidate], a_is=each.query, b_is=each.candidate)
        for each in directions
    }
    found = evaluate_scores(scores, {name: np.arange(THINGS) for name in MODALITIES})
    assert len(found.directions) == 12
    assert {each: metrics.r1 for each, metrics in found.directions.items()} == {
        each: pytest.approx(100, abs=15) for each in directions
    }
