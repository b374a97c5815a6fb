"""The VSE as the trainer sees it: a vocabulary, a network, a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vse.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint
from vse.config import ModelConfig
from vse.encoder import VSEEncoder
from vse.images import Preprocess
from vse.model import VSE
from vse.towers import Made, Start
from vse.words import Vocabulary

MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)


@dataclass(frozen=True)
class VSETowers:
    """A VSE with its vocabulary."""

    config: ModelConfig
    preprocess: Preprocess
    vocabulary: Vocabulary
    start: Start | None = None

    @property
    def similarity(self) -> str:
        return self.config.similarity

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return self.vocabulary.encode_batch(texts, strict=False)

    def build(self) -> VSE:
        return VSE(self.config, len(self.vocabulary)).to(memory_format=torch.channels_last)

    def encoder(self, model: VSE) -> VSEEncoder:
        return VSEEncoder(Checkpoint(model, self.vocabulary, self.preprocess), name="dev")

    def save(self, folder: Path, model: VSE, made: Made) -> None:
        checkpoint = Checkpoint(
            model=model,
            vocabulary=self.vocabulary,
            preprocess=self.preprocess,
            fingerprint=fingerprint(model, self.vocabulary, self.preprocess),
            training=made.training,
            metrics=made.metrics,
            history=made.history,
        )
        save_checkpoint(folder, checkpoint)


@dataclass(frozen=True)
class VSEPlan:
    """A VSE to be trained, from random weights or from the model in the folder `start_from`."""

    config: ModelConfig
    start_from: str = ""

    @property
    def preprocess(self) -> Preprocess:
        return Preprocess(self.config.image.size, self.config.image.fit, MEAN, STD)

    @cached_property
    def start(self) -> Checkpoint | None:
        return load_checkpoint(Path(self.start_from)) if self.start_from else None

    def learn(self, texts: Sequence[str]) -> VSETowers:
        if self.start is None:
            return VSETowers(self.config, self.preprocess, Vocabulary.build(texts))
        start = Start(self.start.model.state_dict(), self.start.training, self.start.history)
        return VSETowers(self.config, self.preprocess, self.start.vocabulary, start)


def store(folder: Path, to: Path, metrics: dict[str, Any], card: str) -> None:
    """Write the VSE of a folder to another in float16, with more metrics and a card."""
    checkpoint = load_checkpoint(folder)
    shipped = replace(checkpoint, metrics={**checkpoint.metrics, **metrics}, card=card)
    save_checkpoint(to, shipped, dtype=torch.float16)
