"""The vectors of a collection: those that ship, those in the cache, or newly made."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from vse.data import Collection, load_collection
from vse.encoders.base import Encoder, fingerprint_for
from vse.encoders.registry import load_model, model_folder
from vse.errors import WriteError
from vse.io.artifacts import get_or_make
from vse.io.hashing import fingerprint_of
from vse.io.paths import INDEXES, MODELS, cache_folder
from vse.io.progress import Progress
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.facts import Facts
from vse.search.folders import (
    Look,
    Store,
    StoreError,
    captions_alone,
    folder_of,
    looks_of,
    photo_vectors,
    without_unreadable,
)
from vse.search.stores.base import EXACT, VectorStore, load_store, store_named
from vse.search.stores.engine import EngineIndex, MissingIndexError, continues
from vse.search.stores.exact import EmbeddingIndex

Looks = Callable[[Sequence[str]], list[Look | None]]
_log = logging.getLogger(__name__)


def index_folders(encoder: Encoder, collection: Collection, modality: str) -> tuple[Path, Path]:
    """(where it may ship, where it is cached)."""
    bundled = INDEXES / encoder.name / collection.name / modality
    return bundled, cache_folder() / "indexes" / fingerprint_for(encoder, modality) / collection.key / modality


def vectors_of(
    encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None
) -> EmbeddingIndex:
    """The vectors of a collection's inputs of a modality under a model, made only if nobody made them before.

    Pictures that are called by their paths in a folder have theirs in the index of that folder, see
    `vse.search.folders`; their captions are filed under what they say, whatever becomes of the pictures.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    folder = folder_of(collection) if modality in (IMAGE, TEXT) else None
    if folder is not None and modality == TEXT:
        collection = captions_alone(collection)
    elif folder is not None:
        try:
            return photo_vectors(encoder, folder, collection, progress)
        except StoreError as error:
            _log.warning("The index of %s is done without: %s", folder, error)
    ids = _row_ids(collection, modality)
    shipped, cached = index_folders(encoder, collection, modality)
    return get_or_make(
        "The index",
        cached,
        load=lambda folder: EmbeddingIndex.load(folder, fingerprint_for(encoder, modality)),
        make=lambda: _made(encoder, collection, modality, progress),
        save=EmbeddingIndex.save,
        shipped=[shipped] if collection.is_bundled else [],
        fits=lambda index: list(index.item_ids) == ids,
    )


def store_of(
    encoder: Encoder, collection: Collection, modality: str, store: str = EXACT, progress: Progress | None = None
) -> VectorStore:
    """The same vectors in a store, filled once and then used again.

    Args:
        store: a name of `vse.search.stores.base.STORES`, whose vectors are cached, or with a place of its own,
            lance:FOLDER or postgresql://USER@HOST:PORT/DATABASE, which may hold several collections.

    Raises:
        CollectionError: for a store that there is not, and a place that is none, is damaged or does not answer.
        FingerprintError: when the place holds this collection under another model.
        InstallationError: when a package that the store needs is missing.
        ImageError: as `vectors_of`.
    """
    name, home = store_named(store)
    kind = load_store(name)
    if kind is EmbeddingIndex:
        return vectors_of(encoder, collection, modality, progress)
    if home and issubclass(kind, EngineIndex):
        return _placed(kind, home, encoder, collection, modality, progress)
    ids = _row_ids(collection, modality)

    def make() -> VectorStore:
        vectors = vectors_of(encoder, collection, modality, progress).vectors
        return kind.build(fingerprint_for(encoder, modality), modality, ids, vectors)

    return get_or_make(
        "The index",
        index_folders(encoder, collection, modality)[1].with_name(f"{modality}-{name}"),
        load=lambda folder: kind.load(folder, fingerprint_for(encoder, modality)),
        make=make,
        save=lambda index, folder: index.save(folder),
        fits=lambda index: list(index.item_ids) == ids,
    )


