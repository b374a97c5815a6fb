"""The switch between models as HTML: which answer, which others there are, and how far fetching one is."""

from __future__ import annotations

from dataclasses import replace

from ..shared.address import Mode, Page
from ..shared.jobs import Loading
from ..shared.models import Service
from ..shared.render import escape

TITLES: dict[Mode, str] = {"vse": "VSE", "clip": "CLIP", "both": "Side by side"}


def switch_html(service: Service, page: Page) -> str:
    """The three modes as buttons, the names of the models that answer, and a menu of further ones."""
    buttons = "".join(button(service, each, page) for each in TITLES)
    names = " · ".join(escape(each.name) for each in service.loadings(page))
    return (
        f'<div class="switch" data-mode="{page.mode}" data-clip="{escape(page.clip)}">'
        f'<span class="modes" role="group" aria-label="Which model answers">'
        f'{buttons}</span>{menu(service, page)}<span class="facts names">{names}</span></div>'
    )


def button(service: Service, mode: Mode, page: Page) -> str:
    missing = mode != "vse" and service.clip is None
    told = (
        service.why_no_clip
        if missing
        else " and ".join(each.name for each in service.loadings(replace(page, mode=mode)))
    )
    state = ' aria-disabled="true"' if missing else ""
    return (
        f'<button type="button" data-mode="{mode}" aria-pressed="{str(mode == page.mode).lower()}"{state} '
        f'title="{escape(told)}">{TITLES[mode]}</button>'
    )


def menu(service: Service, page: Page) -> str:
    """The CLIPs to choose from and the one to fetch; nothing where there is no choice."""
    offer, clips = service.on_offer(), choices(service)
    current = service.clip_of(page)
    rows = "".join(choice(name, current) for name in clips) if len(clips) > 1 or current is None else ""
    if offer:
        rows += (
            f'<button type="button" data-fetch="{escape(offer.model)}">Get {escape(offer.title)} '
            f"<small>{escape(offer.size)}</small></button>"
        )
    if not rows:
        return ""
    return (
        '<details class="models"><summary aria-label="Other CLIP models" title="Other CLIP models">'
        f'<span aria-hidden="true">⋯</span></summary><div class="sheet">{rows}</div></details>'
    )


def choices(service: Service) -> list[str]:
    """The names of all CLIPs that are here."""
    names = [each.name for each in service.clips]
    offer = service.offer
    return [*names, offer.model] if offer and not service.on_offer() and offer.model not in names else names


def choice(name: str, current: Loading | None) -> str:
    pressed = str(current is not None and current.name == name).lower()
    return f'<button type="button" data-choose="{escape(name)}" aria-pressed="{pressed}">{escape(name)}</button>'


def progress_html(loading: Loading, may_cancel: bool) -> str:
    """How far fetching is, with a way to stop it for who may."""
    cancel = '<button type="button" class="chip" data-cancel>Cancel</button>' if may_cancel else ""
    share = 0 if loading.done is None else 100 * min(loading.done, 1)
    state = "" if loading.done is None else f' aria-valuenow="{share:.0f}"'
    return (
        f'<div class="fetching"><span>{escape(loading.status)}</span>'
        f'<span class="bar of-pictures" role="progressbar" aria-label="{escape(loading.status)}"{state}>'
        f'<i style="width:{share:.1f}%"></i></span>'
        f"{cancel}</div>"
    )


def message_html(sentence: str, again: bool = False) -> str:
    """One sentence under the head, with a way to put it away, and to try again."""
    retry = '<button type="button" class="chip" data-fetch>Try again</button>' if again else ""
    return (
        f'<div class="fetching told" role="status"><span>{escape(sentence)}</span>{retry}'
        '<button type="button" class="chip" data-dismiss>Close</button></div>'
    )
