from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.errors import CheckpointError, CollectionError
from vse.io.arrays import read_array

NUMBERS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize("mmap", [False, True])
def test_numbers_come_back(mmap: bool, tmp_path: Path):
    np.save(tmp_path / "a.npy", NUMBERS)
    found = read_array(tmp_path / "a.npy", mmap)
    assert found.dtype == np.float32
    assert np.array_equal(found, NUMBERS)


def huge_header() -> bytes:
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000,)}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip file", b"\x93NUMPY\x01\x00\xff", b"cos\n", huge_header()])
def test_what_is_no_array_is_told_with_the_file(content: bytes, mmap: bool, tmp_path: Path):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(CollectionError, match=r"a\.npy is no whole \.npy file of numbers \(.+\); do this\.$"):
        read_array(tmp_path / "a.npy", mmap, advice="do this")


def test_other_than_one_array_of_numbers_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"a\.npy is missing; copy the file again"):
        read_array(tmp_path / "a.npy", error=CheckpointError)
    np.save(tmp_path / "a.npy", np.array(["x"]))
    with pytest.raises(CollectionError, match=r"a\.npy holds <U1, expected numbers"):
        read_array(tmp_path / "a.npy")
    np.savez(tmp_path / "b.npz", a=NUMBERS)
    (tmp_path / "b.npz").rename(tmp_path / "a.npy")
    with pytest.raises(CollectionError, match="it begins otherwise"):
        read_array(tmp_path / "a.npy")
