"""The choice of the collection, and how far the index of a folder is, as HTML."""

from __future__ import annotations

import time
from dataclasses import replace

import gradio as gr
from markupsafe import Markup

from vse.data.open_photographs import TERMS
from vse.io.paths import PHOTO_MODEL

from ..shared.address import FOLDER
from ..shared.collections import Collections
from ..shared.render import notes_of
from ..shared.scores import counted
from ..shared.templating import macros, render
from .getting import GOES_ON, SIZE, THERE, TITLE, Getting
from .index_job import Run, Status
from .open_folder import OpenFolder
from .several import Several

FETCHING = "shared/fetching.html.jinja"
PANELS = "photographs/panels.html.jinja"
_LISTED = 200  # files or folders that are left out
COMMAND = "python app.py --images path/to/your/photographs"
_BUTTONS = {"cancel": "Cancel", "resume": "Resume", "again": "Look for changes", "retry": "Try again"}


def choice_html(collections: Collections, open_folder: OpenFolder, chosen: str, request: gr.Request) -> Markup:
    """The collection that a page shows, and a menu of what else this visitor may look at."""
    run = open_folder.run_for(request.headers)
    return render(
        "photographs/choice.html.jinja",
        served=collections.served.collection,
        notes=notes_of(collections.served.collection),
        run=run,
        is_got=run is not None and [each.folder for each in run.runs] == [open_folder.getting.folder],
        beside={name: each.collection for name, each in collections.beside.items()},
        chosen=chosen,
        is_folder=chosen == FOLDER,
        FOLDER=FOLDER,
        may_choose=open_folder.may_choose(request.headers),
        command=COMMAND,
        getting=open_folder.getting,
        get_title=THERE if open_folder.getting.is_there else TITLE,
        get_size="" if open_folder.getting.is_there else SIZE,
        terms=TERMS,
    )


def getting_html(getting: Getting) -> Markup:
    """How far fetching photographs is, what went wrong, or that the page may go to them; empty before it began."""
    job = getting.job
    if job is None or job.was_cancelled():
        return Markup()
    if not job.is_ready():
        return macros(FETCHING).working(job.status, job.done, True)
    if problem := job.problem():
        return macros(FETCHING).told(f"{problem} {GOES_ON}", [("fetch", "Try again"), ("dismiss", "Close")])
    return macros(PANELS).fetched()


def progress_html(run: Run | Several, model: str, whole_path: bool, grown: str = "") -> Markup:
    """How far the index is; `whole_path` says whether the folder's path may be told, `grown` is for progress.js."""
    status, several = run.status, run if isinstance(run, Several) else None
    if not whole_path:
        status = replace(
            status,
            problem=run.without_place(status.problem),
            about_captions=run.without_place(status.about_captions),
        )
    return render(
        "photographs/index.html.jinja",
        phase=status.phase,
        grown=grown,
        headline=headline(status),
        details=details(status),
        share=status.share if status.is_working or status.phase == "stopped" else None,
        folder=run.place if whole_path else run.name,
        several=[(name, headline(each), each.problem) for name, each in several.statuses()] if several else [],
        left_out=several.problems if several and whole_path else (),
        model=model,
        when=when(status),
        about_captions=status.about_captions,
        is_rough=model != PHOTO_MODEL and model.startswith("scenes-"),
    )


def headline(status: Status) -> str:
    """What is being done, or what has come of it."""
    total = counted(status.found, "photograph")
    said = {
        "looking": "Looking for photographs …",
        "loading": f"{total} found; loading the model …",
        "waiting": f"{total} found; waits until another folder is read …",
        "indexing": f"Indexing: {status.searchable:,} of {status.found:,}",
        "captions": f"{total} indexed; reading the captions: {status.captions_read:,} of {status.captions:,}",
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
    if status.phase == "captions":
        return "photographs can be found already, captions in a moment"
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
    return macros(PANELS).control(kind, _BUTTONS[kind]) if kind else ""


def left_out_html(status: Status) -> Markup:
    """The files and folders that are left out and why, folded; empty where there are none."""
    return macros(PANELS).left_out(status.skipped, status.passed_over, _LISTED)
