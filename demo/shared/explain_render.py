"""What each word of a query adds to the scores, as HTML: a row for all answers, and a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from vse.search.explain import WordShare

from .scores import score

TOLD = "The score of the whole query minus its score without the word. A minus speaks against the answers."
ALONE = "Without this word nothing is left to ask."
UNREAD = "The model has never read this word, but reads that a word stands here."
_OF_ONE = 4  # the words that are told of one answer, the weightiest first
_LEAST = 0.005  # what is shown as 0.00
_FULL = 0.05  # no smaller share fills a bar, as in why.js


def signed(value: float) -> str:
    """Two decimals with a sign, as wide as the digits; none for what rounds to zero."""
    return "0.00" if abs(value) < _LEAST else f"{'+' if value > 0 else ''}{score(value)}"


def why_row(why: Sequence[WordShare], count: int) -> str:
    """The words with their mean shares over so many answers; empty where no word can be left out."""
    means = [each.mean for each in why if each.mean is not None]
    if not count or not means:
        return ""
    full = max(_FULL, *map(abs, means))
    mean = "mean of the answers" if count > 1 else "of the answer"
    words = "".join(_word(each, full) for each in why)
    return (
        f'<div class="why"><span class="lead" title="{escape(TOLD)}">'
        f'What each word adds <small class="of-whom" data-mean="{mean}">{mean}</small></span>'
        f'<ol class="word-shares" aria-label="What each word adds to the score, {mean}">{words}</ol></div>'
    )


def _word(word: WordShare, full: float) -> str:
    kinds = "word-share" if word.is_known else "word-share unknown"
    name = f'<span class="word{"" if word.is_known else " unread"}">{escape(word.word)}</span>'
    mean = word.mean
    if mean is None or word.shares is None:
        return f'<li class="{kinds} alone" title="{escape(ALONE)}">{name}<b>–</b></li>'
    title = "" if word.is_known else f' title="{escape(UNREAD)}"'
    minus = " minus" if mean <= -_LEAST else ""
    shares = " ".join(f"{each:.4f}" for each in word.shares)
    return (
        f'<li class="{kinds}{minus}" data-shares="{shares}" data-mean="{mean:.4f}"{title}>{name}'
        f'<span class="adds" aria-hidden="true"><i style="width:{100 * abs(mean) / full:.0f}%"></i></span>'
        f"<b>{signed(mean)}</b></li>"
    )


def why_line(why: Sequence[WordShare], number: int) -> str:
    """The weightiest words of one answer, by its place from 0; empty where none adds anything."""
    shares = [(each.word, float(each.shares[number])) for each in why if each.shares is not None]
    told = sorted((each for each in shares if abs(each[1]) >= _LEAST), key=lambda each: -abs(each[1]))[:_OF_ONE]
    parts = " · ".join(f"{escape(word)} {signed(share)}" for word, share in told)
    return f'<span class="adding">{parts}</span>' if parts else ""
