"""The one searcher that every visitor shares: loaded once, in the background, and only read afterwards."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vse.collections import Collection, load_collection
from vse.errors import VSEError

if TYPE_CHECKING:  # torch takes seconds to import, and the page should not wait for it
    from vse.searcher import Searcher


class Service:
    """A collection that is there at once, and its searcher once the model has loaded.

    Args:
        model: a bundled model's name or a model folder's path.
        collection: a bundled collection's name or a folder's path.

    Raises:
        CollectionError: when the collection cannot be read.
    """

    def __init__(self, model: str | Path, collection: str | Path | Collection) -> None:
        self.model = model
        self.collection = collection if isinstance(collection, Collection) else load_collection(collection)
        self.status = f"Loading the model {Path(model).name}"
        self._started = threading.Lock()
        self._searcher: Future[Searcher] = Future()

    @classmethod
    def of(cls, searcher: Searcher) -> Service:
        """Around a searcher that is already open."""
        service = cls(searcher.encoder.name, searcher.collection)
        service._started.acquire()
        service._searcher.set_result(searcher)
        return service

    def start(self) -> Service:
        """Begin to load in a thread of its own; a second call does nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._load, name="load the model", daemon=True).start()
        return self

    def searcher(self) -> Searcher:
        """The searcher, waited for where it is still loading.

        Raises:
            VSEError: what went wrong while loading.
        """
        return self.start()._searcher.result()

    def is_ready(self, wait: float = 0.0) -> bool:
        """Whether loading has ended, well or not, after at most `wait` seconds."""
        try:
            self._searcher.exception(wait)
        except FutureTimeoutError:
            return False
        return True

    def _load(self) -> None:
        try:
            from vse.searcher import Searcher

            searcher = Searcher.open(self.model, self.collection, self._report)
            warm_up(searcher)
        except BaseException as error:  # whoever asks for the searcher gets it
            self._searcher.set_exception(error)
        else:
            self._searcher.set_result(searcher)

    def _report(self, done: int, total: int) -> None:
        self.status = f"Reading the collection for the first time: {done:,} of {total:,}"


def warm_up(searcher: Searcher) -> float:
    """Run each tower once, so that no visitor pays for the first time; the seconds it took."""
    began = time.perf_counter()
    items = searcher.collection.items
    if items:
        searcher.nearest_images(searcher.encoder.encode_images([items[0].image_path])[0], 1)
    if searcher.collection.captions:
        with suppress(VSEError):  # the model may not know a word of it
            searcher.search_text(searcher.collection.captions[0], 1)
    return time.perf_counter() - began
