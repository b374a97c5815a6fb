"""What other processes made of photographs, brought into the cache; a stand-in for a cluster gives the work out."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from tests.photo_folders import change, write_jpeg, write_photo, write_photos
from tests.search.folders.test_indexing import COUNT, Counting, as_dict, snapshot
from vse.modalities.image.facts import Facts
from vse.search.folders import Store, index_photos, thumbnail
from vse.search.folders.encoding import Batch, Photographs
from vse.search.folders.on_ray import OnRay, _Job, _Worker, chunks
from vse.search.folders.parts import merge_parts, parts_folder, read_part, write_part
from vse.search.folders.reading import Found
from vse.search.stores.sqlite import FileRow

pytest.importorskip("pyarrow")
A, B, C = (letter * 32 for letter in "abc")
BATCH = Batch(
    {
        "a.jpg": FileRow(10, 1, A),
        "day 2/ä.jpg": FileRow(11, 2, B),
        "copy.jpg": FileRow(10, 3, A),
        "known.jpg": FileRow(12, 4, C),
        "bad.jpg": FileRow(0, 5, None, "'bad.jpg' is empty"),
    },
    {A: np.array([1.0, 0.0, 0.0], np.float32), B: np.array([0.0, 0.6, 0.8], np.float32)},
    {A: Facts("2021-07-04T18:30:00", "Canon EOS R5", 6, 4), B: Facts(width=4, height=6)},
)


class Elsewhere:
    """Gives work out as `OnRay` does, to one worker of this process."""

    def __init__(self, encoder: Counting, merged: int = 10**9, killed_after: int = 10**9) -> None:
        self.encoder, self.merged, self.killed_after = encoder, merged, killed_after
        self.given: list[str] = []

    def __call__(
        self, photographs: Photographs, files: Sequence[Found], store: Store, stop: Event
    ) -> Generator[Batch, None, None]:
        home = parts_folder(store) / "job"
        home.mkdir(parents=True, exist_ok=True)
        worker = _Worker(job_of(photographs, home, self.encoder))
        for number, chunk in enumerate(chunks(files, 2)):
            if number == self.killed_after:
                raise KeyboardInterrupt("killed")
            self.given += [file.path for file in chunk]
            told = worker({"part": f"{number}.parquet", "files": [vars(file) for file in chunk]})
            assert not told["problem"]
            if number < self.merged:
                yield read_part(home / told["part"])[1]
                (home / told["part"]).unlink()


def job_of(photographs: Photographs, home: Path, encoder: FakeEncoder) -> _Job:
    there = {name: value for name, value in vars(photographs).items() if name != "encoder"}
    return _Job(lambda: encoder, photographs.encoder.fingerprint, there, home, ".")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten photographs of different sizes, a copy, one with facts, and one that is none."""
    write_photos(tmp_path / "photos", COUNT)
    for number, path in enumerate((tmp_path / "photos").rglob("*.png")):
        path.write_bytes(path.read_bytes() + bytes(10 * number))  # after its end
    shutil.copy(tmp_path / "photos/p00.png", tmp_path / "photos/z copy.png")
    write_jpeg(tmp_path / "photos/facts.jpg", (200, 30, 30), "2021:07:04 18:30:00", "Canon")
    (tmp_path / "photos/empty.jpg").write_bytes(b"")
    return tmp_path / "photos"


def test_a_part_is_read_as_it_was_written(tmp_path: Path):
    write_part(tmp_path / "job/1.parquet", "model", 3, BATCH)
    fingerprint, read = read_part(tmp_path / "job/1.parquet")
    assert (fingerprint, read.files, read.facts) == ("model", BATCH.files, BATCH.facts)
    assert read.vectors.keys() == {A, B}
    np.testing.assert_allclose(read.vectors[B], [0, 0.6, 0.8], atol=1e-3)
    assert [each.name for each in (tmp_path / "job").iterdir()] == ["1.parquet"]


def test_parts_are_merged_and_removed(tmp_path: Path):
    store = Store(tmp_path)
    write_part(parts_folder(store) / "one/1.parquet", "model", 3, BATCH)
    write_part(parts_folder(store) / "two/1.parquet", "other", 3, BATCH)
    merge_parts(store)
    assert store.files() == BATCH.files
    assert store.encoded("model", 3) == store.encoded("other", 3) == {A, B}
    assert store.described() == {A, B}
    assert store.snapshot("model", 3).item_ids == ("a.jpg", "copy.jpg", "day 2/ä.jpg")
    assert list(parts_folder(store).glob("*/*")) == []


