"""A collection of recipes beside the one that is served, and recipes asked and answered."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from demo.photographs.open_folder import OpenFolder
from demo.photographs.render import choice_html
from demo.search.handlers import SearchEvents
from demo.shared.address import Page, remembered
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer
from demo.shared.collections import Collections
from demo.shared.endpoints import recipes_json
from demo.shared.models import Service
from demo.shared.pictures import address
from demo.shared.question import Question, after_click, is_sum, with_text
from demo.shared.starters import RECIPE_TEXTS, first_text
from demo.shared.sum_examples import DISH_SWAPS, examples
from tests.conftest import FakeEncoder
from tests.search.test_recipes import RED, Cooks, kitchen
from vse.data import Collection, load_collection
from vse.errors import QueryError
from vse.search.query import read
from vse.search.searcher import Searcher

__all__ = ["kitchen"]


def request(**parameters: str) -> Any:
    return SimpleNamespace(headers={"host": "127.0.0.1:7860"}, query_params=parameters, session_hash="s")


@pytest.fixture
def collections(kitchen: Collection, colours: Path) -> Collections:
    served = Service.of(Searcher.open(FakeEncoder(), load_collection(colours)))
    return Collections(served, None, {"kitchen": Service.of(Searcher.open(Cooks("cooks"), kitchen))})


def test_an_address_names_the_collection_beside(collections: Collections):
    page = Page(collection="kitchen")
    assert collections.of(page, request()) is collections.beside["kitchen"]
    assert collections.chosen(request(collection="kitchen")) == "kitchen"
    assert collections.problem(request(collection="kitchen")) == ""
    assert collections.name(page, request()) == "kitchen"
    assert collections.chosen(request(collection="larder")) == ""
    assert "There is no collection 'larder' here" in collections.problem(request(collection="larder"))


def test_what_is_asked_before_the_page_is_open_is_asked_of_the_collection_of_its_address(collections: Collections):
    kitchen = collections.beside["kitchen"]
    assert collections.of(Page(), request(collection="kitchen")) is kitchen
    assert collections.of(Page(), request()) is collections.served
    opened = collections.page(request())
    assert opened == Page()
    assert collections.of(opened, request(collection="kitchen")) is collections.served
    _, shown = SearchEvents(collections).show(Question(str(RED)), Page(), request(collection="kitchen"))
    assert "Dishes for Red soup" in shown


def test_the_head_offers_both(collections: Collections):
    shown = choice_html(collections, OpenFolder(), "kitchen", request())
    assert 'data-collection="kitchen" aria-current="true"' in shown
    assert shown.count("data-collection=") == 2


def test_a_recipe_is_asked_in_one_line_and_its_ingredients_told(collections: Collections):
    asked = Question(str(RED), 2)
    assert "\n" not in asked.text
    assert asked == Question(asked.text, 2) == after_click({"kind": "words", "value": str(RED)}, Question("", 2))
    assert not is_sum(asked.text)
    _, shown = SearchEvents(collections).show(asked, Page(collection="kitchen"), request())
    assert "Dishes for Red soup" in shown
    assert "Read as 2 ingredients and 1 step<" in shown
    assert "What each ingredient adds" in shown
    assert "green soup" in shown or "yellow soup" in shown
    _, refused = SearchEvents(collections).show(asked, Page(), request())
    assert "A recipe came, and fake reads image and text" in refused


def test_a_dish_shows_its_recipes(collections: Collections):
    service = collections.beside["kitchen"]
    found = answer(service.searcher(), Question("[blue]", 2))
    assert (found.recipes[0].recipe.title, found.recipes[0].own) == ("blue soup", True)
    assert found.captions == ()
    told = recipes_json(found)[0]
    assert told == {"title": "blue soup", "ingredients": ["1 blue"], "instructions": ["Cook."], "score": told["score"],
                    "rank": 1, "id": "blue"}  # fmt: skip
    shown = answers_html([found], service.collection)
    assert "Nearest recipes" in shown
    assert 'data-words="blue soup' in shown


def test_a_recipe_asked_before_is_an_operand(collections: Collections):
    events, page = SearchEvents(collections), Page(collection="kitchen")
    before = Question(str(RED), 2)
    asked, shown = events.show(with_text(before, "[recipe] - red + blue"), page, request())
    assert asked.text.startswith("[Red soup ⏎ Ingredients:")
    assert "the recipe Red soup" in shown
    assert 'data-item="blue"' in shown
    again = with_text(asked, "[recipe] - green")
    assert read(again.text).recipes == (RED,)
    assert remembered(Page(query=before.text), "[recipe] - red + blue").query == asked.text
    assert f"q={quote(asked.text, safe='')}" in shown
    _, problem = events.show(Question("[recipe] - red"), page, request())
    assert "[recipe] stands for a recipe of yours" in problem
    _, shown = events.show(Question("[recipe green] + blue", 2), page, request())
    assert ">recipe green<" in shown


def test_the_recipe_of_an_item_is_shown_as_a_recipe(collections: Collections):
    _, shown = SearchEvents(collections).show(Question("[recipe blue]", 2), Page(collection="kitchen"), request())
    assert "Dishes for blue soup" in shown


def test_a_program_asks_either_by_the_model_s_name(collections: Collections):
    assert collections.named("vse").searcher is collections.served.searcher()
    for name, service in collections.beside.items():
        service.vse.name = f"{name}-vse"  # the fakes are of one name
        assert collections.named(f"{name}-vse").searcher is service.searcher()
    with pytest.raises(QueryError, match="No model 'nobody' answers here"):
        collections.named("nobody")


def test_emoji_recipes_begin_with_texts_and_sums_of_their_own():
    collection = load_collection("recipes")
    assert first_text(collection) == RECIPE_TEXTS[0]
    found = examples(collection)
    assert len(found) == DISH_SWAPS + 1
    for each in found[:DISH_SWAPS]:
        assert each.item is not None
        assert each.outcome is not None
        assert each.outcome.id.startswith(f"{each.item.id}-")
    assert address(collection, collection.items[0].id).startswith("pictures/dish-0000?v=")
