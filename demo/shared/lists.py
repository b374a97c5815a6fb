"""What the Evaluate and Compare views have in common: choices, lists in pages, and their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vse.data import Collection
from vse.errors import QueryError
from vse.evaluation.metrics import Direction, directions_of
from vse.modalities.base import MODALITIES, load_modality

from .jobs import Job
from .models import Service
from .scores import counted
from .templating import macros

PER_PAGE = 20
NO_CAPTIONS = "These photographs have no captions, so there is nothing to measure: choose others in the head."
STILL_READING = "The folder is still being indexed: this is measured once all of its photographs and captions are read."
TOO_LARGE = "With {} pictures and {} captions this is more than a page can measure: use python -m vse."
MOST_PAIRS = 150_000_000  # of a picture and a caption, whose scores take 600 MB
MOST_PAGES = 999_999  # that are read; a list ends before
LISTS = "shared/lists.html.jinja"


def titles_of(directions: Iterable[Direction]) -> dict[Direction, str]:
    """What people read of each direction, those that find the same one after the other."""
    kinds = list(MODALITIES)
    found = sorted(directions, key=lambda each: kinds.index(each.candidate))
    return {each: each.title.replace("->", "→") for each in found}


def direction_names() -> tuple[str, ...]:
    """Every direction that a model may be measured in."""
    return tuple(each.name for each in directions_of(tuple(MODALITIES)))


def shown_of(name: str, titles: Mapping[Direction, str]) -> Direction:
    """The direction of a name that a visitor chose, the first one where there is no such."""
    return next((each for each in titles if each.name == name), next(iter(titles)))


@dataclass(frozen=True)
class Part:
    """One page of a list: what stands on it, which page it is, counted from 0, and how long the whole list is."""

    shown: Sequence[Any]
    page: int
    total: int

    @property
    def first(self) -> int:
        """The place of the first one shown, from 0."""
        return self.page * PER_PAGE


def part_of(values: Sequence[Any], page: int) -> Part:
    """The page of that number, or the last one where there are not so many."""
    page = min(page, max(0, -(-len(values) // PER_PAGE) - 1))
    return Part(values[page * PER_PAGE : (page + 1) * PER_PAGE], page, len(values))


def wish(data: Any, allowed: Mapping[str, Sequence[str]]) -> tuple[str, Any]:
    """What a click wants changed and to what; "page" is always allowed, and a browser may send anything.

    Raises:
        QueryError: for anything but {"kind": "page", "value": 0 or more} or one of the kinds and values allowed.
    """
    kind, value = (data.get("kind"), data.get("value")) if isinstance(data, Mapping) else (None, None)
    if kind == "page" and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7:
        return "page", int(value)
    if not isinstance(kind, str) or value not in allowed.get(kind, ()):
        raise QueryError("The click named nothing that can be shown: reload the page and try again.")
    return kind, value


def section(title: str, body: str, side: str = "", beside: str = "", is_busy: bool = False, kind: str = "") -> Markup:
    """A part of a view under its title."""
    return macros(LISTS).section(title, side, beside, is_busy, kind, body)


def choices(kind: str, titles: Mapping[str, str], pressed: str, label: str) -> Markup:
    """Buttons of which one is pressed."""
    return macros(LISTS).choices(kind, titles, pressed, label)


def empty(text: str) -> Markup:
    return macros(LISTS).nothing(text)


def busy(job: Job[Any] | None, otherwise: str) -> Markup:
    """What is being done, and how far it is."""
    return macros(LISTS).working((job.status if job else "") or otherwise, job.done if job else None)


def failed(problem: str, value: str) -> Markup:
    """A sentence, and a button that tries again."""
    return macros(LISTS).offer(problem, "Try again", value, True)


def offer(text: str, button: str, value: str) -> Markup:
    """Something that takes long and is done when it is asked for."""
    return macros(LISTS).offer(text, button, value)


def measure(value: str, title: str) -> Markup:
    """A button that begins a measurement."""
    return macros(LISTS).measure(value, title)


def sizes(collection: Collection) -> str:
    title = collection.about.get("title", collection.name)
    counts = (counted(len(collection.inputs(each)), load_modality(each).title) for each in collection.modalities)
    return f"{title} · {', '.join(counts)}"


def is_measurable(collection: Collection) -> bool:
    """Whether it has two modalities, between which something can be retrieved, and not too much of them."""
    return len(collection.modalities) > 1 and not is_too_large(collection)


def is_too_large(collection: Collection) -> bool:
    return len(collection) * len(collection.captions) > MOST_PAIRS


def why_not(service: Service) -> str:
    """Why nothing is measured on a collection, in a sentence; empty where it can be."""
    collection = service.collection
    if service.awaits_clips:
        return STILL_READING
    if is_too_large(collection):
        return TOO_LARGE.format(f"{len(collection):,}", f"{len(collection.captions):,}")
    return "" if is_measurable(collection) else NO_CAPTIONS
