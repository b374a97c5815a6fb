"""The photographs that can be searched at one moment: by names that tell nothing, with words that fit them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vse.data.readers.picture_files import is_inside
from vse.errors import CollectionError
from vse.modalities import IMAGE, TEXT
from vse.search.folders import Captioned, Store, Tag, TagWords, collection_of, rows_for, thumbnail
from vse.search.stores.exact import EmbeddingIndex

from ..shared.pictures import Photographs
from .tag_words import PHOTO_WORDS

if TYPE_CHECKING:
    from vse.encoders.base import Encoder
    from vse.search.searcher import Searcher

TAGS = 6
NOT_INDEXED = "That photograph is no longer in the index: search again."
_BACKGROUND = 1024  # photographs that a word is measured against


@dataclass(eq=False)
class _Tagger:
    """Words measured against a growing number of photographs: anew whenever there are twice as many."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    made_with: int = 0
    words: TagWords | None = None

    def of(self, encoder: Encoder, vectors: np.ndarray) -> TagWords:
        with self.lock:
            size = min(len(vectors), _BACKGROUND)
            if self.words is None or size >= 2 * self.made_with or size < self.made_with:
                rows = np.linspace(0, len(vectors) - 1, size).astype(int)
                self.words, self.made_with = TagWords.of(encoder, PHOTO_WORDS, vectors[rows]), size
            return self.words


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A snapshot of a folder's index.

    captioned, captions: what is known of the photographs, and the vectors of all captions, None before they are made.
    searcher: over the photographs, whose ids are their paths in the folder.
    keys: path -> the name that a browser knows a photograph by, see `Photographs`; paths: the reverse.
    """

    folder: Path
    index: EmbeddingIndex
    searcher: Searcher
    store: Store
    keys: Mapping[str, str]
    paths: Mapping[str, str]
    tagger: _Tagger
    captioned: Captioned
    captions: EmbeddingIndex | None

    @classmethod
    def of(
        cls,
        encoder: Encoder,
        folder: Path,
        index: EmbeddingIndex,
        store: Store,
        before: Snapshot | None = None,
        captioned: Captioned = Captioned(),  # noqa: B008 (frozen)
        captions: EmbeddingIndex | None = None,
    ) -> Snapshot:
        """Around a snapshot; what the one `before` it has computed is used again."""
        from vse.search.searcher import Searcher
        from vse.search.vectors import looks_within

        files = store.files()
        keys = {path: _key(path, files[path].digest if path in files else None) for path in index.item_ids}
        paths = {key: path for path, key in keys.items()}
        plain = collection_of(folder, index)
        items = tuple(captioned.items.get(item.id, item) for item in plain.items)
        indexes = {IMAGE: index}
        if captions is not None and (rows := rows_for(captions, index.item_ids)) is not None:
            indexes[TEXT] = rows
        collection = Photographs(
            plain.name, items, about=dict(captioned.about), home=folder, keys=keys, labels=captioned.labels
        )
        tagger = before.tagger if before else _Tagger()
        searcher = Searcher(encoder, collection, indexes, store.facts(), looks_within(folder, store))
        return cls(folder, index, searcher, store, keys, paths, tagger, captioned, captions)

    def __len__(self) -> int:
        return len(self.index)

    def path(self, key: str) -> str:
        """
        Raises:
            CollectionError: when no photograph has that key.
        """
        if key not in self.paths:
            raise CollectionError(NOT_INDEXED)
        return self.paths[key]

    def file(self, key: str) -> Path:
        """Where the photograph of a key lies.

        Raises:
            CollectionError: when no photograph has that key, or a link out of the folder has taken its place.
        """
        path = self.folder / self.path(key)
        if not is_inside(self.folder, [path])[path]:
            raise CollectionError("That photograph is a link out of its folder, which is not followed.")
        return path

    def thumbnail(self, key: str) -> bytes:
        """As WebP.

        Raises:
            CollectionError: when no photograph has that key.
            ImageError: when it is gone or cannot be read.
        """
        self.file(key)
        return thumbnail(self.folder, self.path(key), self.store)

    def tags(self, key: str) -> list[Tag]:
        """The words that fit a photograph better than most others, the best first.

        Raises:
            CollectionError: when no photograph has that key.
        """
        vector = self.searcher.vector_of(self.path(key))
        words = self.tagger.of(self.searcher.encoder, self.index.vectors)
        return [tag for tag in words.tags(vector, TAGS) if tag.score > 0]


@dataclass(frozen=True, eq=False)
class Joined:
    """Snapshots of several folders, by the names of the folders, searched as one.

    Ids begin with these names. owners: the name that a browser knows a photograph by -> its folder's, and that there.
    """

    parts: Mapping[str, Snapshot]
    searcher: Searcher
    owners: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, parts: Mapping[str, Snapshot]) -> Joined:
        from vse.search.searcher import Searcher

        joined = Searcher.joined([each.searcher for each in parts.values()], list(parts))
        owners, keys = {}, {}
        for number, (name, part) in enumerate(parts.items()):  # the same file in two folders has one key in both
            for path, own in part.keys.items():
                keys[f"{name}/{path}"] = key = f"{number}-{own}"
                owners[key] = name, own
        about = {
            key: text for part in reversed(list(parts.values())) for key, text in part.searcher.collection.about.items()
        }
        about.pop("title", None)
        labels = {
            f"{name}/{path}": text for name, part in parts.items() for path, text in part.captioned.labels.items()
        }
        collections = {name: part.searcher.collection for name, part in parts.items()}
        collection = Photographs(
            joined.collection.name, joined.collection.items, about=about, keys=keys, labels=labels, parts=collections
        )
        return cls(parts, replace(joined, collection=collection), owners)

    def __len__(self) -> int:
        return sum(map(len, self.parts.values()))

    def path(self, key: str) -> str:
        """As of a `Snapshot`, and so are the others."""
        name, own = self._owner(key)
        return f"{name}/{self.parts[name].path(own)}"

    def file(self, key: str) -> Path:
        name, own = self._owner(key)
        return self.parts[name].file(own)

    def thumbnail(self, key: str) -> bytes:
        name, own = self._owner(key)
        return self.parts[name].thumbnail(own)

    def tags(self, key: str) -> list[Tag]:
        name, own = self._owner(key)
        return self.parts[name].tags(own)

    def _owner(self, key: str) -> tuple[str, str]:
        if key not in self.owners:
            raise CollectionError(NOT_INDEXED)
        return self.owners[key]


def _key(path: str, digest: str | None) -> str:
    return hashlib.sha256(repr((path, digest)).encode("utf-8", "surrogateescape")).hexdigest()[:24]
