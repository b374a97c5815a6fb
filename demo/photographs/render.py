"""The Photographs tab as HTML. Every text that is not written here goes through `escape`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from vse.io.paths import PHOTO_MODEL
from vse.search.folders import Skipped

from ..shared import render as view
from ..shared.question import picture_of, words_query
from ..shared.render import counted, escape
from ..shared.scores import score
from .compute import Found
from .index_job import Run, Status
from .routes import large, small, words

STARTERS = ("a dog running", "children playing", "people at the beach", "snow", "a city at night", "food on a table")
_LISTED = 200  # unreadable files
COMMAND = "python app.py --images path/to/your/photographs"
ROUGH = (
    "The model {model} learnt from drawn scenes, so its answers on photographs are rough. "
    "Another is chosen with --model NAME."
)
_BUTTONS = {"cancel": "Cancel", "resume": "Resume", "again": "Look for changes", "retry": "Try again"}


def progress_html(run: Run, model: str, whole_path: bool) -> str:
    """How far the index is; `whole_path` says whether the folder's path may be told."""
    status = run.status
    if not whole_path:
        status = replace(status, problem=status.problem.replace(str(run.folder), run.folder.name))
    share = status.share if status.is_working or status.phase == "stopped" else None
    line = ""
    if share is not None:
        title = f"{100 * share:.0f} % of the folder"
        line = (
            f'<span class="bar of-pictures" role="progressbar" aria-label="{title}" aria-valuenow="{100 * share:.0f}">'
            f'<i style="width:{100 * share:.1f}%"></i></span>'
        )
    folder = str(run.folder) if whole_path else run.folder.name
    rough = "" if model == PHOTO_MODEL or not model.startswith("scenes-") else ROUGH.format(model=model)
    note = f'<p class="note rough">{escape(rough)}</p>' if rough else ""
    return (
        f'<div class="index {status.phase}"><p class="said"><b>{escape(headline(status))}</b> '
        f"<span>{escape(details(status))}</span></p>{line}"
        f'<p class="where"><span class="folder" title="{escape(folder)}">{escape(folder)}</span>'
        f"<span>model {escape(model)}</span><span>{escape(when(status))}</span></p>{note}</div>"
    )


def headline(status: Status) -> str:
    """What is being done, or what has come of it."""
    total = counted(status.found, "photograph")
    said = {
        "looking": "Looking for photographs …",
        "loading": f"{total} found; loading the model …",
        "indexing": f"Indexing: {status.searchable:,} of {status.found:,}",
        "stopping": f"Stopping: {status.searchable:,} of {status.found:,}",
        "stopped": f"Stopped: {status.searchable:,} of {total} indexed",
        "done": f"{counted(status.searchable, 'photograph')} indexed",
        "failed": "Indexing stopped",
    }
    return said[status.phase]


def details(status: Status) -> str:
    """What is worth knowing beside it."""
    if status.phase == "failed":
        return status.problem
    if status.phase == "indexing":
        pace = f"{rounded(status.pace)} a second · {left(status.seconds_left)} left · " if status.pace else ""
        return f"{pace}search works already, over what is there"
    if status.phase == "stopped":
        return "What is there can be searched; Resume goes on from here."
    if status.phase == "done":
        came = [f"{status.fresh:,} new" if status.fresh else "", f"{status.gone:,} gone" if status.gone else ""]
        return ", ".join(filter(None, came))
    return ""


def rounded(pace: float | None) -> str:
    return "" if pace is None else f"{pace:.0f}" if pace >= 10 else f"{pace:.1f}"


def left(seconds: float | None) -> str:
    """A time for people: 8 s, 3 min, 2 h 10 min."""
    if seconds is None:
        return ""
    if seconds < 59.5:
        return f"{max(seconds, 1):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def when(status: Status) -> str:
    """When the index was last brought up to date."""
    if status.indexed is None:
        return "never indexed before"
    then = time.localtime(status.indexed)
    today = time.strftime("%Y-%m-%d", then) == time.strftime("%Y-%m-%d")
    at = time.strftime("%H:%M", then)
    return f"last indexed {'today' if today else time.strftime('%d %B %Y', then)}, {at}"


def controls_html(status: Status) -> str:
    """The button that fits what is being done."""
    kind = {"stopping": "", "stopped": "resume", "done": "again", "failed": "retry"}.get(status.phase, "cancel")
    if not kind:
        return ""
    return f'<button type="button" class="chip" data-do="{kind}">{_BUTTONS[kind]}</button>'


def unreadable_html(skipped: Sequence[Skipped]) -> str:
    """The files that are left out and why, folded; empty where there are none."""
    if not skipped:
        return ""
    rows = "".join(
        f"<li><b>{escape(each.path)}</b> <span>{escape(each.reason)}</span></li>" for each in skipped[:_LISTED]
    )
    more = f"<li>and {len(skipped) - _LISTED:,} more</li>" if len(skipped) > _LISTED else ""
    title = f"{counted(len(skipped), 'file')} cannot be read and {'is' if len(skipped) == 1 else 'are'} left out"
    return f'<details class="unreadable"><summary>{title}</summary><ul>{rows}{more}</ul></details>'


