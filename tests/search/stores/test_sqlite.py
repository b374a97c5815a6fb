from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from vse.encoders.similarity import normalise
from vse.io.paths import cache_folder
from vse.search.stores.sqlite import NAME, FileRow, Skipped, Store, StoreError

RED, GREEN, MIXED = np.eye(3)[0], np.eye(3)[1], normalise(np.array([[1.0, 2.0, 2.0]]))[0]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def fill(store: Store) -> None:
    store.write(
        "one",
        {"b.png": FileRow(10, 1, "bb"), "a/a.png": FileRow(20, 2, "aa"), "bad.png": FileRow(3, 3, None, "why")},
        {"bb": RED, "aa": MIXED},
    )
    store.keep_thumbnail("bb", b"small b")


def test_what_is_written_is_read(store: Store):
    fill(store)
    again = Store(store.path.parent)
    assert again.files() == {
        "a/a.png": FileRow(20, 2, "aa"),
        "b.png": FileRow(10, 1, "bb"),
        "bad.png": FileRow(3, 3, None, "why"),
    }
    assert again.encoded("one", 3) == {"aa", "bb"}
    assert again.encoded("two", 3) == set()
    assert (again.file("b.png"), again.file("none")) == (FileRow(10, 1, "bb"), None)
    assert again.skipped() == (Skipped("bad.png", "why"),)
    assert (again.thumbnail("b.png"), again.thumbnail("a/a.png"), again.thumbnail("none")) == (b"small b", None, None)


def test_a_snapshot_is_an_index_in_the_order_of_paths(store: Store):
    fill(store)
    index = store.snapshot("one", 3)
    assert (index.fingerprint, index.modality, index.item_ids) == ("one", "image", ("a/a.png", "b.png"))
    assert index.vectors.dtype == np.float16
    np.testing.assert_allclose(index.vectors, [MIXED, RED], atol=1e-3)
    assert index.search(RED, 1)[0].item_id == "b.png"


def test_a_photograph_takes_two_bytes_a_dimension(store: Store):
    store.write("one", {"a.png": FileRow(1, 1, "a")}, {"a": np.full(256, 1 / 16)})
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT length(vector) FROM vectors").fetchall() == [(512,)]
    db.close()


def test_a_snapshot_stays_as_it_was_and_the_next_one_is_new_only_after_a_change(store: Store):
    fill(store)
    first = store.snapshot("one", 3)
    assert store.snapshot("one", 3) is first
    Store(store.path.parent).write("one", {"c.png": FileRow(1, 1, "cc")}, {"cc": GREEN})
    second = store.snapshot("one", 3)
    assert (len(first), second.item_ids) == (2, ("a/a.png", "b.png", "c.png"))
    store.drop(["b.png"])
    assert store.snapshot("one", 3).item_ids == ("a/a.png", "c.png")
    assert len(store.snapshot("two", 3)) == 0


def test_dropped_content_is_known_until_it_is_pruned(store: Store):
    fill(store)
    store.drop(["b.png"])
    assert store.encoded("one", 3) == {"aa", "bb"}
    store.prune()
    assert store.encoded("one", 3) == {"aa"}
    store.write("one", {"b.png": FileRow(10, 1, "bb")}, {})
    assert store.thumbnail("b.png") is None


def test_vectors_that_are_not_of_unit_length_are_refused_and_nothing_is_kept(store: Store):
    with pytest.raises(ValueError, match="has length 2 and unit rows were expected"):
        store.write("one", {"a.png": FileRow(1, 1, "a")}, {"a": 2 * RED})
    assert store.files() == {}


def test_a_kill_within_a_transaction_is_taken_back(store: Store):
    fill(store)
    script = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('PRAGMA cache_size = 1');"
        "db.execute('DELETE FROM files');"
        "db.executemany('INSERT INTO vectors VALUES (?, ?, ?)', (('one', str(i), bytes(6000)) for i in range(200)));"
        "os._exit(9)"
    )
    run = subprocess.run([sys.executable, "-c", script, str(store.path)], timeout=60)
    assert run.returncode == 9
    assert store.path.with_name(NAME + "-journal").stat().st_size > 0  # it had begun to write into the file
    assert store.snapshot("one", 3).item_ids == ("a/a.png", "b.png")
    assert store.encoded("one", 3) == {"aa", "bb"}


def test_readers_in_other_threads_see_whole_batches_only(store: Store):
    sizes: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            sizes.append(len(store.snapshot("one", 3)))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for batch in range(10):
            names = [f"{batch}-{row}" for row in range(5)]
            rows = {name: FileRow(1, 1, name) for name in names}
            store.write("one", rows, dict.fromkeys(names, RED))
    finally:
        done.set()
        reader.join()
    assert {size % 5 for size in sizes} <= {0}
    assert sizes == sorted(sizes)
    assert len(store.snapshot("one", 3)) == 50


def test_a_damaged_file_is_begun_anew_and_it_is_said(store: Store, caplog: pytest.LogCaptureFixture):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"this is no database" * 100)
    assert store.files() == {}
    assert "was damaged or of another format" in caplog.text
    fill(store)
    assert len(store.files()) == 3


def test_damage_met_later_is_told_and_the_next_call_begins_anew(store: Store, caplog: pytest.LogCaptureFixture):
    fill(store)
    data = bytearray(store.path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)  # the first page, which holds the names of the tables, stays
    store.path.write_bytes(data)
    with pytest.raises(StoreError, match=r"cannot be used .*: index the folder again"):
        store.files()
    assert store.files() == {}


def test_another_format_is_begun_anew(store: Store):
    fill(store)
    db = sqlite3.connect(store.path)
    db.execute("PRAGMA user_version = 99")
    db.commit()
    db.close()
    assert store.files() == {}


def test_a_cache_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="name another cache folder in VSE_CACHE"):
        Store(tmp_path / "file").files()


def test_each_folder_has_its_own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    one, two = Store.of(tmp_path / "one").path, Store.of(tmp_path / "two").path
    assert one != two
    assert one == Store.of(Path("one")).path == Store.of(tmp_path / "two" / ".." / "one").path
    assert one.parent.parent == cache_folder() / "photos"
