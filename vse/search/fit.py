"""Which answers fit: what a model's calibration says of their scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from vse.encoders.base import Encoder, spelt_words, unknown_words
from vse.encoders.calibration import calibration_of, level_of
from vse.search.hit import Hit
from vse.search.stores.base import VectorStore
from vse.words.content_words import content_of


class Fitted(Protocol):
    """An answer with its fit, from 0 to 1, or None."""

    @property
    def fit(self) -> float | None: ...


def with_fit(
    hits: Sequence[Hit], encoder: Encoder, query_is: str, to: str, text: str = "", level: float = 0.0
) -> list[Hit]:
    """Answers with their fit, as the model's calibration has it for these modalities; without where it has none.

    Args:
        text: the query, where it is one. Of its words of content those that the model has never seen are in no answer
            for all it knows, so the fit is no more than the share of the others.
        level: of the collection that answered, see `collection_level`.
    """
    cut = calibration_of(encoder).cut(query_is, to)
    if cut is None:
        return [replace(hit, fit=None) for hit in hits]
    words, read = len(content_of(text)), share_read(encoder, text)
    return [replace(hit, fit=read * cut.fit(hit.score, words, level)) for hit in hits]


def collection_level(encoder: Encoder, query_is: str, index: VectorStore) -> float:
    """How high scores are in a collection, as the best score of each query of the model's cohort tells; 0 without."""
    cohort = calibration_of(encoder).cohorts.get(query_is)
    if cohort is None or not len(index):
        return 0.0
    best = [index.search(each, 1, similarity=encoder.similarity, query_is=query_is)[0].score for each in cohort]
    return level_of(np.array(best))


def share_read(encoder: Encoder, text: str) -> float:
    """The share of a text's words of content that the model reads; 1 for a text without any.

    A word that is read as a known one counts, one that is read by its letters does not, as that is often wrong.
    """
    content = content_of(text)
    if not content:
        return 1.0
    unknown = content & {each.word for each in unknown_words(encoder, text)}
    spelt = content & {each.word for each in spelt_words(encoder, text) if not each.read_as}
    return 1 - len(unknown | spelt) / len(content)


def count_fitting(hits: Iterable[Fitted], least: float) -> int:
    """How many answers, the best first, have a fit of at least so much; those whose fit is not known all do."""
    return sum(hit.fit is None or hit.fit >= least for hit in hits)
