from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cnn_fakes import RAW, tiny_backbone
from vse.data import Collection, load_collection
from vse.data.features import collection_features, training_statistics
from vse.errors import CheckpointError, CollectionError, FingerprintError, ImageError
from vse.io.paths import cache_folder
from vse.modalities.image.backbones.features import FullNetwork, LastLayer, LayerAverages, Views, features_of
from vse.modalities.image.backbones.full_network import Statistics, statistics_of

# Squares of one colour. The tiny CNN's layers are, of red r and green g: (r - g)+, (g - r)+, then these two swapped.
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "yellow": (255, 255, 0), "orange": (255, 51, 0)}
AVERAGES = {"red": [1, 0, 0, 1], "green": [0, 1, 1, 0], "yellow": [0, 0, 0, 0], "orange": [0.8, 0, 0, 0.8]}


def square(name: str) -> Image.Image:
    return Image.new("RGB", (8, 8), COLOURS[name])


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Green, orange, red and yellow, in this order."""
    folder = tmp_path / "squares"
    folder.mkdir()
    for name in COLOURS:
        square(name).save(folder / f"{name}.png")
    return load_collection(folder)


def refuse(done: int, total: int) -> None:
    raise AssertionError("something is computed")


def test_the_last_layer_is_averaged_over_positions():
    half = Image.new("RGB", (8, 8), COLOURS["red"])
    half.paste(COLOURS["yellow"], (0, 0, 8, 2))
    found = features_of(LastLayer(tiny_backbone()), [half, square("green")])
    np.testing.assert_allclose(found, [[0.75, 0.75], [1, 1]], atol=1e-3)  # |r - g| in both channels
    assert found.dtype == np.float16


def test_layers_are_averaged_and_named():
    averages = LayerAverages(tiny_backbone())
    assert (averages.layers, averages.widths, averages.width) == (("first", "second"), (2, 2), 4)
    np.testing.assert_allclose(features_of(averages, map(square, COLOURS)), list(AVERAGES.values()), atol=1e-3)


def test_the_full_network_by_hand(collection: Collection):
    # Over green, orange, red and yellow the first feature is 0, 0.8, 1, 0: mean 0.45, deviation 0.456.
    backbone = tiny_backbone()
    statistics = training_statistics(LayerAverages(backbone), collection)
    np.testing.assert_allclose(statistics.mean, [0.45, 0.25, 0.25, 0.45], atol=1e-3)
    np.testing.assert_allclose(statistics.std, [0.4555, 0.4330, 0.4330, 0.4555], atol=1e-3)
    assert statistics.count == 4
    found = collection_features(FullNetwork(backbone, statistics), collection)
    assert found.tolist() == [[-1, 1, 1, -1], [1, -1, -1, 1], [1, -1, -1, 1], [-1, -1, -1, -1]]
    assert found.dtype == np.int8


@pytest.mark.parametrize("kind", [LastLayer, LayerAverages])
def test_a_batch_is_its_pictures_one_by_one(kind: Callable[..., LastLayer | LayerAverages]):
    features = kind(tiny_backbone())
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (9, 12, 3), dtype=np.uint8) for _ in range(70)]  # three batches
    alone = np.concatenate([features_of(features, [image]) for image in images])
    np.testing.assert_allclose(features_of(features, images), alone, atol=2e-3)
    assert features_of(features, []).shape == (0, features.width)


def test_statistics_are_of_the_training_set_alone(collection: Collection):
    backbone = tiny_backbone()
    items = {item.id: item for item in collection.items}
    train = replace(collection, items=tuple(items[name] for name in items if "yellow" not in name))
    features = FullNetwork(backbone, training_statistics(LayerAverages(backbone), train))
    whole = collection_features(features, collection)
    for row, item in enumerate(collection.items):  # a picture's row does not depend on what lies beside it
        alone = collection_features(features, replace(collection, items=(item,)))
        assert alone.tolist() == [whole[row].tolist()]
    other = training_statistics(LayerAverages(backbone), collection)
    assert other.fingerprint != features.statistics.fingerprint


def test_the_cached_averages_of_a_training_set_are_used(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    backbone = tiny_backbone()
    features = FullNetwork(backbone, training_statistics(LayerAverages(backbone), collection))
    fresh = features_of(features, [item.image_path for item in collection.items])
    monkeypatch.setattr("vse.data.features.features_of", refuse)
    np.testing.assert_array_equal(collection_features(features, collection), fresh)


def test_features_are_computed_once(collection: Collection):
    features, seen = LastLayer(tiny_backbone()), []
    first = collection_features(features, collection, lambda done, total: seen.append((done, total)))
    assert seen == [(4, 4)]
    again = collection_features(LastLayer(tiny_backbone()), collection, refuse)
    np.testing.assert_array_equal(again, first)
    assert isinstance(again, np.memmap)
    assert [path.parent.parent for path in cache_folder().rglob("rows.npy")] == [cache_folder() / "features"]


def test_an_exception_loses_no_more_than_a_piece(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vse.data.features._CHUNK", 1)
    features, seen = LastLayer(tiny_backbone()), []
    last = collection.items[-1].image_path
    good = last.read_bytes()
    key = collection.key  # taken before the file is damaged, as it would be in one process
    last.write_bytes(b"")
    with pytest.raises(ImageError, match="is empty"):
        collection_features(features, collection)
    last.write_bytes(good)
    assert collection.key == key
    found = collection_features(features, collection, lambda done, total: seen.append(done))
    assert seen == [4]
    np.testing.assert_allclose(found[:, 0], [1, 0.8, 1, 0], atol=1e-3)


def test_the_cache_of_other_features_is_never_used(collection: Collection):
    one = collection_features(LastLayer(tiny_backbone()), collection)
    for other in (tiny_backbone(scale=2), tiny_backbone("other"), tiny_backbone(preprocess=replace(RAW, size=4))):
        seen: list[int] = []
        collection_features(LastLayer(other), collection, lambda done, total, seen=seen: seen.append(done))
        assert seen == [4]
    np.testing.assert_array_equal(collection_features(LastLayer(tiny_backbone(scale=2)), collection), 2 * one)
    fewer = replace(collection, items=collection.items[:2])
    assert collection_features(LastLayer(tiny_backbone()), fewer).shape == (2, 2)
    assert len(list(cache_folder().rglob("rows.npy"))) == 5


def test_statistics_of_another_backbone_are_refused():
    averages = LayerAverages(tiny_backbone(scale=2))
    statistics = statistics_of(np.zeros((1, 4)), averages.layers, averages.widths, averages.fingerprint)
    with pytest.raises(FingerprintError, match="make statistics with this backbone"):
        FullNetwork(tiny_backbone(), statistics)


def test_statistics_survive_a_file(collection: Collection, tmp_path: Path):
    averages = LayerAverages(tiny_backbone())
    training_statistics(averages, collection).save(tmp_path / "s.npz")
    features = FullNetwork(tiny_backbone(), Statistics.load(tmp_path / "s.npz", averages.fingerprint))
    assert features_of(features, [square("yellow")]).tolist() == [[-1, -1, -1, -1]]


def test_numbers_that_16_bits_cannot_hold_are_refused():
    for scale in (1e6, float("nan")):
        with pytest.raises(CheckpointError, match="tiny last layer gave numbers that are not finite, or too large"):
            features_of(LastLayer(tiny_backbone(scale=scale)), [square("red")])


def test_statistics_need_pictures(collection: Collection):
    with pytest.raises(CollectionError, match="squares has no pictures to take statistics of"):
        training_statistics(LayerAverages(tiny_backbone()), replace(collection, items=()))


def test_a_disk_that_refuses_is_named(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "file"))
    with pytest.raises(CollectionError, match=r"cannot keep the features .*choose another folder with VSE_CACHE"):
        collection_features(LastLayer(tiny_backbone()), collection)


def test_views_are_the_same_each_time_and_the_second_half_is_mirrored():
    picture = Image.new("RGB", (8, 8), COLOURS["red"])
    picture.paste(COLOURS["green"], (0, 0, 4, 8))
    views = Views(tiny_backbone(), 1, 4, 8, RAW, 0.0)
    assert views.shape == (4, 2, 8, 8)
    found = features_of(views, [picture]).reshape(views.shape)
    np.testing.assert_array_equal(found, features_of(views, [picture]).reshape(views.shape))
    red, green = found[:, 0], found[:, 1]  # (r - g) and (g - r), cut at 0
    for view in range(4):
        np.testing.assert_array_equal(red[view] > 0, green[view] == 0)
        np.testing.assert_array_equal(green[view, 0] > 0, [view < 2] * 4 + [view >= 2] * 4)
    other = Views(tiny_backbone(), 1, 4, 8, RAW, 1.0)
    assert other.fingerprint != views.fingerprint
