"""The answer of one model, or those of two under each other. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence

from vse.data import Collection
from vse.search.query import Query

from . import export, sum_render
from . import render as view
from .answers import Answer, PictureHit
from .question import picture_of
from .render import escape
from .scores import is_shared


def answers_html(answers: Sequence[Answer], collection: Collection, link: bool = True) -> str:
    """The answers to one question; `link` says whether the page's address should name it."""
    first = next((each for each in answers if not each.problem), answers[0])
    if first.query is None or all(each.problem == first.problem != "" for each in answers):
        kind, body = "", view.problem(first)
    elif len(answers) == 1:
        kind, body = kind_of(first.query), answer_body(first, first.query, collection)
    else:
        kind = f"{kind_of(first.query)} sides"
        body = head(answers, first.query, collection)
        body += "".join(side(each, other, collection) for each, other in pairs(answers))
        body += sum_render.sum_foot(answers, collection) + view.hint()
    address = f' data-address="{escape(view.link_to(first))}"' if link else ""
    return f'<section class="answer{kind}"{address}{export.attribute(export.rows(answers))}>{body}</section>'


def kind_of(query: Query) -> str:
    """A class of the style sheet: of sums, which are neither words nor one picture alone."""
    return "" if query.is_plain or picture_of(query) else " sum"


def answer_body(answer: Answer, query: Query, collection: Collection) -> str:
    if picture_of(query):
        return view.picture_answer(answer, collection)
    if query.is_plain:
        return view.words_answer(answer, collection)
    return sum_render.sum_html(answer, query, collection)


def pairs(answers: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    first, second = answers
    return [(first, second), (second, first)]


def head(answers: Sequence[Answer], query: Query, collection: Collection) -> str:
    """The question, and for a picture the captions that both find for it."""
    count, tools = view.counted(len(collection), "picture"), view.tools(answers[0].question.k)
    if query.is_plain:
        return view.heading(view.words_title(answers), count, tools)
    asked = next((each for each in answers if not each.problem), None)
    if asked is None:
        return view.heading(view.words_title(answers), count)
    if not picture_of(query):
        return sum_render.sum_head(answers, query, collection)
    lines = "".join(
        f'<div class="lines">{view.heading("Nearest captions", escape(each.model))}'
        f"{view.caption_list(each.captions)}</div>"
        for each in answers
        if each.captions
    )
    below = view.heading("Similar pictures", count, tools)
    return f'<div class="both two">{view.probe(asked, collection)}{lines}</div>{below}'


def side(answer: Answer, other: Answer, collection: Collection) -> str:
    """What one of two models says."""
    if answer.problem:
        return part(answer.model, "", f'<p class="note">{escape(answer.problem)} {view.near_words(answer)}</p>')
    facts = f"{shared_of(answer.pictures, other.model)} · {view.took(answer.milliseconds)}"
    label = f"Pictures that {answer.model} finds, the nearest first"
    return part(answer.model, facts, view.pictures_found(answer, collection, label))


def part(model: str, facts: str, body: str) -> str:
    """What one model says, headed by its name."""
    shown = f'<span class="facts">{escape(facts)}</span>' if facts else ""
    return f'<div class="side"><div class="head"><h3>{escape(model)}</h3>{shown}</div>{body}</div>'


def shared_of(pictures: Sequence[PictureHit], other: str) -> str:
    shared = sum(is_shared(each.rank_in_other, len(pictures)) for each in pictures)
    return f"{shared} of {len(pictures)} also in {other}"
