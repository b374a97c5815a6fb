from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock

import numpy as np
import pytest

from tests.conftest import FakeEncoder, tiny_checkpoint, tiny_clip
from tests.photo_folders import listing, write_photo, write_photos
from vse.encoders.base import Encoder, Prepares
from vse.encoders.clip.encoder import ClipEncoder
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CollectionError
from vse.search.folders import Report, Step, Store, StoreError, index_photos
from vse.search.stores.exact import EmbeddingIndex

COUNT = 10


class Counting(FakeEncoder):
    """Also counts pictures, and ends the work when it has seen `most` of them."""

    def __init__(self, fingerprint: str = "fake", most: int = 10**9) -> None:
        super().__init__(fingerprint)
        self.seen, self.most = 0, most

    def encode_images(self, images: Iterable[object], progress: object = None) -> np.ndarray:
        images = list(images)
        if self.seen + len(images) > self.most:
            raise KeyboardInterrupt("stopped")
        self.seen += len(images)
        return super().encode_images(images, progress)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photos(tmp_path / "photos", COUNT)
    return tmp_path / "photos"


def snapshot(folder: Path, fingerprint: str = "fake") -> EmbeddingIndex:
    return Store.of(folder).snapshot(fingerprint, 3)


def as_dict(index: EmbeddingIndex) -> dict[str, list[float]]:
    return {path: row.tolist() for path, row in zip(index.item_ids, index.vectors, strict=True)}


def test_the_index_is_what_the_encoder_makes_of_every_picture_below_the_folder(folder: Path):
    report = index_photos(FakeEncoder(), folder, batch_size=3)
    assert report == Report(encoded=COUNT)
    assert (report.searchable, report.finished) == (COUNT, True)
    index = snapshot(folder)
    assert index.item_ids == tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png")))
    assert "sub/deep/p02.png" in index.item_ids
    truth = FakeEncoder().encode_images([folder / path for path in index.item_ids])
    np.testing.assert_allclose(index.vectors, truth, atol=2e-3)


def test_nothing_is_written_into_the_folder(folder: Path):
    (folder / "broken.jpg").write_bytes(b"no picture")
    before = listing(folder)
    index_photos(FakeEncoder(), folder)
    index_photos(FakeEncoder(), folder)
    assert listing(folder) == before
    assert Store.of(folder).path.is_file()


def test_the_second_time_no_file_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch):
    index_photos(FakeEncoder(), folder)
    monkeypatch.setattr("vse.search.folders.encoding.read_photo", lambda *_: pytest.fail("a file was read"))
    assert index_photos(FakeEncoder(), folder) == Report(kept=COUNT)


def test_two_halves_are_the_whole(folder: Path, tmp_path: Path):
    half = tmp_path / "half"
    shutil.copytree(folder, half, ignore=lambda _, names: [n for n in names if n.startswith("p") and n > "p06"])
    assert index_photos(FakeEncoder(), half).encoded == 6
    for path in folder.rglob("*.png"):
        if path.name > "p06":
            shutil.copy2(path, half / path.relative_to(folder))
    assert index_photos(FakeEncoder(), half, batch_size=2) == Report(encoded=4, kept=6)
    index_photos(FakeEncoder(), folder, batch_size=4, store=Store(tmp_path / "apart"))
    assert as_dict(snapshot(half)) == as_dict(Store(tmp_path / "apart").snapshot("fake", 3))


@pytest.mark.parametrize("most", range(0, COUNT + 1, 2))
def test_interrupted_anywhere_it_goes_on_and_ends_the_same(folder: Path, most: int):
    first = Counting(most=most)
    if most < COUNT:
        with pytest.raises(KeyboardInterrupt, match="stopped"):
            index_photos(first, folder, batch_size=2)
    else:
        index_photos(first, folder, batch_size=2)
    part = as_dict(snapshot(folder))
    assert len(part) == most
    second = Counting()
    assert index_photos(second, folder, batch_size=2) == Report(encoded=COUNT - most, kept=most)
    assert second.seen == COUNT - most
    whole = as_dict(snapshot(folder))
    truth = FakeEncoder().encode_images([folder / path for path in sorted(whole)])
    np.testing.assert_allclose([whole[path] for path in sorted(whole)], truth, atol=2e-3)
    assert part.items() <= whole.items()


def test_a_batch_that_ends_half_written_leaves_the_batches_before(folder: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(KeyboardInterrupt, match="stopped"):
        index_photos(Counting(most=4), folder, batch_size=2)
    before = as_dict(snapshot(folder))
    real = Store.write

    def breaks(self, fingerprint, files, vectors, facts):
        rows = {path: replace(row, size=object()) for path, row in files.items()}  # refused after the vectors
        real(self, fingerprint, rows, vectors, facts)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "write", breaks)
        with pytest.raises(StoreError, match="cannot be used"):
            index_photos(FakeEncoder(), folder, batch_size=2)
    assert as_dict(snapshot(folder)) == before
    assert len(Store.of(folder).encoded("fake", 3)) == 4
    assert index_photos(FakeEncoder(), folder) == Report(encoded=6, kept=4)