def _placed(
    kind: type[EngineIndex],
    home: str,
    encoder: Encoder,
    collection: Collection,
    modality: str,
    progress: Progress | None,
) -> EngineIndex:
    """A collection's vectors at a place of somebody's choice, brought up to date where the collection has changed."""
    fingerprint, known = fingerprint_for(encoder, modality), None
    place, stamp = kind.within(home, f"{_filed_under(collection)}.{modality}"), _stamp(collection, modality)
    with suppress(MissingIndexError):
        known = kind.load(place, fingerprint)
    if known is not None and known.stamp == stamp:
        return known
    index = vectors_of(encoder, collection, modality, progress)
    if known is not None and known.stamp and len(known) < len(index) and continues(known, index):
        known.insert(index.item_ids[len(known) :], index.vectors[len(known) :], stamp)
    else:
        kind.write(place, index, stamp, progress)
    return kind.load(place, fingerprint)


def _filed_under(collection: Collection) -> str:
    """What a collection is called where several are kept: others may have a folder of the same name."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", collection.name).strip("-")[:40] or "collection"
    if collection.is_bundled or collection.home is None:
        return plain
    return f"{plain}-{fingerprint_of([os.fsencode(collection.home.resolve())], digits=8)}"


def _stamp(collection: Collection, modality: str) -> str:
    """What changes with the items and their inputs; not with the time of a file, which copies of it differ in."""
    parts = (
        (item.id, each.stat().st_size if isinstance(each, Path) else each)
        for item in collection.items
        for each in item.inputs.get(modality, ())
    )
    return fingerprint_of((repr(part).encode("utf-8", "backslashreplace") for part in parts), digits=32)


def readable(encoder: Encoder, collection: Collection, progress: Progress | None) -> Collection:
    """A collection without the pictures that cannot be read, where these are a folder's; any other as it is."""
    if (folder := folder_of(collection)) is None:
        return collection
    try:
        return without_unreadable(encoder, folder, collection, progress)
    except StoreError:  # said by `vectors_of`, which makes the vectors without an index
        return collection


def facts_of(collection: Collection) -> Mapping[str, Facts] | None:
    """What the files of a folder's pictures say, by id, as far as they are indexed; None of other collections.

    Pictures that a caption file calls otherwise than by their paths are known once `index` or the page has read them.
    """
    folder = folder_of(collection)
    home = folder or collection.home
    if home is None or collection.is_bundled:
        return None
    store = Store.of(home)
    if folder is None and not store.path.is_file():
        return None
    try:
        known = store.facts()
    except StoreError:  # said by `vectors_of`
        return None
    if folder is not None:
        return known
    paths = {item.id: os.path.relpath(item.image_path, home).replace(os.sep, "/") for item in collection.items}
    return {item: known[path] for item, path in paths.items() if path in known} or None


def looks_in(collection: Collection) -> Looks | None:
    """What tells duplicates apart among a folder's pictures, by their ids; None of other collections."""
    folder = folder_of(collection)
    return None if folder is None else looks_within(folder, Store.of(folder))


def looks_within(folder: Path, store: Store) -> Looks:
    """The same for an indexed folder, whose pictures are called by their paths."""
    return partial(_looks, folder, store)


def _looks(folder: Path, store: Store, ids: Sequence[str]) -> list[Look | None]:
    try:
        return looks_of(folder, store, ids)
    except StoreError as error:
        _log.warning("Duplicates are not told apart: %s", error)
        return [None] * len(ids)


def _row_ids(collection: Collection, modality: str) -> list[str]:
    """The item of each row: once an input of the modality."""
    return [collection.items[row].id for row in collection.owners(modality)]


def _made(encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None) -> EmbeddingIndex:
    vectors = encoder.encode(modality, collection.inputs(modality), strict=False, progress=progress)
    return EmbeddingIndex.build(fingerprint_for(encoder, modality), modality, _row_ids(collection, modality), vectors)


def build_index(model: str, collection: str, modalities: Sequence[str] = ()) -> list[Path]:
    """Make the vectors of a bundled collection under a bundled model where they ship; the folders written.

    Args:
        modalities: of which; all that the collection has and the model reads, where none is named.

    Raises:
        WriteError: for a model or a collection that is not bundled, whose vectors would take another's place.
    """
    encoder, loaded = load_model(model), load_collection(collection)
    check_ships(model, loaded)
    folders = []
    both = [each for each in encoder.modalities if each in loaded.modalities]
    for modality in modalities or both:
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
