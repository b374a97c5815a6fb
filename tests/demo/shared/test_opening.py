from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from demo.shared.opening import Opening

REQUEST: Any = None


def steps(*values: tuple[Any, ...], fails: bool = False):
    def handler(request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from values
        if fails:
            raise gr.Error("that went wrong")

    return handler


def opened(*handlers: tuple[Any, int]) -> Iterator[list[Any]]:
    """What the page is told, step by step, with None where a component stays as it is."""
    opening = Opening()
    for handler, count in handlers:
        opening.add(handler, [gr.HTML(render=False) for _ in range(count)])
    for told in opening.on_load(REQUEST):
        yield [None if isinstance(each, dict) else each for each in told]


def test_views_take_turns_and_each_only_changes_its_own():
    found = list(opened((steps(("a1", "b1"), ("a2", "b2")), 2), (steps(("c1",)), 1)))
    assert found == [["a1", "b1", None], [None, None, "c1"], ["a2", "b2", None], [None] * 3]


def test_a_view_that_fails_takes_nothing_from_the_others():
    found = opened((steps(("a1",), fails=True), 1), (steps(("b1",), ("b2",), ("b3",)), 1))
    assert [next(found) for _ in range(4)] == [["a1", None], [None, "b1"], [None, "b2"], [None, "b3"]]
    with pytest.raises(gr.Error, match="that went wrong"):
        next(found)
