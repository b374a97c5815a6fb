"""The folder of photographs that the page searches, if any, and who may choose another."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vse.errors import CollectionError
from vse.io.paths import photo_model

from ..shared.jobs import name_of, open_encoder
from ..shared.work import Work
from .access import may_name_folders
from .index_job import Run, folder_named

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

NOT_HERE = "Folders can only be chosen at the machine that this server runs on."
NONE = "No folder of photographs is open: choose one first."


class Desk:
    """One folder for all visitors, and a model that is loaded when the first folder is opened.

    Args:
        model: a bundled model's name, a model folder or a CLIP; None for the one for photographs.
        host, share: how the server is reached, see `may_name_folders`.
    """

    def __init__(self, model: str | Path | None = None, host: str | None = None, share: bool = False) -> None:
        self.model = photo_model() if model is None else model
        self.name = name_of(self.model)
        self.run: Run | None = None
        self._host, self._share = host, share
        self._lock, self._models = threading.Lock(), threading.Lock()
        self._loading: Work[Encoder] | None = None

    def may_choose(self, headers: Mapping[str, str] | None = None) -> bool:
        """Whether whoever sends these headers may name a folder of this machine."""
        return may_name_folders(self._host, self._share, os.environ, headers or {})

    def open(self, folder: str | Path, start: bool = True) -> Run:
        """Index a folder, and search it from now on; the one before is stopped. Its own again looks for changes.

        Without `start` indexing begins when `Run.start` is called.

        Raises:
            CollectionError: when there is no such folder.
        """
        chosen = folder_named(str(folder))
        with self._lock:
            if self.run is None or self.run.folder != chosen:
                if self.run is not None:
                    self.run.cancel()
                self.run = Run(chosen, self.encoder)
            return self.run.start() if start else self.run

    def opened(self) -> Run:
        """
        Raises:
            CollectionError: when no folder is open.
        """
        if self.run is None:
            raise CollectionError(NONE)
        return self.run

    def encoder(self) -> Encoder:
        """The model, waited for; tried again where loading it has failed.

        Raises:
            VSEError: what went wrong while loading.
        """
        with self._models:
            if self._loading is None or self._loading.problem():
                self._loading = Work(self._load)
            loading = self._loading
        return loading.result()

    def close(self) -> None:
        """End the work before the process does."""
        if self.run is not None:
            self.run.close()

    def _load(self, report: Callable[[str, int, int], None]) -> Encoder:
        return open_encoder(self.model, lambda done, total: report(f"Fetching {self.name}", done, total))