def test_stopping_ends_after_a_batch_and_tells_what_is_left(folder: Path):
    stop, steps = Event(), []

    def progress(step: Step) -> None:
        steps.append(step)
        if step.done == 4:
            stop.set()

    report = index_photos(FakeEncoder(), folder, progress, stop, batch_size=2)
    assert (report.encoded, report.left, report.finished) == (4, 6, False)
    assert [(step.done, step.total) for step in steps] == [(2, 10), (4, 10)]
    assert len(snapshot(folder)) == 4
    assert index_photos(FakeEncoder(), folder) == Report(encoded=6, kept=4)


def test_what_is_done_so_far_can_be_searched(folder: Path):
    found = []

    def progress(step: Step) -> None:
        index = snapshot(folder)
        found.append((len(index), index.search(np.array([0.2, 1.0, 0.1]), 1)[0].item_id))

    index_photos(FakeEncoder(), folder, progress, batch_size=4)
    assert [count for count, _ in found] == [4, 8, 10]
    assert found[0][1] in snapshot(folder).item_ids


def test_new_changed_and_deleted_files(folder: Path):
    index_photos(FakeEncoder(), folder)
    write_photo(folder / "new/later.png", 50)
    write_photo(folder / "p01.png", 60, (14, 8))
    (folder / "p00.png").unlink()
    encoder = Counting()
    assert index_photos(encoder, folder) == Report(encoded=2, kept=COUNT - 2, dropped=1)
    index = as_dict(snapshot(folder))
    assert "p00.png" not in index
    for path in ("new/later.png", "p01.png"):
        np.testing.assert_allclose(index[path], FakeEncoder().encode_images([folder / path])[0], atol=2e-3)
    assert len(Store.of(folder).encoded("fake", 3)) == COUNT  # ten before, two new, two gone


def test_a_file_of_the_same_size_with_new_content_is_encoded_anew(folder: Path):
    (folder / "a.ppm").write_bytes(b"P6 1 1 255\n" + bytes([250, 10, 10]))
    index_photos(FakeEncoder(), folder)
    (folder / "a.ppm").write_bytes(b"P6 1 1 255\n" + bytes([10, 10, 250]))
    os.utime(folder / "a.ppm", ns=(1, 1))
    assert index_photos(FakeEncoder(), folder) == Report(encoded=1, kept=COUNT)
    assert np.argmax(as_dict(snapshot(folder))["a.ppm"]) == 2


def test_files_only_touched_moved_or_copied_are_known_by_their_content(folder: Path):
    index_photos(FakeEncoder(), folder)
    before = as_dict(snapshot(folder))
    os.utime(folder / "p00.png", ns=(5, 5))
    (folder / "p01.png").rename(folder / "sub" / "renamed.png")
    shutil.copy(folder / "p03.png", folder / "copy.png")
    encoder = Counting()
    assert index_photos(encoder, folder) == Report(recognised=3, kept=COUNT - 2, dropped=1)
    assert encoder.seen == 0
    after = as_dict(snapshot(folder))
    assert after["sub/renamed.png"] == before["p01.png"]
    assert after["copy.png"] == before["p03.png"]


def test_a_moved_file_is_known_even_when_the_run_after_the_move_was_stopped(folder: Path):
    index_photos(FakeEncoder(), folder)
    (folder / "sub").rename(folder / "elsewhere")
    stop = Event()
    stop.set()
    report = index_photos(FakeEncoder(), folder, stop=stop)
    assert (report.dropped, report.left) == (3, 3)
    encoder = Counting()
    assert index_photos(encoder, folder) == Report(recognised=3, kept=COUNT - 3)
    assert encoder.seen == 0


def test_copies_are_encoded_once(tmp_path: Path):
    for name in ("a", "b", "c"):
        write_photo(tmp_path / "photos" / f"{name}.png", 1)
    encoder = Counting()
    assert index_photos(encoder, tmp_path / "photos", batch_size=2) == Report(encoded=1, recognised=2)
    assert encoder.seen == 1
    assert snapshot(tmp_path / "photos").item_ids == ("a.png", "b.png", "c.png")


def test_files_that_cannot_be_read_are_listed_with_their_reason_and_tried_again(folder: Path):
    whole = (folder / "p00.png").read_bytes()
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_bytes(b"Dear diary")
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        report = index_photos(FakeEncoder(), folder)
        assert report.searchable == COUNT
        assert [each.path for each in report.skipped] == ["cut.png", "empty.jpg", "text.jpg"]
        assert f"'{folder / 'empty.jpg'}' is empty" in report.skipped[1].reason
        assert "is not a picture in a format" in report.skipped[2].reason
    assert len(snapshot(folder)) == COUNT
    shutil.copy(folder / "p01.png", folder / "text.jpg")
    report = index_photos(FakeEncoder(), folder)
    assert [each.path for each in report.skipped] == ["cut.png", "empty.jpg"]
    assert report.recognised == 1


