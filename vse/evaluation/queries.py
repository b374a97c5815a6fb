"""What of a collection asks and answers: in which modalities, how people read it, and which answers are right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.evaluation.metrics import Direction
from vse.evaluation.retrieval import own
from vse.modalities.base import MODALITIES, load_modality


def measured_modalities(collection: Collection, *encoders: Encoder) -> tuple[str, ...]:
    """The modalities that the collection has and all the models read, in the order of MODALITIES.

    Raises:
        CollectionError: when there are fewer than two, between which nothing can be retrieved.
    """
    read = [name for name in MODALITIES if all(name in each.modalities for each in encoders)]
    found = tuple(name for name in read if name in collection.modalities)
    if len(found) > 1:
        return found
    if len(read) < 2:
        names = " and ".join(each.name for each in encoders)
        raise CollectionError(f"{names} must read two kinds of input to be measured; got {', '.join(read) or 'none'}.")
    missing = " and no ".join(load_modality(name).plural for name in read if name not in found)
    raise CollectionError(f"{collection.name} has no {missing}, so there is nothing to measure recall with.")


def owners_of(collection: Collection, modalities: Iterable[str]) -> dict[str, np.ndarray]:
    """By modality (N,) int64: the row of the item that each input belongs to."""
    return {modality: collection.owners(modality) for modality in modalities}


def relevance(collection: Collection, direction: Direction) -> np.ndarray:
    """(Q, N) bool: which candidates are true of which queries; where that is not known, which are of the same item."""
    known = known_relevance(collection, direction)
    return own(owners_of(collection, (direction.query, direction.candidate)), direction) if known is None else known


def known_relevance(collection: Collection, direction: Direction) -> np.ndarray | None:
    """(Q, N) bool: which candidates are true of which queries; None where that is not known."""
    known = collection.annotations
    return known.relevance(direction.query, direction.candidate) if known else None


@dataclass(frozen=True)
class Side:
    """The N inputs of a modality as people read them: in words, or by the id of the item; and the id of each's item."""

    names: tuple[str, ...]
    items: tuple[str, ...]

    @classmethod
    def of(cls, collection: Collection, modality: str) -> Side:
        items = tuple(collection.items[row].id for row in collection.owners(modality))
        words = load_modality(modality).words
        return cls(tuple(map(words, collection.inputs(modality))) if words else items, items)
