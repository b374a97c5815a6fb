"""Search in one collection with one model: what the command line, the demo and notebooks share."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vse.collections import Collection, load_collection
from vse.encoder import Encoder, ImageInput, Progress, load_model
from vse.errors import CollectionError, FingerprintError
from vse.index import EmbeddingIndex
from vse.paths import INDEXES, cache_folder
from vse.records import Hit

IMAGE, TEXT = "image", "text"


@dataclass(frozen=True)
class Searcher:
    """A model, a collection, and the vectors of its pictures and captions under that model."""

    encoder: Encoder
    collection: Collection
    images: EmbeddingIndex
    captions: EmbeddingIndex | None

    @classmethod
    def open(
        cls, model: str | Path | Encoder, collection: str | Path | Collection, progress: Progress | None = None
    ) -> Searcher:
        """Load both; vectors come from what ships, from the cache, or are made once and cached."""
        encoder = load_model(model) if isinstance(model, str | Path) else model
        loaded = load_collection(collection) if isinstance(collection, str | Path) else collection
        images = vectors_of(encoder, loaded, IMAGE, progress)
        captions = vectors_of(encoder, loaded, TEXT, progress) if loaded.captions else None
        return cls(encoder, loaded, images, captions)

    def search_text(self, text: str, k: int = 10) -> list[Hit]:
        """The pictures nearest to a sentence.

        Raises:
            TextError: for a text that cannot be encoded.
        """
        query = self.encoder.encode_texts([text])[0]
        return self.images.search(query, k, similarity=self.encoder.similarity)

    def search_image(self, image: ImageInput, k: int = 10) -> list[Hit]:
        """The captions nearest to a picture, each text once.

        Raises:
            ImageError: for a picture that cannot be read.
            CollectionError: when the collection has no captions.
        """
        return self.nearest_captions(self.encoder.encode_images([image])[0], k)

    def nearest_images(self, query: np.ndarray, k: int = 10, exclude: Container[str] = ()) -> list[Hit]:
        """The pictures nearest to a vector (dim,) of the joint space, by cosine."""
        return self.images.search(query, k, exclude=exclude)

    def nearest_captions(self, query: np.ndarray, k: int = 10) -> list[Hit]:
        """The captions nearest to a vector (dim,) of the joint space; one that stands twice is given once.

        Raises:
            CollectionError: when the collection has no captions.
        """
        if self.captions is None:
            raise CollectionError(f"{self.collection.name} has no captions to answer with.")
        hits: list[Hit] = []
        seen: set[str] = set()
        for hit in self.captions.search(query, 4 * k, similarity=self.encoder.similarity):
            text = self.caption(hit).lower().rstrip(".")
            if text not in seen and len(hits) < k:
                seen.add(text)
                hits.append(Hit(hit.item_id, hit.score, len(hits) + 1, hit.row))
        return hits

    def caption(self, hit: Hit) -> str:
        """The text of a caption hit."""
        return self.collection.captions[hit.row]

    def vector_of(self, item_id: str) -> np.ndarray:
        """(dim,) float32: the vector of a picture of the collection, without running the model.

        Raises:
            CollectionError: when no picture has that id.
        """
        self.collection.item(item_id)
        return np.asarray(self.images.vectors[self.collection.rows[item_id]], dtype=np.float32)


def index_folders(encoder: Encoder, collection: Collection, modality: str) -> tuple[Path, Path]:
    """(where it may ship, where it is cached)."""
    bundled = INDEXES / encoder.name / collection.name / modality
    return bundled, cache_folder() / "indexes" / encoder.fingerprint / collection.key / modality


def vectors_of(
    encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None
) -> EmbeddingIndex:
    """The vectors of a collection's pictures or captions under a model, made only if nobody made them before."""
    ids = _row_ids(collection, modality)
    folders = index_folders(encoder, collection, modality)
    for folder in folders:
        if (found := _stored(folder, encoder.fingerprint, ids)) is not None:
            return found
    index = _made(encoder, collection, modality, progress)
    index.save(folders[1])
    return index


def _row_ids(collection: Collection, modality: str) -> list[str]:
    """The item of each row: once a picture, or once a caption."""
    return [item.id for item in collection.items for _ in (item.captions if modality == TEXT else (None,))]


def _made(
    encoder: Encoder, collection: Collection, modality: str, progress: Progress | None = None
) -> EmbeddingIndex:
    if modality == TEXT:
        vectors = encoder.encode_texts(collection.captions, progress)
    else:
        vectors = encoder.encode_images([item.image_path for item in collection.items], progress)
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


def build_index(model: str, collection: str) -> list[Path]:
    """Make the vectors of a bundled collection under a bundled model where they ship; the folders written."""
    encoder, loaded = load_model(model), load_collection(collection)
    folders = []
    for modality in (IMAGE, TEXT):
        folder = index_folders(encoder, loaded, modality)[0]
        _made(encoder, loaded, modality).save(folder)
        folders.append(folder)
    return folders
