"""What is known of each picture of a collection, in a few values: what a map can be coloured by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from vse.data import Collection

OTHER = "other"
MOST = 14  # values that a legend can show
_KEPT = 12  # of more values than that


def facets(collection: Collection) -> dict[str, list[str]]:
    """Name -> one value a picture, in the order of the items; empty where nothing is known.

    Those of the collection's annotations, and in any collection the split. A facet has at least two values and at most
    `MOST`: of more, the 12 most frequent are kept and the rest is "other".
    """
    found = collection.annotations.facets() if collection.annotations else {}
    found["split"] = [item.split for item in collection.items]
    return {name: few(values) for name, values in found.items() if len(set(values)) > 1}


def few(values: list[str]) -> list[str]:
    """The values as they are, or the most frequent and "other"; among equally frequent the first in the alphabet."""
    if len(set(values)) <= MOST:
        return values
    kept = set(legend(values)[:_KEPT])
    return [value if value in kept else OTHER for value in values]


def legend(values: Iterable[str]) -> list[str]:
    """Each value once, the most frequent first, equals in alphabetical order, and "other" last."""
    counts = Counter(values)
    return sorted(counts, key=lambda value: (value == OTHER, -counts[value], value))
