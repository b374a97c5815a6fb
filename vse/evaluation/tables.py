"""Figures as digits, and tables as Markdown: the one place where either is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = "-"
# Of 100 * 0.35 and 35 * 1.0 one may end in 9s: what is measured never has so many digits that they say anything.
_NOISE = 9


def figure(value: float | None, digits: int = 1) -> str:
    """A finite number with so many digits after the point, halves rounded up; "-" for None.

    The only place where figures are rounded, so that one shows the same digits everywhere: 81.65 and
    81.64999999999999, which is the same share added up in another order, are both "81.7".
    """
    if value is None:
        return UNKNOWN
    exact = Decimal(repr(round(float(value), _NOISE)))
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded + 0:f}"  # adding 0 takes the sign off -0.0


def percent(share: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 in percent, as `figure`."""
    return figure(None if share is None else 100 * share, digits)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table; what would end a cell is escaped.

    Raises:
        ValueError: for a row that is longer or shorter than the head.
    """
    lines = [list(head), *map(list, rows)]
    if wrong := next((row for row in lines if len(row) != len(head)), None):
        raise ValueError(f"A row of {len(wrong)} cells came under {len(head)} heads: {wrong}.")
    written = [f"| {' | '.join(map(_cell, row))} |" for row in lines]
    return [written[0], "|" + "---|" * len(head), *written[1:]]


def _cell(text: str) -> str:
    return " ".join(text.split("\n")).replace("|", "\\|")
