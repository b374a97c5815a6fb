"""A direction of retrieval, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from vse.modalities import IMAGE, TEXT
from vse.modalities.base import load_modality


@dataclass(frozen=True)
class Direction:
    """Queries of one modality, answered with candidates of another."""

    query: str
    candidate: str

    @property
    def name(self) -> str:
        """What files and the page call it, such as "image_to_text"."""
        return f"{self.query}_to_{self.candidate}"

    @property
    def title(self) -> str:
        """What people read, such as "picture -> captions".

        Raises:
            ModalityError: for modalities that are not registered.
        """
        return f"{load_modality(self.query).title} -> {load_modality(self.candidate).plural}"

    @property
    def reverse(self) -> Direction:
        """The other way round."""
        return Direction(self.candidate, self.query)

    @classmethod
    def named(cls, name: str) -> Direction:
        """The direction of a `name`.

        Raises:
            ValueError: for what is no such name.
        """
        query, to, candidate = name.partition("_to_")
        if not (query and to and candidate):
            raise ValueError(f"No direction {name!r}: expected two modalities as in 'image_to_text'.")
        return cls(query, candidate)


IMAGE_TO_TEXT = Direction(IMAGE, TEXT)
TEXT_TO_IMAGE = IMAGE_TO_TEXT.reverse


def directions_of(modalities: Sequence[str]) -> tuple[Direction, ...]:
    """Each pair of different modalities, one way and then the other; of each pair the one named first asks first."""
    pairs = (Direction(*pair) for pair in combinations(modalities, 2))
    return tuple(each for direction in pairs for each in (direction, direction.reverse))


@dataclass(frozen=True)
class RetrievalMetrics:
    """Recall in percent, ranks counted from 1, of one direction of retrieval."""

    direction: Direction
    r1: float
    r5: float
    r10: float
    median_rank: float
    mean_rank: float
    queries: int
    candidates: int
