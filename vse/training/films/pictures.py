"""What is learnt from: 200 pictures of Emoji Scenes with a caption each, and what a frozen CNN makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vse.data import Collection, load_collection
from vse.data.scenes.annotations import scenes_of
from vse.errors import CollectionError
from vse.io.atomic import write_bytes
from vse.io.paths import ASSETS, COLLECTIONS, DEFAULT_COLLECTION, MODELS, PHOTO_MODEL
from vse.modalities import IMAGE

if TYPE_CHECKING:
    from vse.data.item import Item

FILMS = ASSETS / "films"
FEATURES = FILMS / "features.safetensors"
PLACES = ("beach", "desert", "forest", "kitchen", "meadow", "sea", "snow", "street")
OF_PLACE, KEPT_OUT = 25, 5  # pictures of each place, of which the last ones are not learnt
WIDTH = 128  # numbers that are left of a picture's features


@dataclass(frozen=True, eq=False)
class Pairs:
    """N pictures with a caption each, place by place.

    features: (N, F) float32. kept_out: (N,) bool, those that nothing is learnt from. places: the place of each.
    """

    items: tuple[Item, ...]
    features: np.ndarray
    kept_out: np.ndarray
    places: tuple[str, ...]

    @property
    def captions(self) -> tuple[str, ...]:
        """The last caption of each picture, which says the most."""
        return tuple(item.captions[-1] for item in self.items)

    @property
    def learnt(self) -> np.ndarray:
        """The rows of the pictures that are learnt."""
        return np.flatnonzero(~self.kept_out)


def chosen(collection: Collection) -> tuple[list[int], tuple[str, ...]]:
    """The rows of the first OF_PLACE pictures of each of PLACES, and their places.

    Raises:
        CollectionError: where there are not so many.
    """
    places = [scene.place for scene in scenes_of(collection.annotations) or ()]
    rows = [[row for row, place in enumerate(places) if place == wanted][:OF_PLACE] for wanted in PLACES]
    if min(map(len, rows)) < OF_PLACE:
        raise CollectionError(
            f"{collection.name} has fewer than {OF_PLACE} pictures of some place: give Emoji Scenes, with its scenes."
        )
    flat = [row for some in rows for row in some]
    return flat, tuple(places[row] for row in flat)


@lru_cache(maxsize=1)
def open_pairs() -> Pairs:
    """What ships.

    Raises:
        CollectionError, CheckpointError: when a file is missing or damaged.
    """
    from safetensors.numpy import load

    collection = load_collection(COLLECTIONS / DEFAULT_COLLECTION)
    rows, places = chosen(collection)
    try:
        features = load(FEATURES.read_bytes())["features"].astype(np.float32)
    except Exception as error:  # whatever other bytes lead a reader to
        raise CollectionError(f"{FEATURES} cannot be read ({error}): copy it again.") from error
    if features.shape != (len(rows), WIDTH):
        raise CollectionError(
            f"{FEATURES} holds {features.shape}, expected {len(rows)} rows of {WIDTH}: copy it again."
        )
    kept_out = np.arange(len(rows)) % OF_PLACE >= OF_PLACE - KEPT_OUT
    return Pairs(tuple(collection.items[row] for row in rows), features, kept_out, places)


def frozen_features() -> np.ndarray:
    """(N, WIDTH) float16: what the CNN of PHOTO_MODEL makes of the pictures, before the map into its space.

    It learnt from photographs and never saw a scene. Of its features the WIDTH directions are kept that hold most of
    the squares of all, and all are scaled alike, so that the mean square is 1.
    """
    import torch

    from vse.encoders.vse.checkpoint import load_checkpoint
    from vse.io.progress import progress_bar
    from vse.modalities.base import load_modality

    collection = load_collection(COLLECTIONS / DEFAULT_COLLECTION)
    rows, _ = chosen(collection)
    checkpoint, read = load_checkpoint(MODELS / PHOTO_MODEL), load_modality(IMAGE).read
    model, preprocess = checkpoint.model.eval(), checkpoint.preprocess
    found = []
    with progress_bar("features", "picture") as progress, torch.inference_mode():
        for row in rows:
            pixels = read(collection.items[row].image_path, preprocess, True)
            images = torch.from_numpy(preprocess.normalise(pixels[None]))
            found.append(model.features(IMAGE, images)[0].numpy())
            progress(len(found), len(rows))
    features = np.stack(found).astype(np.float64)
    _, _, axes = np.linalg.svd(features, full_matrices=False)
    kept = features @ axes[:WIDTH].T
    return (kept / np.sqrt((kept**2).mean())).astype(np.float16)


def write_features(path: Path = FEATURES) -> None:
    """Make the file that ships anew."""
    from safetensors.numpy import save

    write_bytes(path, save({"features": frozen_features()}))
