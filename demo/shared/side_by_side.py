"""The answers of two models to one question, under each other. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence

from vse.data import Collection

from . import export
from . import render as view
from . import unknown_words as near
from .answers import Answer, ImageAnswer
from .render import escape
from .scores import is_shared


def answers_html(answers: Sequence[Answer], collection: Collection, k: int, link: bool = True) -> str:
    """The answer of one model, or those of two; `link` as for `view.answer_html`."""
    first = answers[0]
    if len(answers) == 1 or all(each.problem == first.problem != "" for each in answers):
        return view.answer_html(first, collection, k, link)
    named = next((each for each in answers if not each.problem), first)
    body = "".join(side(each, other, collection) for each, other in pairs(answers))
    address = f' data-address="{escape(view.link_to(named))}"' if link else ""
    given = export.attribute(export.rows(answers))
    return f'<section class="answer sides"{address}{given}>{head(answers, collection, k)}{body}{view.hint()}</section>'


def pairs(answers: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    first, second = answers
    return [(first, second), (second, first)]


def head(answers: Sequence[Answer], collection: Collection, k: int) -> str:
    """The question, and for a picture the captions that both find for it."""
    first = answers[0]
    if first.query.kind == "words":
        return view.heading(view.words_title(answers), view.counted(len(collection), "picture"), view.tools(k))
    asked = next((each for each in answers if not each.problem), first)
    lines = "".join(
        f'<div class="lines">{view.heading("Nearest captions", escape(each.model))}'
        f"{view.caption_list(each.captions)}</div>"
        for each in answers
        if each.captions
    )
    below = view.heading("Similar pictures", view.counted(len(collection), "picture"), view.tools(k))
    return f'<div class="both two">{view.probe(asked, collection)}{lines}</div>{below}'


def side(answer: Answer, other: Answer, collection: Collection) -> str:
    if answer.problem:
        offered = near.in_text(answer.query.value, answer.unknown)
        return part(answer.model, "", f'<p class="note">{escape(answer.problem)} {offered}</p>')
    told = f"{shared_of(answer.images, other.model)} · {view.took(answer.milliseconds)}"
    label = f"Pictures that {answer.model} finds, the nearest first"
    return part(answer.model, told, view.words_found(answer, collection, label))


def part(model: str, told: str, body: str) -> str:
    """What one model says, headed by its name."""
    facts = f'<span class="facts">{escape(told)}</span>' if told else ""
    return f'<div class="side"><div class="head"><h3>{escape(model)}</h3>{facts}</div>{body}</div>'


def shared_of(images: Sequence[ImageAnswer], other: str) -> str:
    shared = sum(is_shared(each.there, len(images)) for each in images)
    return f"{shared} of {len(images)} also in {other}"
