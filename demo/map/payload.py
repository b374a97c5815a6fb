"""Maps and what is drawn on them as short JSON for the browser, and as plain records for programs."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from vse.data import Collection
from vse.maps.facets import facets, legend
from vse.maps.projection import ALL, WORD, title_of
from vse.modalities import IMAGE, RECIPE, SPEECH, TEXT

from ..shared.pictures import is_keyed, name, pattern
from ..shared.spoken import said_in
from .around import Around
from .axes import examples
from .compute import OnMap, Parallelogram
from .store import Map

KINDS = (IMAGE, TEXT, WORD, RECIPE)  # in the order of a map's points
_STEPS = 32767  # of a coordinate, from the middle of the map to its edge; of a score, from 0 to 1


def maps_json(maps: Sequence[Map], collection: Collection) -> str:
    """What the browser draws: texts once, and the points of each map; the maps show the same pictures.

    Coordinates are int16 of 1/32767, little-endian, x before y, in base64, in the order pictures, captions, words,
    recipes. `address` has a star for the name of a picture, of which `names` are those that are not its id. A facet's
    codes are uint8, one a picture: places in its values. `owners` are rows of pictures, one a caption, and `cooked` the
    same of recipes; where a model reads none, its map has none of them.
    """
    if not maps:
        return ""
    first = maps[0]
    captions = first.cloud(TEXT)
    rows = [collection.rows[each] for each in _ids(first, IMAGE)]
    owners = [] if captions is None or captions.owners is None else captions.owners.tolist()
    cooked = next((cloud for each in maps if (cloud := each.cloud(RECIPE))), None)
    return dumps(
        {
            "collection": collection.name,
            "address": pattern(collection),
            "ids": _ids(first, IMAGE),
            "names": [name(collection, each) for each in _ids(first, IMAGE)] if is_keyed(collection) else [],
            "captions": captions_of(first, collection),
            "captionIds": [int(each.rpartition("#")[2]) for each in _ids(first, TEXT)],
            "owners": owners,
            "recipes": [] if cooked is None else recipes_of(cooked.ids, collection),
            "cooked": [] if cooked is None or cooked.owners is None else cooked.owners.tolist(),
            "facets": [facet_json(title, [values[r] for r in rows]) for title, values in facets(collection).items()],
            "sides": [side_json(each, collection) for each in maps],
            **(axes_json(first, collection) if first.plane else {}),
        }
    )


def side_json(drawn: Map, collection: Collection) -> dict[str, Any]:
    return {
        "model": drawn.model,
        "layout": drawn.layout,
        "counts": [len(_ids(drawn, kind)) for kind in KINDS],
        "words": _ids(drawn, WORD),
        "spoken": spoken_json(drawn, collection),
        "points": packed(drawn.projection.points, np.int16),
        "regions": [
            [[each.name, each.size, *_rounded(np.array([each.x, each.y]))] for each in level] for level in drawn.regions
        ],
    }


def axes_json(drawn: Map, collection: Collection) -> dict[str, Any]:
    """The four ends of a map's axes, others to try, and the facet that the first axis is about, if any."""
    if drawn.plane is None:
        return {}
    first, second = drawn.plane.axes
    scored = [own for own, _ in drawn.plane.scores or () if own]
    return {
        "axes": [first.low, first.high, second.low, second.high],
        "others": examples(collection),
        "usual": scored[0].fact if scored else "",
    }


def spoken_json(drawn: Map, collection: Collection) -> list[list[float | str]]:
    """About where each recording of the collection stands, among the captions.

    [x, y, the row of its picture or -1, the id of its item, the caption that it reads].
    """
    index = drawn.searcher.indexes.get(SPEECH)
    if index is None or drawn.cloud(TEXT) is None:
        return []
    rows = {item_id: row for row, item_id in enumerate(_ids(drawn, IMAGE))}
    points = drawn.place(np.asarray(index.vectors, np.float32), TEXT)
    said = said_in(collection)
    return [
        [*_rounded(point), rows.get(item_id, -1), item_id, said.get(item_id, "")]
        for point, item_id in zip(points, index.item_ids, strict=True)
    ]


def facet_json(name: str, values: list[str]) -> dict[str, Any]:
    known = legend(values)
    place = {value: number for number, value in enumerate(known)}
    codes = np.array([place[value] for value in values], dtype=np.uint8)
    return {"name": name, "values": known, "codes": base64.b64encode(codes.tobytes()).decode()}


