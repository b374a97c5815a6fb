"""What the caches of other folders of photographs keep, so that a folder that was moved or copied is known again.

They are only read. One that is damaged, locked or of another format is done without: its photographs are encoded.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vse.io.paths import cache_folder
from vse.search.stores.exact import are_unit
from vse.search.stores.sqlite import FORMAT, NAME, Kept, Store, vectors_from

_WAIT_SECONDS = 1.0  # for another process to end its transaction
_log = logging.getLogger(__name__)


@dataclass
class Elsewhere:
    """Vectors under one model in the other caches below `photos` of the cache folder; safe to share between threads.

    dim: D, the length of a vector.
    """

    store: Store
    fingerprint: str
    dim: int

    @cached_property
    def _places(self) -> dict[str, Path]:
        """Digest -> a file that keeps its vector; read when first needed."""
        places: dict[str, Path] = {}
        query = "SELECT digest FROM vectors WHERE fingerprint = ? AND length(vector) = ?"
        for path in sorted((cache_folder() / "photos").glob(f"*/{NAME}")):
            if path.absolute() != self.store.path.absolute():
                places |= dict.fromkeys((row[0] for row in self._read(path, query, 2 * self.dim)), path)
        return places

    def find(self, digest: str) -> Kept | None:
        """What is kept of a content; None where no cache has it, or none that can be read."""
        path = self._places.get(digest)
        if path is None:
            return None
        query = (
            "SELECT vector, webp FROM vectors LEFT JOIN thumbnails USING (digest) WHERE fingerprint = ? AND digest = ?"
        )
        for vector, webp in self._read(path, query, digest):
            sound = isinstance(vector, bytes) and len(vector) == 2 * self.dim
            if sound and are_unit(vectors_from([vector], self.dim))[0]:
                return Kept(vector, webp if isinstance(webp, bytes) else None)
        return None

    def _read(self, path: Path, query: str, value: object) -> list[tuple]:
        """Rows of a cache; none of one that cannot be read, which is not asked again."""
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, timeout=_WAIT_SECONDS, uri=True)) as db:
                if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                    return []
                return db.execute(query, (self.fingerprint, value)).fetchall()
        except sqlite3.Error as error:
            _log.warning("The cache %s is done without (%s).", path, error)
            if "_places" in self.__dict__:
                self._places = {digest: place for digest, place in self._places.items() if place != path}
            return []
