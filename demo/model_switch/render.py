"""The switch between models as HTML: which answer, which others there are, and how far fetching one is."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from ..shared.address import Mode, Page
from ..shared.jobs import Loading
from ..shared.models import Service
from ..shared.templating import macros, render

TITLES: dict[Mode, str] = {"vse": "VSE", "clip": "CLIP", "both": "Side by side"}
FETCHING = "shared/fetching.html.jinja"


def switch_html(service: Service, page: Page, collection: str = "") -> Markup:
    """The three modes as buttons, the names of the models that answer, and a menu of further ones.

    `collection` is what the page's address calls the collection, which stands here too, see address.js.
    """
    current, clips = service.clip_of(page), choices(service)
    return render(
        "model_switch/switch.html.jinja",
        page=page,
        collection=collection,
        modes=[(mode, title, told(service, mode, page)) for mode, title in TITLES.items()],
        names=" · ".join(each.name for each in service.loadings(page)),
        is_alone=service.clip is None,
        choices=clips if len(clips) > 1 or current is None else [],
        current=current.name if current else None,
        offer=service.on_offer(),
        note=service.why_no_clip if page.collection and service.clip is None else "",
    )


def told(service: Service, mode: Mode, page: Page) -> str:
    """Which models answer in a mode, or why none does."""
    if mode != "vse" and service.clip is None:
        return service.why_no_clip
    return " and ".join(each.name for each in service.loadings(replace(page, mode=mode)))


def choices(service: Service) -> list[str]:
    """The names of all CLIPs that are here."""
    names = [each.name for each in service.clips]
    offer = service.offer
    return [*names, offer.model] if offer and not service.on_offer() and offer.model not in names else names


def progress_html(loading: Loading, may_cancel: bool) -> Markup:
    """How far fetching is, with a way to stop it for who may."""
    return macros(FETCHING).working(loading.status, loading.done, may_cancel)


def message_html(sentence: str, again: bool = False) -> Markup:
    """One sentence under the head, with a way to put it away, and to try again."""
    retry = [("fetch", "Try again")] if again else []
    return macros(FETCHING).told(sentence, [*retry, ("dismiss", "Close")])
