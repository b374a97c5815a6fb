"""Which answers fit: what a model's calibration says of their scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from vse.encoders.base import Encoder, unknown_words
from vse.encoders.calibration import calibration_of
from vse.search.hit import Hit
from vse.words.content_words import content_of


class Fitted(Protocol):
    """An answer with its fit, from 0 to 1, or None."""

    @property
    def fit(self) -> float | None: ...


def with_fit(hits: Sequence[Hit], encoder: Encoder, query_is: str, to: str, text: str = "") -> list[Hit]:
    """Answers with their fit, as the model's calibration has it for these modalities; without where it has none.

    Args:
        text: the query, where it is one. Of its words of content those that the model has never seen are in no answer
            for all it knows, so the fit is no more than the share of the others.
    """
    calibration, read = calibration_of(encoder), share_read(encoder, text)
    fits = [calibration.fit(hit.score, query_is, to) for hit in hits]
    return [replace(hit, fit=None if fit is None else read * fit) for hit, fit in zip(hits, fits, strict=True)]


def share_read(encoder: Encoder, text: str) -> float:
    """The share of a text's words of content that the model knows; 1 for a text without any."""
    content = content_of(text)
    unknown = {each.word for each in unknown_words(encoder, text)} if content else set()
    return len(content - unknown) / len(content) if content else 1.0


def count_fitting(hits: Iterable[Fitted], least: float) -> int:
    """How many answers, the best first, have a fit of at least so much; those whose fit is not known all do."""
    return sum(hit.fit is None or hit.fit >= least for hit in hits)
