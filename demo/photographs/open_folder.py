"""The folder of photographs that the page searches, or several as one, and who may choose another."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vse.data.readers.plain_folder import Choice
from vse.errors import CollectionError
from vse.io.paths import photo_model

from ..shared.access import Access
from ..shared.collections import NONE
from ..shared.jobs import Encoders, Job, Loading, Report, name_of
from ..shared.models import Service
from ..shared.offers import BUNDLED, UNFIT_CLIP, is_fetched
from .getting import Getting
from .index_job import Run, folder_named
from .several import Several

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

    from .snapshot import Joined, Snapshot

NOT_HERE = "Folders can only be chosen at the machine that this server runs on."
NOT_YOURS = "Indexing is begun and stopped only at the machine that this server runs on."
NOT_SHOWN = "Photographs are shown only at the machine that this server runs on."
STILL_INDEXING = "A CLIP can answer too once all photographs are indexed."
_NO: Mapping[str, str] = {}


class OpenFolder:
    """One folder for all visitors, or several searched as one, with the models that search it.

    Its own model is loaded when the first folder is opened.

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
        self.run: Run | Several | None = None
        self.access, self.choice, self.encoders = access, choice, encoders or Encoders()
        self.getting = Getting(self.open)
        self._lock, self._models, self._turn = threading.Lock(), threading.Lock(), threading.Lock()
        self._loading: Job[Encoder] | None = None
        self._service: Service | None = None
        self._served: tuple[object, ...] = ()  # what the service is of

    def may_choose(self, headers: Mapping[str, str] = _NO) -> bool:
        """Whether whoever sends these headers may name a folder of this machine, and stop its indexing."""
        return self.access.is_owner(headers)

    def run_for(self, headers: Mapping[str, str]) -> Run | Several | None:
        """The open folder's, where it is for whoever sends these headers."""
        return self.run if self.access.may_see_photographs(headers) else None

    def open(self, *folders: str | Path, start: bool = True, add: bool = False) -> Run | Several:
        """Index a folder, and search it from now on; those before are stopped. The same again looks for changes.

        Several folders are searched as one, and one of them that is not there is told and costs only itself.

        Args:
            start: without it indexing begins when `Run.start` is called.
            add: search it together with what is open.

        Raises:
            CollectionError: when there is no such folder, or it is one of several and lies in another.
        """
        named, problems = _named(folders)
        with self._lock:
            before = {run.folder: run for run in self.run.runs} if self.run is not None else {}
            kept = list(before) if add else []
            if isinstance(self.run, Several) and add:
                problems = [*self.run.problems, *problems]
            chosen = list(dict.fromkeys([*kept, *named]))
            apart = [each for each in chosen if not _around(each, chosen)]
            for each in chosen:
                if (outer := _around(each, chosen)) is not None:
                    problems.append(f"{each} lies in {outer}, whose subfolders are searched too: it is not added.")
            if len(folders) == 1 and named[0] not in apart:
                raise CollectionError(problems[-1])
            if list(before) != apart or problems:
                for folder, run in before.items():
                    if folder not in apart:
                        run.cancel()
                runs = [before.get(each) or Run(each, self.encoder, self.choice, self._turn) for each in apart]
                alone = len(runs) == 1 and not problems
                self.run = runs[0] if alone else Several(runs, problems)
            assert self.run is not None
            return self.run.start() if start else self.run

    def opened(self, headers: Mapping[str, str] = _NO) -> Run | Several:
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

    def _serve(self, snapshot: Snapshot | Joined, problem: str, is_working: bool, beside: Service) -> Service:
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


def _named(folders: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """The folders of some paths, and why others are none.

    Raises:
        CollectionError: when none is.
    """
    named, problems = [], []
    for folder in folders:
        try:
            named.append(folder_named(str(folder)))
        except CollectionError as error:
            problems.append(str(error))
    if not named:
        raise CollectionError(" ".join(problems))
    return named, problems


def _around(folder: Path, others: Sequence[Path]) -> Path | None:
    """Which of others a folder lies in."""
    return next((each for each in others if each.resolve() in folder.resolve().parents), None)
