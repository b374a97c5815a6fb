"""The map in a notebook, as plotly's widget has it without a browser."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.maps.test_points import Knowing
from vse.data import load_collection
from vse.errors import CollectionError
from vse.io.installed import InstallationError
from vse.maps import figure, regions, show
from vse.maps.notebook import card_of
from vse.search.searcher import Searcher


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Knowing(), load_collection(colours))


def points(trace: Any) -> list[str]:
    return [str(each) for each in trace.customdata]


def sent(shown: Any, event: str, *where: tuple[int, int], selector: dict | None = None) -> None:
    """What the browser says: an event at points, each by the numbers of its trace and of the point."""
    places = {"trace_indexes": [at for at, _ in where], "point_indexes": [at for _, at in where]}
    numbers = {"xs": [0.0] * len(where), "ys": [0.0] * len(where)}
    shown.figure._js2py_pointsCallback = {"event_type": event, "points": {**places, **numbers}, "selector": selector}


def test_each_kind_is_a_trace_and_answers_are_ringed(searcher: Searcher):
    drawn = figure(searcher, query="red")
    assert [trace.name for trace in drawn.data] == ["pictures", "captions", "words", "red"]
    assert points(drawn.data[0]) == ["red", "green", "blue", "yellow"]
    assert points(drawn.data[1]) == ["red#1", "green#0", "yellow#0"]
    assert list(drawn.data[1].text) == ["a red square", "green", "Red and green."]
    at = points(drawn.data[0]).index(searcher.ask("red").hits[0].item_id)
    assert (drawn.data[3].x[0], drawn.data[3].y[0]) == (drawn.data[0].x[at], drawn.data[0].y[at])


def test_large_regions_have_their_names(searcher: Searcher, monkeypatch: pytest.MonkeyPatch):
    assert not figure(searcher).layout.annotations  # four pictures are no regions
    monkeypatch.setattr(regions, "_FEWEST", 2)
    names = figure(searcher).layout.annotations
    assert [each.text for each in names] == ["<b>red</b>", "<b>green</b>"]


def test_pictures_are_coloured_by_what_is_known_of_them(searcher: Searcher):
    with pytest.raises(CollectionError, match=r"colours has no 'taste' to colour a map by; nothing is known of its"):
        figure(searcher, colour="taste")
    splits = {"red": "train", "green": "test", "blue": "test", "yellow": "train"}
    items = tuple(replace(item, split=splits[item.id]) for item in searcher.collection.items)
    searcher = replace(searcher, collection=replace(searcher.collection, items=items))
    drawn = figure(searcher, colour="split")
    pictures = [trace for trace in drawn.data if trace.meta == "image"]
    assert {trace.name for trace in pictures} == set(splits.values())
    assert all(splits[each] == trace.name for trace in pictures for each in points(trace))
    with pytest.raises(CollectionError, match=r"has no 'taste' to colour a map by; expected split\."):
        figure(searcher, colour="taste")


def test_what_is_selected_is_known_in_python_and_what_is_pointed_at_is_shown(searcher: Searcher):
    pytest.importorskip("anywidget")
    shown, heard = show(searcher), []
    shown.on_select(heard.append)
    box = {"type": "box", "selector_state": {"xrange": [0, 1], "yrange": [0, 1]}}
    sent(shown, "plotly_selected", (0, 1), (0, 3), (2, 0), selector=box)
    assert shown.selected == {"image": ("green", "yellow"), "word": ("red",)}
    sent(shown, "plotly_selected", (1, 0), selector=box)  # another selection in place of the first
    assert shown.selected == {"text": ("red#1",)}
    sent(shown, "plotly_deselect")
    assert shown.selected == {}
    assert heard == [{"image": ("green", "yellow"), "word": ("red",)}, {"text": ("red#1",)}, {}]
    sent(shown, "plotly_hover", (1, 2))
    assert "data:image/webp;base64," in shown.card.value
    assert "Red and green." in shown.card.value


def test_a_card_tells_words_as_they_are(searcher: Searcher):
    assert "a red square" in card_of(searcher.collection, "image", "red")
    assert "&lt;b&gt;" in card_of(searcher.collection, "word", "<b>")
    searcher.collection.item("red").image_path.unlink()
    assert "<img" not in card_of(searcher.collection, "image", "red")


def test_without_the_extra_it_says_what_to_install(searcher: Searcher, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(InstallationError, match=r"takes ipywidgets and anywidget: run pip install .*\[notebook\]"):
        show(searcher)