def asked_json(asked: Sequence[OnMap | None], maps: Sequence[Map]) -> str:
    """The query on each map: its path, where it lands, its answers by row of picture, and every point's score."""
    return dumps(
        [
            asked_on(one, drawn) if one and one.scores is not None else None
            for one, drawn in zip(asked, maps, strict=True)
        ]
    )


def asked_on(asked: OnMap, drawn: Map) -> dict[str, Any]:
    rows = {item_id: row for row, item_id in enumerate(_ids(drawn, IMAGE))}
    return {
        "query": str(asked.answer.query),
        "steps": [[step.label, *_rounded(step.point)] for step in asked.steps],
        "answers": [rows.get(each.item.id, -1) for each in asked.answer.pictures],
        "scores": packed(np.zeros(0) if asked.scores is None else asked.scores, np.int16),
        **(shape_json(asked.shape) if asked.shape else {}),
    }


def shape_json(shape: Parallelogram) -> dict[str, Any]:
    """[label, x, y] of a, b and c, and where their parallelogram closes in the plane."""
    corners = [[label, *_rounded(point)] for label, point in zip(shape.labels, shape.corners, strict=True)]
    return {"corners": corners, "closes": _rounded(shape.closes)}


def near_json(data: Any, around: Sequence[Around]) -> str:
    """What lies around the point that was clicked, on each map, by rows of the map."""
    sides = [
        {
            "model": each.drawn.model,
            "layout": each.drawn.layout,
            "row": each.begin + each.row,
            "near": (each.begin + each.found.near).tolist(),
            "torn": each.found.torn.tolist(),
            "strangers": (each.begin + each.found.strangers).tolist(),
        }
        for each in around
    ]
    return dumps({"kind": data["kind"], "id": data["id"], "sides": sides}) if sides else ""


def packed(values: np.ndarray, kind: type[np.integer[Any]]) -> str:
    """Numbers within -1 to 1 as integers in base64; what lies outside is moved to the edge."""
    whole = np.rint(np.clip(values, -1, 1) * _STEPS).astype(kind)
    return base64.b64encode(whole.astype(whole.dtype.newbyteorder("<")).tobytes()).decode()


def dumps(value: Any) -> str:
    """Short JSON without "<", so that nothing in it can be taken for a tag."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def captions_of(drawn: Map, collection: Collection) -> list[str]:
    """The text of each caption on the map, whose ids are "scene-0000#4"."""
    names = (each.rpartition("#") for each in _ids(drawn, TEXT))
    return [collection.item(item_id).captions[int(number)] for item_id, _, number in names]


def recipes_of(ids: Sequence[str], collection: Collection) -> list[str]:
    """The title of the recipe of each item."""
    return [collection.item(each).inputs[RECIPE][0].title for each in ids]


def points_json(drawn: Map, collection: Collection) -> dict[str, Any]:
    """The whole map for a program."""
    texts = {
        IMAGE: [""] * len(_ids(drawn, IMAGE)),
        TEXT: captions_of(drawn, collection),
        WORD: _ids(drawn, WORD),
        RECIPE: recipes_of(_ids(drawn, RECIPE), collection),
    }
    rows = [(kind, each, text) for kind in KINDS for each, text in zip(_ids(drawn, kind), texts[kind], strict=True)]
    points = [
        {"id": each, "kind": title_of(kind), "x": x, "y": y, "text": text}
        for (kind, each, text), (x, y) in zip(rows, map(_rounded, drawn.projection.points), strict=True)
    ]
    quality = drawn.projection.quality.get(ALL)
    return {
        "model": drawn.model,
        "collection": collection.name,
        "layout": drawn.layout,
        "quality": quality
        and {
            "trustworthiness": round(quality.trustworthiness, 4),
            "neighbours_kept": round(quality.neighbours, 4),
            "of_nearest": quality.k,
        },
        "gap": None if drawn.gap is None else round(drawn.gap, 4),
        "points": points,
    }


def _ids(drawn: Map, modality: str) -> list[str]:
    return list(drawn.projection.ids.get(modality, ()))


def _rounded(point: np.ndarray) -> list[float]:
    return [round(float(each), 4) for each in point]
