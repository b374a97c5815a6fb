"""What happens when the page is opened, or returned to with Back and Forward, as one event for all its views.

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
    """The handlers of the views: generators of updates, the components that each updates, and whose view it is.

    They read the address from the request: Gradio sends that of the page with each event.
    """

    parts: list[tuple[Handler, Sequence[Block], str]] = field(default_factory=list)

    def add(self, handler: Handler, shown: Sequence[Block], view: str = "") -> None:
        """Take part; of a view, Back and Forward only ask it again where it is the one in front."""
        self.parts.append((handler, shown, view))

    def on_load(self, request: gr.Request, front: str | None = None) -> Iterator[tuple[Any, ...]]:
        """A step of each view in turn, until all have ended; one that fails ends by itself, and is told last.

        `front` leaves out all other views.
        """
        waiting = [
            (handler(request), place)
            for place, (handler, _, view) in enumerate(self.parts)
            if front is None or view in ("", front)
        ]
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
        yield (gr.skip(),) * len(self.shown)  # what comes last Gradio sends again in full

    def _among_all(self, place: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        before, after = (
            sum(len(shown) for _, shown, _ in some) for some in (self.parts[:place], self.parts[place + 1 :])
        )
        return *[gr.skip()] * before, *values, *[gr.skip()] * after

    @property
    def shown(self) -> list[Block]:
        """What the event updates."""
        return [component for _, some, _ in self.parts for component in some]

    def wire(self, blocks: gr.Blocks) -> Dependency:
        """Add the event to the page, once every view takes part."""
        return blocks.load(self.on_load, None, self.shown, concurrency_limit=None, api_visibility="private",
                           show_progress="hidden")  # fmt: skip
