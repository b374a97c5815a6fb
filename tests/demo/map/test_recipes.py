"""Recipes on the map: their points, what a click on one shows, and where a recipe that is asked stands."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from demo.map.compute import ask_map, modality_of, neighbours, picked, question_about, selected
from demo.map.payload import maps_json, points_json
from demo.map.render import picked_html, selected_html
from demo.map.store import Map, map_of_model
from demo.shared.jobs import Opened
from tests.search.test_recipes import RED, Cooks, kitchen
from vse.data import Collection
from vse.errors import QueryError
from vse.evaluation.score_scale import Scale
from vse.modalities import RECIPE
from vse.search.query import read
from vse.search.searcher import Searcher

__all__ = ["kitchen"]


class Knowing(Cooks):
    def unknown_words(self, text: str) -> tuple[Any, ...]:
        return tuple(SimpleNamespace(word=word) for word in text.split() if word not in ("red", "green"))


@pytest.fixture
def drawn(kitchen: Collection) -> Map:
    return map_of_model(Opened("cooks", Searcher.open(Knowing(), kitchen), Scale()), "joint", lambda *_: None)


def test_recipes_are_points_behind_the_words(drawn: Map, kitchen: Collection):
    sent = json.loads(maps_json([drawn], kitchen))
    assert sent["sides"][0]["counts"] == [4, 3, 2, 4]
    assert sent["recipes"] == ["red soup", "green soup", "blue soup", "yellow soup"]
    assert sent["cooked"] == [0, 1, 2, 3]
    last = points_json(drawn, kitchen)["points"][-1]
    assert (last["kind"], last["id"], last["text"]) == ("recipe", "yellow", "yellow soup")
    assert modality_of(drawn, read(str(RED)).terms) == RECIPE
    assert len(ask_map(drawn, str(RED)).steps) == 1


def test_a_click_on_one_opens_it_with_its_neighbours(drawn: Map, kitchen: Collection):
    found = picked({"kind": "recipe", "id": "blue"}, kitchen)
    near = neighbours(found, drawn.searcher)
    assert near[0].id == "blue"
    shown = picked_html(found, [], kitchen, near)
    assert "<h3>blue soup</h3>" in shown
    assert "<li>1 blue</li>" in shown
    assert shown.count("data-pick=") == 4
    assert question_about({"kind": "recipe", "id": "blue"}).text == "[recipe blue]"
    with pytest.raises(QueryError, match="The click named nothing on the map"):
        picked({"kind": "recipe", "id": "blue"}, plain(kitchen))


def plain(kitchen: Collection) -> Collection:
    """Without its recipes."""
    items = tuple(replace(each, inputs={k: v for k, v in each.inputs.items() if k != RECIPE}) for each in kitchen.items)
    return replace(kitchen, items=items)


def test_a_lasso_counts_them(kitchen: Collection):
    found = selected({"pictures": ["red"], "recipes": ["red", "blue"]}, kitchen)
    assert [each.id for each in found.items] == ["red", "blue"]
    assert "1 picture · 2 recipes" in selected_html(found, kitchen)
