"""Which of a visitor's questions is the last one: an answer that was long in coming must not replace a newer one."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Any

_KEPT = 10_000  # pages whose last question is remembered


class Turns:
    """A number for each question of each page; a page is known by its session."""

    def __init__(self) -> None:
        self._numbers = count()
        self._last: OrderedDict[Any, int] = OrderedDict()

    def take(self, session: Any) -> int:
        """The turn of a question that is asked now."""
        turn = self._last[session] = next(self._numbers)
        self._last.move_to_end(session)
        while len(self._last) > _KEPT:
            self._last.popitem(last=False)
        return turn

    def is_over(self, session: Any, turn: int) -> bool:
        """Whether that page has asked something else since."""
        return self._last.get(session, turn) != turn
