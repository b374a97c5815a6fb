"""What stores add whose rows stay in an engine: filled once, nearly exact above some size, and no secret told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.main import StartError, parse, prepare, service_of
from tests.conftest import FakeEncoder, write_pictures
from tests.search.stores.test_base import SERVER, Place, param
from vse.encoders.similarity import ORDER, normalise
from vse.errors import CollectionError, FingerprintError
from vse.io.installed import InstallationError
from vse.search.searcher import Searcher
from vse.search.stores import engine, lance, postgres
from vse.search.stores.base import load_store, some_rows, store_named
from vse.search.stores.postgres import place_named

every_engine = pytest.mark.parametrize("name", [param("lance"), param("postgresql")])


@every_engine
def test_above_some_rows_nearly_all_of_the_best_are_found_filtered_or_not(
    name: str,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
):
    for module in (engine, lance, postgres):
        monkeypatch.setattr(module, "COMPARED", 100)
    monkeypatch.setattr(engine, "FEW", 100)
    rng = np.random.default_rng(0)
    middles = rng.standard_normal((20, 16))
    vectors = normalise(middles[rng.integers(20, size=1200)] + 0.7 * rng.standard_normal((1200, 16)))
    ids = [f"item{row}" for row in range(1200)]
    kind = load_store(name)
    kind.build("one", "image", ids, vectors).save(place("index"))
    store = kind.load(place("index"))
    more = normalise(rng.standard_normal((150, 16)))
    grown = store.insert([f"new{row}" for row in range(150)], more)
    assert (len(store), len(grown)) == (1200, 1350)
    whole, found, of = np.asarray(grown.vectors), [], []
    for number, query in enumerate(normalise(rng.standard_normal((20, 16)))):
        among = None if number % 3 else np.arange(1350) % (5 if number % 2 else 50) == 0
        scores = whole @ query if among is None else np.where(among, whole @ query, -2)
        best = np.argsort(-scores, kind="stable")[:12].tolist()
        hits = grown.search(query, 10, exclude={grown.item_ids[row] for row in best[:2]}, among=among)
        np.testing.assert_allclose([hit.score for hit in hits], whole[[hit.row for hit in hits]] @ query, atol=1e-4)
        assert [hit.item_id for hit in hits] == [grown.item_ids[hit.row] for hit in hits]
        found += [(number, hit.row) for hit in hits]
        of += [(number, row) for row in best[2:]]
    assert len(found) == len(of)
    assert len(set(found) & set(of)) >= 0.95 * len(of)
    assert grown.search(more[7], 1)[0].item_id == "new7"
    assert len(grown.search(more[7], 1350)) == 1350
    by_order = grown.search(more[7], 3, similarity=ORDER, query_is="text")
    expected = np.sort(ORDER.scores(more[7:8], whole, a_is="text", b_is="image")[0])[::-1][:3]
    np.testing.assert_allclose([hit.score for hit in by_order], expected, atol=1e-5)
    np.testing.assert_allclose(some_rows(grown, 3), whole[[0, 674, 1349]])


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "photographs", ["red", "green"])
    return tmp_path / "photographs"


def test_a_place_is_filled_once_and_brought_up_to_date(photographs: Path, tmp_path: Path):
    pytest.importorskip("lance")
    encoder, store = FakeEncoder(), f"lance:{tmp_path / 'home'}"

    def answers(model: FakeEncoder = encoder) -> list[str]:
        found = Searcher.open(model, photographs, store=store)
        assert isinstance(found.images, lance.LanceIndex)
        assert found.vector_of("red.png").tolist() == [1, 0, 0]
        return [hit.item_id for hit in found.search_text("red and green", 3)]

    assert answers() == ["green.png", "red.png"]
    (folder,) = (tmp_path / "home").glob("photographs-*.image.lance")
    filled = lance.LanceIndex.load(folder)
    assert answers() == ["green.png", "red.png"]
    assert lance.LanceIndex.load(folder).dataset.version == filled.dataset.version  # nothing was written
    write_pictures(photographs, ["yellow"])  # comes last by name
    assert answers() == ["yellow.png", "green.png", "red.png"]
    assert len(filled.dataset.get_fragments()) + 1 == len(lance.LanceIndex.load(folder).dataset.get_fragments())
    (photographs / "green.png").unlink()
    assert answers() == ["yellow.png", "red.png"]
    with pytest.raises(FingerprintError, match="was made by the model fake and the model in use is other: use that"):
        answers(FakeEncoder("other"))
    assert filled.search(np.array([0, 1, 0]), 1)[0].item_id == "green.png"  # whoever read it before still does


def test_what_a_kill_left_without_its_stamp_is_filled_again(photographs: Path, tmp_path: Path):
    pytest.importorskip("lance")
    store = f"lance:{tmp_path / 'home'}"
    Searcher.open(FakeEncoder(), photographs, store=store)
    (folder,) = (tmp_path / "home").glob("*.lance")
    known = lance.LanceIndex.load(folder)
    known.insert(["blue.png"], np.eye(3)[2:])  # as a writer that was killed before the stamp
    assert lance.LanceIndex.load(folder).stamp == ""
    again = Searcher.open(FakeEncoder(), photographs, store=store).images
    assert again.item_ids == ("green.png", "red.png")
    assert again.stamp == known.stamp  # type: ignore[attr-defined]


def test_several_collections_and_modalities_lie_in_one_place(photographs: Path, colours: Path, tmp_path: Path):
    pytest.importorskip("lance")
    store = f"lance:{tmp_path / 'home'}"
    for folder in (photographs, colours):
        Searcher.open(FakeEncoder(), folder, store=store)
    names = sorted(path.name.split(".", 1)[1] for path in (tmp_path / "home").glob("*.lance"))
    assert names == ["image.lance", "image.lance", "text.lance"]
    found = Searcher.open(FakeEncoder(), colours, store=store)
    assert [hit.item_id for hit in found.search_image(colours / "images" / "green.png", 2)] == ["green", "yellow"]
    assert found.ask("[red] - red + green", 1).hits[0].item_id == "green"


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("lance:", "came without a place: give lance:FOLDER"),
        ("postgresql", "came without a place: give postgresql://USER@HOST"),
        ("postgres://", "came without a place"),
        ("exact:x", "The store 'exact' lies in the cache"),
        ("mongo://u:secret@h", "No vector store 'mongo'; expected one of exact"),
        ("", "No vector store ''"),
    ],
)
def test_what_is_no_store_is_refused(store: str, message: str):
    with pytest.raises(CollectionError, match=message):
        store_named(store)


def test_a_place_that_holds_other_things_is_refused(photographs: Path, tmp_path: Path):
    pytest.importorskip("lance")
    with pytest.raises(CollectionError, match=r"holds what is no Lance dataset, such as 'green\.png'"):
        lance.LanceIndex.within(str(photographs), "x")
    with pytest.raises(CollectionError, match=r"green\.png' cannot be looked into \(Not a directory\)"):
        lance.LanceIndex.within(str(photographs / "green.png"), "x")
    (tmp_path / "home" / "x.lance" / "_versions").mkdir(parents=True)
    with pytest.raises(CollectionError, match=r"x\.lance' cannot be used \(.*\): remove it, and index"):
        lance.LanceIndex.load(lance.LanceIndex.within(str(tmp_path / "home"), "x"))
    index = lance.LanceIndex.build("one", "image", ["a"], np.eye(3)[:1])
    index.save(tmp_path / "home" / "y.lance")
    for file in (tmp_path / "home" / "y.lance" / "data").iterdir():
        file.write_bytes(b"no data")
    with pytest.raises(CollectionError, match=r"y\.lance' cannot be used"):
        lance.LanceIndex.load(tmp_path / "home" / "y.lance").search(np.eye(3)[0])


@pytest.mark.parametrize(("name", "package"), [("lance", "pylance"), ("postgresql", "psycopg")])
def test_a_missing_package_is_told_with_its_command(name: str, package: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, {"pylance": "lance"}.get(package, package), None)
    kind: Any = load_store(name)
    with pytest.raises(InstallationError, match=rf"needs the package {package}: run pip install \"vse-explorer\["):
        kind.within("//localhost/db", "x")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://ann:s3cret@db.example:5433/photos", "the PostgreSQL server at db.example:5433/photos"),
        ("postgresql://ann@db.example/photos?password=s3cret", "the PostgreSQL server at db.example/photos"),
        ("postgresql:///photos?host=/run/pg&password=s3cret", "the PostgreSQL server at /run/pg/photos"),
        ("postgresql:///photos", "the PostgreSQL server of this machine"),
        ("postgresql://ann:s3cret/1@db/photos", "the PostgreSQL server"),
        ("postgresql://ann:5/s3cret@db/photos", "the PostgreSQL server"),
        ("postgresql://ann:5?s3cret@db/photos", "the PostgreSQL server"),
        ("postgresql://ann:s3cret@[::1/photos", "the PostgreSQL server"),
        ("postgresql://ann:s3cret@db:x/photos", "the PostgreSQL server"),
    ],
)
def test_no_password_is_told(address: str, told: str):
    pytest.importorskip("psycopg")
    assert place_named(address) == told
    with pytest.raises(CollectionError) as refused:
        postgres.Server(address.replace("db", "127.0.0.1:1")).run(lambda one: None)
    text, error = "", refused.value
    while error is not None:
        text, error = f"{text} {error} {error.args}", error.__cause__
    assert "s3cret" not in text + repr(refused.value)
    assert str(refused.value).count(".") >= 1


def test_connections_that_were_lost_are_made_again(monkeypatch: pytest.MonkeyPatch):
    psycopg = pytest.importorskip("psycopg")
    if SERVER not in os.environ:
        pytest.skip(f"no server in {SERVER}")
    server = postgres.Server(os.environ[SERVER])
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s"
    pid = server.run(lambda one: one.info.backend_pid)
    postgres.Server(server._address).run(lambda one: one.execute(end, (pid,)))
    assert server.run(lambda one: one.execute("SELECT 1").fetchone()) == (1,)
    assert server.run(lambda one: one.info.backend_pid) != pid
    monkeypatch.setattr(server, "_connected", lambda: (_ for _ in ()).throw(server._away()))
    with pytest.raises(CollectionError, match="does not answer: start it or check the address"):
        server.run(lambda one: (_ for _ in ()).throw(psycopg.InterfaceError("the connection is closed")))


def test_photographs_of_a_folder_that_is_watched_are_no_collection_that_is_kept(tmp_path: Path):
    with pytest.raises(StartError, match="--store keeps a collection: give the folder as --collection DIR"):
        prepare(parse(["--images", str(tmp_path), "--store", "lance:somewhere"]))
    with pytest.raises(CollectionError, match="No vector store 'chroma'"):
        service_of(parse(["--store", "chroma"]))
