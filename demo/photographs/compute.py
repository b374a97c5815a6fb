"""From a question to photographs: plain functions that know nothing of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vse.data.item import Item
from vse.errors import VSEError

from ..shared.answering import answer
from ..shared.answers import Answer
from ..shared.question import Question, check_k
from .index_job import Run, Status
from .snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to one question, of the photographs that are indexed now.

    snapshot: those photographs; None where it could not be had. browsed: some of them, where nothing was asked.
    searched: how many photographs were looked at, of so many in the folder.
    """

    answer: Answer
    snapshot: Snapshot | None = None
    browsed: tuple[Item, ...] = ()
    searched: int = 0
    of: int = 0

    @property
    def keys(self) -> Mapping[str, str]:
        """Path -> the name that a browser knows a photograph by."""
        return self.snapshot.keys if self.snapshot else {}

    @property
    def is_browsing(self) -> bool:
        """Whether nothing was asked: some photographs of the folder are shown."""
        return not self.answer.question.text.strip()


def ask(run: Run, question: Question) -> Found:
    """The photographs that answer a question, of those that are indexed now; what is wrong is told in the answer."""
    try:
        wanted, snapshot = check_k(question.k), run.snapshot()
        run.check_folder()
    except VSEError as error:
        return Found(Answer(question, problem=run.without_place(str(error))))
    status = run.status
    found = Found(Answer(question), snapshot, (), len(snapshot), max(status.found - len(status.skipped), len(snapshot)))
    if not len(snapshot):
        return replace(found, answer=replace(found.answer, problem=nothing_yet(status)))
    if found.is_browsing:
        return replace(found, browsed=some(snapshot, wanted))
    return replace(found, answer=answer(snapshot.searcher, question))


def nothing_yet(status: Status) -> str:
    """Why nothing can be found so far."""
    if status.phase == "failed":
        return "Nothing is indexed yet; what went wrong is said above."
    if status.is_working:
        return "Nothing is indexed yet: the first photographs can be found in a few seconds."
    if status.phase == "stopped":
        return "Nothing is indexed yet: press Resume."
    return "No photograph of this folder can be read: the list above says why."


def some(snapshot: Snapshot, k: int) -> tuple[Item, ...]:
    """k photographs, spread over the folder, in its order."""
    rows = np.unique(np.linspace(0, len(snapshot) - 1, min(k, len(snapshot))).astype(int))
    return tuple(snapshot.searcher.collection.item(snapshot.index.item_ids[row]) for row in rows)
