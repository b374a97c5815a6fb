from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vse.io.row_cache import ABOUT, PART, ROWS, cached_rows, complete_rows

SHAPE = (10, 3)
ALL = np.arange(30, dtype=np.float16).reshape(SHAPE)


class Maker:
    """Rows of `ALL`; it remembers which were asked for, and can fail before one of them."""

    def __init__(self, fails_at: int = 99) -> None:
        self.asked: list[tuple[int, int]] = []
        self.fails_at = fails_at

    def __call__(self, start: int, stop: int) -> np.ndarray:
        if start >= self.fails_at:
            raise RuntimeError("cut")
        self.asked.append((start, stop))
        return ALL[start:stop]


def rows(folder: Path, maker: Maker, **options: object) -> np.ndarray:
    return cached_rows(folder, SHAPE, "float16", maker, chunk=4, **options)  # type: ignore[arg-type]


def interrupted(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="cut"):
        rows(folder, Maker(fails_at=8))


def test_rows_are_made_once_in_pieces_and_mapped(tmp_path: Path):
    maker, seen = Maker(), []
    found = rows(tmp_path / "new", maker, progress=lambda done, total: seen.append((done, total)), about={"of": "é"})
    assert maker.asked == [(0, 4), (4, 8), (8, 10)]
    assert seen == [(4, 10), (8, 10), (10, 10)]
    assert isinstance(found, np.memmap)
    assert not found.flags.writeable
    np.testing.assert_array_equal(found, ALL)
    again = Maker()
    np.testing.assert_array_equal(rows(tmp_path / "new", again), ALL)
    assert again.asked == []
    assert json.loads((tmp_path / "new" / ABOUT).read_text(encoding="utf-8")) == {"of": "é"}


def test_an_interrupted_computation_goes_on(tmp_path: Path):
    interrupted(tmp_path)
    assert complete_rows(tmp_path, SHAPE, "float16") is None
    maker = Maker()
    np.testing.assert_array_equal(rows(tmp_path, maker), ALL)
    assert maker.asked == [(8, 10)]
    assert not (tmp_path / PART).exists()


def test_progress_may_end_the_work(tmp_path: Path):
    def cancel(done: int, total: int) -> None:
        raise RuntimeError(f"enough after {done}")

    with pytest.raises(RuntimeError, match="enough after 4"):
        rows(tmp_path, Maker(), progress=cancel)
    maker = Maker()
    rows(tmp_path, maker)
    assert maker.asked[0] == (4, 8)


def test_a_row_that_was_cut_short_is_made_again(tmp_path: Path):
    interrupted(tmp_path)
    part = tmp_path / PART
    part.write_bytes(part.read_bytes()[:-7])  # the last row and a half of the one before
    maker = Maker()
    np.testing.assert_array_equal(rows(tmp_path, maker), ALL)
    assert maker.asked == [(6, 10)]


@pytest.mark.parametrize("left", [b"", b"\x93NUMPY cut", b"something else " * 20])
def test_a_half_that_is_not_one_is_made_again(tmp_path: Path, left: bytes):
    (tmp_path / PART).write_bytes(left)
    maker = Maker()
    np.testing.assert_array_equal(rows(tmp_path, maker), ALL)
    assert maker.asked[0] == (0, 4)


def test_a_half_of_another_shape_is_made_again(tmp_path: Path):
    with pytest.raises(RuntimeError, match="cut"):
        cached_rows(tmp_path, (11, 3), "float16", Maker(fails_at=8), chunk=4)
    maker = Maker()
    np.testing.assert_array_equal(rows(tmp_path, maker), ALL)
    assert maker.asked[0] == (0, 4)


def test_a_damaged_whole_is_made_again(tmp_path: Path):
    rows(tmp_path, Maker())
    whole = (tmp_path / ROWS).read_bytes()
    for damaged in (b"", whole[:40], whole[:-1]):
        (tmp_path / ROWS).write_bytes(damaged)
        maker = Maker()
        np.testing.assert_array_equal(rows(tmp_path, maker), ALL)
        assert maker.asked[0] == (0, 4)


def test_a_whole_of_another_shape_or_dtype_is_not_taken(tmp_path: Path):
    rows(tmp_path, Maker())
    assert complete_rows(tmp_path, (10, 4), "float16") is None
    assert complete_rows(tmp_path, SHAPE, "int8") is None
    assert complete_rows(tmp_path, SHAPE, "float16") is not None


def test_no_rows_at_all(tmp_path: Path):
    assert cached_rows(tmp_path, (0, 3), "int8", Maker(fails_at=0)).shape == (0, 3)


def test_rows_of_another_dtype_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"Rows came as float16 \(4, 3\): expected int8 \(N, 3\)"):
        cached_rows(tmp_path, SHAPE, "int8", Maker(), chunk=4)