@pytest.mark.parametrize(
    "damage", [b"", b"PAR1", b"no part at all", None], ids=["empty", "cut", "another file", "half"]
)
def test_a_damaged_part_is_left_out(tmp_path: Path, damage: bytes | None, caplog: pytest.LogCaptureFixture):
    store = Store(tmp_path)
    good, bad = parts_folder(store) / "job/2.parquet", parts_folder(store) / "job/1.parquet"
    write_part(good, "model", 3, BATCH)
    bad.write_bytes(good.read_bytes()[:500] if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        merge_parts(store)
    assert "is damaged" in caplog.text
    assert not bad.exists()
    assert store.encoded("model", 3) == {A, B}


def test_a_part_of_another_kind_or_with_rows_of_another_length_is_left_out(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    store = Store(tmp_path)
    job = parts_folder(store) / "job"
    write_part(job / "1.parquet", "model", 3, replace(BATCH, vectors={A: np.array([3.0, 0, 0], np.float32)}))
    parquet.write_table(pyarrow.table({"path": ["a.jpg"]}), job / "2.parquet")
    merge_parts(store)
    assert store.files() == {}
    assert list(job.glob("*")) == []


def test_without_pyarrow_parts_stay(folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    store = Store.of(folder)
    write_part(parts_folder(store) / "job/1.parquet", "fake", 3, BATCH)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with caplog.at_level(logging.WARNING):
        assert index_photos(FakeEncoder(), folder).encoded == COUNT + 1
    assert "takes pyarrow" in caplog.text
    assert (parts_folder(store) / "job/1.parquet").exists()


def test_the_result_is_that_of_the_plain_index(folder: Path, tmp_path: Path):
    plain = Store(tmp_path / "plain")
    report = index_photos(FakeEncoder(), folder, store=plain)
    encoder = Counting()
    assert index_photos(FakeEncoder(), folder, spread=Elsewhere(encoder)) == report
    store = Store.of(folder)
    assert store.files() == plain.files()
    assert store.facts() == plain.facts()
    assert store.facts()["facts.jpg"] == Facts("2021-07-04T18:30:00", "Canon", 30, 20)
    ours, theirs = store.snapshot("fake", 3), plain.snapshot("fake", 3)
    assert ours.item_ids == theirs.item_ids
    np.testing.assert_allclose(ours.vectors, theirs.vectors, atol=1e-3)
    assert encoder.seen == report.encoded == COUNT + 1


def test_only_what_has_no_vector_is_given_out(folder: Path):
    index_photos(FakeEncoder(), folder)
    write_photo(folder / "new.png", 77)
    shutil.copy(folder / "p01.png", folder / "renamed.png")
    change(Store.of(folder).path, "DELETE FROM facts")  # as an older version left it: that is read here
    elsewhere = Elsewhere(Counting())
    report = index_photos(FakeEncoder(), folder, spread=elsewhere)
    assert (report.encoded, report.recognised, report.kept) == (1, 1, COUNT + 2)
    assert sorted(elsewhere.given) == ["empty.jpg", "new.png", "renamed.png"]
    assert elsewhere.encoder.seen == 1
    assert Store.of(folder).described() == Store.of(folder).encoded("fake", 3)


def test_nothing_is_given_out_where_nothing_is_new(folder: Path):
    (folder / "empty.jpg").unlink()
    index_photos(FakeEncoder(), folder)
    assert index_photos(FakeEncoder(), folder, spread=lambda *_: pytest.fail("given out")).kept == COUNT + 2


def test_what_another_cache_keeps_is_not_encoded_elsewhere(folder: Path, tmp_path: Path):
    index_photos(FakeEncoder(), folder)
    small = thumbnail(folder, "p00.png", Store.of(folder))
    vectors = as_dict(snapshot(folder))
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    encoder = Counting()
    report = index_photos(FakeEncoder(), copy, spread=Elsewhere(encoder))
    assert (report.encoded, report.recognised, encoder.seen) == (0, COUNT + 2, 0)
    assert as_dict(snapshot(copy)) == vectors
    assert Store.of(copy).thumbnail("p00.png") == small


def test_what_another_cache_keeps_no_longer_is_encoded_here(folder: Path, tmp_path: Path):
    index_photos(FakeEncoder(), folder)
    shutil.copytree(folder, tmp_path / "copy")
    change(Store.of(folder).path, "UPDATE vectors SET vector = ?", bytes(6))  # of length 0
    here, there = Counting(), Counting()
    report = index_photos(here, tmp_path / "copy", spread=Elsewhere(there))
    assert (report.encoded, report.recognised, report.left) == (COUNT + 1, 1, 0)
    assert (here.seen, there.seen) == (COUNT + 1, 0)


@pytest.mark.parametrize("merged", [0, 2])
def test_a_job_that_was_killed_goes_on_from_its_parts(folder: Path, merged: int, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as killed:  # so that nothing is merged at its end
        killed.setattr("vse.search.folders.indexing.merge_parts", lambda store: None)
        first = Counting()
        with pytest.raises(KeyboardInterrupt, match="killed"):
            index_photos(FakeEncoder(), folder, spread=Elsewhere(first, merged, killed_after=4))
        assert len(snapshot(folder)) <= 2 * merged
    second = Counting()
    report = index_photos(FakeEncoder(), folder, spread=Elsewhere(second))
    assert first.seen + second.seen == COUNT + 1
    assert (report.searchable, second.seen) == (COUNT + 2, report.encoded)
    assert list(parts_folder(Store.of(folder)).glob("*/*")) == []


def test_a_job_that_ends_by_ctrl_c_merges_its_parts(folder: Path):
    encoder = Counting()
    with pytest.raises(KeyboardInterrupt, match="killed"):
        index_photos(FakeEncoder(), folder, spread=Elsewhere(encoder, merged=0, killed_after=3))
    assert len(Store.of(folder).encoded("fake", 3)) == encoder.seen > 0


def test_a_plain_index_merges_parts_too(folder: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as killed:
        killed.setattr("vse.search.folders.indexing.merge_parts", lambda store: None)
        first = Counting()
        with pytest.raises(KeyboardInterrupt, match="killed"):
            index_photos(FakeEncoder(), folder, spread=Elsewhere(first, 0, killed_after=4))
    second = Counting()
    index_photos(second, folder)
    assert first.seen + second.seen == COUNT + 1


def found(*sizes: int) -> list[Found]:
    return [Found(f"{number}.jpg", size, 0) for number, size in enumerate(sizes)]


def test_chunks_hold_each_file_once_and_those_of_one_size_together():
    files = found(5, 1, 2, 5, 3, 4, 1, 6)
    made = list(chunks(files, 3))
    assert [[file.size for file in chunk] for chunk in made] == [[5, 5], [1, 1, 2], [3, 4, 6]]
    assert sorted(file.path for chunk in made for file in chunk) == [file.path for file in files]
    assert [len(chunk) for chunk in chunks(found(*[7] * 8), 3)] == [3, 3, 2]
    assert list(chunks([], 3)) == []


def worker(folder: Path, home: Path, encoder: FakeEncoder, fingerprint: str = "fake") -> _Worker:
    there = Photographs(FakeEncoder(fingerprint), folder, frozenset(), frozenset())
    return _Worker(job_of(there, home, encoder))


def test_a_part_that_is_there_is_not_made_again(folder: Path, tmp_path: Path):
    encoder, given = Counting(), {"part": "1.parquet", "files": [vars(Found("p00.png", 1, 2))]}
    (tmp_path / "job").mkdir()
    one = worker(folder, tmp_path / "job", encoder)
    assert one(given) == one(given) == {"part": "1.parquet", "problem": ""}
    assert encoder.seen == 1


def test_a_part_whose_workers_are_lost_again_and_again_ends_the_job(folder: Path, tmp_path: Path):
    """As a photograph that ends the process that decodes it does."""
    (tmp_path / "job").mkdir()
    one = worker(folder, tmp_path / "job", Counting(most=0))
    given = {"part": "1.parquet", "files": [vars(Found("p00.png", 1, 2)), vars(Found("p01.png", 1, 2))]}
    for _ in range(4):
        with pytest.raises(KeyboardInterrupt, match="stopped"):
            one(given)
    assert one(given)["problem"].startswith("4 workers were lost while they read 'p00.png' and 1 more:")


def test_a_machine_that_does_not_reach_the_photographs_or_has_another_model_says_so(folder: Path, tmp_path: Path):
    given = {"part": "1.parquet", "files": [vars(Found("p00.png", 1, 2))]}
    (tmp_path / "job").mkdir()
    for one, reason in (
        (
            worker(tmp_path / "nothing", tmp_path / "job", FakeEncoder()),
            "nothing' is not there; let all machines reach",
        ),
        (worker(folder, tmp_path / "no job", FakeEncoder()), "no job' is not there; let all machines reach"),
        (
            worker(folder, tmp_path / "job", FakeEncoder("other")),
            "the model there is another one (other instead of fake)",
        ),
    ):
        assert reason in one(given)["problem"]
    assert list((tmp_path / "job").iterdir()) == []


def test_a_cluster_that_is_not_there_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    from vse.search.folders import on_ray

    monkeypatch.setattr(on_ray, "_ray", lambda: None)
    for address in ("x", "host:", ":6379", "host:0", "host:99999", "ray://host:10001"):
        with pytest.raises(on_ray.ClusterError, match="expected HOST:PORT"):
            OnRay(FakeEncoder, address).check()
    with pytest.raises(on_ray.ClusterError, match=r"Nobody answers at 127\.0\.0\.1:9 "):
        OnRay(FakeEncoder, "127.0.0.1:9").check()
    OnRay(FakeEncoder).check()


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    from vse.search.folders.on_ray import ClusterError

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r'takes Ray: run pip install "vse-explorer\[ray\]"'):
        OnRay(FakeEncoder).check()
