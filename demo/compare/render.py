"""Two models on one collection as HTML: their figures, whether they agree, and what only one of them gets right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from vse.data import Collection
from vse.evaluation.metrics import TEXT_TO_IMAGE, Direction
from vse.evaluation.tables import figure

from ..shared.jobs import Job
from ..shared.lists import part_of, shown_of, titles_of
from ..shared.templating import render
from .data import Times

if TYPE_CHECKING:
    from vse.evaluation.compare import Comparison

UNKNOWN = "–"
Figures = tuple[str, list[tuple[Any, bool]]]  # a row's name, and its figures with whether one is the better


@dataclass(frozen=True)
class Seen:
    """What one visitor looks at: queries of a direction on which only model "a" or only model "b" is right."""

    opened: bool = False
    direction: str = TEXT_TO_IMAGE.name
    right: str = "b"
    page: int = 0


def comparison_html(found: Comparison, times: Job[Times] | None, seen: Seen, collection: Collection) -> Markup:
    measured = times.value() if times else None
    titles = titles_of(found.counts)
    direction = shown_of(seen.direction, titles)
    seen = replace(seen, direction=direction.name)
    chosen = [each for each in found.only_right(seen.right) if each.direction == direction]
    alone = {
        which: f"only {name} {sum(each.direction == direction for each in found.only_right(which)):,}"
        for which, name in zip("ab", found.names, strict=True)
    }
    return render(
        "compare/comparison.html.jinja",
        found=found,
        names=found.names,
        directions=list(titles.items()),
        titles={each.name: title for each, title in titles.items()},
        shares=[(title[0].upper() + title[1:], list(shares(found, each))) for each, title in titles.items()],
        costs=list(costs(found, measured)),
        typical=[each for direction in titles for each in found.typical if each.direction == direction],
        measured=measured,
        times=times,
        seen=seen,
        part=part_of(chosen, seen.page),
        alone=alone,
        collection=collection,
    )


def shares(found: Comparison, direction: Direction) -> Iterator[Figures]:
    """What is measured in one direction, in percent."""
    evaluations = [each.evaluation for each in found.figures]
    recalls = [evaluation.directions[direction] for evaluation in evaluations]
    for name, field in (("R@1", "r1"), ("R@5", "r5"), ("R@10", "r10")):
        yield _shares(name, [getattr(each, field) for each in recalls])
    for suffix, groups in (
        ("", [evaluation.truth for evaluation in evaluations]),
        (", held out", [evaluation.held_out for evaluation in evaluations]),
    ):
        known = [each[direction] for each in groups if each and direction in each]
        if len(known) == 2:
            yield _shares(f"Satisfied@1{suffix}", [each.satisfied_at_1 for each in known])
            yield _shares(f"Precision@10{suffix}", [each.precision_at_10 for each in known])


def _shares(name: str, values: Sequence[float]) -> Figures:
    """The highest is the better one, unless they read alike."""
    best, is_alike = figure(max(values)), len(set(map(figure, values))) == 1
    return name, [(value, figure(value) == best and not is_alike) for value in values]


def costs(found: Comparison, times: Times | None) -> Iterator[Figures]:
    """Parameters, bytes, and the times where they were measured."""
    yield _costs("Parameters", [each.parameters for each in found.figures], lambda value: f"{value:,}")
    yield _costs("Weights' file", [each.bytes for each in found.figures], lambda value: f"{figure(value / 1e6)} MB")
    if times:
        yield _costs("One caption", times.text_ms, lambda value: f"{figure(value)} ms")
        yield _costs("One picture", times.image_ms, lambda value: f"{figure(value)} ms")


def _costs(name: str, values: Sequence[Any], write: Callable[[Any], str]) -> Figures:
    """The lowest is the better one, where both are known."""
    known = [value for value in values if value is not None]
    best = min(known) if len(known) == 2 and known[0] != known[1] else None
    return name, [(UNKNOWN if each is None else write(each), each is not None and each == best) for each in values]
