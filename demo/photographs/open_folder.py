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
from ..shared.collections import NONE
from ..shared.jobs import Encoders, Job, Loading, Report, name_of
from ..shared.models import Service
from ..shared.offers import BUNDLED, is_fetched
from .getting import Getting
from .index_job import Run, folder_named

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

    from .snapshot import Snapshot

NOT_HERE = "Folders can only be chosen at the machine that this server runs on."
NOT_YOURS = "Indexing is begun and stopped only at the machine that this server runs on."
NOT_SHOWN = "Photographs are shown only at the machine that this server runs on."
UNFIT_CLIP = f"{BUNDLED} learnt from drawn scenes: get a CLIP that was trained on photographs, or choose one by --clip."
STILL_INDEXING = "A CLIP can answer too once all photographs are indexed."
_NO: Mapping[str, str] = {}


class OpenFolder:
    """One folder for all visitors, with the models that search it; its own is loaded when the first folder is opened.

    Args:
        model: a bundled model's name, a model folder or a CLIP; None for the one for photographs.
        access: how the server is reached.
        choice: what is left out of folders, or brought in.
        encoders: where models are shared with other collections.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        access: Access = Access(),  # noqa: B008 (frozen)
        choice: Choice = Choice(),  # noqa: B008 (frozen)
        encoders: Encoders | None = None,
    ) -> None:
        self.model = photo_model() if model is None else model
        self.name = name_of(self.model)
        self.run: Run | None = None
        self.access, self.choice, self.encoders = access, choice, encoders or Encoders()
        self.getting = Getting(self.open)
        self._lock, self._models = threading.Lock(), threading.Lock()
        self._loading: Job[Encoder] | None = None
        self._service: Service | None = None
        self._served: tuple[object, ...] = ()  # what the service is of

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
        return self._model().result()

    def loading(self, headers: Mapping[str, str] = _NO) -> Job[Encoder]:
        """The model on its way.

        Raises:
            CollectionError: as `opened`.
        """
        self.opened(headers)
        return self._model().start()

    def service(self, beside: Service, headers: Mapping[str, str] = _NO) -> Service:
        """What is indexed of the folder by now, and the models that search it: the same until that changes.

        Args:
            beside: the collection that is served, whose CLIPs may answer here too where they fit photographs.

        Raises:
            CollectionError: as `opened`.
            VSEError: when the model or the index cannot be read.
        """
        run = self.opened(headers)
        snapshot, problem = run.snapshot(), run.problem()
        now = snapshot, problem, run.status.is_working
        with self._lock:
            if self._service is None or self._served != now:
                self._service, self._served = self._serve(snapshot, problem, run.status.is_working, beside), now
            return self._service

    def _serve(self, snapshot: Snapshot, problem: str, is_working: bool, beside: Service) -> Service:
        collection, offer = snapshot.searcher.collection, beside.offer
        clips = [] if is_working else [each.model for each in beside.clips if each.name != BUNDLED]
        why = STILL_INDEXING if is_working else UNFIT_CLIP if beside.clips else beside.why_no_clip
        service = Service(self.model, collection, None, why, None if is_working else offer, self.access, self.encoders)
        service.awaits_clips = is_working
        if problem:
            service.vse.fail(CollectionError(problem))
        else:
            service.vse = Loading.of(snapshot.searcher)
        if offer and is_fetched(offer) and not is_working and offer.model not in clips:
            clips.append(offer.model)
        for each in clips:
            service.add(Loading(each, collection, self.encoders))
        return service

    def _model(self) -> Job[Encoder]:
        with self._models:
            if self._loading is None or self._loading.problem():
                self._loading = Job(self._load, f"Loading the model {self.name}")
            return self._loading

    def close(self) -> None:
        """End the work before the process does."""
        self.getting.cancel()
        if self.run is not None:
            self.run.close()

    def _load(self, report: Report) -> Encoder:
        return self.encoders.open(self.model, lambda done, total: report(f"Fetching {self.name}", done, total))
