from __future__ import annotations

from pathlib import Path

import pytest

from demo.answers import Query
from demo.service import Service
from demo.starters import SCENE_TEXTS, first_query, spread, starter_items, starter_texts
from tests.conftest import FakeEncoder
from vse.collections import Collection, load_collection
from vse.errors import CollectionError
from vse.searcher import Searcher


def test_the_service_loads_once_and_in_the_background(colours: Path, monkeypatch: pytest.MonkeyPatch):
    opened = []
    real = Searcher.open

    def slow(model, collection, progress=None):
        opened.append(model)
        progress(3, 4)
        return real(FakeEncoder(), collection)

    monkeypatch.setattr(Searcher, "open", slow)
    service = Service("some-model", colours)
    assert service.status == "Loading the model some-model"
    assert service.start().start().searcher() is service.searcher()
    assert service.is_ready()
    assert opened == ["some-model"]
    assert service.status == "Reading the collection for the first time: 3 of 4"


def test_the_service_hands_on_what_went_wrong(colours: Path):
    service = Service("no-such-model", colours)
    for _ in range(2):
        with pytest.raises(Exception, match="No model 'no-such-model'"):
            service.searcher()
    with pytest.raises(CollectionError, match="No collection 'nowhere'"):
        Service("any", "nowhere")


def test_a_service_around_an_open_searcher_is_ready(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    service = Service.of(searcher)
    assert service.is_ready()
    assert service.searcher() is searcher


def test_starters_are_spread_over_the_collection(colours: Path, scenes_folder: Path):
    assert spread(list(range(60))) == [5, 15, 25, 35, 45, 55]
    assert spread([1, 2]) == [1, 2]
    assert starter_texts(load_collection(scenes_folder)) == SCENE_TEXTS
    assert starter_texts(load_collection(colours)) == ("red", "green", "Red and green.")
    scenes = load_collection(scenes_folder)
    places = [scenes.truth.scenes[scenes.rows[item.id]].place for item in starter_items(scenes)]
    assert 1 < len(places) == len(set(places)) <= 6


def test_every_scene_starter_is_of_words_the_captions_know(scenes_folder: Path):
    from vse.scenes.captions import write_captions
    from vse.scenes.sample import sample_scene
    from vse.words import Vocabulary

    texts = [caption.text for number in range(4000) for caption in write_captions(sample_scene("train", number))]
    vocabulary = Vocabulary.build(texts)
    assert [vocabulary.unknown(text) for text in SCENE_TEXTS] == [()] * len(SCENE_TEXTS)


def test_the_first_query_fits_the_collection(colours: Path):
    assert first_query(load_collection(colours)) == Query("words", "red")
    assert first_query(load_collection(colours / "images")) == Query("item", "blue.png")
    assert first_query(Collection("empty", ())) == Query("words", "")
