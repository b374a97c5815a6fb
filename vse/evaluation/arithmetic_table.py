"""The arithmetic score as tables for people; Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vse.data.scenes.world.counterparts import TWO_AT_ONCE
from vse.evaluation.arithmetic import NO_SUBTRACTION, ArithmeticMetrics, ArithmeticReport
from vse.evaluation.tables import percent, table
from vse.search.arithmetic import WAYS

FIGURES = {"exact_at_1": "exact@1", "exact_at_5": "exact@5", "truth_at_1": "truth@1", "kept": "kept"}
# An ablation this near to the arithmetic itself, in points of exact@1, is worth a word.
_NEAR = 0.2


def _table(head: str, rows: Mapping[str, ArithmeticMetrics]) -> list[str]:
    known = [name for name in FIGURES if any(getattr(m, name) is not None for m in rows.values())]
    figures = {name: [*(percent(getattr(m, figure)) for figure in known), str(m.queries)] for name, m in rows.items()}
    return table(
        [head, *(FIGURES[name] for name in known), "queries"], ([name, *values] for name, values in figures.items())
    )


def _near_ablations(report: ArithmeticReport) -> list[str]:
    """A line for each swap whose best ablation comes near the arithmetic, where counterparts are known."""
    lines = []
    for swap, metrics in report.by_swap.items():
        ablated = {name: of[swap].exact_at_1 or 0 for name, of in report.ablations_by_swap.items()}
        best = max(ablated, key=lambda name: ablated[name])
        if metrics.exact_at_1 is not None and metrics.exact_at_1 - ablated[best] < _NEAR:
            own = percent(metrics.exact_at_1)
            lines.append(f"- {swap}: {best} already has {percent(ablated[best])}, the arithmetic {own}")
    return lines


def _two_at_once(report: ArithmeticReport) -> list[str]:
    """A line on the swaps of which a picture can show both things, where subtracting has something to do."""
    swaps = [name for name, m in report.by_swap.items() if name in TWO_AT_ONCE and m.exact_at_1 is not None]
    queries = sum(report.by_swap[name].queries for name in swaps)
    if not queries:
        return []

    def mean(by_swap: dict[str, ArithmeticMetrics]) -> float:
        return sum((by_swap[name].exact_at_1 or 0) * by_swap[name].queries for name in swaps) / queries

    shares = percent(mean(report.by_swap)), percent(mean(report.ablations_by_swap[NO_SUBTRACTION]))
    return [
        "",
        f"Where both things can be seen at once ({queries} queries), exact@1: {shares[0]}, no subtraction {shares[1]}",
    ]


def curve_table(curves: Mapping[str, Mapping[float, Mapping[str, Any]]]) -> list[str]:
    """A row for each weight of the words, and of each way truth@1 and what was kept, or exact@1 where that is known."""

    def cell(shares: Mapping[str, Any]) -> str:
        shown = ("exact_at_1", "truth_at_1") if "exact_at_1" in shares else ("truth_at_1", "kept")
        return " / ".join(percent(shares[name]) for name in shown if name in shares)

    weights = list(next(iter(curves.values())))
    return table(
        ["weight of the words", *(f"`{name}`" for name in curves)],
        ([f"{weight:g}", *(cell(curve[weight]) for curve in curves.values())] for weight in weights),
    )


def arithmetic_tables(report: ArithmeticReport) -> str:
    """By swap and over all; the ablations; the ways; their curves. Percent."""
    way = WAYS[report.way]
    lines = [*report.notes, ""] if report.notes else []
    lines += _table(f"swap ({way.title})", {**report.by_swap, "**over all**": report.overall})
    lines += ["", *_table("ablation", report.ablations)]
    lines += _two_at_once(report)
    near = _near_ablations(report)
    if near:
        lines += ["", "Swaps on which an ablation comes within 20 points of exact@1:", "", *near]
    ways = {f"{WAYS[name].title} (`{name}`)": metrics for name, metrics in report.ways.items()}
    lines += ["", *_table("way", ways), ""]
    curves = {name: {weight: m.to_json() for weight, m in curve} for name, curve in report.curves.items()}
    what = "truth@1 / kept" if report.overall.exact_at_1 is None else "exact@1 / truth@1"
    lines += [f"Each way at every weight of the words, {what}:", "", *curve_table(curves)]
    return "\n".join(lines)
