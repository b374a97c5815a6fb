"""Whether a model points at what it is asked for: the pointing game on Emoji Scenes.

The name of a thing in a picture is asked, and the place where most of the score is lost, see `vse.search.places`, is a
hit when it lies in a box of such a thing (Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop",
section 4.1; without their margin around the box).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.drawing.boxes import Box, boxes
from vse.data.scenes.world.kinds import KINDS
from vse.encoders.base import Encoder, Locates
from vse.errors import CollectionError
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.search.places import FEATURES, OCCLUSION, PlaceMap, vectors_by_place

OCCLUDED = 200  # pictures, the first ones, that are measured by occlusion, which takes a hundred times as long
_LISTED = 8  # kinds in a table, those that are found least
_FEW = 5  # things of a kind that are too few to be listed


@dataclass(frozen=True)
class Pointing:
    """How often the place is a hit, in percent.

    things: how many were asked for, a group of one to four alike counting once, in how many pictures.
    by_family, by_kind: (percent, things) of each.
    """

    hits: float
    things: int
    pictures: int
    by_family: Mapping[str, tuple[float, int]]
    by_kind: Mapping[str, tuple[float, int]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, asked: Sequence[tuple[str, float]], pictures: int) -> Pointing:
        """From the kind of each thing, and whether it was hit, or how likely that is."""
        groups: dict[str, dict[str, list[float]]] = {"kind": defaultdict(list), "family": defaultdict(list)}
        for kind, hit in asked:
            groups["kind"][kind].append(hit)
            groups["family"][KINDS[kind].families[0]].append(hit)
        by = {
            name: {key: (float(100 * np.mean(hits)), len(hits)) for key, hits in sorted(found.items())}
            for name, found in groups.items()
        }
        mean = float(100 * np.mean([hit for _, hit in asked])) if asked else 0.0
        return cls(mean, len(asked), pictures, by["family"], by["kind"])


def evaluate_pointing(
    encoder: Encoder, collection: Collection, occluded: int = OCCLUDED, progress: Progress | None = None
) -> dict[str, Pointing]:
    """By title: each way that the model has, on all pictures or the first ones, and what chance and the middle reach.

    Raises:
        CollectionError: for a collection that is no Emoji Scenes, so that nobody knows where things are.
        FontMissingError: without the emoji font, which says how wide they are.
    """
    scenes = scenes_of(collection.annotations)
    if not scenes:
        raise CollectionError(f"Where things are in {collection.name} is not known: measure pointing on Emoji Scenes.")
    places = [boxes(scene) for scene in scenes]
    kinds = list(dict.fromkeys(group.kind for scene in scenes for group in scene.groups))
    queries = dict(zip(kinds, encoder.encode_texts(kinds, strict=False), strict=True))
    first = range(min(occluded, len(scenes)))
    ways = {"occlusion": (OCCLUSION, first)}
    if isinstance(encoder, Locates):
        everywhere = range(len(scenes))
        ways = {"features": (FEATURES, everywhere), "features, the same pictures": (FEATURES, first)} | ways
    asked: dict[str, list[tuple[str, float]]] = {title: [] for title in ways}
    total = sum(len(rows) for title, (_, rows) in ways.items() if title != "features, the same pictures")
    done = 0
    for row, scene in enumerate(scenes):
        for way in (FEATURES, OCCLUSION):
            titles = [title for title, (its, rows) in ways.items() if its == way and row in rows]
            if not titles:
                continue
            placed = vectors_by_place(encoder, collection.items[row].image_path, way)
            lost = placed.whole - placed.without
            for group, where in zip(scene.groups, places[row], strict=True):
                hit = is_hit(PlaceMap(group.kind, lost @ queries[group.kind]), placed.area, where)
                for title in titles:
                    asked[title].append((group.kind, float(hit)))
            done += 1
            if progress:
                progress(done, total)
    found = {title: Pointing.of(asked[title], len(rows)) for title, (_, rows) in ways.items()}
    things = [
        (group.kind, where) for scene, all_ in zip(scenes, places, strict=True)
        for group, where in zip(scene.groups, all_, strict=True)
    ]  # fmt: skip
    middle = [(kind, float(any(box.holds(0.5, 0.5) for box in where))) for kind, where in things]
    chance = [(kind, share_covered(where)) for kind, where in things]
    beside = {"the middle of the picture": middle, "any place, at random": chance}
    return found | {title: Pointing.of(each, len(scenes)) for title, each in beside.items()}


def is_hit(told: PlaceMap, area: Sequence[float], where: Sequence[Box]) -> bool:
    """Whether the place of the map's maximum is in one of the boxes."""
    left, top, right, bottom = area
    x, y = told.peak
    return any(box.holds(left + x * (right - left), top + y * (bottom - top)) for box in where)


def share_covered(where: Sequence[Box], steps: int = 100) -> float:
    """Which share of the picture the boxes cover, counted on a grid."""
    at = (np.arange(steps) + 0.5) / steps
    inside = [np.outer((box.top <= at) & (at <= box.bottom), (box.left <= at) & (at <= box.right)) for box in where]
    return float(np.any(inside, axis=0).mean())


def pointing_table(found: Mapping[str, Pointing]) -> str:
    """The hits in percent, by what kind of thing was asked for. As text for a terminal; also Markdown."""
    families = sorted({family for each in found.values() for family in each.by_family})
    rows = [
        [title, figure(each.hits), *(figure(each.by_family.get(family, (None,))[0]) for family in families),
         str(each.things), str(each.pictures)]
        for title, each in found.items()
    ]  # fmt: skip
    return "\n".join(table(["where most of the score is lost", "hits", *families, "things", "pictures"], rows))


def kinds_table(found: Mapping[str, Pointing]) -> str:
    """The kinds that the first way hits least, without those that are rare."""
    title, first = next(iter(found.items()))
    often = {kind: each for kind, each in first.by_kind.items() if each[1] >= _FEW}
    least = sorted(often, key=lambda kind: (often[kind][0], kind))[:_LISTED]
    head = [f"found least, of {len(often)} kinds", f"{title}, hits", "things"]
    return "\n".join(table(head, [[kind, figure(often[kind][0]), str(often[kind][1])] for kind in least]))


def from_json(data: Mapping[str, Any]) -> dict[str, Pointing]:
    """The inverse of `Pointing.to_json`, by title."""
    return {title: Pointing(**each) for title, each in data.items()}
