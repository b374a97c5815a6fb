"""A comparison of two models as tables for people; Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vse.evaluation.compare import BY_TRUTH, Comparison, ModelFigures
from vse.evaluation.disagreements import Disagreement
from vse.evaluation.metrics import RetrievalMetrics
from vse.evaluation.retrieval import TruthMetrics
from vse.evaluation.tables import UNKNOWN, figure, percent, table

SHOWN = 5  # queries of each kind in the terminal
Row = tuple[str, Sequence[str]]


def comparison_tables(comparison: Comparison, shown: int = SHOWN) -> str:
    """The figures of both models, how far their answers agree, and some queries on which only one is right."""
    a, b = comparison.names
    lines = table([comparison.collection, a, b], ([name, *values] for name, values in _figures(comparison.figures)))
    lines += [f"\n{figures.note}" for figures in comparison.figures if figures.note]
    right = "true of the query" if comparison.right_by == BY_TRUTH else "the query's own"
    lines += ["", f"A first answer is right here when it is {right}.", ""]
    head = ["answers", "overlap@10", "rank correlation", "both right", f"only {a}", f"only {b}", "neither", "queries"]
    rows = []
    for direction, c in comparison.counts.items():
        overlap, correlation = comparison.overlap_at_10[direction], comparison.rank_correlation[direction]
        counts = map(str, (c.both, c.only_a, c.only_b, c.neither, c.queries))
        rows.append([direction.title, percent(overlap), figure(correlation, 2), *counts])
    lines += table(head, rows)
    for which, name in zip("ab", comparison.names, strict=True):
        lines += _queries(name, comparison, which, shown)
    return "\n".join(lines)


def spread(disagreements: Sequence[Disagreement], count: int) -> list[Disagreement]:
    """At most `count` of them, evenly from first to last: neighbours are often captions of one picture."""
    rows = np.linspace(0, len(disagreements) - 1, min(count, len(disagreements))).round()
    return [disagreements[int(row)] for row in rows]


def _figures(figures: tuple[ModelFigures, ModelFigures]) -> list[Row]:
    """A row a figure, a value a model."""
    evaluations = [each.evaluation for each in figures]
    rows: list[Row] = []
    for direction in evaluations[0].directions:
        metrics = [evaluation.directions[direction] for evaluation in evaluations]
        rows += _recall(direction.title, metrics)
    rows.append(("rsum", [figure(evaluation.rsum) for evaluation in evaluations]))
    for title, groups in (
        ("", [evaluation.truth for evaluation in evaluations]),
        (", held-out combinations", [evaluation.held_out for evaluation in evaluations]),
    ):
        for direction in evaluations[0].directions:
            truth = [group[direction] for group in groups if group and direction in group]
            rows += _truth(direction.title + title, truth) if len(truth) == 2 else []
    return rows + _arithmetic(figures) + _cost(figures)


def _recall(name: str, metrics: Sequence[RetrievalMetrics]) -> list[Row]:
    return [
        (f"{name}, R@1", [figure(m.r1) for m in metrics]),
        (f"{name}, R@5", [figure(m.r5) for m in metrics]),
        (f"{name}, R@10", [figure(m.r10) for m in metrics]),
        (f"{name}, median rank", [f"{m.median_rank:g}" for m in metrics]),
    ]


def _truth(name: str, metrics: Sequence[TruthMetrics]) -> list[Row]:
    return [
        (f"{name}, satisfied@1", [figure(m.satisfied_at_1) for m in metrics]),
        (f"{name}, precision@10", [figure(m.precision_at_10) for m in metrics]),
    ]


def _arithmetic(figures: Sequence[ModelFigures]) -> list[Row]:
    """Percent; nothing where it was scored for neither model."""
    scores = [each.arithmetic for each in figures]
    if not any(scores):
        return []
    names = {"exact_at_1": "exact@1", "exact_at_5": "exact@5", "truth_at_1": "truth@1", "kept": "kept"}
    return [
        (f"arithmetic, {title}", [percent(getattr(score, name) if score else None) for score in scores])
        for name, title in names.items()
    ]


def _cost(figures: Sequence[ModelFigures]) -> list[Row]:
    return [
        ("parameters", [UNKNOWN if each.parameters is None else f"{each.parameters:,}" for each in figures]),
        ("weights' file, MB", [figure(each.bytes and each.bytes / 1e6) for each in figures]),
        ("one caption, ms", [figure(each.text_ms) for each in figures]),
        ("one picture, ms", [figure(each.image_ms) for each in figures]),
    ]


def _queries(name: str, comparison: Comparison, which: str, shown: int) -> list[str]:
    """Lines on some queries on which only one model is right."""
    lines = []
    for direction in comparison.counts:
        found = [each for each in comparison.only_right(which) if each.direction == direction]
        if not found or not shown:
            continue
        chosen = spread(found, shown)
        lines += ["", f"Only {name} is right, {direction.title} ({len(chosen)} of {len(found)}):", ""]
        for d in chosen:
            a, b = comparison.names
            rank = d.rank_b if which == "a" else d.rank_a
            lines.append(f"- {d.query}: {a} {d.answer_a!r}, {b} {d.answer_b!r} (a right one at {rank})")
    return lines
