"""Measuring weights on the validation pictures while they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from vse.data import Collection
from vse.encoders.joint import JointModel
from vse.encoders.similarity import SIMILARITIES
from vse.evaluation.metrics import directions_of
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.modalities import IMAGE, RECIPE, TEXT
from vse.training.kinds.base import Trainable, ValidationEncoder

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
    return similarities(trainable, images_of(encoder, pixels), encoder.encode_texts(captions, strict=False))


def images_of(encoder: ValidationEncoder, pixels: np.ndarray) -> np.ndarray:
    """(N, size, size, 3) uint8 pictures, already resized -> (N, D)."""
    chunks = [np.asarray(pixels[start : start + _CHUNK]) for start in range(0, len(pixels), _CHUNK)]
    return np.concatenate([encoder.encode_pixels(chunk) for chunk in chunks])


def evaluation_of(
    trainable: Trainable[Any], model: JointModel, images: np.ndarray, collection: Collection
) -> Evaluation:
    """The recall between (N, D) pictures, the first of each item, and its captions and recipes."""
    encoder: Any = trainable.encoder(model)
    vectors = {IMAGE: images, TEXT: encoder.encode_texts(collection.captions, strict=False)}
    owners = {IMAGE: np.arange(len(images)), TEXT: collection.owners(TEXT)}
    if recipes := collection.inputs(RECIPE):
        vectors[RECIPE], owners[RECIPE] = encoder.encode(RECIPE, recipes, strict=False), collection.owners(RECIPE)
    compare = SIMILARITIES[trainable.similarity].scores
    scores = {
        way: compare(vectors[way.query], vectors[way.candidate], a_is=way.query, b_is=way.candidate)
        for way in directions_of(tuple(vectors))
    }
    return evaluate_scores(scores, owners)


def similarities(trainable: Trainable[Any], images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """(N, D) and (T, D) -> (N, T) float32, as the model compares vectors."""
    return SIMILARITIES[trainable.similarity].scores(images, texts, a_is="image", b_is="text")
