"""The vectors of a collection: those that ship, those in the cache, or newly made."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from vse.data import Collection, load_collection
from vse.encoders.base import Encoder
from vse.encoders.registry import load_model, model_folder
from vse.errors import CollectionError, FingerprintError, WriteError
from vse.io.paths import INDEXES, MODELS, cache_folder
from vse.io.progress import Progress
from vse.modalities import IMAGE, TEXT
from vse.search.folders import StoreError, folder_of, photo_vectors, without_unreadable
from vse.search.stores.exact import EmbeddingIndex

_log = logging.getLogger(__name__)


def index_folders(encoder: Encoder, collection: Collection, modality: str) -> tuple[Path, Path]:
    """(where it may ship, where it is cached)."""
    bundled = INDEXES / encoder.name / collection.name / modality
    return bundled, cache_folder() / "indexes" / encoder.fingerprint / collection.key / modality


def vectors_of(
    encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None
) -> EmbeddingIndex:
    """The vectors of a collection's pictures or captions under a model, made only if nobody made them before.

    The pictures of a plain folder have theirs in the index of that folder, see `vse.search.folders`.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    if modality == IMAGE and (folder := folder_of(collection)) is not None:
        try:
            return photo_vectors(encoder, folder, collection, progress)
        except StoreError as error:
            _log.warning("The index of %s is done without: %s", folder, error)
    ids = _row_ids(collection, modality)
    shipped, cached = index_folders(encoder, collection, modality)
    for folder in (shipped, cached) if collection.is_bundled else (cached,):
        if (found := _stored(folder, encoder.fingerprint, ids)) is not None:
            return found
    index = _made(encoder, collection, modality, progress)
    try:
        index.save(cached)
    except OSError as error:
        _log.warning("The vectors could not be kept in %s (%s); they will be made again next time.", cached, error)
    return index


def readable(encoder: Encoder, collection: Collection, progress: Progress | None) -> Collection:
    """A collection without the pictures that cannot be read, where it is a plain folder; any other as it is."""
    if (folder := folder_of(collection)) is None:
        return collection
    try:
        return without_unreadable(encoder, folder, collection, progress)
    except StoreError:  # said by `vectors_of`, which makes the vectors without an index
        return collection


def _row_ids(collection: Collection, modality: str) -> list[str]:
    """The item of each row: once an input of the modality."""
    return [collection.items[row].id for row in collection.owners(modality)]


def _made(encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None) -> EmbeddingIndex:
    vectors = encoder.encode(modality, collection.inputs(modality), strict=False, progress=progress)
    return EmbeddingIndex.build(encoder.fingerprint, modality, _row_ids(collection, modality), vectors)


def _stored(folder: Path, fingerprint: str, ids: list[str]) -> EmbeddingIndex | None:
    """The index in a folder, if it is of this model and these items."""
    if not folder.is_dir():
        return None
    try:
        index = EmbeddingIndex.load(folder, fingerprint=fingerprint)
    except (FingerprintError, CollectionError):
        return None
    return index if list(index.item_ids) == ids else None


def build_index(model: str, collection: str, modalities: Sequence[str] = (IMAGE, TEXT)) -> list[Path]:
    """Make the vectors of a bundled collection under a bundled model where they ship; the folders written.

    Raises:
        WriteError: for a model or a collection that is not bundled, whose vectors would take another's place.
    """
    encoder, loaded = load_model(model), load_collection(collection)
    check_ships(model, loaded)
    folders = []
    for modality in modalities:
        folder = index_folders(encoder, loaded, modality)[0]
        _made(encoder, loaded, modality).save(folder)
        folders.append(folder)
    return folders


def check_ships(model: str, collection: Collection) -> None:
    """
    Raises:
        WriteError: for a model or a collection that is not bundled.
    """
    for what, ships in (
        (f"model {model!r}", model_folder(model).parent == MODELS),
        (f"collection {collection.name!r}", collection.is_bundled),
    ):
        if not ships:
            raise WriteError(f"The {what} is not bundled: only what ships has a place among the assets.")