def test_a_photograph_that_gets_damaged_is_no_longer_found(folder: Path):
    index_photos(FakeEncoder(), folder)
    (folder / "p00.png").write_bytes(b"gone bad")
    report = index_photos(FakeEncoder(), folder)
    assert [each.path for each in report.skipped] == ["p00.png"]
    assert "p00.png" not in snapshot(folder).item_ids


def test_each_model_has_its_own_vectors_of_the_same_files(folder: Path):
    index_photos(FakeEncoder("one"), folder)
    assert len(snapshot(folder, "two")) == 0
    assert index_photos(Counting("two"), folder).encoded == COUNT
    assert len(snapshot(folder, "one")) == len(snapshot(folder, "two")) == COUNT
    assert index_photos(FakeEncoder("one"), folder) == Report(kept=COUNT)


def test_only_some_files(folder: Path):
    index_photos(FakeEncoder(), folder)
    (folder / "bad.png").write_bytes(b"x")
    (folder / "p00.png").unlink()
    report = index_photos(FakeEncoder(), folder, ids=["p01.png", "bad.png"])
    assert (report.kept, report.dropped, [each.path for each in report.skipped]) == (1, 0, ["bad.png"])
    steps: list[Step] = []
    index_photos(FakeEncoder(), folder, steps.append, ids=["p01.png", "bad.png"])
    assert steps == []  # it has not changed, so it is not tried again


def test_what_progress_raises_ends_the_work_and_keeps_the_batch(folder: Path):
    def refuse(step: Step) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        index_photos(FakeEncoder(), folder, refuse, batch_size=4)
    assert len(snapshot(folder)) == 4


def test_time_left_by_hand():
    assert Step(done=25, total=100, skipped=0, seconds=10.0).seconds_left == 30.0
    assert Step(done=100, total=100, skipped=0, seconds=10.0).seconds_left == 0.0
    assert Step(done=0, total=100, skipped=0, seconds=1.0).seconds_left is None


def test_what_is_no_folder_of_photographs_is_refused(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CollectionError, match="holds no pictures"):
        index_photos(FakeEncoder(), tmp_path / "empty")
    with pytest.raises(CollectionError, match="is not a folder"):
        index_photos(FakeEncoder(), tmp_path / "none")


def test_a_folder_that_lost_all_its_pictures_keeps_its_index(folder: Path, tmp_path: Path):
    """As when a disk is not mounted."""
    index_photos(FakeEncoder(), folder)
    folder.rename(tmp_path / "away")
    folder.mkdir()
    with pytest.raises(CollectionError, match="holds no pictures"):
        index_photos(FakeEncoder(), folder)
    assert len(snapshot(folder)) == COUNT


@pytest.mark.parametrize("kind", ["vse", "clip"])
def test_what_threads_make_ready_gives_the_vectors_of_the_pictures(folder: Path, kind: str):
    encoder: Encoder = VSEEncoder(tiny_checkpoint(), "v") if kind == "vse" else ClipEncoder(tiny_clip(), "c")
    assert isinstance(encoder, Prepares)
    index_photos(encoder, folder, batch_size=3)
    index = Store.of(folder).snapshot(encoder.fingerprint, encoder.dim)
    truth = encoder.encode_images([folder / path for path in index.item_ids])
    np.testing.assert_allclose(index.vectors, truth, atol=1e-3)


def test_pictures_wait_as_what_the_model_looks_at_and_at_most_two_batches_of_them(folder: Path):
    class Ready(FakeEncoder):
        """Counts what is ready and not yet encoded."""

        waiting, most, lock = 0, 0, Lock()

        def prepare(self, modality: str, image: object, strict: bool = True) -> np.ndarray:
            with self.lock:
                self.waiting += 1
                self.most = max(self.most, self.waiting)
            return np.asarray(image).mean(axis=(0, 1))

        def encode_prepared(self, modality: str, prepared: list[np.ndarray]) -> np.ndarray:
            with self.lock:
                self.waiting -= len(prepared)
            return np.stack(prepared) / np.linalg.norm(prepared, axis=1, keepdims=True)

    encoder = Ready()
    assert index_photos(encoder, folder, batch_size=2).encoded == COUNT
    assert encoder.encoded == []  # no call of encode_images
    assert encoder.waiting == 0
    assert encoder.most <= 2 * 2
    truth = FakeEncoder().encode_images([folder / path for path in snapshot(folder).item_ids])
    np.testing.assert_allclose(snapshot(folder).vectors, truth, atol=2e-3)


def test_an_index_may_be_kept_elsewhere(folder: Path, tmp_path: Path):
    store = Store(tmp_path / "elsewhere")
    assert index_photos(FakeEncoder(), folder, store=store).encoded == COUNT
    assert (len(store.snapshot("fake", 3)), len(snapshot(folder))) == (COUNT, 0)
