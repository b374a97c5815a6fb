"""What the Words tab is asked, which is all that its address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from vse.words.clusters import FEWEST, MOST

from ..shared.address import choice_of, encoded, number_of, text_of

JOINT = "joint"  # the set of vectors that the open model's text tower gives
SKIP_GRAM, CBOW = "skip-gram", "cbow"
PCA, UMAP = "pca", "umap"
METHODS = {SKIP_GRAM: "skip-gram", CBOW: "CBOW"}
LAYOUTS = {PCA: "PCA", UMAP: "UMAP"}
WIDTHS = {"1": "1", "2": "2", "3": "3"}
CHOICES = {"method": METHODS, "layout": LAYOUTS, "width": WIDTHS, "keep": {"1": "1"}}
NUMBERS = {"k": MOST, "step": 999}


@dataclass(frozen=True)
class Asked:
    """One value a parameter of the address; an empty text stands for an example that suits the set.

    set: the vectors. near: the word whose nearest are wanted. a, b, c: the analogy a - b + c; keep: "1" where its own
    words may be answers. sum: words added. k: how many clusters, 0 for a number that suits. from_, to: the ends of an
    axis. text: the sentence that a window of `width` slides over for a `method`; step: the place of its centre, from 1.
    other: the word that takes the centre's place. layout: of the plane. like: a caption. thing: a word that shares
    places with others. es, en: words to translate. phrase: what is asked for in Spanish. ladder: a phrase, or a
    picture's id, that stands between the general and the special.
    """

    set: str = JOINT
    near: str = ""
    a: str = ""
    b: str = ""
    c: str = ""
    keep: str = ""
    sum: str = ""
    k: int = 0
    from_: str = ""
    to: str = ""
    text: str = ""
    method: str = SKIP_GRAM
    width: str = "2"
    step: int = 3
    other: str = ""
    layout: str = PCA
    like: str = ""
    thing: str = ""
    es: str = ""
    en: str = ""
    phrase: str = ""
    ladder: str = ""


USUAL = Asked()
NAMES = tuple(each.name for each in fields(Asked))


def parameter(name: str) -> str:
    """What addresses call a field."""
    return name.rstrip("_")


def read(parameters: Mapping[str, str]) -> Asked:
    """What an address asks; what it leaves out, or gets wrong, is as usual. Which sets there are is for others."""
    values: dict[str, Any] = {}
    for name in NAMES:
        usual = getattr(USUAL, name)
        if name in CHOICES:
            values[name] = choice_of(parameters, name, CHOICES[name], usual)
        elif name in NUMBERS:
            values[name] = number_of(parameters, name, usual, NUMBERS[name])
        else:
            values[name] = text_of(parameters, parameter(name)) or usual
    values |= {"k": max(FEWEST, values["k"]) if values["k"] else 0, "step": max(1, values["step"])}
    return Asked(**values)


def write(asked: Asked) -> str:
    """The parameters, encoded, that `read` reads back; what is as usual goes without saying."""
    return encoded(**{
        parameter(name): "" if getattr(asked, name) == getattr(USUAL, name) else getattr(asked, name) for name in NAMES
    })  # fmt: skip
