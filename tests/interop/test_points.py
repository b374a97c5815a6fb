"""A collection's pictures in the formats of other tools; four squares whose vectors are known."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import COLOURS, FakeEncoder, write_pictures
from vse.cli import main
from vse.data import load_collection
from vse.encoders.registry import load_model
from vse.errors import CollectionError, WriteError
from vse.interop import parquet, points, projector
from vse.io.paths import COLLECTIONS, PROJECTIONS
from vse.maps.projection import Projection
from vse.modalities import IMAGE


class Everywhere(FakeEncoder):
    """Words that name no colour stand in the middle."""

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        return super().encode_texts([f"{text} red green blue" for text in texts], progress, strict=strict)


@pytest.fixture
def _few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vse.maps.points.MOST_WORDS", 1)  # so few rows are laid out without UMAP


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "load_model", lambda name: Everywhere())


def test_neighbours_are_the_other_rows_by_cosine_distance(colours: Path):
    found = list(points.points_of("fake", load_collection(colours)).neighbours(2))
    # red, green, blue are axes and yellow lies between red and green: 1 - 1/sqrt(2) away from both.
    rows = [[int(row) for row in best] for best, _ in found]
    assert [row[0] for row in rows][:2] == [3, 3]
    assert set(rows[3]) == {0, 1}
    assert all(row not in near for row, near in enumerate(rows))
    np.testing.assert_allclose(found[3][1], [1 - 0.5**0.5] * 2, atol=1e-6)
    np.testing.assert_allclose(found[2][1], [1, 1], atol=1e-6)


@pytest.mark.usefixtures("_few_points")
def test_parquet_has_the_columns_that_embedding_atlas_reads(colours: Path, tmp_path: Path):
    pq = pytest.importorskip("pyarrow.parquet")
    collection = load_collection(colours)
    parquet.export("fake", tmp_path / "a.parquet", collection=collection)
    table = pq.read_table(tmp_path / "a.parquet").to_pydict()
    assert list(table) == ["id", "path", "caption", "vector", "x", "y", "neighbors"]
    assert table["id"] == ["red", "green", "blue", "yellow"]
    assert table["caption"] == ["a red square", "green", "", "Red and green."]
    assert table["path"][0] == str(colours / "images/red.png")
    np.testing.assert_allclose(table["vector"][3], [0.5**0.5, 0.5**0.5, 0], atol=1e-3)
    assert [len(each["ids"]) for each in table["neighbors"]] == [3] * 4
    assert all(each["distances"] == sorted(each["distances"]) for each in table["neighbors"])
    # A file of the same kind is replaced, any other is not.
    parquet.export("fake", tmp_path / "a.parquet", collection=collection)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(WriteError, match="file of another kind"):
        parquet.export("fake", tmp_path / "notes.txt", collection=collection)


@pytest.mark.usefixtures("_few_points")
def test_thumbnails_are_pictures_as_datasets_has_them(colours: Path, tmp_path: Path):
    pq = pytest.importorskip("pyarrow.parquet")
    parquet.export("fake", tmp_path / "a.parquet", collection=load_collection(colours), thumbnails=8)
    table = pq.read_table(tmp_path / "a.parquet")
    picture = table["image"][0].as_py()
    assert picture["path"] == "red.png"
    assert Image.open(io.BytesIO(picture["bytes"])).size == (8, 8)
    told = json.loads(table.schema.metadata[b"huggingface"])
    assert set(told["info"]["features"]) == set(table.column_names)
    assert told["info"]["features"]["image"] == {"_type": "Image"}


def test_the_places_of_a_bundled_collection_are_those_of_the_map_that_ships():
    collection = load_collection(COLLECTIONS / "scenes")
    encoder = load_model("scenes-vse")
    shown = points.Points(encoder, collection, np.zeros((len(collection), 256), np.float32)).places()
    shipped = Projection.load(PROJECTIONS / "scenes-vse/scenes/joint.npz")
    np.testing.assert_array_equal(shown, shipped.of(IMAGE))


def test_pictures_that_the_map_does_not_show_are_placed_among_those_that_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_pictures(tmp_path / "some")
    Image.new("RGB", (20, 20), COLOURS["red"]).save(tmp_path / "some/zz.png")
    monkeypatch.setattr("vse.maps.points.MOST_PICTURES", 4)
    found = points.points_of("fake", load_collection(tmp_path / "some"))
    places = dict(zip(found.ids, found.places(), strict=True))
    shown = points.rows_of(found.encoder, found.collection).pictures
    assert len(shown) == 4
    left_out = found.ids[(set(range(5)) - set(shown)).pop()]
    assert np.isfinite(places[left_out]).all()


def test_the_projector_gets_one_line_a_picture_and_a_sprite_of_squares(colours: Path, tmp_path: Path):
    told = projector.export("fake", tmp_path / "to", collection=load_collection(colours), thumbnails=10)
    assert "tensorboard --logdir" in told
    vectors = np.loadtxt(tmp_path / "to/vectors.tsv", delimiter="\t")
    assert vectors.shape == (4, 3)
    lines = (tmp_path / "to/metadata.tsv").read_text().splitlines()
    assert lines[0] == "id\tcaption"
    assert lines[1] == "red\ta red square"
    assert len(lines) == 5
    sprite = Image.open(tmp_path / "to/sprite.png")
    assert sprite.size == (20, 20)
    # Row by row from the top left corner: red, green / blue, yellow.
    assert [sprite.getpixel(at) for at in ((5, 5), (15, 5), (5, 15), (15, 15))] == list(COLOURS.values())
    config = (tmp_path / "to/projector_config.pbtxt").read_text()
    assert config.count("single_image_dim: 10") == 2
    projector.export("fake", tmp_path / "to", collection=load_collection(colours))
    (tmp_path / "to/mine.txt").write_text("x")
    with pytest.raises(WriteError, match=r"no part of projector files \('mine\.txt'\)"):
        projector.export("fake", tmp_path / "to", collection=load_collection(colours))


def test_a_thing_without_a_picture_cannot_be_exported(tmp_path: Path):
    write_pictures(tmp_path, ["red"])
    collection = load_collection(tmp_path)
    bare = type(collection.items[0])("bare", {"text": ("a dog",)})
    with pytest.raises(CollectionError, match="bare has no picture"):
        points.points_of("fake", type(collection)("mixed", (*collection.items, bare)))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Nothing says what to write"),
        (["{colours}", "--parquet", "{to}.parquet", "--text", "a.md"], "--text has no say with --parquet"),
        (["{colours}", "--parquet", "{to}.parquet", "--words", "5"], "--words has no say with --parquet"),
        (["{to}", "--thumbnails", "5"], "--thumbnails has no say without a format"),
        (["{colours}", "--projector", "{to}", "--split", "a", "--split", "b"], "2 splits came with --projector"),
        (["{colours}x", "--projector", "{to}"], "No collection '.*coloursx'"),
        (["{colours}", "--projector", "{colours}"], "holds files that are no part of projector files"),
    ],
)
def test_export_says_what_does_not_fit(
    arguments: list[str], told: str, colours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    filled_in = [each.format(colours=colours, to=tmp_path / "to") for each in arguments]
    assert main(["export", "scenes-vse", *filled_in]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert re.search(told, error)
