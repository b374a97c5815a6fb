"""Laws of every store of STORES: they answer as plain numpy over the rows that were put in and not taken out."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from vse.encoders.similarity import ORDER, normalise, order
from vse.errors import CollectionError, FingerprintError, WriteError
from vse.search.stores.base import STORES, VectorStore, load_store
from vse.search.stores.sqlite_index import NAME

Place = Callable[[str], "str | Path"]
SERVER = "VSE_TEST_POSTGRES"  # the address of a server that the tests may write to; tests/trials.py starts one
NEEDS = {"lance": "lance", "postgresql": "psycopg"}


def param(name: str) -> object:
    absent = name in NEEDS and find_spec(NEEDS[name]) is None
    away = name == "postgresql" and not os.environ.get(SERVER)
    reason = f"{NEEDS[name]} is not installed" if absent else f"no server in {SERVER}"
    return pytest.param(name, marks=pytest.mark.skipif(absent or away, reason=reason))


every_store = pytest.mark.parametrize("name", [param(name) for name in sorted(STORES)])


def rows(count: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Ids of which every third comes twice, and unit rows."""
    ids = [f"item{seed}-{row - (row % 3 == 2)}" for row in range(count)]
    return ids, normalise(np.random.default_rng(seed).standard_normal((count, 8)))


def check(store: VectorStore, ids: list[str], vectors: np.ndarray) -> None:
    """The store holds these rows in this order, and its hits are those of brute force."""
    assert (store.item_ids, len(store), store.dim) == (tuple(ids), len(ids), vectors.shape[1])
    np.testing.assert_allclose(np.asarray(store.vectors, np.float32), vectors, atol=1e-3)
    some = np.arange(len(ids))[::-2]
    np.testing.assert_array_equal(store.rows(some), np.asarray(store.vectors, np.float32)[some])
    assert store.rows([]).shape == (0, vectors.shape[1])
    for query in 5 * np.random.default_rng(0).standard_normal((4, vectors.shape[1])):
        scores = np.asarray(store.vectors, np.float32) @ (query / np.linalg.norm(query))
        best = np.argsort(-scores, kind="stable")
        hits = store.search(query, 7)
        assert [(hit.item_id, hit.row, hit.rank) for hit in hits] == [
            (ids[row], row, rank) for rank, row in enumerate(best[:7], start=1)
        ]
        np.testing.assert_allclose([hit.score for hit in hits], scores[best[:7]], atol=1e-5)
        excluded = {ids[best[0]]}
        assert [hit.row for hit in store.search(query, 5, excluded)] == [r for r in best if ids[r] not in excluded][:5]
        assert len(store.search(query, 1000)) == len(ids)
        among = np.arange(len(ids)) % 4 == 1
        some = store.search(query, 5, excluded, among=among)
        assert [hit.row for hit in some] == [r for r in best if among[r] and ids[r] not in excluded][:5]
        assert store.search(query, 5, among=np.zeros(len(ids), bool)) == []


@every_store
def test_hits_are_those_of_brute_force_after_every_change(name: str, place: Place):
    ids, vectors = rows(30, 1)
    built = load_store(name).build("one", "text", ids, vectors)
    built.save(place("index"))
    for store in (built, load_store(name).load(place("index"), "one")):
        check(store, ids, vectors)
        more_ids, more = rows(10, 2)
        grown = store.insert(more_ids, more)
        check(grown, ids + more_ids, np.concatenate([vectors, more]))
        gone = {ids[0], ids[1], more_ids[-1]}
        kept = [row for row, item_id in enumerate(ids + more_ids) if item_id not in gone]
        assert len(kept) < 40 - len(gone)  # one of these items has several rows
        fewer = grown.delete(gone)
        check(fewer, [(ids + more_ids)[row] for row in kept], np.concatenate([vectors, more])[kept])
        check(store, ids, vectors)  # whoever still searches it sees no change
        fewer.save(place("again"))
        check(load_store(name).load(place("again")), list(fewer.item_ids), np.concatenate([vectors, more])[kept])
        assert (fewer.fingerprint, fewer.modality) == ("one", "text")


