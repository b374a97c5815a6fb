"""The pictures of a collection as other tools show them: vectors, places on the map, nearest neighbours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.encoders.registry import load_model
from vse.encoders.similarity import cosine, normalise, top_k
from vse.errors import CollectionError
from vse.io.progress import progress_bar
from vse.maps.points import clouds_of, map_of, place_on, rows_of
from vse.modalities import IMAGE
from vse.modalities.image.decoding import open_image
from vse.search.vectors import vectors_of

NEIGHBOURS = 15
_CHUNK = 1024


@dataclass(frozen=True, eq=False)
class Points:
    """The pictures of a collection under a model, row by row; use `points_of`.

    vectors: (N, D) float32, unit rows.
    """

    encoder: Encoder
    collection: Collection
    vectors: np.ndarray

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.collection.items]

    @property
    def paths(self) -> list[Path]:
        """Absolute paths of the pictures."""
        return [item.image_path.absolute() for item in self.collection.items]

    @cached_property
    def captions(self) -> list[str]:
        """Of each picture the longest caption, the first of equally long ones; "" where it has none."""
        return [max(item.captions, key=lambda text: len(text.split()), default="") for item in self.collection.items]

    def places(self) -> np.ndarray:
        """(N, 2) float32: where each stands on the map that the page shows, the one that ships where one does.

        The map of a large collection shows some of its pictures; the others are placed among them.
        """
        with progress_bar("laying out the map", "step") as bar:
            projection = map_of(
                self.encoder, self.collection, progress=lambda share, what: bar(int(100 * share), 100, what)
            )
        rows = list(rows_of(self.encoder, self.collection).pictures)
        places = np.empty((len(self.vectors), 2), np.float32)
        places[rows] = projection.of(IMAGE)
        others = np.setdiff1d(np.arange(len(places)), rows)
        if len(others):
            clouds = clouds_of(self.encoder, self.collection)
            places[others] = place_on(projection, clouds, self.vectors[others], IMAGE)
        return places

    def neighbours(self, k: int = NEIGHBOURS) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(rows, cosine distances) of the k nearest other pictures of each one, nearest first, row by row."""
        k = min(k, len(self.vectors) - 1)
        for start in range(0, len(self.vectors), _CHUNK):
            scores = cosine(self.vectors[start : start + _CHUNK], self.vectors)
            for row, score in enumerate(scores, start=start):
                score[row] = -np.inf
                best = top_k(score, k)
                yield best, 1 - score[best]

    def thumbnail(self, row: int, pixels: int) -> bytes:
        """A picture as a JPEG file, its longer side at most so many pixels.

        Raises:
            ImageError: when it cannot be read.
        """
        picture = open_image(self.paths[row], at_least=pixels)
        picture.thumbnail((pixels, pixels))
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=85)
        return data.getvalue()


def points_of(model: str, collection: Collection) -> Points:
    """The pictures of a collection with their vectors under a model, from where they ship, the cache, or made now.

    Raises:
        CheckpointError: when there is no such model.
        CollectionError: for a collection that has things without a picture.
        ImageError: for a picture that cannot be read.
    """
    encoder = load_model(model)
    for item in collection.items:
        _ = item.image_path  # raises for one without
    if len(collection.inputs(IMAGE)) != len(collection):
        raise CollectionError(
            f"{collection.name} has several pictures of one thing: export a collection with one each."
        )
    with progress_bar("encoding", "picture") as progress:
        vectors = vectors_of(encoder, collection, IMAGE, progress).vectors
    return Points(encoder, collection, normalise(vectors))
