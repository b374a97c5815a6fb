from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vse.errors import CollectionError, FingerprintError
from vse.io.paths import PROJECTIONS
from vse.maps.projection import WORD, Parameters, Projection, Quality
from vse.modalities import IMAGE, RECIPE, TEXT

MAP = Projection(
    fingerprint="a" * 64,
    ids={IMAGE: ("dog", "straße"), TEXT: ("dog#0",), WORD: ("dog",)},
    points=np.array([[-1, 0.1], [1, 0], [0, -0.5], [0.25, 1 / 3]], dtype=np.float32),
    parameters=Parameters(n_neighbors=7, min_dist=0.25, layout="per-modality", centred=True),
    seed=3,
    quality={"all": Quality(0.875, 1 / 3, 1)},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    MAP.save(tmp_path / "deep" / "map.npz")
    return tmp_path / "deep" / "map.npz"


def test_what_is_saved_comes_back(path: Path):
    back = Projection.load(path, "a" * 64)
    assert (back.ids, back.parameters, back.seed, back.quality) == (MAP.ids, MAP.parameters, 3, MAP.quality)
    assert back.fingerprint == MAP.fingerprint
    assert back.points.dtype == np.float32
    np.testing.assert_array_equal(back.points, MAP.points)
    assert list(back.ids) == [IMAGE, TEXT, WORD]  # the order says whose the points are


def test_files_keep_the_names_that_they_have_always_had(path: Path):
    with np.load(path) as file:
        meta = json.loads(str(file["meta"]))
    assert list(meta["ids"]) == ["picture", "caption", "word"]
    assert set(meta["quality"]) <= {"picture", "caption", "word", "all"}


@pytest.mark.parametrize(
    "shipped", sorted(PROJECTIONS.rglob("*.npz")), ids=lambda path: f"{path.parent.parent.name}-{path.stem}"
)
def test_what_ships_is_read_and_would_be_written_alike(shipped: Path, tmp_path: Path):
    found = Projection.load(shipped)
    kinds = [IMAGE, TEXT, WORD, RECIPE] if "recipes" in shipped.parts else [IMAGE, TEXT, WORD]
    assert list(found.ids) == kinds
    assert set(found.quality) == {*kinds, "all"}
    found.save(tmp_path / "map.npz")
    with np.load(shipped) as before, np.load(tmp_path / "map.npz") as after:
        assert json.loads(str(before["meta"])) == json.loads(str(after["meta"]))


def test_the_same_map_gives_the_same_bytes(path: Path, tmp_path: Path):
    Projection.load(path).save(tmp_path / "again.npz")
    assert path.read_bytes() == (tmp_path / "again.npz").read_bytes()
    assert [file.name for file in path.parent.iterdir()] == ["map.npz"]


def test_the_points_of_a_modality():
    assert len(MAP) == 4
    np.testing.assert_array_equal(np.concatenate([MAP.of(IMAGE), MAP.of(TEXT), MAP.of(WORD)]), MAP.points)
    assert MAP.of(TEXT).tolist() == [[0, -0.5]]
    assert MAP.of("sound").shape == (0, 2)


def test_the_map_of_another_model_is_refused(path: Path):
    with pytest.raises(FingerprintError, match=r"made by the model aaaaaaaaaaaa and the model in use is bbbbbbbbbbbb"):
        Projection.load(path, "b" * 64)


def test_a_file_that_is_no_map_is_refused(path: Path, tmp_path: Path):
    with pytest.raises(CollectionError, match="There is no map at"):
        Projection.load(tmp_path / "none.npz")
    whole = path.read_bytes()
    array = tmp_path / "array.npy"
    np.save(array, MAP.points)
    for damaged in (b"", b"words", whole[: len(whole) // 2], array.read_bytes()):
        path.write_bytes(damaged)
        with pytest.raises(CollectionError, match=r"map\.npz' cannot be read"):
            Projection.load(path)


def test_no_flipped_byte_gives_a_traceback(path: Path):
    whole = path.read_bytes()
    refused = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            Projection.load(path)
        except CollectionError:
            refused += 1
    assert refused > len(whole) / 2  # bytes such as dates are not read at all


def test_an_object_in_the_file_is_not_unpickled(path: Path):
    np.savez(path, meta=np.array([{"format": 1}], dtype=object), points=MAP.points)
    with pytest.raises(CollectionError, match="cannot be read"):
        Projection.load(path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "format 2 came and 1 was expected"),
        ({"ids": {IMAGE: ["dog"]}}, r"1 ids came with points float32 \(4, 2\)"),
        ({"ids": {IMAGE: ["a", "b", "c", 4]}}, "an id is no string"),
        ({"ids": ["a", "b", "c", "d"]}, "items"),
        ({"parameters": {"colour": 1}}, "has colour"),
        ({"parameters": {"layout": "round"}}, "layout came as 'round'"),
        ({"fingerprint": 7}, "fingerprint is no string"),
        ({"quality": {"all": {}}}, "lacks k, neighbours, trustworthiness"),
    ],
)
def test_parts_that_do_not_fit_are_named(path: Path, changes: dict, says: str):
    with np.load(path) as file:
        meta, points = json.loads(str(file["meta"])), file["points"]
    np.savez(path, meta=np.array(json.dumps({**meta, **changes})), points=points)
    with pytest.raises(CollectionError, match=f"map\\.npz' .*{says}.*(make the map again|remove it)"):
        Projection.load(path)


@pytest.mark.parametrize("points", [MAP.points.astype(np.float64), np.full((4, 2), np.nan, np.float32)])
def test_points_that_do_not_fit_are_refused(path: Path, points: np.ndarray):
    with np.load(path) as file:
        meta = file["meta"]
    np.savez(path, meta=meta, points=points)
    with pytest.raises(CollectionError, match="4 ids came with points"):
        Projection.load(path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"n_neighbors": 1}, "n_neighbors came as 1 "),
        ({"n_neighbors": 201}, "n_neighbors came as 201"),
        ({"min_dist": -0.1}, r"min_dist as -0\.1"),
        ({"min_dist": float("nan")}, "min_dist as nan"),
        ({"layout": "round"}, "layout came as 'round'"),
        ({"metric": "hamming"}, "metric as 'hamming'"),
    ],
)
def test_parameters_out_of_range_are_refused(changes: dict, says: str):
    with pytest.raises(ValueError, match=says):
        Parameters(**changes)


def test_parameters_that_differ_have_names_that_differ():
    assert Parameters().name == "joint-n15-d0.1-cosine"
    changes = ({}, {"n_neighbors": 5}, {"min_dist": 0.5}, {"metric": "euclidean"}, {"centred": True})
    given = [replace(Parameters(layout=layout), **each) for each in changes for layout in ("joint", "per-modality")]
    assert len({each.name for each in given}) == 10
