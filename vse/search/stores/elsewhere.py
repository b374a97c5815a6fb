"""What the caches of other folders of photographs keep, so that a folder that was moved or copied is known again.

They are only read. One that is damaged, locked or of another format is done without: its photographs are encoded. The
cache of a folder that was moved away is removed once other caches keep all that it does, so nothing is encoded again.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
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
    _used: set[Path] = field(default_factory=set, init=False)

    @cached_property
    def _places(self) -> dict[str, Path]:
        """Digest -> a file that keeps its vector; read when first needed."""
        places: dict[str, Path] = {}
        query = "SELECT digest FROM vectors WHERE fingerprint = ? AND length(vector) = ?"
        for path in self._others():
            rows = self._read(path, query, self.fingerprint, 2 * self.dim)
            places |= dict.fromkeys((row[0] for row in rows), path)
        return places

    def _others(self) -> Iterator[Path]:
        """The files of the other caches."""
        for path in sorted((cache_folder() / "photos").glob(f"*/{NAME}")):
            if path.absolute() != self.store.path.absolute():
                yield path

    def digests(self) -> frozenset[str]:
        """Those that some cache says to have a vector of."""
        return frozenset(self._places)

    def find(self, digest: str) -> Kept | None:
        """What is kept of a content; None where no cache has it, or none that can be read."""
        path = self._places.get(digest)
        if path is None:
            return None
        query = (
            "SELECT vector, webp FROM vectors LEFT JOIN thumbnails USING (digest) WHERE fingerprint = ? AND digest = ?"
        )
        for vector, webp in self._read(path, query, self.fingerprint, digest):
            sound = isinstance(vector, bytes) and len(vector) == 2 * self.dim
            if sound and are_unit(vectors_from([vector], self.dim))[0]:
                self._used.add(path)
                return Kept(vector, webp if isinstance(webp, bytes) else None)
        return None

    def drop_moved(self) -> None:
        """Remove the caches that something was found in, whose folder is gone, and all of which other caches keep."""
        for path in sorted(self._used):
            if self._is_left(path) and self._is_kept_by_others(path):
                path.unlink(missing_ok=True)
                with suppress(OSError):  # something else lies there
                    path.parent.rmdir()
                _log.info("The cache %s was removed: its folder was moved, and nothing is kept there alone.", path)
        self._used.clear()

    def _is_left(self, path: Path) -> bool:
        """Whether the folder of a cache is gone from a disk that is there; not where a cache does not say."""
        if not self._read(path, "SELECT 1 FROM sqlite_master WHERE name = 'place'"):
            return False
        places = self._read(path, "SELECT folder, device FROM place")
        return len(places) == 1 and is_gone(Path(os.fsdecode(places[0][0])), places[0][1])

    def _is_kept_by_others(self, path: Path) -> bool:
        """Whether all vectors of a cache, of whatever model, are in other caches too; not where it cannot be read."""
        query = "SELECT fingerprint, digest, length(vector) FROM vectors"
        held = alone = set(self._read(path, query))
        for other in (self.store.path, *self._others()):
            if alone and other != path:
                alone = alone - set(self._read(other, query))
        return bool(held) and not alone

    def _read(self, path: Path, query: str, *values: object) -> list[tuple]:
        """Rows of a cache; none of one that cannot be read, which is not asked again."""
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, timeout=_WAIT_SECONDS, uri=True)) as db:
                if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                    return []
                return db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            _log.warning("The cache %s is done without (%s).", path, error)
            if "_places" in self.__dict__:
                self._places = {digest: place for digest, place in self._places.items() if place != path}
            return []


def is_gone(folder: Path, device: str) -> bool:
    """Whether a folder was removed or moved, rather than being on a disk that is not there at the moment.

    A link that stands in its place leads to a folder with another cache.

    device: the number of its disk, as a text; the nearest folder above that is there must lie on it.
    """
    if os.path.realpath(folder) != str(folder):
        return True
    for place in (folder, *folder.parents):
        try:
            return str(place.stat().st_dev) == device and place != folder
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return False
    return False
