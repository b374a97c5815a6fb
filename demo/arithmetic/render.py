"""What stands around a sum as HTML: examples, and pictures to start from."""

from __future__ import annotations

from markupsafe import Markup

from vse.data import Collection
from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import WAYS, name_of_way

from ..shared.models import Service
from ..shared.starters import starter_items
from ..shared.templating import macros

SUMS = "arithmetic/sums.html.jinja"


def no_answer(address: str | None) -> Markup:
    """`address` is what the page's address should say; None leaves it as it is."""
    return macros(SUMS).no_answer(address)


def ways(collection: Collection) -> list[tuple[str, str]]:
    """What the ways of doing a sum are called, and their names; the first is what suits the collection."""
    usual = WAYS[name_of_way(DEFAULT_WAY, collection)].title
    return [(f"as usual: {usual}", DEFAULT_WAY), *((way.title, name) for name, way in WAYS.items())]


def starters(service: Service) -> Markup:
    """Sums to begin with, as chips."""
    return macros(SUMS).starters(service.examples, service.collection)


def sources(collection: Collection) -> Markup:
    """Pictures to start from, as small squares."""
    return macros(SUMS).sources(starter_items(collection), collection)
