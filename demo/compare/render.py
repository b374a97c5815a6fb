"""The Compare view as HTML: figures side by side, how far the answers agree, and what only one model gets right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vse.data import Collection
from vse.evaluation.disagreements import Disagreement
from vse.evaluation.metrics import TEXT_TO_IMAGE, Direction
from vse.evaluation.tables import figure, percent

from ..shared.jobs import Job
from ..shared.lists import (
    DIRECTIONS,
    asking,
    cell,
    choices,
    empty,
    listing,
    measure,
    number,
    ordinal,
    pager,
    part_of,
    query_html,
    row,
    table,
    verdict,
)
from ..shared.render import escape
from .data import Times

if TYPE_CHECKING:
    from vse.evaluation.compare import Comparison

UNKNOWN = "–"
FIGURES = (
    "Shares are in percent; the better one of each row is bold. Times are medians on the machine that serves this page."
)
AGREEMENT = (
    "Overlap@10 is the share of the first ten answers that both give; the rank correlation compares their whole "
    "rankings, 1 for the same order and 0 for none. {right}"
)
RIGHT = {
    "truth": "A first answer is right when it is true of the query.",
    "own": "A first answer is right when it is the query's own.",
}


@dataclass(frozen=True)
class Seen:
    """What one visitor looks at: queries of a direction on which only model "a" or only model "b" is right."""

    opened: bool = False
    direction: str = TEXT_TO_IMAGE.name
    right: str = "b"
    page: int = 0


def comparison_html(found: Comparison, times: Job[Times] | None, seen: Seen, collection: Collection) -> str:
    figures = f'<div class="beside">{figures_html(found, times)}{agreement_html(found)}</div>'
    return figures + cases_html(found, seen, collection)


def figures_html(found: Comparison, times: Job[Times] | None) -> str:
    evaluations = [each.evaluation for each in found.figures]
    lines = ""
    for name, title in DIRECTIONS.items():
        direction = Direction.named(name)
        recalls = [evaluation.directions[direction] for evaluation in evaluations]
        lines += group(title[0].upper() + title[1:])
        lines += "".join(
            shares(name, [getattr(each, field) for each in recalls])
            for name, field in (("R@1", "r1"), ("R@5", "r5"), ("R@10", "r10"))
        )
        for suffix, groups in (
            ("", [evaluation.truth for evaluation in evaluations]),
            (", held out", [evaluation.held_out for evaluation in evaluations]),
        ):
            known = [each[direction] for each in groups if each]
            if len(known) == 2:
                lines += shares(f"Satisfied@1{suffix}", [each.satisfied_at_1 for each in known])
                lines += shares(f"Precision@10{suffix}", [each.precision_at_10 for each in known])
    lines += group("Size and speed") + cost(found, times)
    names = [escape(name) for name in found.names]
    return table("Figure by figure", FIGURES, ["", *names], lines)


def group(title: str) -> str:
    return f'<tr class="group"><th scope="rowgroup" colspan="3">{escape(title)}</th></tr>'


def shares(name: str, values: Sequence[float]) -> str:
    best, alike = max(values), len(set(map(figure, values))) == 1
    cells = "".join(number(value, figure(value) == figure(best) and not alike) for value in values)
    return f'<tr><td class="way">{name}</td>{cells}</tr>'


def cost(found: Comparison, times: Job[Times] | None) -> str:
    """Parameters, bytes, and the times, which a button measures."""

    def plain(name: str, values: Sequence[Any], write: Callable[[Any], str]) -> str:
        known = [value for value in values if value is not None]
        best = min(known) if len(known) == 2 and known[0] != known[1] else None
        cells = "".join(
            f"<td>{UNKNOWN if value is None else f'<b>{write(value)}</b>' if value == best else write(value)}</td>"
            for value in values
        )
        return f'<tr><td class="way">{name}</td>{cells}</tr>'

    lines = plain("Parameters", [each.parameters for each in found.figures], lambda value: f"{value:,}")
    lines += plain("Weights' file", [each.bytes for each in found.figures], lambda value: f"{figure(value / 1e6)} MB")
    measured = times.value() if times else None
    if measured:
        lines += plain("One caption", measured.text_ms, lambda value: f"{figure(value)} ms")
        return lines + plain("One picture", measured.image_ms, lambda value: f"{figure(value)} ms")
    if times is None:
        told = measure("times", "Measure here")
    else:
        problem = times.problem()
        told = f"{escape(problem)} {measure('times', 'Try again')}" if problem else f"{escape(times.status)} …"
    return lines + f'<tr><td class="way">Encoding times</td><td class="doing" colspan="2">{told}</td></tr>'


def agreement_html(found: Comparison) -> str:
    body = "".join(direction_html(found, Direction.named(name)) for name in DIRECTIONS)
    note = AGREEMENT.format(right=RIGHT[found.right_by])
    return (
        f'<section class="figures"><h3>Do they agree?</h3><p class="note">{note}</p>'
        f'<div class="agreement">{body}</div></section>'
    )


def direction_html(found: Comparison, direction: Direction) -> str:
    """How alike the answers in one direction are, and how many first ones are right, as a bar and in words."""
    counts, (a, b) = found.counts[direction], found.names
    parts = (
        ("is-both", "both right", counts.both),
        ("is-a", f"only {a}", counts.only_a),
        ("is-b", f"only {b}", counts.only_b),
        ("is-neither", "neither", counts.neither),
    )
    bar = "".join(f'<span class="{kind}" style="flex:{value}"></span>' for kind, _, value in parts if value)
    told = "".join(
        f'<div><dt><i class="dot {kind}"></i>{escape(name)}</dt><dd>{value:,}</dd></div>' for kind, name, value in parts
    )
    return (
        f'<div class="of"><h4>{DIRECTIONS[direction.name]}</h4><dl>'
        f"<div><dt>overlap@10</dt><dd>{percent(found.overlap_at_10[direction], 0)} %</dd></div>"
        f"<div><dt>rank correlation</dt><dd>{figure(found.rank_correlation[direction], 2)}</dd></div>"
        f"<div><dt>queries</dt><dd>{counts.queries:,}</dd></div></dl>"
        f'<div class="shares" aria-hidden="true">{bar}</div><dl>{told}</dl></div>'
    )


def cases_html(found: Comparison, seen: Seen, collection: Collection) -> str:
    """The queries on which only one model is right, a page of them."""
    chosen = [each for each in found.only_right(seen.right) if each.direction.name == seen.direction]
    part = part_of(chosen, seen.page)
    rows = "".join(case(each, found.names, collection) for each in part.shown)
    name = found.names["ab".index(seen.right)]
    counts = {
        which: f"only {each} {sum(d.direction.name == seen.direction for d in found.only_right(which)):,}"
        for which, each in zip("ab", found.names, strict=True)
    }
    pick = choices("right", counts, seen.right, "Who is right")
    pick += choices("direction", DIRECTIONS, seen.direction, "Which queries")
    label = f"Queries on which only {name} is right"
    body = (
        listing(rows, label) + pager(part)
        if rows
        else empty(f"There is no query in this direction on which only {name} is right.")
    )
    return (
        f'<section class="only"><div class="head"><h2 tabindex="-1">Only one of them is right</h2>{pick}</div>'
        f'<p class="note">Click on one to ask both, side by side, in the Search view.</p>{body}</section>'
    )


def case(each: Disagreement, names: tuple[str, str], collection: Collection) -> str:
    """The query and both first answers, the wrong one with the place of a right one."""
    answers = ((each.answer_a, each.rank_a), (each.answer_b, each.rank_b))
    cells = "".join(
        cell(
            escape(name),
            verdict(rank == 1, "right", f"right at {ordinal(rank)}"),
            each.direction,
            answer,
            collection,
        )
        for name, (answer, rank) in zip(names, answers, strict=True)
    )
    told = "; ".join(f"{name} answers {answer}" for name, (answer, _) in zip(names, answers, strict=True))
    label = f"{each.query}: only {names['ab'.index(each.right)]} is right; {told}. Ask both"
    return row(
        query_html(each.direction, each.query, collection), cells, label, asking(each.direction, each.query, "both")
    )
