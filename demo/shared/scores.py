"""Numbers as people read them: scores, shares, counts, times, and where another model puts an answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from vse.data.item import Item

from .answers import PictureHit
from .ask_models import DEEP

LEAST = 0.005  # what is shown as 0.00


def grouped(number: int) -> str:
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ordinal(rank: int) -> str:
    ending = "th" if 10 < rank % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"


def took(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "under 1 ms"


def width(share: float, digits: int = 0) -> str:
    """How wide the bar of a share between 0 and 1 is; what is less or more is shown as 0 or 1."""
    return f"{100 * min(max(share, 0), 1):.{digits}f}%"


def name_of(item: Item) -> str:
    """What a picture is called: its first caption, or its id where it has none."""
    return item.captions[0] if item.captions else item.id


def score(value: float) -> str:
    """Two decimals, with a minus sign that is as wide as the digits."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def signed(value: float) -> str:
    """Two decimals with a sign, as wide as the digits; none for what rounds to zero."""
    return "0.00" if abs(value) < LEAST else f"{'+' if value > 0 else ''}{score(value)}"


def decimals(values: Iterable[float]) -> str:
    """Numbers as a script reads them."""
    return " ".join(f"{each:.4f}" for each in values)


def percent(share: float) -> str:
    """A share for people, never made smaller than it is: 0.1, 0.4, 3, 27."""
    return f"{max(math.ceil(round(10 * share, 6)) / 10, 0.1):.1f}" if share < 1 else f"{math.ceil(round(share, 6))}"


def is_shared(there: int | None, shown: int) -> bool:
    """Whether the other model shows this answer too."""
    return there is not None and 0 < there <= shown


def count_shared(pictures: Sequence[PictureHit]) -> int:
    return sum(is_shared(each.rank_in_other, len(pictures)) for each in pictures)


def place(rank: int, there: int | None) -> str:
    """Where the other model puts an answer, in a few words; empty where no other was asked."""
    if there is None:
        return ""
    if there == 0:
        return f"not in the first {DEEP}"
    return f"also #{there}" if there == rank else f"#{there} there"
