from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import COLOURS, FakeEncoder, write_pictures
from vse.cli import main
from vse.data import Collection, load_collection
from vse.data import collection as collection_module
from vse.data.item import Item
from vse.encoders.similarity import normalise
from vse.errors import CollectionError
from vse.io.paths import MODELS, cache_folder
from vse.maps import points as map_points
from vse.maps.points import MAPS, Rows, build_maps, clouds_of, ids_of, map_of, place_on, rows_of
from vse.maps.projection import PER_MODALITY, WORD, Parameters, Projection
from vse.modalities import IMAGE, TEXT
from vse.modalities.text.unknown import UnknownWord

HALF = np.sqrt(0.5)


class Knowing(FakeEncoder):
    """It knows only the three colours."""

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ()) for word in text.split() if word not in ("red", "green", "blue"))


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, colours: Path) -> Path:
    """The folder that maps ship in, in a project whose one collection is the colours and whose model is the fake."""
    monkeypatch.setattr(collection_module, "COLLECTIONS", tmp_path)
    monkeypatch.setattr(map_points, "PROJECTIONS", tmp_path / "projections")
    monkeypatch.setattr(map_points, "load_model", lambda name: Knowing())
    monkeypatch.setattr(map_points, "load_collection", lambda name: load_collection(colours))
    monkeypatch.setattr("vse.search.vectors.model_folder", lambda name: MODELS / name)
    return tmp_path / "projections"


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch):
    """From the call on, a map that would be made again is an error."""

    def refuse(*given: object, **named: object) -> None:
        raise AssertionError("the map was made again")

    return lambda: monkeypatch.setattr(map_points, "fit", refuse)


def test_rows_by_hand(collection: Collection):
    rows = rows_of(Knowing(), collection)
    # the longest caption of red is its second; blue has none; "square" is not known to the model
    assert rows == Rows(pictures=(0, 1, 2, 3), captions=(1, 2, 3), words=("red", "green"))
    assert ids_of(collection, rows) == {
        IMAGE: ("red", "green", "blue", "yellow"),
        TEXT: ("red#1", "green#0", "yellow#0"),
        WORD: ("red", "green"),
    }


