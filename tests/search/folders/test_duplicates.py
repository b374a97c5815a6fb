from __future__ import annotations

import shutil
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from tests.photo_folders import change, listing, textured
from vse.encoders.similarity import normalise
from vse.errors import QueryError
from vse.modalities.image.perceptual_hash import MOST_APART
from vse.search.folders import Group, Look, Store, duplicates, find_duplicates, fold, index_photos, looks_of
from vse.search.folders.duplicates import SAME_BYTES, SAME_PICTURE, SIMILAR, near_first
from vse.search.searcher import Searcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`a` and a copy, `a` small and cropped; a tinted `b` that is similar to `c`; `d` alone; two of one tone."""
    (folder := tmp_path / "photos").mkdir()
    image = textured(1)
    image.save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "z copy.png")
    image.resize((200, 150)).save(folder / "small.jpg", quality=60)
    image.crop((8, 6, 392, 294)).save(folder / "crop.webp", quality=80)
    tinted(2, (9, 0, 0)).save(folder / "b.png")
    tinted(3, (9, 0, 0)).resize((200, 150)).save(folder / "c.png")
    tinted(4, (0, 9, 0)).save(folder / "d.png")
    Image.new("RGB", (40, 30), (0, 0, 255)).save(folder / "blue.bmp")
    Image.new("RGB", (40, 30), (0, 0, 9)).save(folder / "navy.png")
    return folder


def tinted(seed: int, channels: tuple[int, int, int]) -> Image.Image:
    values = np.asarray(textured(seed).convert("L"), np.uint16)[..., None] * np.array(channels, np.uint16)
    return Image.fromarray(np.uint8(np.minimum(values // 4, 255)))


def found(folder: Path, encoder: FakeEncoder, least: float = 0.999) -> list[Group]:
    store = Store.of(folder)
    index_photos(encoder, folder, store=store)
    return find_duplicates(encoder, folder, store, least)


def test_three_grades_and_every_photograph_counts_once(folder: Path):
    before = listing(folder)
    assert found(folder, FakeEncoder()) == [
        Group(SAME_BYTES, ("a.png", "z copy.png")),
        Group(SAME_PICTURE, ("a.png", "crop.webp", "small.jpg")),
        Group(SIMILAR, ("b.png", "c.png")),
        Group(SIMILAR, ("blue.bmp", "navy.png")),
    ]
    assert listing(folder) == before


def test_nothing_is_encoded_and_a_hash_is_made_once(folder: Path):
    encoder = FakeEncoder()
    first = found(folder, encoder)
    encoder.encoded.clear()
    with patch.object(duplicates, "open_image", side_effect=AssertionError("a picture was read again")):
        assert found(folder, encoder) == first
    assert encoder.encoded == []


def test_a_hash_goes_with_its_content(folder: Path):
    found(folder, FakeEncoder())
    store = Store.of(folder)
    assert len(store.hashes()) == 8
    (folder / "d.png").unlink()
    found(folder, FakeEncoder())
    assert len(store.hashes()) == 7
    change(store.path, "UPDATE perceptual_hashes SET hash = ?", b"short")
    assert Group(SAME_PICTURE, ("a.png", "crop.webp", "small.jpg")) in found(folder, FakeEncoder())


def test_a_photograph_that_changed_or_went_since_it_was_indexed_is_not_hashed(folder: Path):
    encoder, store = FakeEncoder(), Store.of(folder)
    index_photos(encoder, folder, store=store)
    textured(9).save(folder / "small.jpg")
    (folder / "crop.webp").unlink()
    groups = find_duplicates(encoder, folder, store)
    assert [group.grade for group in groups if "a.png" in group.paths] == [SAME_BYTES, SIMILAR]
    assert all(group.grade != SAME_PICTURE for group in groups)
    assert len(store.hashes()) == 6


def test_a_folder_without_duplicates_or_readable_pictures_has_no_group(tmp_path: Path):
    (tmp_path / "bad.jpg").write_bytes(b"x")
    assert found(tmp_path, FakeEncoder()) == []
    textured(1).save(tmp_path / "a.png")
    assert found(tmp_path, FakeEncoder()) == []


def test_the_cut_decides_what_is_similar(folder: Path):
    assert not any(group.grade == SIMILAR for group in found(folder, FakeEncoder(), 1.0) if "d.png" in group.paths)
    (group,) = (group for group in found(folder, FakeEncoder(), 0.0) if group.grade == SIMILAR)
    assert sorted(group.paths) == ["a.png", "b.png", "blue.bmp", "c.png", "d.png", "navy.png"]
    assert group.paths[0] == max(group.paths, key=lambda path: (folder / path).stat().st_size)


def test_groups_are_those_of_a_loop(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    vectors = normalise(rng.normal(size=(60, 3))).astype(np.float32)
    expected, taken = [], set()
    for row, vector in enumerate(vectors):
        if row in taken:
            continue
        group = [other for other in range(row + 1, 60) if other not in taken and vectors[other] @ vector >= 0.9]
        if group:
            expected.append([row, *group])
            taken |= set(group)
    assert expected
    for scores in (1 << 24, 60 * 7, 1):  # all at once, seven rows at once, one at once
        monkeypatch.setattr(duplicates, "_MOST_SCORES", scores)
        assert near_first(vectors, 0.9) == expected


def test_what_is_near_only_through_another_is_apart():
    angles = np.radians([0, 20, 40])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert near_first(vectors, np.cos(np.radians(25))) == [[0, 1]]
    assert near_first(vectors[[1, 0, 2]], np.cos(np.radians(25))) == [[0, 1, 2]]
    assert near_first(vectors[:0], 0.5) == []


def test_a_row_folds_under_the_earliest_that_it_is_like():
    near, far = (1 << MOST_APART) - 1, (1 << MOST_APART + 1) - 1
    one, far = 1 << 254, (1 << 254) ^ far
    looks = [Look("a", one), None, Look("b", one ^ near), Look("c", far), Look("a"), Look("d"), None, Look("e")]
    assert fold(looks) == [[0, 2, 4], [1], [3], [5], [6], [7]]
    assert fold([]) == []
    angles = np.radians([0, 90, 180, 10, 270, 100, 90, 320])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # of 10 degrees the cosine is 0.98, of 40 it is 0.77
    assert fold(looks, vectors) == [[0, 2, 3, 4], [1, 5, 6], [7]]


def test_duplicates_fold_under_an_answer_and_make_room_for_others(folder: Path):
    encoder = FakeEncoder()
    searcher = Searcher.open(encoder, folder)
    before, texts = listing(folder), "red and green and blue"
    plain = searcher.ask(texts, 9)
    assert len(plain.hits) == 9
    assert plain.alike == {}
    folded = searcher.ask(texts, 6, fold_duplicates="same")
    assert [hit.rank for hit in folded.hits] == [1, 2, 3, 4, 5, 6]
    (first, others), *more = folded.alike.items()
    assert more == []
    assert {first, *(hit.item_id for hit in others)} == {"a.png", "z copy.png", "small.jpg", "crop.webp"}
    order = [hit.item_id for hit in plain.hits]
    assert order.index(first) < min(order.index(hit.item_id) for hit in others)
    assert [hit.item_id for hit in folded.hits] == [item for item in order if item == first or item not in
                                                    {hit.item_id for hit in others}]  # fmt: skip
    few = searcher.ask(texts, 2, fold_duplicates="same")
    assert [hit.item_id for hit in few.hits] == [hit.item_id for hit in folded.hits[:2]]
    similar = searcher.ask(texts, 9, fold_duplicates="similar")
    near = {hit.item_id: {each.item_id for each in similar.alike.get(hit.item_id, ())} for hit in similar.hits}
    assert set().union(*near.values()) > {hit.item_id for hit in others}
    with pytest.raises(QueryError, match="fold_duplicates is 'near'; expected 'same' or 'similar'"):
        searcher.ask(texts, 2, fold_duplicates="near")
    assert listing(folder) == before
    with patch.object(duplicates, "open_image", side_effect=AssertionError("a hash was made again")):
        assert searcher.ask(texts, 6, fold_duplicates="same").alike == folded.alike
        listed = searcher.ask("is:landscape", 9, fold_duplicates="same")
    assert {first: [hit.item_id for hit in hits] for first, hits in listed.alike.items()} == {
        "a.png": ["crop.webp", "small.jpg", "z copy.png"]
    }
    both = Searcher.joined([searcher, searcher], ["x", "y"])
    everywhere = both.ask(texts, 6, fold_duplicates="same")
    assert [len(everywhere.alike.get(hit.item_id, ())) for hit in everywhere.hits].count(7) == 1


def test_only_the_answers_and_the_next_ones_are_hashed(folder: Path):
    searcher = Searcher.open(FakeEncoder(), folder)
    searcher.ask("red", 1, fold_duplicates="same")
    assert len(Store.of(folder).hashes()) == 2
    assert looks_of(folder, Store.of(folder), ["none.png"]) == [None]


def test_a_collection_of_which_no_duplicates_are_known_is_refused(colours: Path):
    searcher = Searcher.open(FakeEncoder(), colours)
    with pytest.raises(QueryError, match="Duplicates are not known of colours: search a folder of photographs"):
        searcher.ask("red", fold_duplicates="same")
