"""The map of a collection under a model: from what ships, from the cache, or made once and cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from vse.data import Collection, load_collection
from vse.encoders.base import Encoder, unknown_words
from vse.encoders.registry import load_model
from vse.errors import CollectionError
from vse.io.artifacts import get_or_make
from vse.io.atomic import check_file
from vse.io.paths import PROJECTIONS, cache_folder
from vse.io.progress import Progress
from vse.maps.fit import Stage, fit
from vse.maps.geometry import centred, mean_of, place
from vse.maps.projection import JOINT, PER_MODALITY, WORD, Cloud, Parameters, Projection
from vse.modalities import RECIPE
from vse.search.stores.base import VectorStore
from vse.search.vectors import IMAGE, TEXT, check_ships, vectors_of
from vse.words.content_words import content_words

# The maps that ship.
MAPS = {
    "joint": Parameters(),
    "joint-centred": Parameters(centred=True),
    "per-modality": Parameters(layout=PER_MODALITY),
}
MOST_PICTURES = 100_000  # of a large collection; what a page still moves, see docs/map.md
MOST_CAPTIONS = 5000  # and as many recipes
MOST_WORDS = 300
NPZ = (b"PK\x03\x04",)  # what the file of a map begins with


@dataclass(frozen=True)
class Rows:
    """Which pictures, captions, words and recipes a map shows.

    pictures: rows of the collection's items.
    captions: rows of the collection's captions, at most one a picture.
    words: each encoded as a text of one word.
    recipes: rows of the collection's recipes, at most one a picture, where the model reads recipes.
    """

    pictures: tuple[int, ...]
    captions: tuple[int, ...]
    words: tuple[str, ...]
    recipes: tuple[int, ...] = ()


def rows_of(encoder: Encoder, collection: Collection) -> Rows:
    """All pictures, or `MOST_PICTURES` spread evenly over the collection, with the longest caption of each, or of
    `MOST_CAPTIONS` of them.

    The longest caption says most of its picture; of equally long ones it is the first. Words are the most frequent
    content words of all captions, without those that the model does not know.
    """
    count = len(collection)
    pictures = _spread(np.arange(count), MOST_PICTURES)
    starts = np.cumsum([0, *(len(item.captions) for item in collection.items)])
    captions = []
    for row in _spread(pictures[np.diff(starts)[pictures] > 0], MOST_CAPTIONS):
        lengths = [len(caption.split()) for caption in collection.items[row].captions]
        captions.append(int(starts[row]) + int(np.argmax(lengths)))
    words = content_words(collection.captions, MOST_WORDS)
    unknown = {each.word for each in unknown_words(encoder, " ".join(words))}
    known = tuple(word for word in words if word not in unknown)
    owners = collection.owners(RECIPE) if RECIPE in encoder.modalities else np.zeros(0, int)
    cooked = _spread(np.intersect1d(pictures, owners), MOST_CAPTIONS)
    recipes = np.searchsorted(owners, cooked)  # the first of each
    return Rows(tuple(map(int, pictures)), tuple(captions), known, tuple(map(int, recipes)))


def _spread(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of rows (N,), in even steps from the first to the last."""
    return rows[np.unique(np.linspace(0, max(0, len(rows) - 1), min(len(rows), most)).round().astype(int))]


def ids_of(collection: Collection, rows: Rows) -> dict[str, tuple[str, ...]]:
    """What a map of these rows has as ids: of items, of captions ("scene-0000#4", counted from 0), words, and of the
    items of recipes."""
    owners = collection.caption_owners
    first = np.searchsorted(owners, owners)  # the first caption of each caption's picture
    captions = (f"{collection.items[owners[row]].id}#{row - first[row]}" for row in rows.captions)
    ids = {
        IMAGE: tuple(collection.items[row].id for row in rows.pictures),
        TEXT: tuple(captions),
        WORD: rows.words,
        RECIPE: tuple(collection.items[row].id for row in collection.owners(RECIPE)[list(rows.recipes)]),
    }
    return {modality: names for modality, names in ids.items() if names}


def clouds_of(
    encoder: Encoder,
    collection: Collection,
    progress: Progress | None = None,
    rows: Rows | None = None,
    indexes: Mapping[str, VectorStore] | None = None,
) -> tuple[Cloud, ...]:
    """The vectors of what a map shows, modality by modality, without those that have no rows.

    `indexes` are those of a searcher of the collection, where there is one; else they come from where they ship, from
    the cache, or are made.
    """
    rows = rows or rows_of(encoder, collection)

    def some(modality: str, chosen: Sequence[int]) -> np.ndarray:
        known = indexes.get(modality) if indexes else None
        index = vectors_of(encoder, collection, modality, progress) if known is None else known
        return index.rows(list(chosen))

    vectors = {IMAGE: some(IMAGE, rows.pictures)}
    if rows.captions:
        vectors[TEXT] = some(TEXT, rows.captions)
    if rows.words:
        vectors[WORD] = encoder.encode_texts(rows.words)
    owners = {}
    if rows.recipes:
        vectors[RECIPE] = some(RECIPE, rows.recipes)
        owners[RECIPE] = np.searchsorted(rows.pictures, collection.owners(RECIPE)[list(rows.recipes)])
    if rows.captions:
        owners[TEXT] = np.searchsorted(rows.pictures, collection.caption_owners[list(rows.captions)])
    return tuple(
        Cloud(modality, ids, np.asarray(vectors[modality], np.float32), owners.get(modality))
        for modality, ids in ids_of(collection, rows).items()
    )


