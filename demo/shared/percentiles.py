"""What a score is worth: where it lies among the scores that the same model gives at random."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vse.evaluation.score_background import Background

from .answers import Answer, CaptionAnswer, ImageAnswer

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

_PICTURES = 450  # about 100,000 pairs


@dataclass(frozen=True)
class Scale:
    """The backgrounds of one model: words against pictures, and pictures against each other; None where unknown."""

    words: Background | None = None
    pictures: Background | None = None

    @classmethod
    def of(cls, searcher: Searcher) -> Scale:
        """From the vectors of the collection; the same ones give the same scale."""
        images, similarity = searcher.images.vectors, searcher.encoder.similarity
        captions = searcher.captions.vectors if searcher.captions else images[:0]
        words = Background.sample(images, captions, similarity) if len(images) and len(captions) else None
        return cls(words, pairs_of_pictures(images))


def pairs_of_pictures(vectors: np.ndarray) -> Background | None:
    """The cosines of pictures with other pictures, from unit rows (N, D); None for fewer than two."""
    if len(vectors) < 2:
        return None
    rows = np.random.default_rng(0).permutation(len(vectors))[:_PICTURES]
    some = np.asarray(vectors[np.sort(rows)], dtype=np.float32)
    return Background(np.sort((some @ some.T)[np.triu_indices(len(some), 1)]))


def top(score: float, background: Background | None) -> float | None:
    """The share of the background, in percent, that scores as high or higher."""
    return None if background is None else 100 - background.percentile(score)


def images_rated(images: tuple[ImageAnswer, ...], background: Background | None) -> tuple[ImageAnswer, ...]:
    return tuple(replace(each, top=top(each.score, background)) for each in images)


def captions_rated(captions: tuple[CaptionAnswer, ...], background: Background | None) -> tuple[CaptionAnswer, ...]:
    return tuple(replace(each, top=top(each.score, background)) for each in captions)


def rated(answer: Answer, scale: Scale) -> Answer:
    """The answer with the worth of every score."""
    asked_in_words = answer.query.kind == "words"
    return replace(
        answer,
        images=images_rated(answer.images, scale.words if asked_in_words else scale.pictures),
        captions=captions_rated(answer.captions, scale.words),
    )


def percent(share: float) -> str:
    """A share for people, never made smaller than it is: 0.1, 0.4, 3, 27."""
    return f"{max(math.ceil(round(10 * share, 6)) / 10, 0.1):.1f}" if share < 1 else f"{math.ceil(round(share, 6))}"
