"""What a view of the page is, and what the page gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency
from starlette.routing import Route

from .address import Page
from .collections import Collections
from .components import PRIVATE
from .errors import reporting
from .opening import Opening
from .question import Question

Schema = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """A function for programs: its docstring describes it, its parameters' names choose their components.

    answer: the JSON schema of what it gives. examples: of its parameters, where the usual ones do not fit.
    """

    function: Callable[..., Any]
    answer: Schema
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """How a view answers a question of another: `handler(question, request, *given)` gives what `shown` shows."""

    handler: Callable[..., tuple[Any, ...]]
    given: Sequence[Block]
    shown: Sequence[Block]


@dataclass
class Parts:
    """What every view takes part in while the page is built.

    collections: what is served, each with its models.
    tabs: all views; tab: the one that is being built.
    state: each visitor's `Page`; a view gives it to its handlers, and changes it only in steps that are quick, so that
        none undoes another's.
    switched: after each of these other models answer, or more photographs can be found: ask again then.
    indexed: the last of them, after which one may begin with other pictures.
    opening: what a view shows when the page is opened it adds here.
    asks: the questions between views. returns: what happens after a step back or forward.
    """

    collections: Collections
    blocks: gr.Blocks
    tabs: gr.Tabs
    tab: gr.Tab
    state: gr.State
    switched: tuple[Dependency, ...]
    indexed: Dependency
    opening: Opening
    asks: list[tuple[Callable[..., Any], str, Callable[[Any], Question]]] = field(default_factory=list)
    returns: list[tuple[Callable[..., Any], Sequence[Block], Sequence[Block]]] = field(default_factory=list)

    def on_return(self, handler: Callable[..., Any], given: Sequence[Block], shown: Sequence[Block]) -> None:
        """After a step back or forward, show what the address says; it may be of another view."""
        self.returns.append((handler, given, shown))

    def ask(self, event: Callable[..., Any], view: str, question: Callable[[Any], Question]) -> None:
        """At an event of the browser, bring a view to the front and ask it the question that the event's data makes."""
        self.asks.append((event, view, question))

    def wire(self, views: Sequence[View]) -> None:
        """Add the questions between views, once all of them are there.

        Raises:
            ValueError: for a view that is not there, or cannot be asked.
        """
        known = {view.id: view.asking for view in views}
        for event, name, question in self.asks:
            asking = known.get(name)
            if asking is None:
                raise ValueError(f"View {name!r} cannot be asked: give one of {', '.join(known)} that can.")
            shown = [self.tabs, *asking.shown]
            event(front_and_ask(name, asking, question), list(asking.given), shown, preprocess=False, **PRIVATE)


def front_and_ask(name: str, asking: Asking, question: Callable[[Any], Question]) -> Callable[..., tuple[Any, ...]]:
    """The handler of an event that asks another view."""

    @reporting
    def ask(event: gr.EventData, request: gr.Request, *given: Any) -> tuple[Any, ...]:
        return gr.Tabs(selected=name), *asking.handler(question(event._data), request, *given)

    return ask


class View:
    """One tab of the page. To add one, write a class like this in a package of its own, and name it in `demo.views`.

    id: what addresses call it. title: what its tab says. styles: its style sheets.
    asking: how it is asked by other views, known once it is built; None where it cannot be.
    """

    id: str
    title: str
    styles: tuple[Path, ...] = ()
    asking: Asking | None = None

    def build(self, page: Parts) -> None:
        """Add its components and events inside its tab; nothing is computed yet."""
        raise NotImplementedError

    def endpoints(self) -> tuple[Endpoint, ...]:
        """What it offers programs, once it is built."""
        return ()

    def routes(self) -> Sequence[Route]:
        """The addresses that it serves files at."""
        return ()

    def ahead(self) -> Sequence[str]:
        """Addresses of files that it needs once it is opened, fetched before, when there is nothing else to do."""
        return ()

    def opens(self, page: Page) -> bool:
        """Whether a page at an address that names no tab opens with this view; the last one that says so does."""
        return False
