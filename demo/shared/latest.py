"""Which of a visitor's questions is the last one: an answer that was long in coming must not replace a newer one."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Any

_KEPT = 1_000  # pages whose last question is remembered


class Turns:
    """A number for each question of each page, and what it asks; a page is known by its session."""

    def __init__(self) -> None:
        self._numbers = count()
        self._last: OrderedDict[Any, int] = OrderedDict()
        self._asked: dict[Any, Any] = {}

    def take(self, session: Any, asked: Any = None) -> int:
        """The turn of a question that is asked now; `asked` is remembered, where it is given."""
        turn = self._last[session] = next(self._numbers)
        self._last.move_to_end(session)
        if asked is not None:
            self._asked[session] = asked
        while len(self._last) > _KEPT:
            forgotten, _ = self._last.popitem(last=False)
            self._asked.pop(forgotten, None)
        return turn

    def asked(self, session: Any, otherwise: Any) -> Any:
        """What that page asked last, which its components do not say before that question is answered."""
        return self._asked.get(session, otherwise)

    def is_over(self, session: Any, turn: int) -> bool:
        """Whether that page has asked something else since."""
        return self._last.get(session, turn) != turn
