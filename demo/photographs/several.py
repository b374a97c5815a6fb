"""Several folders of photographs, each with an index of its own, searched as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vse.data.collection import distinct_names
from vse.errors import CollectionError, VSEError
from vse.search.folders import Skipped

from .index_job import WORKING, Phase, Run, Status, next_number, nothing_yet
from .snapshot import Joined, Snapshot

# What is told of all, the first that is true of any; else all are done, or have failed.
_FIRST: tuple[Phase, ...] = ("indexing", "captions", "stopping", "loading", "looking", "waiting", "stopped")
_NAMED = 3  # folders that the name of all names


class Several:
    """The folders that are open, in place of a `Run`: one that cannot be read costs the others nothing.

    Photographs are called by the name of their folder and their path in it.

    Args:
        runs: of the folders, read one after the other where they share a turn.
        problems: why further folders that were named are not among them.
    """

    def __init__(self, runs: Sequence[Run], problems: Sequence[str] = ()) -> None:
        self.runs, self.problems = tuple(runs), tuple(problems)
        self.names = distinct_names([run.name for run in runs])
        self.number = next_number()
        self._shown: Joined | None = None

    @property
    def name(self) -> str:
        more = len(self.names) - _NAMED
        return " + ".join([*self.names[:_NAMED], *([f"{more} more"] if more > 0 else [])])

    @property
    def place(self) -> str:
        """Where they lie."""
        return " + ".join(run.place for run in self.runs)

    @property
    def status(self) -> Status:
        """Of all folders together; what one alone has to say is said with its name."""
        by_name = dict(zip(self.names, (run.status for run in self.runs), strict=True))
        each = list(by_name.values())
        phases = [status.phase for status in each]
        failed = phases.count("failed") == len(phases)
        phase = next((one for one in _FIRST if one in phases), "failed" if failed else "done")
        reading = next((status for status in each if status.phase == "indexing"), Status())
        times = [status.indexed for status in each if status.indexed is not None]
        return Status(
            phase,
            found=sum(status.found for status in each),
            searchable=sum(status.searchable for status in each),
            pace=reading.pace,
            seconds_left=reading.seconds_left if phases.count("waiting") == 0 else None,
            skipped=tuple(
                Skipped(f"{name}/{one.path}", one.reason) for name, status in by_name.items() for one in status.skipped
            ),
            passed_over=tuple(f"{name}/{one}" for name, status in by_name.items() for one in status.passed_over),
            fresh=sum(status.fresh for status in each),
            gone=sum(status.gone for status in each),
            indexed=min(times) if len(times) == len(each) else None,
            problem=" ".join(status.problem for status in each) if failed else "",
            captions=sum(status.captions for status in each),
            captions_read=sum(status.captions_read for status in each),
            about_captions=" ".join(
                f"{name}: {one.about_captions}" for name, one in by_name.items() if one.about_captions
            ),
        )

    def start(self) -> Several:
        """Begin with each folder, or go on."""
        for run in self.runs:
            run.start()
        return self

    def cancel(self) -> None:
        for run in self.runs:
            run.cancel()

    def close(self, wait: float = 10.0) -> None:
        """Cancel all before waiting for any."""
        self.cancel()
        for run in self.runs:
            run.close(wait)

    def is_over(self, wait: float = 0.0) -> bool:
        """Whether all have ended, after at most `wait` seconds for each."""
        return all(run.is_over(wait) for run in self.runs)

    def snapshot(self) -> Joined:
        """What can be searched of all folders at this moment; the same until that changes.

        Raises:
            VSEError: when the model, or the index of no folder, can be read.
        """
        parts = dict(self._readable())
        if self._shown is None or self._shown.parts != parts:
            self._shown = Joined.of(parts)
        return self._shown

    def _readable(self) -> Iterator[tuple[str, Snapshot]]:
        """The folders that can be searched; all that can be read where none can."""
        found: dict[str, Snapshot] = {}
        error: VSEError | None = None
        for name, run in zip(self.names, self.runs, strict=True):
            try:
                found[name] = run.snapshot()
            except VSEError as problem:
                error = problem
        if error is not None and not found:
            raise error
        problems = {name: run.problem() for name, run in zip(self.names, self.runs, strict=True)}
        some = {name: part for name, part in found.items() if not problems[name]}
        yield from (some or found).items()

    def check_folder(self) -> None:
        """
        Raises:
            CollectionError: when no folder is there any more.
        """
        problems = []
        for run in self.runs:
            try:
                run.check_folder()
                return
            except CollectionError as error:
                problems.append(str(error))
        raise CollectionError(" ".join(problems))

    def problem(self) -> str:
        """Why nothing can be found in any folder at this moment; empty where something can."""
        problems = [run.problem() for run in self.runs]
        if not all(problems):
            return ""
        status = self.status
        return nothing_yet(status) if status.phase in WORKING else " ".join(dict.fromkeys(problems))

    def without_place(self, told: str) -> str:
        """A sentence for all who may see the photographs: with the folders' names, and not where they lie."""
        for run in self.runs:
            told = run.without_place(told)
        return told

    def statuses(self) -> list[tuple[str, Status]]:
        """How far each folder is, by its name, with problems that name no place."""
        return [
            (name, replace(run.status, problem=run.without_place(run.status.problem)))
            for name, run in zip(self.names, self.runs, strict=True)
        ]
