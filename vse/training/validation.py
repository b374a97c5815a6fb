"""Measuring weights on the validation pictures while they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from vse.encoders.joint import JointModel
from vse.encoders.similarity import SIMILARITIES
from vse.evaluation.retrieval import Evaluation
from vse.training.kinds.base import Trainable

_CHUNK = 128


class Validation(Protocol):
    """Captioned pictures that training never sees, to choose the best weights by."""

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        """The figures of a model's weights."""


def validation_scores(
    trainable: Trainable[Any], model: JointModel, pixels: np.ndarray, captions: Sequence[str]
) -> np.ndarray:
    """(N, size, size, 3) uint8 pictures, already resized, against T captions -> (N, T) float32."""
    encoder = trainable.encoder(model)
    chunks = [np.asarray(pixels[start : start + _CHUNK]) for start in range(0, len(pixels), _CHUNK)]
    images = np.concatenate([encoder.encode_pixels(chunk) for chunk in chunks])
    return similarities(trainable, images, encoder.encode_texts(captions, strict=False))


def similarities(trainable: Trainable[Any], images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """(N, D) and (T, D) -> (N, T) float32, as the model compares vectors."""
    return SIMILARITIES[trainable.similarity].scores(images, texts, a_is="image", b_is="text")
