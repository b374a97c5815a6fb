"""A collection and its models, shared by all visitors: each model loaded when first asked for, and only read then."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vse.data import Collection, load_collection
from vse.errors import QueryError
from vse.search.stores.base import EXACT

from .access import Access
from .address import Page
from .jobs import Encoders, Loading, Opened
from .offers import MISSING, OPEN_CLIP, Offer, is_fetched
from .starters import first_text
from .sum_examples import Example, examples

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

VSE = "vse"  # what programs call the first model
VSE_ALONE = Page()


class Service:
    """A collection that is there at once, and its models: a VSE, and a CLIP where there is one.

    Args:
        model: the VSE: a bundled model's name or a model folder's path.
        collection: a bundled collection's name or a folder's path.
        clip: the CLIP's name, or None.
        why_no_clip: what a visitor is told where there is none.
        offer: a CLIP that a visitor may fetch, or None.
        access: how the server is reached, which says who may stop what all visitors share.
        encoders: where models are shared with other collections.
        store: where the vectors of the VSE are kept, as for `vse.search.vectors.store_of`; a CLIP's are in memory.

    Raises:
        CollectionError: when the collection cannot be read.
    """

    def __init__(
        self,
        model: str | Path,
        collection: str | Path | Collection,
        clip: str | Path | None = None,
        why_no_clip: str = MISSING,
        offer: Offer | None = OPEN_CLIP,
        access: Access = Access(),  # noqa: B008 (frozen)
        encoders: Encoders | None = None,
        store: str = EXACT,
    ) -> None:
        self.collection = collection if isinstance(collection, Collection) else load_collection(collection)
        self.why_no_clip, self.offer, self.access = why_no_clip, offer, access
        self.encoders = encoders or Encoders()
        self.vse = self._loading(model, store)
        self.clips = [self._loading(clip)] if clip else []  # all that can be chosen, in the order they came
        self.awaits_clips = False  # whether some may answer later: what a visitor chose is kept until then
        self.fetching: Loading | None = None
        self._lock = threading.RLock()

    @classmethod
    def of(cls, searcher: Searcher, clip: Searcher | None = None) -> Service:
        """Around searchers that are already open."""
        service = cls(searcher.encoder.name, searcher.collection)
        service.vse = Loading.of(searcher)
        if clip is not None:
            service.add(Loading.of(clip))
        return service

    def _loading(self, model: str | Path, store: str = EXACT) -> Loading:
        return Loading(model, self.collection, self.encoders, store)

    @cached_property
    def first_text(self) -> str:
        """The query that is shown before anyone has asked."""
        return first_text(self.collection)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Sums to begin with."""
        return examples(self.collection, self.vse.name)

    @property
    def clip(self) -> Loading | None:
        """The CLIP of whoever chose none: the one the app was started with, else the first that was fetched."""
        return self.clips[0] if self.clips else None

    def clip_of(self, page: Page) -> Loading | None:
        """The CLIP that a visitor chose; that of `clip` where it is not here."""
        return next((each for each in self.clips if each.name == page.clip), self.clip)

    def page(self, wanted: Page) -> Page:
        """A page from outside, as far as it can be had."""
        if self.awaits_clips:
            return wanted
        clip = wanted.clip if wanted.clip in [each.name for each in self.clips[1:]] else ""
        return replace(wanted, mode=wanted.mode if self.clips else "vse", clip=clip)

    def loadings(self, page: Page = VSE_ALONE) -> tuple[Loading, ...]:
        """The models that answer on a page, the first one first."""
        clip = self.clip_of(page)
        if page.mode == "vse" or clip is None:
            return (self.vse,)
        return (clip,) if page.mode == "clip" else (self.vse, clip)

    def start(self, page: Page = VSE_ALONE) -> Service:
        """Begin to load what a page needs, where nobody asked for it yet."""
        for each in self.loadings(page):
            each.start()
        return self

    def is_ready(self, wait: float = 0.0, page: Page = VSE_ALONE) -> bool:
        """Whether loading what a page needs has ended, well or not, after at most `wait` seconds for each model."""
        return all(each.is_ready(wait) for each in self.loadings(page))

    def status(self, page: Page = VSE_ALONE) -> str:
        """What is being done for a page."""
        loadings = self.loadings(page)
        return next((each.status for each in loadings if not each.is_ready()), loadings[-1].status)

    def searcher(self, page: Page = VSE_ALONE) -> Searcher:
        """The first model of a page as a searcher, waited for where it is still loading.

        Raises:
            VSEError: what went wrong while loading.
        """
        return self.loadings(page)[0].result().searcher

    def named(self, model: object) -> Opened:
        """A model by what programs call it: "vse", "clip", or the name of one that the page offers.

        Raises:
            QueryError: when there is none of that name.
            VSEError: what went wrong while loading.
        """
        known = {each.name: each for each in (self.vse, *self.clips)}
        known |= {"vse": self.vse} | ({"clip": self.clip} if self.clip else {})
        if not isinstance(model, str) or model not in known:
            names = ", ".join(dict.fromkeys(["vse", *(["clip"] if self.clip else []), *known]))
            raise QueryError(f"No model {model!r} answers here: give one of {names}.")
        return known[model].result()

    def retry(self, page: Page) -> None:
        """Let the CLIP of a page load again when it is next asked for, where it failed."""
        failed = self.clip_of(page)
        if failed and failed.problem():
            again = self._loading(failed.model)
            self.clips = [again if each is failed else each for each in self.clips]

    def add(self, clip: Loading) -> None:
        """Let visitors choose this CLIP too, unless it is here already."""
        with self._lock:
            if clip.name not in [each.name for each in self.clips]:
                self.clips = [*self.clips, clip]

    def choose(self, name: object, page: Page) -> Page:
        """The page with the CLIP of this name; other visitors keep theirs.

        Raises:
            QueryError: when there is none of that name.
        """
        with self._lock:
            here, offer = [each.name for each in self.clips], self.offer
            if name not in here:
                if offer is None or name != offer.model or not is_fetched(offer):
                    raise QueryError("That model is not here: reload the page and try again.")
                self.add(self._loading(offer.model))
        return self.page(replace(page, clip=str(name)))

    def fetch(self) -> Loading:
        """Begin to fetch the CLIP on offer, to be chosen when it is ready; a second call joins the first.

        Raises:
            QueryError: when nothing is on offer.
        """
        if self.offer is None:
            raise QueryError("No model can be fetched here.")
        with self._lock:
            if self.fetching is None or self.fetching.is_ready():
                self.fetching = self._loading(self.offer.model)
                fetching = self.fetching
                fetching.then(lambda: None if fetching.problem() else self.add(fetching))
            self.fetching.start()
            return self.fetching

    def on_offer(self) -> Offer | None:
        """The CLIP that a click would fetch: one that is not here yet."""
        offer = self.offer
        here = offer is None or is_fetched(offer) or offer.model in [each.name for each in self.clips]
        return None if here else offer