def empty_html(may_choose: bool) -> str:
    """What the tab says while no folder is open."""
    how = (
        "Give the path of a folder below, or start the app with it:"
        if may_choose
        else "The app is started with the folder, on the machine where it lies:"
    )
    return (
        '<div class="no-folder"><h2>Search a folder of your own photographs</h2>'
        "<p>In words, with a picture, or with sums such as <q>a dog - snow + beach</q>. "
        "They are read once, with subfolders; afterwards only what is new or changed.</p>"
        f"<p>{how}</p><pre><code>{escape(COMMAND)}</code></pre>"
        "<p>Everything happens on that machine, offline. Nothing is written into the folder: "
        "small copies and vectors go to the app's cache.</p></div>"
    )


def starters_html() -> str:
    chips = "".join(view.part("chip", text, words_query(text)) for text in STARTERS)
    return f'<div class="starters"><span class="lead">Try words</span><div class="row">{chips}</div></div>'


def found_html(found: Found) -> str:
    """The whole answer."""
    answer = found.answer
    if answer.problem and found.is_browsing:
        body = f'<p class="note">{escape(answer.problem)}</p>'
    elif answer.problem:
        body = view.part("problem", answer)
    else:
        head = view.heading(title(found), facts(found), view.part("counts", answer.question.k))
        notes = view.part("negation_note", answer) + view.part("unknown_note", answer)
        body = about(found) + head + notes + cards(found)
    return f'<section class="answer photographs">{body}</section>'


def title(found: Found) -> str:
    if found.is_browsing:
        return "From your folder"
    if picture_of(found.answer.query):
        return "Similar photographs"
    return view.part("words_title", [found.answer], "Photographs")


def facts(found: Found) -> str:
    """How many photographs were searched, and how long that took."""
    part = f"searching {found.searched:,} of {found.of:,}" if found.searched < found.of else ""
    if found.is_browsing:
        return part
    return f"{part or counted(found.searched, 'photograph')} · {view.took(found.answer.milliseconds)}"


def about(found: Found) -> str:
    """The picture that was asked with."""
    item = found.answer.item
    if item is not None:
        shown = card_picture(item.id, key_of(found, item.id))
        return f'<div class="asked-with">{shown}<span>{escape(item.id)}</span></div>'
    if picture_of(found.answer.query):
        source = escape("gradio_api/file=" + quote(found.answer.question.upload))
        return f'<div class="asked-with"><img src="{source}" alt=""><span>Your picture</span></div>'
    return ""


def key_of(found: Found, path: str) -> str:
    """The name that a browser knows a photograph by."""
    return found.shelf.keys[path] if found.shelf else ""


def cards(found: Found) -> str:
    hits: list[tuple[str, float | None]] = [(each.item.id, each.score) for each in found.answer.pictures]
    shown = hits or [(item.id, None) for item in found.browsed]
    if not shown:
        return '<p class="note">There is no other photograph.</p>'
    label = "Photographs" if found.is_browsing else "Photographs, the nearest first"
    buttons = "".join(
        card(path, key_of(found, path), scored, rank) for rank, (path, scored) in enumerate(shown, start=1)
    )
    return f'<ol class="cards" aria-label="{label}">{buttons}</ol>'


def card(name: str, key: str, scored: float | None, rank: int) -> str:
    """A photograph as a button that opens it; one card of the list is in the order of the Tab key."""
    path = PurePosixPath(name)
    folder = "" if str(path.parent) == "." else f'<span class="in">{escape(str(path.parent))}/</span>'
    caption = f'<span class="caption" title="{escape(name)}"><span>{escape(path.name)}</span>{folder}</span>'
    measure, badge, said = "", "", ""
    if scored is not None:
        said = f", score {score(scored)}"
        line = view.part("bar", scored, "of-pictures")
        measure = f'<span class="measure">{line}<span class="score">{score(scored)}</span></span>'
        badge = f'<span class="rank">{rank}</span>'
    return (
        f'<li><button type="button" class="card" data-photo="{key}" data-path="{escape(name)}" '
        f'data-large="{large(key)}" data-words-at="{words(key)}" tabindex="{0 if rank == 1 else -1}" '
        f'aria-haspopup="dialog" aria-label="{rank}{said}: {escape(name)}. Open">'
        f'<span class="frame">{card_picture(name, key)}{badge}</span>{measure}'
        f'<span class="foot">{caption}</span></button></li>'
    )


def card_picture(name: str, key: str) -> str:
    return f'<img src="{small(key)}" alt="{escape(name)}" loading="lazy" decoding="async">'


def photos_json(found: Found) -> list[dict[str, Any]]:
    """The answers for programs; Gradio's client takes anything with a "path" for a file to fetch."""
    return [
        {
            "id": hit.item.id,
            "score": round(hit.score, 4),
            "rank": hit.rank,
            "image": small(key_of(found, hit.item.id)),
        }
        for hit in found.answer.pictures
    ]