def map_of(
    encoder: Encoder,
    collection: Collection,
    parameters: Parameters | None = None,
    progress: Stage | None = None,
    seed: int = 0,
    indexes: Mapping[str, VectorStore] | None = None,
) -> Projection:
    """The map of a collection under a model, made only if nobody made it before.

    Args:
        parameters: Parameters() if not given.
        progress: called between stages; what it raises ends the work, and nothing half-made is kept.
        indexes: as for `clouds_of`.

    Raises:
        CollectionError: for a collection without pictures.
        ImageError: for a picture that cannot be read.
    """
    parameters = parameters or Parameters()
    if not len(collection):
        raise CollectionError(f"{collection.name} has no pictures to lay out: choose a collection with pictures.")
    rows = rows_of(encoder, collection)
    ids = ids_of(collection, rows)
    return get_or_make(
        "The map",
        _cached(encoder, collection, parameters, seed),
        load=lambda path: Projection.load(path, encoder.fingerprint),
        make=lambda: _made(encoder, collection, rows, parameters, progress, seed, indexes),
        save=Projection.save,
        shipped=_shipped(encoder, collection, parameters, seed),
        fits=lambda found: (dict(found.ids), found.parameters, found.seed) == (ids, parameters, seed),
    )


def place_on(
    projection: Projection, clouds: tuple[Cloud, ...], vectors: np.ndarray, modality: str, k: int = 8
) -> np.ndarray:
    """About where new vectors (M, D) of a modality stand on a map made of these clouds: (M, 2) float32.

    On a joint map any row may be near, on a map per modality only those of the same one. On a centred map the mean
    of the modality is taken off first. A text may come as a caption or a word, the sum of a query as a picture.

    Raises:
        ValueError: for clouds that the map was not made of, and a modality without a cloud.
    """
    if {cloud.modality: cloud.ids for cloud in clouds} != dict(projection.ids) or modality not in projection.ids:
        raise ValueError(f"The map shows {', '.join(projection.ids)}: give its clouds and one of these modalities.")
    near = [c for c in clouds if projection.parameters.layout == JOINT or c.modality == modality]
    points = np.concatenate([projection.of(cloud.modality) for cloud in near])
    references = [cloud.vectors for cloud in near]
    if projection.parameters.centred:
        references = [centred(rows) for rows in references]
        vectors = centred(vectors, next(mean_of(cloud.vectors) for cloud in clouds if cloud.modality == modality))
    return place(vectors, np.concatenate(references), points, k)


def _shipped(encoder: Encoder, collection: Collection, parameters: Parameters, seed: int) -> Iterator[Path]:
    """Where such a map ships, if it does."""
    if seed == 0 and collection.is_bundled:
        yield from (_ship_to(encoder, collection, name) for name, each in MAPS.items() if each == parameters)


def _ship_to(encoder: Encoder, collection: Collection, name: str, folder: Path | None = None) -> Path:
    return (folder or PROJECTIONS) / encoder.name / collection.name / f"{name}.npz"


def _cached(encoder: Encoder, collection: Collection, parameters: Parameters, seed: int) -> Path:
    folder = cache_folder() / "projections" / encoder.fingerprint / collection.key
    return folder / f"{parameters.name}-s{seed}.npz"


def _made(
    encoder: Encoder,
    collection: Collection,
    rows: Rows,
    parameters: Parameters,
    progress: Stage | None,
    seed: int,
    indexes: Mapping[str, VectorStore] | None = None,
) -> Projection:
    """Encoding what is not yet encoded takes the first half of the progress, the map the second."""
    report = progress or (lambda share, what: None)
    report(0.0, "reading the vectors")
    clouds = clouds_of(
        encoder,
        collection,
        lambda done, total: report(0.5 * done / max(total, 1, done), "encoding the collection"),
        rows,
        indexes,
    )
    return fit(clouds, encoder.fingerprint, parameters, seed, lambda share, what: report(0.5 + 0.5 * share, what))


@dataclass(frozen=True)
class Built:
    """A map that was written, with the seconds that it took and the bytes of its file."""

    path: Path
    projection: Projection
    seconds: float
    size: int


def build_maps(model: str, collection: str, folder: Path | None = None) -> Iterator[Built]:
    """Make the maps of a bundled collection under a bundled model where they ship, or below another folder.

    Raises:
        WriteError: when something else than a map stands where one is to be written; before any work.
    """
    encoder, loaded = load_model(model), load_collection(collection)
    if folder is None:
        check_ships(model, loaded)
    for name in MAPS:
        check_file(_ship_to(encoder, loaded, name, folder), NPZ)
    rows = rows_of(encoder, loaded)
    for name, parameters in MAPS.items():
        begin = perf_counter()
        made = _made(encoder, loaded, rows, parameters, None, 0)
        path = _ship_to(encoder, loaded, name, folder)
        made.save(path)
        yield Built(path, made, perf_counter() - begin, path.stat().st_size)
