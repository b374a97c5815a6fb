"""What a visitor may look at: the collections that are served, and a folder of photographs where one is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import gradio as gr

from vse.errors import CollectionError

from .address import FOLDER, Page, read
from .jobs import Job
from .jobs import Opened as Answering
from .models import Service

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

NONE = "No folder of photographs is open: choose one first."
_WAIT = 0.5  # seconds between two looks at what is loading


class Opened(Protocol):
    """Where a folder of photographs may be open; what it gives depends on the headers of who asks.

    All of its methods raise CollectionError when no folder is open, or it is not for whoever asks.
    """

    @property
    def run(self) -> object | None:
        """What reads the folder that is open; None where none is."""

    def opened(self, headers: Mapping[str, str], /) -> object:
        """The same, for whoever may see it."""

    def loading(self, headers: Mapping[str, str], /) -> Job[Encoder]:
        """The model that searches it, on its way."""

    def service(self, beside: Service, headers: Mapping[str, str], /) -> Service:
        """What is indexed of it by now, with the models that search it."""


class Collections:
    """The collections that are open, each with its models; all of it is only read.

    Which one a visitor looks at is their own `Page`. Photographs are given only to requests that may see them.

    Args:
        served: what the app was started with.
        beside: further collections, each with its models, by their names.
        open_folder: where photographs are opened; None for no such place.
    """

    def __init__(
        self, served: Service, open_folder: Opened | None = None, beside: Mapping[str, Service] | None = None
    ) -> None:
        self.served, self.open_folder, self.beside = served, open_folder, dict(beside or {})
        # What an address shows that says nothing: the photographs, where the app was started with them.
        self.usual = FOLDER if open_folder is not None and open_folder.run is not None else ""

    def of(self, page: Page, request: gr.Request) -> Service:
        """The collection of a page; photographs that are indexed by now, whose model is waited for.

        Raises:
            CollectionError: when no folder is open, or it is not for whoever asks.
            VSEError: when its model or its index cannot be read.
        """
        collection = self._collection(page, request)
        if collection in self.beside:
            return self.beside[collection]
        if collection != FOLDER or self.open_folder is None:
            return self.served
        return self.open_folder.service(self.served, request.headers)

    def loading_folder(self, page: Page, request: gr.Request) -> str:
        """What is still being loaded before a folder can be looked at; empty for the collection that is served."""
        if self._collection(page, request) == FOLDER and self.open_folder is not None:
            encoder = self.open_folder.loading(request.headers)
            if not encoder.is_ready(_WAIT):
                return encoder.status
        return ""

    def loading(self, page: Page, request: gr.Request) -> str:
        """What is still being loaded for a page, after a moment at most; empty once it can answer."""
        if status := self.loading_folder(page, request):
            return status
        service = self.of(page, request)
        return "" if service.start(page).is_ready(_WAIT, page) else service.status(page)

    def page(self, request: gr.Request) -> Page:
        """The page that an address asks for, as far as it can be had by whoever asks."""
        page = replace(read(request.query_params), collection=self.chosen(request), opened=True)
        return self.of(page, request).page(page)

    def _collection(self, page: Page, request: gr.Request) -> str:
        """That of a page; of one whose opening is still on its way, that of its address."""
        return page.collection if page.opened or page.collection else self.chosen(request)

    def chosen(self, request: gr.Request) -> str:
        """The collection of that page; nothing is waited for."""
        wanted = self._wanted(read(request.query_params))
        if wanted in self.beside:
            return wanted
        is_folder = wanted == FOLDER and not self._refusal(request.headers)
        return FOLDER if is_folder else ""

    def problem(self, request: gr.Request) -> str:
        """Why the collection that an address names is not shown, in a sentence; empty where it is."""
        wanted = self._wanted(read(request.query_params))
        if wanted == FOLDER:
            return self._refusal(request.headers)
        shown = self.served.collection
        title = shown.about.get("title", shown.name)
        return (
            ""
            if wanted in ("", shown.name, *self.beside)
            else f"There is no collection {wanted[:60]!r} here: {title} is shown."
        )

    def name(self, page: Page, request: gr.Request) -> str:
        """What the address calls a page's collection; empty for what it shows where it names none."""
        if page.collection == FOLDER or page.collection in self.beside:
            return page.collection
        return self.served.collection.name if self.usual and not self._refusal(request.headers) else ""

    def named(self, model: object) -> Answering:
        """What answers a program: a model of the collection that is served, or one of another by its own name.

        Raises:
            QueryError: when there is none of that name.
            VSEError: what went wrong while loading.
        """
        other = next((each for each in self.beside.values() if each.vse.name == model), self.served)
        return other.named(model)

    def _wanted(self, asked: Page) -> str:
        return asked.collection or ("" if asked.query or asked.tab else self.usual)

    def _refusal(self, headers: Mapping[str, str]) -> str:
        """Why whoever sends these headers sees no folder; empty where they do."""
        if self.open_folder is None:
            return NONE
        try:
            self.open_folder.opened(headers)
        except CollectionError as error:
            return str(error)
        return ""
