"""The arithmetic score as tables for people; Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from vse.data.scenes.world.counterparts import TWO_AT_ONCE
from vse.evaluation.arithmetic import NO_SUBTRACTION, ArithmeticMetrics, ArithmeticReport
from vse.evaluation.tables import percent, table
from vse.search.arithmetic import WAYS

_FIGURES = ("exact@1", "exact@5", "truth@1", "kept", "queries")
# An ablation this near to the arithmetic itself, in points of exact@1, is worth a word.
_NEAR = 0.2


def _table(head: str, rows: Mapping[str, ArithmeticMetrics]) -> list[str]:
    figures = {
        name: [*map(percent, (m.exact_at_1, m.exact_at_5, m.truth_at_1, m.kept)), str(m.queries)]
        for name, m in rows.items()
    }
    return table([head, *_FIGURES], ([name, *values] for name, values in figures.items()))


def _near_ablations(report: ArithmeticReport) -> list[str]:
    """A line for each swap whose best ablation comes near the arithmetic."""
    lines = []
    for swap, metrics in report.by_swap.items():
        name, best = max(
            ((name, by_swap[swap].exact_at_1) for name, by_swap in report.ablations_by_swap.items()),
            key=lambda pair: pair[1],
        )
        if metrics.exact_at_1 - best < _NEAR:
            lines.append(f"- {swap}: {name} already has {percent(best)}, the arithmetic {percent(metrics.exact_at_1)}")
    return lines


def _two_at_once(report: ArithmeticReport) -> list[str]:
    """A line on the swaps of which a picture can show both things, where subtracting has something to do."""
    swaps = [name for name in report.by_swap if name in TWO_AT_ONCE]
    queries = sum(report.by_swap[name].queries for name in swaps)
    if not queries:
        return []

    def mean(by_swap: dict[str, ArithmeticMetrics]) -> float:
        return sum(by_swap[name].exact_at_1 * by_swap[name].queries for name in swaps) / queries

    shares = percent(mean(report.by_swap)), percent(mean(report.ablations_by_swap[NO_SUBTRACTION]))
    return [
        "",
        f"Where both things can be seen at once ({queries} queries), exact@1: {shares[0]}, no subtraction {shares[1]}",
    ]


def arithmetic_tables(report: ArithmeticReport) -> str:
    """By swap and over all; the ablations; the ways; the curve. Percent."""
    way = WAYS[report.way]
    lines = _table(f"swap ({way.title})", {**report.by_swap, "**over all**": report.overall})
    lines += ["", *_table("ablation", report.ablations)]
    lines += _two_at_once(report)
    near = _near_ablations(report)
    if near:
        lines += ["", "Swaps on which an ablation comes within 20 points of exact@1:", "", *near]
    ways = {f"{WAYS[name].title} (`{name}`)": metrics for name, metrics in report.ways.items()}
    lines += ["", *_table("way", ways), ""]
    curve = ([f"{weight:g}", percent(exact), percent(truth)] for weight, exact, truth in report.curve)
    return "\n".join([*lines, *table(["weight of the words", "exact@1", "truth@1"], curve)])
