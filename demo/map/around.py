"""What lies around a point that was clicked: in the space, and in the plane, which may mislead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vse.maps.neighbours import Neighbours, neighbours_of
from vse.maps.projection import title_of

from .compute import named
from .store import Map


@dataclass(frozen=True, eq=False)
class Around:
    """Of one map: its row among its kind, the kind's first row on the map, its neighbours of that kind, and all ids."""

    drawn: Map
    kind: str
    row: int
    begin: int
    found: Neighbours
    ids: tuple[str, ...]

    @property
    def near(self) -> list[tuple[str, bool]]:
        """The ids of the nearest in the space, and which of them the plane tears away."""
        return [(self.ids[row], bool(torn)) for row, torn in zip(self.found.near, self.found.torn, strict=True)]

    @property
    def strangers(self) -> list[tuple[str, bool]]:
        """In the same form, those that are near in the plane alone."""
        return [(self.ids[row], False) for row in self.found.strangers]


def around(data: object, maps: Sequence[Map]) -> Iterator[Around]:
    """The neighbours of what a click named, on each map that has it; of its own kind, as the gap is no matter of the
    plane. Spoken captions have none: where they stand is a guess.

    Raises:
        QueryError: when it named nothing.
    """
    kind, name = named(data)
    for drawn in maps:
        cloud = next((each for each in drawn.clouds if title_of(each.modality) == kind), None)
        if cloud is None or name not in cloud.ids or len(cloud.ids) < 2:
            continue
        row, rows = cloud.ids.index(name), drawn.projection.rows(cloud.modality)
        found = neighbours_of(cloud.vectors, drawn.projection.of(cloud.modality), row)
        yield Around(drawn, kind, row, rows.start, found, cloud.ids)
