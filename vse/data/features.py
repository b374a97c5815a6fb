"""The features of a collection's pictures, computed once and kept."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from vse.data import Collection
from vse.errors import CollectionError
from vse.io.hashing import hash_of
from vse.io.paths import cache_folder
from vse.io.progress import Progress
from vse.io.row_cache import cached_rows, complete_rows
from vse.modalities.image.backbones.features import Features, FullNetwork, LayerAverages, features_of
from vse.modalities.image.backbones.full_network import Statistics, statistics_of

_CHUNK = 128


def collection_features(features: Features, collection: Collection, progress: Progress | None = None) -> np.ndarray:
    """(N, width), row by row the collection's pictures: read-only, memory-mapped, computed only once.

    Args:
        progress: called with (pictures done, N) after each piece is on disk; what it raises ends the work, which the
            next call goes on with.

    Raises:
        ImageError: for a picture that cannot be read.
        CheckpointError: when the backbone gives numbers that are not finite.
        CollectionError: when the disk refuses.
    """
    shape = (len(collection), features.width)
    averages = _known_averages(features, collection)

    def make(start: int, stop: int) -> np.ndarray:
        if averages is not None and isinstance(features, FullNetwork):
            return features.statistics.embed(averages[start:stop])
        return features_of(features, [item.image_path for item in collection.items[start:stop]])

    about = {"features": features.name, "collection": collection.name, "made_by": features.fingerprint}
    folder = _folder(features, collection)
    try:
        return cached_rows(folder, shape, features.dtype, make, progress, _CHUNK, about)
    except OSError as error:
        advice = "make room there, or choose another folder with VSE_CACHE"
        raise CollectionError(f"{folder} cannot keep the features ({error.strerror or error}): {advice}.") from error


def training_statistics(
    averages: LayerAverages, collection: Collection, progress: Progress | None = None
) -> Statistics:
    """The statistics of a training set, whose averages are computed once as in `collection_features`.

    Args:
        collection: the training pictures alone; a single one of the others would leak what is to be measured.

    Raises:
        CollectionError: for a collection without pictures.
        ImageError, CheckpointError: as `collection_features`.
    """
    if not len(collection):
        raise CollectionError(f"{collection.name} has no pictures to take statistics of: choose one with pictures.")
    rows = collection_features(averages, collection, progress)
    return statistics_of(rows, averages.layers, averages.widths, averages.fingerprint)


def _known_averages(features: Features, collection: Collection) -> np.ndarray | None:
    if not isinstance(features, FullNetwork):
        return None
    averages = features.averages
    shape = (len(collection), averages.width)
    return complete_rows(_folder(averages, collection), shape, averages.dtype)


def _folder(features: Features, collection: Collection) -> Path:
    plain = re.sub(r"[^\w.-]+", "-", f"{collection.name}-{features.name}")[:80]
    return cache_folder() / "features" / f"{plain}-{hash_of(features.fingerprint, collection.key)[:24]}"
