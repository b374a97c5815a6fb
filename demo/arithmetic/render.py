"""What stands around a sum as HTML: examples, and pictures to start from."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from vse.data import Collection
from vse.data.item import Item

from ..shared.sum_examples import Example
from ..shared.templating import macros

SUMS = "arithmetic/sums.html.jinja"


def no_answer(address: str | None) -> Markup:
    """`address` is what the page's address should say; None leaves it as it is."""
    return macros(SUMS).no_answer(address)


def starters(examples: Sequence[Example], collection: Collection) -> Markup:
    """Sums to begin with, as chips."""
    return macros(SUMS).starters(examples, collection)


def sources(items: Sequence[Item], collection: Collection) -> Markup:
    """Pictures to start from, as small squares."""
    return macros(SUMS).sources(items, collection)
