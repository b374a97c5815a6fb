"""Two models on the collection, compared once in the background for every visitor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vse.io.paths import MODELS

from ..shared.address import Page
from ..shared.jobs import Job, Jobs, Loading, Report, folder_of, opened
from ..shared.models import Service

if TYPE_CHECKING:
    from vse.evaluation.compare import Comparison

Pair = tuple[Loading, Loading]
_KEPT = 24  # comparisons; a folder that is indexed anew has others


def pair_of(service: Service, page: Page) -> Pair | None:
    """The VSE and the CLIP of a page; None where there is no CLIP."""
    clip = service.clip_of(page)
    return (service.vse, clip) if clip else None


@dataclass(frozen=True)
class Times:
    """The median milliseconds that one caption and one picture take each model here."""

    text_ms: tuple[float, float]
    image_ms: tuple[float, float]


class Comparing:
    """The comparisons that all visitors share, by the pair that is compared."""

    def __init__(self) -> None:
        self.jobs = Jobs(_KEPT)

    def is_quick(self, pair: Pair) -> bool:
        """Whether neither model has to read the whole collection first."""
        return all(each.is_ready() or _ships(each) for each in pair)

    def compared(self, pair: Pair, again: bool = False) -> Job[Comparison]:
        """The comparison, begun now where nobody did before."""
        return self.jobs.begin(("compared", pair), lambda: Job(lambda report: compare_pair(pair, report)), again)

    def times(self, pair: Pair) -> Job[Times]:
        """How long encoding takes, measured now where nobody asked before."""
        return self.jobs.begin(("times", pair), lambda: Job(lambda report: time_pair(pair, report)), again=True)


def _ships(loading: Loading) -> bool:
    folder = folder_of(loading)
    return folder is not None and folder.parent == MODELS


def compare_pair(pair: Pair, report: Report) -> Comparison:
    """Everything but the times.

    Raises:
        VSEError: when a model cannot be loaded, or the collection has no captions.
    """
    encoders = [opened(each, report) for each in pair]
    from vse.evaluation.compare import compare, weight_bytes

    def watch(doing: str, done: int, total: int) -> None:
        report(f"{doing} reads the collection" if total else doing, done, total)

    found = compare(encoders[0], encoders[1], pair[0].collection, watch=watch, timed=False)
    a, b = (replace(figures, bytes=weight_bytes(each.model)) for figures, each in zip(found.figures, pair, strict=True))
    return replace(found, figures=(a, b))


def time_pair(pair: Pair, report: Report) -> Times:
    """
    Raises:
        VSEError: when a model cannot be loaded.
    """
    from vse.evaluation.bench.latency import encode_ms

    measured = []
    for each in pair:
        encoder = opened(each, report)
        report(f"Timing {each.name}", 0, 0)
        measured.append(encode_ms(encoder, each.collection))
    (text_a, image_a), (text_b, image_b) = measured
    return Times((text_a, text_b), (image_a, image_b))