def test_a_large_collection_is_shown_in_even_steps(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(map_points, "MOST_PICTURES", 2)
    monkeypatch.setattr(map_points, "MOST_WORDS", 1)
    assert rows_of(Knowing(), collection) == Rows(pictures=(0, 3), captions=(1, 3), words=("red",))
    clouds = clouds_of(Knowing(), collection)
    assert clouds[1].owners is not None
    assert clouds[1].owners.tolist() == [0, 1]  # rows of the pictures shown, not of the collection


def test_clouds_by_hand(collection: Collection):
    pictures, captions, words = clouds_of(Knowing(), collection)
    assert [cloud.modality for cloud in (pictures, captions, words)] == [IMAGE, TEXT, WORD]
    np.testing.assert_allclose(pictures.vectors, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [HALF, HALF, 0]], atol=1e-3)
    np.testing.assert_allclose(captions.vectors, [[1, 0, 0], [0, 1, 0], [HALF, HALF, 0]], atol=1e-3)
    np.testing.assert_allclose(words.vectors, [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    assert captions.owners is not None
    assert captions.owners.tolist() == [0, 1, 3]
    assert pictures.owners is words.owners is None


def test_a_folder_without_captions_has_pictures_only(tmp_path: Path):
    write_pictures(tmp_path / "plain")
    made = map_of(Knowing(), load_collection(tmp_path / "plain"))
    assert {name: len(ids) for name, ids in made.ids.items()} == {IMAGE: len(COLOURS)}


def test_a_map_is_made_once_for_each_model_and_each_way(collection: Collection, never):
    ways = [Parameters(), Parameters(centred=True), Parameters(layout=PER_MODALITY), Parameters(n_neighbors=5)]
    made = [map_of(Knowing(), collection, way) for way in ways]
    other = map_of(Knowing("another"), collection)
    seeded = map_of(Knowing(), collection, seed=1)
    assert (other.fingerprint, seeded.seed) == ("another", 1)
    assert len(list(cache_folder().glob("projections/*/*/*.npz"))) == 6
    never()
    for way, first in zip(ways, made, strict=True):
        again = map_of(Knowing(), collection, way)
        assert (again.parameters, again.ids, again.quality) == (way, first.ids, first.quality)
        np.testing.assert_array_equal(again.points, first.points)
    assert map_of(Knowing("another"), collection).fingerprint == "another"


def test_a_damaged_or_foreign_map_in_the_cache_is_made_again(collection: Collection):
    made = map_of(Knowing(), collection)
    (path,) = cache_folder().glob("projections/*/*/*.npz")
    foreign = replace(made, fingerprint="another")
    fewer = replace(made, ids={IMAGE: made.ids[IMAGE]}, points=made.of(IMAGE))
    for write in (lambda: path.write_bytes(b"no map"), lambda: foreign.save(path), lambda: fewer.save(path)):
        write()
        np.testing.assert_array_equal(map_of(Knowing(), collection).points, made.points)
        assert Projection.load(path, "fake").ids == made.ids


def test_new_captions_make_a_new_map(collection: Collection, colours: Path):
    map_of(Knowing(), collection)
    items = (Item.picture("red", collection.item("red").image_path, ("red",)), *collection.items[1:])
    assert map_of(Knowing(), replace(collection, items=items)).ids[TEXT][0] == "red#0"


def test_a_cache_that_cannot_be_written_costs_only_time(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING):
        assert len(map_of(Knowing(), collection)) == 9
    assert "The map could not be kept in" in caplog.text


def test_work_that_is_cancelled_leaves_no_map(collection: Collection):
    told: list[tuple[float, str]] = []

    def stop(share: float, what: str) -> None:
        told.append((share, what))
        if what == "measuring the map":
            raise InterruptedError("cancelled")

    with pytest.raises(InterruptedError, match="cancelled"):
        map_of(Knowing(), collection, progress=stop)
    assert told[0] == (0.0, "reading the vectors")
    assert told[-1] == (pytest.approx(0.9), "measuring the map")
    assert not list(cache_folder().glob("projections/**/*"))


def test_a_collection_without_pictures_is_refused():
    with pytest.raises(CollectionError, match="none has no pictures to lay out"):
        map_of(Knowing(), Collection("none", ()))


def test_what_ships_is_taken(collection: Collection, bundled: Path, never, monkeypatch: pytest.MonkeyPatch):
    built = list(build_maps("fake", "colours"))
    assert [each.path for each in built] == [bundled / f"fake/colours/{name}.npz" for name in MAPS]
    assert [each.projection.parameters for each in built] == list(MAPS.values())
    assert all(each.size == each.path.stat().st_size and each.seconds > 0 for each in built)
    never()
    encoder = Knowing()
    for name, way in MAPS.items():
        expected = Projection.load(bundled / f"fake/colours/{name}.npz").points
        np.testing.assert_array_equal(map_of(encoder, collection, way).points, expected)
    assert encoder.encoded == []
    assert not list(cache_folder().glob("projections/**/*"))
    with pytest.raises(AssertionError, match="made again"):
        map_of(encoder, collection, seed=1)  # only seed 0 ships
    monkeypatch.setattr(collection_module, "COLLECTIONS", bundled)
    with pytest.raises(AssertionError, match="made again"):
        map_of(encoder, collection)  # a folder elsewhere may have the same name and other pictures


def test_the_command_writes_maps_and_tells_how_true_they_are(
    bundled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["build", "map", "fake", "colours", "--to", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, (first, second) in zip(MAPS, zip(lines[::2], lines[1::2], strict=True), strict=True):
        path = tmp_path / f"out/fake/colours/{name}.npz"
        assert first.startswith(f"written to {path}: ")
        quality = Projection.load(path).quality[IMAGE]
        assert f"picture {quality.trustworthiness:.3f} trustworthy, {100 * quality.neighbours:.1f}% of 1 kept" in second
    assert not bundled.exists()


@pytest.mark.parametrize("way", MAPS.values(), ids=MAPS)
def test_what_is_on_the_map_lands_on_its_own_point(collection: Collection, way: Parameters):
    made, clouds = map_of(Knowing(), collection, way), clouds_of(Knowing(), collection)
    for cloud in clouds:
        found = place_on(made, clouds, cloud.vectors, cloud.modality, k=1)
        if way == MAPS["per-modality"]:
            np.testing.assert_allclose(found, made.of(cloud.modality), atol=1e-3)
        else:  # a picture and its caption may have the same direction, so one of them is met
            directions = np.concatenate(
                [each.vectors - (each.vectors.mean(0) if way.centred else 0) for each in clouds]
            )
            own = cloud.vectors - (cloud.vectors.mean(0) if way.centred else 0)
            for vector, point in zip(normalise(own), found, strict=True):
                alike = normalise(directions) @ vector > 1 - 1e-3
                assert np.abs(made.points[alike] - point).max(axis=1).min() < 1e-3


def test_places_need_the_clouds_of_the_map(collection: Collection):
    made, clouds = map_of(Knowing(), collection), clouds_of(Knowing(), collection)
    with pytest.raises(ValueError, match="The map shows image, text, word"):
        place_on(made, clouds, np.eye(3), "sound")
    with pytest.raises(ValueError, match="give its clouds"):
        place_on(made, clouds[:2], np.eye(3), IMAGE)
