"""The folder of photographs that the page searches, if any, and who may choose another."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vse.data.readers.plain_folder import Choice
from vse.errors import CollectionError
from vse.io.paths import photo_model

from ..shared.access import Access
from ..shared.jobs import Job, Report, name_of, open_encoder
from .index_job import Run, folder_named

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

NOT_HERE = "Folders can only be chosen at the machine that this server runs on."
NOT_YOURS = "Indexing is begun and stopped only at the machine that this server runs on."
NONE = "No folder of photographs is open: choose one first."
NOT_SHOWN = "Photographs are shown only at the machine that this server runs on."
_NO: Mapping[str, str] = {}


class OpenFolder:
    """One folder for all visitors, and a model that is loaded when the first folder is opened.

    Args:
        model: a bundled model's name, a model folder or a CLIP; None for the one for photographs.
        access: how the server is reached.
        choice: what is left out of folders, or brought in.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        access: Access = Access(),  # noqa: B008 (frozen)
        choice: Choice = Choice(),  # noqa: B008 (frozen)
    ) -> None:
        self.model = photo_model() if model is None else model
        self.name = name_of(self.model)
        self.run: Run | None = None
        self.access, self.choice = access, choice
        self._lock, self._models = threading.Lock(), threading.Lock()
        self._loading: Job[Encoder] | None = None

    def may_choose(self, headers: Mapping[str, str] = _NO) -> bool:
        """Whether whoever sends these headers may name a folder of this machine, and stop its indexing."""
        return self.access.is_owner(headers)

    def run_for(self, headers: Mapping[str, str]) -> Run | None:
        """The open folder's, where it is for whoever sends these headers."""
        return self.run if self.access.may_see_photographs(headers) else None

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
                self.run = Run(chosen, self.encoder, self.choice)
            return self.run.start() if start else self.run

    def opened(self, headers: Mapping[str, str] = _NO) -> Run:
        """
        Raises:
            CollectionError: when no folder is open, or it is not for whoever sends these headers.
        """
        if not self.access.may_see_photographs(headers):
            raise CollectionError(NOT_SHOWN)
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
                self._loading = Job(self._load)
            loading = self._loading
        return loading.result()

    def close(self) -> None:
        """End the work before the process does."""
        if self.run is not None:
            self.run.close()

    def _load(self, report: Report) -> Encoder:
        return open_encoder(self.model, lambda done, total: report(f"Fetching {self.name}", done, total))
