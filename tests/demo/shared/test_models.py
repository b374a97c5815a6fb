from __future__ import annotations

from pathlib import Path

import pytest

from demo.shared import jobs as loading
from demo.shared.address import MODES, Page
from demo.shared.models import Service
from demo.shared.starters import PHOTO_TEXTS, SCENE_TEXTS, first_text, spread, starter_items, starter_texts
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.data.scenes.annotations import scenes_of
from vse.errors import CollectionError, QueryError
from vse.search.searcher import Searcher


def test_the_service_loads_once_and_in_the_background(colours: Path, monkeypatch: pytest.MonkeyPatch):
    opened = []

    def slow(model, progress):
        opened.append(model)
        return FakeEncoder()

    monkeypatch.setattr(loading, "open_encoder", slow)
    service = Service("some-model", colours, "some-clip")
    assert service.status() == "Loading the model some-model"
    assert service.start().start().searcher() is service.searcher()
    assert service.is_ready()
    assert opened == ["some-model"]
    assert not service.is_ready(page=Page("both"))
    assert service.status(Page("both")) == "Loading the model some-clip"
    assert service.start(Page("both")).searcher(Page("clip")) is service.searcher(Page("clip"))
    assert service.is_ready(60, Page("both"))
    assert opened == ["some-model", "some-clip"]


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


def test_modes_and_names(colours: Path):
    collection = load_collection(colours)
    words, pictures = (Searcher.open(FakeEncoder(name), collection) for name in ("words", "pictures"))
    words.encoder.name, pictures.encoder.name = "words", "pictures"
    service, alone = Service.of(words, pictures), Service.of(words)
    assert [[each.name for each in service.loadings(Page(mode))] for mode in MODES] == [
        ["words"],
        ["pictures"],
        ["words", "pictures"],
    ]
    assert [alone.page(Page(mode)).mode for mode in MODES] == ["vse"] * 3
    assert [each.name for each in alone.loadings(Page("both"))] == ["words"]
    for name, found in (("vse", words), ("clip", pictures), ("pictures", pictures), ("words", words)):
        assert service.named(name).searcher is found
    for name in ("both", "nobody", None, ["vse"]):
        with pytest.raises(QueryError, match="give one of vse, clip, words, pictures"):
            service.named(name)
    with pytest.raises(QueryError, match=r"No model 'clip' answers here: give one of vse, words\."):
        alone.named("clip")


def test_starters_are_spread_over_the_collection(colours: Path, scenes_folder: Path):
    assert spread(list(range(60))) == [5, 15, 25, 35, 45, 55]
    assert spread([1, 2]) == [1, 2]
    assert starter_texts(load_collection(scenes_folder)) == SCENE_TEXTS
    assert starter_texts(load_collection(colours)) == ("red", "green", "Red and green.")
    scenes = load_collection(scenes_folder)
    places = [scenes_of(scenes.annotations)[scenes.rows[item.id]].place for item in starter_items(scenes)]
    assert 1 < len(places) == len(set(places)) <= 6


def test_every_scene_starter_is_of_words_the_captions_know(scenes_folder: Path):
    from vse.data.scenes.language.captions import write_captions
    from vse.data.scenes.world.sample import sample_scene
    from vse.modalities.text.vocabulary import Vocabulary

    texts = [caption.text for number in range(4000) for caption in write_captions(sample_scene("train", number))]
    vocabulary = Vocabulary.build(texts)
    assert [vocabulary.unknown(text) for text in SCENE_TEXTS] == [()] * len(SCENE_TEXTS)


def test_the_first_query_fits_the_collection(colours: Path):
    assert first_text(load_collection(colours)) == "red"
    assert first_text(load_collection(colours / "images")) == ""  # some of them are shown instead
    assert starter_texts(load_collection(colours / "images")) == PHOTO_TEXTS
    assert first_text(Collection("empty", ())) == ""
