"""The page's HTML: Jinja templates, which lie in the folder `templates` of each view."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from vse.evaluation.tables import figure
from vse.modalities.base import load_modality
from vse.search.fit import count_fitting
from vse.search.query import UPLOAD

from . import scores
from .answers import CAPTIONS_SHOWN
from .explain import adding
from .glossary import GLOSSARY, id_of, key_of
from .pictures import address, label, large, recording, smallest, words
from .question import CHOICES, FITS, TICKS, words_query
from .spoken import is_recording
from .unknown_words import offers, title_parts
from .uploads import address as upload_address

PACKAGE = Path(__file__).resolve().parents[1]
FILTERS = {  # what a template says of a value; calling functions instead would take it much longer
    "adding": adding,
    "address": address,
    "as_json": lambda values: json.dumps(list(values), ensure_ascii=False),
    "count_fitting": count_fitting,
    "count_shared": scores.count_shared,
    "label": label,
    "large": large,
    "has_words": lambda modality: load_modality(modality).words is not None,
    "counted": scores.counted,
    "decimals": scores.decimals,
    "figure": figure,
    "gloss": lambda text: gloss(text),
    "grouped": scores.grouped,
    "is_recording": is_recording,
    "is_shared": scores.is_shared,
    "name_of": scores.name_of,
    "offers": offers,
    "ordinal": scores.ordinal,
    "percent": scores.percent,
    "place": scores.place,
    "recording": recording,
    "score": scores.score,
    "signed": scores.signed,
    "smallest": smallest,
    "title_parts": title_parts,
    "took": scores.took,
    "upload_address": upload_address,
    "width": scores.width,
    "words_address": words,
    "words_query": words_query,
}
GLOBALS = {
    "CAPTIONS_SHOWN": CAPTIONS_SHOWN,
    "CHOICES": CHOICES,
    "FITS": FITS,
    "LEAST": scores.LEAST,
    "TICKS": TICKS,
    "UPLOAD": UPLOAD,
}
_NOTHING = re.compile(r"(?:^|(?<=>))\s*\n\s*|\s*\n\s*(?=<|$)")
_BLANK = re.compile(r"\s*\n\s*")


class Lines(Extension):
    """Lines and indentation lay a template out and mean as little as in JSX.

    A line break is nothing beside a tag and beside what Jinja fills in, and one blank between words or attributes.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, token.type, _BLANK.sub(" ", _NOTHING.sub("", token.value)))
            else:
                yield token


@cache
def environment() -> Environment:
    """All templates by names such as "map/facts.html.jinja"; each is compiled once."""
    made = Environment(
        loader=PrefixLoader({each.parent.name: FileSystemLoader(each) for each in PACKAGE.glob("*/templates")}),
        extensions=[Lines],
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    made.globals.update(GLOBALS)
    return made


def render(name: str, **values: Any) -> Markup:
    """The HTML of a template. Texts among the values are escaped; only what a template made is HTML already."""
    return Markup(environment().get_template(name).render(values))


def macros(name: str) -> Any:
    """The macros of a template as functions that return HTML."""
    return environment().get_template(name).module


def gloss(text: str) -> Markup:
    """A text as a button that explains the word that it begins with; as it is, where that needs no explanation."""
    key = key_of(text)
    return macros("shared/glossary.html.jinja").word(text, id_of(key)) if key else escape(text)


def glossary_html() -> Markup:
    """Every explanation, to which the buttons refer."""
    return macros("shared/glossary.html.jinja").all({id_of(key): told for key, told in GLOSSARY.items()})
