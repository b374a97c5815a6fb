"""The models that every visitor shares: each loaded when first asked for, and only read afterwards."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from vse.data import Collection, load_collection
from vse.errors import QueryError

from .access import Access
from .address import Mode, mode_of
from .jobs import Loading, Opened
from .offers import MISSING, OPEN_CLIP, Offer, is_fetched

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

VSE = "vse"  # what programs call the first model


class Service:
    """A collection that is there at once, and its models: a VSE, and a CLIP where there is one.

    Args:
        model: the VSE: a bundled model's name or a model folder's path.
        collection: a bundled collection's name or a folder's path.
        clip: the CLIP's name, or None.
        why_no_clip: what a visitor is told where there is none.
        offer: a CLIP that a visitor may fetch, or None.
        access: how the server is reached, which says who may stop what all visitors share.

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
    ) -> None:
        self.collection = collection if isinstance(collection, Collection) else load_collection(collection)
        self.why_no_clip, self.offer, self.access = why_no_clip, offer, access
        self.vse = Loading(model, self.collection)
        self.clip = Loading(clip, self.collection) if clip else None
        self.clips = [self.clip] if self.clip else []  # all that can be chosen, in the order they came
        self.fetching: Loading | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, searcher: Searcher, clip: Searcher | None = None) -> Service:
        """Around searchers that are already open."""
        service = cls(searcher.encoder.name, searcher.collection)
        service.vse = Loading.of(searcher)
        if clip is not None:
            service.use(Loading.of(clip))
        return service

    def mode(self, wanted: object) -> Mode:
        """A mode from outside, as far as it can be had."""
        return mode_of(wanted) if self.clip else "vse"

    def loadings(self, mode: Mode = "vse") -> tuple[Loading, ...]:
        """The models that answer in a mode, the first one first."""
        clip = self.clip
        if mode == "vse" or clip is None:
            return (self.vse,)
        return (clip,) if mode == "clip" else (self.vse, clip)

    def start(self, mode: Mode = "vse") -> Service:
        """Begin to load what a mode needs, where nobody asked for it yet."""
        for each in self.loadings(mode):
            each.start()
        return self

    def is_ready(self, wait: float = 0.0, mode: Mode = "vse") -> bool:
        """Whether loading what a mode needs has ended, well or not, after at most `wait` seconds for each model."""
        return all(each.is_ready(wait) for each in self.loadings(mode))

    def status(self, mode: Mode = "vse") -> str:
        """What is being done for a mode."""
        loadings = self.loadings(mode)
        return next((each.status for each in loadings if not each.is_ready()), loadings[-1].status)

    def searcher(self, mode: Mode = "vse") -> Searcher:
        """The first model of a mode as a searcher, waited for where it is still loading.

        Raises:
            VSEError: what went wrong while loading.
        """
        return self.loadings(mode)[0].result().searcher

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

    def retry(self) -> None:
        """Let the CLIP load again when it is next asked for, where it failed."""
        failed = self.clip
        if failed and failed.problem():
            again = Loading(failed.model, self.collection)
            self.clips = [again if each is failed else each for each in self.clips]
            self.clip = again

    def use(self, clip: Loading) -> None:
        """Make this the CLIP of the page."""
        if clip not in self.clips:
            self.clips = [*self.clips, clip]
        self.clip = clip

    def choose(self, name: object) -> None:
        """Make the CLIP of this name the page's, for every visitor.

        Raises:
            QueryError: when there is none of that name.
        """
        offer = self.offer
        if offer and name == offer.model and offer.model not in [each.name for each in self.clips]:
            self.use(Loading(offer.model, self.collection))
            return
        found = next((each for each in self.clips if each.name == name), None)
        if found is None:
            raise QueryError("That model is not here: reload the page and try again.")
        self.use(found)

    def fetch(self) -> Loading:
        """Begin to fetch the CLIP on offer, which becomes the page's when it is ready; a second call joins the first.

        Raises:
            QueryError: when nothing is on offer.
        """
        if self.offer is None:
            raise QueryError("No model can be fetched here.")
        with self._lock:
            if self.fetching is None or self.fetching.is_ready():
                self.fetching = Loading(self.offer.model, self.collection)
                fetching = self.fetching
                fetching.then(lambda: None if fetching.problem() else self.use(fetching))
            self.fetching.start()
            return self.fetching

    def on_offer(self) -> Offer | None:
        """The CLIP that a click would fetch: one that is not here yet."""
        offer = self.offer
        here = offer is None or is_fetched(offer) or offer.model in [each.name for each in self.clips]
        return None if here else offer