@every_store
def test_a_store_may_be_emptied_and_filled_again(name: str, place: Place):
    ids, vectors = rows(4, 1)
    empty = load_store(name).build("one", "image", ids, vectors).delete(set(ids))
    empty.save(place("index"))
    found = load_store(name).load(place("index"))
    assert (len(found), found.dim, found.search(vectors[0])) == (0, 8, [])
    check(found.insert(ids, vectors), ids, vectors)


@every_store
def test_the_similarity_is_told_both_sides(name: str):
    ids, vectors = rows(6, 1)
    store = load_store(name).build("one", "text", ids, vectors)
    query = normalise(np.random.default_rng(3).standard_normal((1, 8)))
    expected = order(query, np.asarray(store.vectors))[0]
    hits = store.search(query[0], 6, similarity=ORDER, query_is="image")
    np.testing.assert_allclose([hit.score for hit in hits], np.sort(expected)[::-1], rtol=1e-5)


@every_store
def test_what_does_not_fit_is_refused(name: str, place: Place):
    ids, vectors = rows(4, 1)
    kind = load_store(name)
    store = kind.build("one", "image", ids, vectors)
    with pytest.raises(ValueError, match=r"came as \(3,\): give \(4,\) of bool"):
        store.search(vectors[0], among=np.ones(3, bool))
    with pytest.raises(ValueError, match="Row 1 has length 2"):
        kind.build("one", "image", ids, vectors * [[1], [2], [1], [1]])
    with pytest.raises(ValueError, match="modality 'smell'"):
        kind.build("one", "smell", ids, vectors)
    with pytest.raises(ValueError, match="4 numbers each: this index needs 8"):
        store.insert(["x"], np.eye(4)[:1])
    with pytest.raises(ValueError, match="no row of 'nobody' to delete"):
        store.delete(["nobody"])
    store.save(place("index"))
    with pytest.raises(FingerprintError, match="made by the model one and the model in use is two"):
        kind.load(place("index"), "two")
    with pytest.raises(CollectionError, match="index the collection again"):
        kind.load(place("nowhere"))
    if isinstance(home := place("index"), Path):
        (home / "mine.txt").write_text("")
        with pytest.raises(WriteError, match=r"'mine\.txt'"):
            store.save(home)
    assert len(kind.load(home, "one")) == 4


def test_an_unknown_store_is_refused_with_those_there_are():
    with pytest.raises(
        CollectionError, match=r"No vector store 'chroma'; expected one of exact, sqlite, lance, postgresql"
    ):
        load_store("chroma")


def test_what_writers_add_at_the_same_time_is_all_kept(tmp_path: Path):
    ids, vectors = rows(3, 1)
    load_store("sqlite").build("one", "image", ids, vectors).save(tmp_path / "index")
    opened = [load_store("sqlite").load(tmp_path / "index") for _ in range(4)]

    def write(number: int) -> None:
        opened[number].insert([f"new{number}"], vectors[:1]).delete([f"new{number}"]).insert(
            [f"of{number}"], vectors[:1]
        )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = load_store("sqlite").load(tmp_path / "index")
    assert found.item_ids[:3] == tuple(ids)
    assert sorted(found.item_ids[3:]) == ["of0", "of1", "of2", "of3"]
    assert all(len(each) == 3 for each in opened)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE about SET format = 2",
        "UPDATE about SET dim = 9",
        "UPDATE about SET dtype = 'object'",
        "UPDATE about SET modality = 'smell'",
        "DELETE FROM about",
        "DROP TABLE rows",
        "UPDATE rows SET vector = zeroblob(16) WHERE row = 2",
        "UPDATE rows SET item_id = 7.5 || x'ff' WHERE row = 2",
        None,
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(damage: str | None, tmp_path: Path):
    load_store("sqlite").build("one", "image", *rows(3, 1)).save(tmp_path / "index")
    path = tmp_path / "index" / NAME
    if damage is None:
        path.write_bytes(json.dumps("no database").encode() * 100)
    else:
        with sqlite3.connect(path) as db:
            db.execute(damage)
        db.close()
    with pytest.raises(CollectionError, match=r"vectors\.sqlite' cannot be used .*: index the collection again"):
        load_store("sqlite").load(tmp_path / "index")
