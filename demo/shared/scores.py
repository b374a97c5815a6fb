"""The small marks on an answer: its score, what that is worth, and where another model puts it."""

from __future__ import annotations

import math

from .ask_models import DEEP

WORTH = "Score {score}. Of this model's scores for pairs drawn at random, {share} % are as high or higher."


def score(value: float) -> str:
    """Two decimals, with a minus sign that is as wide as the digits."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def bar(value: float, kind: str) -> str:
    """A slim bar from 0 to 1; a negative score has an empty one."""
    width = 100 * min(max(value, 0), 1)
    return f'<span class="bar {kind}" aria-hidden="true"><i style="width:{width:.0f}%"></i></span>'


def worth(value: float, percentile: float | None) -> str:
    """A score and, where known, which share of scores at random reach it; its tooltip says so in full."""
    if percentile is None:
        return f'<span class="score">{score(value)}</span>'
    top = 100 - percentile
    title = WORTH.format(score=score(value), share=percent(top))
    return f'<span class="score" title="{title}">{score(value)} <span class="top">· top {percent(top)} %</span></span>'


def said(value: float, percentile: float | None) -> str:
    """The same for a screen reader."""
    return f"score {score(value)}" + ("" if percentile is None else f", top {percent(100 - percentile)} percent")


def percent(share: float) -> str:
    """A share for people, never made smaller than it is: 0.1, 0.4, 3, 27."""
    return f"{max(math.ceil(round(10 * share, 6)) / 10, 0.1):.1f}" if share < 1 else f"{math.ceil(round(share, 6))}"


def is_shared(there: int | None, shown: int) -> bool:
    """Whether the other model shows this answer too."""
    return there is not None and 0 < there <= shown


def place(rank: int, there: int | None) -> str:
    """Where the other model puts an answer, in a few words; empty where no other was asked."""
    if there is None:
        return ""
    if there == 0:
        return f"not in the first {DEEP}"
    return f"also #{there}" if there == rank else f"#{there} there"


def badge(rank: int, there: int | None, shown: int) -> str:
    """The place as a badge, the same one for all answers that both models show."""
    words = place(rank, there)
    kind = "place shared" if is_shared(there, shown) else "place"
    return f'<span class="{kind}">{words}</span>' if words else ""


def said_place(there: int | None) -> str:
    if there is None:
        return ""
    return f", number {there} in the other model" if there else f", not in the other model's first {DEEP}"
