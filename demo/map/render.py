"""What stands around the map, as HTML. Every text that is not written here goes through `escape`."""

from __future__ import annotations

from collections.abc import Sequence

from vse.data import Collection
from vse.data.item import Item
from vse.maps.projection import ALL

from ..shared import scores as marks
from ..shared.answers import Answer
from ..shared.jobs import Job
from ..shared.question import words_query
from ..shared.render import counted, escape, name_of, picture, wrong_html
from ..shared.sum_examples import Example
from . import plotly_js as plotly_file
from .compute import SHOWN, OnMap, Picked, Selected
from .store import Map

TRUSTWORTHINESS = (
    "Trustworthiness (Venna and Kaski 2001), 0 to 1: it falls when points stand next to each other here that are far "
    "apart in the joint space. At 1 every neighbour on the map is a real one."
)
NEIGHBOURS = (
    "Of each point's {k} nearest in the joint space, the share that is also among its {k} nearest on the map. Two "
    "dimensions cannot keep many of them."
)
GAP = (
    "The distance between the mean picture and the mean caption in the joint space, from 0 to 2 (Liang et al. 2022): "
    "a model that is trained to rank need not put both in the same region."
)
EFFECTS = {
    "joint": "This layout shows the gap as it is: pictures and captions are laid out together, and nearness means the "
    "same between both.",
    "joint-centred": "This layout takes each mean off first, which closes the gap: what is left of nearness is "
    "meaning.",
    "per-modality": "This layout draws pictures, captions and words each alone and side by side, so the gap does not "
    "show; captions are turned to lie as their pictures do.",
}
TEMPLATE = """
<div class="map" data-plotly="PLOTLY">
  <div class="map-tools" hidden>
    <label class="map-colour">Colour <select data-colour></select></label>
    <label class="map-show"><input type="checkbox" data-show="caption" checked> Captions</label>
    <label class="map-show"><input type="checkbox" data-show="word" checked> Words</label>
    <span class="modes" role="group" aria-label="What dragging on the map does">
      <button type="button" data-drag="pan" aria-pressed="true">Move</button
      ><button type="button" data-drag="select" aria-pressed="false">Box</button
      ><button type="button" data-drag="lasso" aria-pressed="false">Lasso</button>
    </span>
    <span class="modes" role="group" aria-label="Zoom">
      <button type="button" data-zoom="in" aria-label="Zoom in">+</button
      ><button type="button" data-zoom="out" aria-label="Zoom out">−</button
      ><button type="button" data-zoom="all">All</button>
    </span>
    <details class="models map-export">
      <summary>Export</summary>
      <div class="sheet">
        <button type="button" data-save="png">Picture <small>PNG, as it is shown</small></button>
        <button type="button" data-save="csv">Table <small>CSV: id, kind, x, y, text</small></button>
        <button type="button" data-save="json">Data <small>JSON, the same</small></button>
      </div>
    </details>
  </div>
  <div class="map-sides"></div>
  <div class="map-legend" role="group" aria-label="Legend; a button hides or shows its points"></div>
  <p class="map-key"></p>
  <div class="map-card" aria-hidden="true" hidden></div>
</div>
"""


def template() -> str:
    """The map's own controls and the places it is drawn in; what is in them is the script's."""
    return TEMPLATE.replace("PLOTLY", escape(plotly_file.address()))


def chips(examples: Sequence[Example], texts: Sequence[str]) -> str:
    """Queries that are worth seeing on the map."""
    pairs = [
        *((example.title, str(example.query)) for example in examples),
        *((text, words_query(text)) for text in texts),
    ]
    shown = "".join(
        f'<button type="button" class="chip" data-words="{escape(query)}">{escape(title)}</button>'
        for title, query in pairs
    )
    return f'<div class="starters"><span class="lead">Try</span><div class="row">{shown}</div></div>'


def waiting_html(status: str) -> str:
    return f'<div class="fetching" role="status"><span>{escape(status)} …</span></div>'


def progress_html(drawing: Job[Map], may_cancel: bool) -> str:
    """How far drawing is, with a way to stop it for who may."""
    share = 100 * min(drawing.done or 0, 1)
    status = escape(drawing.status)
    cancel = '<button type="button" class="chip" data-cancel>Cancel</button>' if may_cancel else ""
    return (
        f'<div class="fetching"><span>{status} …</span><span class="bar of-pictures" role="progressbar" '
        f'aria-label="{status}" aria-valuenow="{share:.0f}"><i style="width:{share:.1f}%"></i></span>'
        f"{cancel}</div>"
    )


def failed_html(sentence: str) -> str:
    return (
        f'<div class="fetching told" role="status"><span>{escape(sentence)}</span>'
        '<button type="button" class="chip" data-retry>Draw it</button></div>'
    )


def problems_html(found: Sequence[OnMap]) -> str:
    """What is wrong with the query; of one model among two, with its name."""
    problems = [each.answer for each in found if each.answer.problem]
    if not problems:
        return ""
    if len(problems) == len(found):
        return wrong_html(problems[0])
    named = "".join(f"<b>{escape(each.model)}</b>: {escape(each.problem)}" for each in problems)
    return f'<div class="wrong" role="alert"><p>{named}</p></div>'


