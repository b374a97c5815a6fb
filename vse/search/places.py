"""Where in a picture the words of a query are: how much of its score is lost without each place.

Two ways. "features" takes a place away from the last feature map of the CNN, with the mean of all in its stead,
and runs only what follows again: the pooling and the map into the joint space. It is quick, and coarse where the CNN
saw beyond the place. "occlusion" covers one place of the picture after another (Zeiler and Fergus 2014, section 4.2),
holds for any model, and costs a run for each place.

What a word loses is its fair share of what is lost, see `vse.search.explain`: the maps of the words add up to that of
the query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from vse.encoders.base import Area, Encoder, Locates, Placed
from vse.errors import ModalityError
from vse.modalities.image.decoding import to_read
from vse.search.explain import WordShare

FEATURES, OCCLUSION = "features", "occlusion"
WAYS = (FEATURES, OCCLUSION)
WINDOW, STEPS = 0.3, 9  # the side of what is covered, in shares of the picture's, and how many of it each way
_SIDE = 384  # pixels that an occluded picture is made small to, which no model here needs more of

Shares = Callable[[np.ndarray], tuple[np.ndarray, tuple[WordShare, ...]]]


@dataclass(frozen=True, eq=False)
class PlaceMap:
    """A map of a picture: values (H, W) float32, more where more speaks for the answer. word: empty for the query."""

    word: str
    values: np.ndarray

    @property
    def peak(self) -> tuple[float, float]:
        """x and y of the middle of the place with the largest value, in shares of the map's area."""
        row, column = np.unravel_index(int(self.values.argmax()), self.values.shape)
        height, width = self.values.shape
        return (float(column) + 0.5) / width, (float(row) + 0.5) / height


@dataclass(frozen=True, eq=False)
class PlaceMaps:
    """The map of the query, and one for each of its words. area: the part of the picture that they cover.

    way: one of WAYS.
    """

    way: str
    area: Area
    whole: PlaceMap
    words: tuple[PlaceMap, ...]


def place_maps(encoder: Encoder, image: Any, shares: Shares, way: str = FEATURES) -> PlaceMaps:
    """The maps of a picture.

    Args:
        image: as the model reads pictures.
        shares: vectors (N, dim) -> what they score for the query (N,), and what each of its words adds.
        way: one of WAYS.

    Raises:
        ModalityError: where the model has nothing to tell of places without looking again, and `way` is "features".
        ValueError: for another way.
        ImageError: for a picture that cannot be read.
    """
    placed = vectors_by_place(encoder, image, way)
    height, width, dim = placed.without.shape
    scores, words = shares(np.concatenate([placed.whole.reshape(-1, dim), placed.without.reshape(-1, dim)]))

    def lost(word: str, values: np.ndarray) -> PlaceMap:
        whole, without = np.asarray(values, np.float32).reshape(2, height, width)
        return PlaceMap(word, whole - without)

    return PlaceMaps(way, placed.area, lost("", scores), tuple(lost(each.word, each.shares) for each in words))


def vectors_by_place(encoder: Encoder, image: Any, way: str = FEATURES) -> Placed:
    """The vectors with and without each place; raises as `place_maps`."""
    if way not in WAYS:
        raise ValueError(f"way came as {way!r}: give {' or '.join(WAYS)}.")
    if way == OCCLUSION:
        return _occluded(encoder, image)
    if not isinstance(encoder, Locates):
        raise ModalityError(f"{encoder.name} tells nothing of places without looking again: ask for {OCCLUSION!r}.")
    return encoder.by_place(image)


def _occluded(encoder: Encoder, image: Any) -> Placed:
    picture = to_read(image, at_least=_SIDE).convert("RGB")
    picture.thumbnail((_SIDE, _SIDE))
    pixels = np.asarray(picture)
    whole, *without = encoder.encode_images([Image.fromarray(each) for each in (pixels, *occlusions(pixels))])
    lost = np.stack(without).reshape(STEPS, STEPS, -1)
    return Placed(np.broadcast_to(whole, lost.shape), lost)


def occlusions(pixels: np.ndarray, window: float = WINDOW, steps: int = STEPS) -> Sequence[np.ndarray]:
    """(H, W, 3) uint8 -> steps * steps of it, row by row, each with a square around one place in its mean colour."""
    height, width, _ = pixels.shape
    colour = pixels.mean(axis=(0, 1)).round().astype(np.uint8)
    middles = (np.arange(steps) + 0.5) / steps
    spans = [[(max(0, round((at - window / 2) * side)), round((at + window / 2) * side)) for at in middles]
             for side in (height, width)]  # fmt: skip
    found = []
    for top, bottom in spans[0]:
        for left, right in spans[1]:
            covered = pixels.copy()
            covered[top:bottom, left:right] = colour
            found.append(covered)
    return found
