"""Filters beside the meaning, in folders of photographs and in other collections."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import COLOURS, FakeEncoder
from tests.photo_folders import write_jpeg
from tests.search.stores.test_base import param
from vse.data import load_collection
from vse.errors import QueryError
from vse.modalities.image.facts import Facts
from vse.search.folders import index_photos
from vse.search.negation import negation_in
from vse.search.query import parse
from vse.search.searcher import Searcher
from vse.search.stores.base import SERVER, STORES

every_store = pytest.mark.parametrize("store", [param(name) for name in sorted(STORES) if name != SERVER])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A red landscape of 2019, a red portrait of 2020 and a red square without a date; all others are green."""
    root = tmp_path / "photos"
    write_jpeg(root / "old/red.jpg", COLOURS["red"], "2019:05:01 10:00:00", "Canon EOS R5")
    write_jpeg(root / "My Holiday/red.jpg", COLOURS["red"], "2020:06:30 10:00:00", "iPhone 12", turn=6)
    write_jpeg(root / "My Holiday/square.jpg", COLOURS["red"], "0000:00:00 00:00:00", size=(20, 20))
    for number in range(30):
        write_jpeg(root / f"green/{number:02}.jpg", (0, 200 + number, 0), f"2021:01:{number + 1:02} 08:00:00")
    return root


def found(searcher: Searcher, query: str, k: int = 10) -> list[str]:
    return [hit.item_id for hit in searcher.ask(query, k).hits]


@every_store
def test_words_pictures_and_sums_are_answered_among_what_fits(folder: Path, store: str):
    searcher = Searcher.open(FakeEncoder(), folder, store=store)
    assert found(searcher, "red before:2020", 1) == ["old/red.jpg"]
    assert found(searcher, "red on:2020-06 -camera:canon") == ["My Holiday/red.jpg"]
    assert found(searcher, "green is:portrait") == ["My Holiday/red.jpg"]
    assert found(searcher, 'red in:"my holiday" is:square name:SQ') == ["My Holiday/square.jpg"]
    assert found(searcher, "[old/red.jpg] - red + green in:old") == []
    assert found(searcher, "[old/red.jpg] -in:green") == ["My Holiday/red.jpg", "My Holiday/square.jpg"]
    assert found(searcher, "[green/03.jpg] - green + red camera:canon") == ["old/red.jpg"]


@every_store
def test_as_many_answers_as_asked_for_come_from_far_down_the_list(folder: Path, store: str):
    searcher = Searcher.open(FakeEncoder(), folder, store=store)
    hits = searcher.ask("red in:green", 12).hits
    assert len(hits) == 12
    assert all(hit.item_id.startswith("green/") for hit in hits)
    assert [hit.rank for hit in hits] == list(range(1, 13))
    whole = [hit for hit in searcher.ask("red", 33).hits if hit.item_id.startswith("green/")]
    assert [(hit.row, hit.score) for hit in hits] == [(hit.row, hit.score) for hit in whole[:12]]


def test_an_upload_is_answered_among_what_fits(folder: Path):
    searcher = Searcher.open(FakeEncoder(), folder)
    answer = searcher.ask("[upload] camera:iphone", upload=folder / "green/00.jpg")
    assert [hit.item_id for hit in answer.hits] == ["My Holiday/red.jpg"]


def test_a_filter_and_its_opposite_share_the_folder(folder: Path):
    searcher = Searcher.open(FakeEncoder(), folder)
    for text in ("in:green", "name:red", "before:2020", "after:2020", "on:2021-01", "camera:canon", "is:landscape"):
        some, others = found(searcher, text, 100), found(searcher, f"-{text}", 100)
        assert some
        assert others
        assert sorted(some + others) == sorted(searcher.images.item_ids)


def test_filters_alone_list_the_latest_first_and_the_undated_last(folder: Path):
    encoder = FakeEncoder()
    searcher = Searcher.open(encoder, folder)
    encoder.encoded.clear()
    answer = searcher.ask("-in:green")
    assert [hit.item_id for hit in answer.hits] == ["My Holiday/red.jpg", "old/red.jpg", "My Holiday/square.jpg"]
    assert ([hit.rank for hit in answer.hits], answer.resolved, encoder.encoded) == ([1, 2, 3], None, [])
    assert all(hit.score != hit.score for hit in answer.hits)
    assert found(searcher, "in:green", 2) == ["green/29.jpg", "green/28.jpg"]


def test_what_is_known_is_kept_by_id(folder: Path):
    facts = Searcher.open(FakeEncoder(), folder).facts
    assert facts is not None
    assert len(facts) == 33
    assert facts["My Holiday/red.jpg"] == Facts("2020-06-30T10:00:00", "iPhone 12", 20, 30)


def test_other_collections_know_ids_alone(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    assert found(searcher, "red name:E") == ["red", "yellow", "green", "blue"]
    assert found(searcher, "red -name:e") == []
    assert found(searcher, "name:re") == ["green", "red"]
    for query, what in (("red on:2020", "dates"), ("red -camera:x", "cameras"), ("is:square", "sizes")):
        with pytest.raises(QueryError, match=f"Nothing is known of the {what} of the pictures in colours: leave "):
            searcher.ask(query)


def test_a_captioned_folder_that_was_indexed_knows_what_its_files_say(tmp_path: Path):
    write_jpeg(tmp_path / "trip/images/red.jpg", COLOURS["red"], "2019:05:01 10:00:00", "Canon EOS R5")
    write_jpeg(tmp_path / "trip/images/blue.jpg", COLOURS["blue"], "2021:05:01 10:00:00")
    lines = [{"id": name[0], "image": f"images/{name}.jpg", "captions": [name]} for name in ("red", "blue")]
    (tmp_path / "trip/items.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    searcher = Searcher.open(FakeEncoder(), tmp_path / "trip")
    with pytest.raises(QueryError, match="leave before:2020 out, or index its folder first: python -m vse index"):
        searcher.ask("red before:2020")
    index_photos(FakeEncoder(), tmp_path / "trip")
    searcher = Searcher.open(FakeEncoder(), tmp_path / "trip")
    assert found(searcher, "red before:2020") == ["r"]
    assert found(searcher, "red -camera:canon") == ["b"]


def test_captions_are_those_of_pictures_that_fit(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    hits = searcher.nearest_captions(searcher.vector_of("red"), 5, parse("name:yell").filters)
    assert [hit.item_id for hit in hits] == ["yellow"]


def test_the_sum_offered_for_a_negation_keeps_the_filters():
    told = negation_in("a beach without people in:holiday")
    assert told is not None
    assert str(told.offered) == "beach - people in:holiday"
