from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.search.query import parse
from vse.search.searcher import Searcher
from vse.search.telling import most_telling, words_asked

SEA = ("a daytime sea", "a woman surfing on a board at sea", "surfing")


def test_words_that_are_taken_away_and_those_that_say_nothing_are_not_asked():
    assert words_asked(parse("[red] - dog + a black cat on 2 beds")) == {"black", "cat", "beds"}


def test_the_caption_with_most_of_the_words_asked_is_told():
    # "person", "surfing", "sea": the captions hold 1, 2 and 1 of them.
    assert most_telling(SEA, {"person", "surfing", "sea"}) == SEA[1]
    assert most_telling(SEA, {"person", "surfing", "sea"}, (0.9, 0.1, 0.9)) == SEA[1]


def test_of_equals_the_nearest_is_told_else_the_longest_that_is_read_at_a_glance():
    assert most_telling(SEA, {"daytime", "surfing"}, (0.1, 0.2, 0.3)) == SEA[2]
    assert most_telling(SEA, {"daytime", "surfing"}) == SEA[1]
    assert most_telling(("red", "a " + "very " * 20 + "red square", "a red one"), {"red"}) == "a red one"
    assert most_telling(("x" * 70, "y" * 61), set()) == "y" * 61
    assert most_telling((), {"red"}) == ""


def test_a_searcher_compares_captions_with_the_query_and_runs_no_model(colours: Path):
    encoder = FakeEncoder()
    searcher = Searcher.open(encoder, load_collection(colours))
    ran = len(encoder.encoded)
    told = {each: searcher.telling_caption(each, parse("a square"), np.eye(3)[0]) for each in ("red", "green", "blue")}
    assert told == {"red": "a red square", "green": "green", "blue": ""}
    assert searcher.telling_caption("red", parse("[blue]"), np.eye(3)[0]) == "red"  # both as near: the first
    assert searcher.telling_caption("red", parse("in:x a")) == "a red square"
    assert len(encoder.encoded) == ran
