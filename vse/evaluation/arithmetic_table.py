"""The arithmetic score as tables for people; Markdown."""

from __future__ import annotations

from vse.data.scenes.world.counterparts import TWO_AT_ONCE
from vse.evaluation.arithmetic import NO_SUBTRACTION, ArithmeticMetrics, ArithmeticReport
from vse.search.arithmetic import WAYS

_HEAD = "| {} | exact@1 | exact@5 | truth@1 | kept | queries |\n|---|---|---|---|---|---|"
# An ablation this near to the arithmetic itself, in points of exact@1, is worth a word.
_NEAR = 0.2


def _row(name: str, m: ArithmeticMetrics) -> str:
    shares = " | ".join(f"{100 * share:.1f}" for share in (m.exact_at_1, m.exact_at_5, m.truth_at_1, m.kept))
    return f"| {name} | {shares} | {m.queries} |"


def _near_ablations(report: ArithmeticReport) -> list[str]:
    """A line for each swap whose best ablation comes near the arithmetic."""
    lines = []
    for swap, metrics in report.by_swap.items():
        name, best = max(
            ((name, by_swap[swap].exact_at_1) for name, by_swap in report.ablations_by_swap.items()),
            key=lambda pair: pair[1],
        )
        if metrics.exact_at_1 - best < _NEAR:
            lines.append(
                f"- {swap}: {name} already has {100 * best:.1f}, the arithmetic {100 * metrics.exact_at_1:.1f}"
            )
    return lines


def _two_at_once(report: ArithmeticReport) -> list[str]:
    """A line on the swaps of which a picture can show both things, where subtracting has something to do."""
    swaps = [name for name in report.by_swap if name in TWO_AT_ONCE]
    queries = sum(report.by_swap[name].queries for name in swaps)
    if not queries:
        return []

    def mean(by_swap: dict[str, ArithmeticMetrics]) -> float:
        return sum(by_swap[name].exact_at_1 * by_swap[name].queries for name in swaps) / queries

    shares = (
        f"{100 * mean(report.by_swap):.1f}, no subtraction {100 * mean(report.ablations_by_swap[NO_SUBTRACTION]):.1f}"
    )
    return ["", f"Where both things can be seen at once ({queries} queries), exact@1: {shares}"]


def arithmetic_tables(report: ArithmeticReport) -> str:
    """By swap and over all; the ablations; the ways; the curve. Percent."""
    way = WAYS[report.way]
    lines = [_HEAD.format(f"swap ({way.title})")]
    lines += [_row(name, metrics) for name, metrics in report.by_swap.items()]
    lines += [_row("**over all**", report.overall), "", _HEAD.format("ablation")]
    lines += [_row(name, metrics) for name, metrics in report.ablations.items()]
    lines += _two_at_once(report)
    near = _near_ablations(report)
    if near:
        lines += ["", "Swaps on which an ablation comes within 20 points of exact@1:", "", *near]
    lines += ["", _HEAD.format("way")]
    lines += [_row(f"{WAYS[name].title} (`{name}`)", metrics) for name, metrics in report.ways.items()]
    lines += ["", "| weight of the words | exact@1 | truth@1 |", "|---|---|---|"]
    lines += [f"| {weight:g} | {100 * exact:.1f} | {100 * truth:.1f} |" for weight, exact, truth in report.curve]
    return "\n".join(lines)