def facts_html(maps: Sequence[Map]) -> str:
    """How true each map is, how wide its gap, and what its layout makes of that."""
    if not maps:
        return ""
    rows = "".join(fact_row(each, len(maps) > 1) for each in maps)
    quality = maps[0].projection.quality[ALL]
    told = "".join(f"<p>{escape(each)}</p>" for each in (TRUSTWORTHINESS, NEIGHBOURS.format(k=quality.k), GAP))
    return (
        f'<div class="map-facts">{rows}<p>{gap_in_words(maps)}{escape(EFFECTS[maps[0].layout])}</p>'
        f"<details><summary>What do these numbers say?</summary>{told}</details></div>"
    )


def gap_in_words(maps: Sequence[Map]) -> str:
    """How far apart pictures and captions lie; nothing where there are no captions."""
    known = [each for each in maps if each.gap is not None]
    if not known:
        return ""
    apart = " and ".join(
        f"{each.gap:.2f} apart{f' for {escape(each.model)}' if len(maps) > 1 else ''}" for each in known
    )
    return f"The mean picture and the mean caption lie {apart}, of at most 2: the modality gap. "


def fact_row(drawn: Map, named: bool) -> str:
    quality = drawn.projection.quality[ALL]
    name = f'<span class="of">{escape(drawn.model)}</span>' if named else ""
    gap = "" if drawn.gap is None else fact("Modality gap", f"{drawn.gap:.2f}", GAP)
    return (
        f'<div class="row">{name}{fact("Trustworthiness", f"{quality.trustworthiness:.2f}", TRUSTWORTHINESS)}'
        f"{fact('Neighbours kept', f'{100 * quality.neighbours:.0f} %', NEIGHBOURS.format(k=quality.k))}{gap}</div>"
    )


def fact(name: str, value: str, told: str) -> str:
    return f'<span class="fact" title="{escape(told)}">{name} <b>{value}</b></span>'


def answers_html(found: Sequence[OnMap], collection: Collection) -> str:
    """The answers of each model as numbered pictures; a click shows one on the map."""
    good = [each.answer for each in found if not each.answer.problem]
    return "".join(answers_of(each, collection, len(found) > 1) for each in good)


def answers_of(answer: Answer, collection: Collection, named: bool) -> str:
    whose = f'<span class="of">{escape(answer.model)}</span>' if named else ""
    shown = "".join(
        pick_button(
            each.item,
            collection,
            f'<span class="rank">{each.rank}</span>',
            f"{each.rank}, score {marks.score(each.score)}: ",
        )
        for each in answer.pictures
    )
    return (
        f'<section class="map-answers"><h2>Answers{whose}</h2><q>{escape(str(answer.query))}</q>'
        f'<div class="picks">{shown}</div></section>'
    )


def pick_button(item: Item, collection: Collection, inside: str = "", said: str = "") -> str:
    """A picture as a button that shows it on the map."""
    name = name_of(item)
    return (
        f'<button type="button" class="pick" data-pick="{escape(item.id)}" title="{escape(name)}" '
        f'aria-label="{escape(said + name)}. Show on the map">{picture(item, collection)}{inside}</button>'
    )


def picked_html(found: Picked, collection: Collection) -> str:
    """The picture or the word that was clicked, with what can be done with it."""
    if found.item is None:
        return (
            f'<section class="map-picked word"><h3>{escape(found.word)}</h3><p class="facts">a word of the captions</p>'
            f"{uses('word', found.word)}</section>"
        )
    item = found.item
    lines = "".join(
        f"<li{' class=chosen' if number == found.caption else ''}>{escape(caption)}</li>"
        for number, caption in enumerate(item.captions)
    )
    return (
        f'<section class="map-picked">{picture(item, collection)}<p class="facts">{escape(item.id)}</p>'
        f"{uses('picture', item.id)}<ul>{lines}</ul></section>"
    )


def uses(kind: str, value: str) -> str:
    given = f'data-kind="{kind}" data-id="{escape(value)}"'
    return (
        f'<div class="uses"><button type="button" class="chip" data-use="search" {given}>Search with it</button>'
        f'<button type="button" class="chip" data-use="arithmetic" {given}>Add to arithmetic</button></div>'
    )


def selected_html(found: Selected, collection: Collection) -> str:
    """The pictures of a box or a lasso, at most SHOWN of them, with the counts of all."""
    if not found.items and not found.words:
        return ""
    counts = [
        counted(number, noun)
        for number, noun in ((found.pictures, "picture"), (found.captions, "caption"), (len(found.words), "word"))
        if number
    ]
    more = f" · the first {SHOWN} are shown" if len(found.items) > SHOWN else ""
    words = "".join(
        f'<button type="button" data-word="{escape(word)}">{escape(word)}</button>' for word in found.words[:SHOWN]
    )
    shown = "".join(pick_button(item, collection) for item in found.items[:SHOWN])
    return (
        f'<section class="map-selected"><div class="head"><h3>Selected</h3>'
        f'<span class="facts" role="status">{" · ".join(counts)}{more}</span>'
        '<button type="button" class="chip" data-clear>Clear</button></div>'
        f'<div class="picks">{shown}</div>{f"""<p class="words">{words}</p>""" if words else ""}</section>'
    )
