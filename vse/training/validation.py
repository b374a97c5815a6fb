"""Measuring weights on the dev pictures while they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from vse.encoders.joint import JointModel
from vse.encoders.similarity import cosine, order
from vse.evaluation.retrieval import Evaluation
from vse.training.kinds.base import Towers

_CHUNK = 128


class Dev(Protocol):
    """Captioned pictures that training never sees, to choose the best weights by."""

    def measure(self, towers: Towers[Any], model: JointModel) -> Evaluation:
        """The figures of a model's weights."""


def dev_scores(towers: Towers[Any], model: JointModel, pixels: np.ndarray, captions: Sequence[str]) -> np.ndarray:
    """(N, size, size, 3) uint8 pictures, already resized, against T captions -> (N, T) float32."""
    encoder = towers.encoder(model)
    chunks = [np.asarray(pixels[start : start + _CHUNK]) for start in range(0, len(pixels), _CHUNK)]
    images = np.concatenate([encoder.encode_pixels(chunk) for chunk in chunks])
    texts = encoder.encode_texts(captions, strict=False)
    return order(images, texts) if towers.similarity == "order" else cosine(images, texts)
