"""What happens when the page is opened, as one event for all its views.

Gradio ends a page's stream of updates when none of its events is pending, and misses an event that is on its way to the
server at that moment. With an event for each view, one of them was now and then left waiting on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency

Handler = Callable[[gr.Request], Iterator[tuple[Any, ...]]]


@dataclass
class Opening:
    """The handlers of the views: generators of updates, and the components that each updates."""

    parts: list[tuple[Handler, Sequence[Block]]] = field(default_factory=list)

    def add(self, handler: Handler, shown: Sequence[Block]) -> None:
        """Take part."""
        self.parts.append((handler, shown))

    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A step of each view in turn, until all have ended; one that fails ends by itself, and is told last."""
        waiting = [(handler(request), place) for place, (handler, _) in enumerate(self.parts)]
        problem: Exception | None = None
        while waiting:
            for each in list(waiting):
                steps, place = each
                try:
                    values = next(steps)
                except StopIteration:
                    waiting.remove(each)
                except Exception as error:  # a sentence for the visitor already, see `demo.shared.errors.reporting`
                    problem = error
                    waiting.remove(each)
                else:
                    yield self._among_all(place, values)
        if problem is not None:
            raise problem

    def _among_all(self, place: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        before, after = (sum(len(shown) for _, shown in some) for some in (self.parts[:place], self.parts[place + 1 :]))
        return *[gr.skip()] * before, *values, *[gr.skip()] * after

    def wire(self, blocks: gr.Blocks) -> Dependency:
        """Add the event to the page, once every view takes part."""
        shown = [component for _, some in self.parts for component in some]
        return blocks.load(self.on_load, None, shown, concurrency_limit=None, api_visibility="private",
                           show_progress="hidden")  # fmt: skip
