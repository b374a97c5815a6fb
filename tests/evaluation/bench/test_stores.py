"""The bench of stores, on a few drawn photographs: the figures come out, and nothing is left behind."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from vse.errors import CollectionError
from vse.evaluation.bench import stores
from vse.evaluation.bench.stores import StoreRow, drawn, measure, stores_table


def test_photographs_are_drawn_between_pictures_and_have_length_1():
    found = drawn(np.eye(8, dtype=np.float32), 500, np.random.default_rng(0)).astype(np.float32)
    assert found.shape == (500, 8)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=2e-3)
    assert len(np.unique(found.argmax(axis=1))) == 8


def test_a_store_is_measured_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stores, "QUERIES", 15)
    (row,) = measure("scenes-vse", "scenes", ["exact"], 300, lambda title: nullcontext(), tmp_path)
    assert (row.store, row.photos, row.recall, row.filtered_recall) == ("exact", 300, 1.0, 1.0)
    assert row.disk > 300 * 512
    assert 0 < row.p50 <= row.p95
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_store_is_refused_before_any_work():
    with pytest.raises(CollectionError, match="No vector store 'chroma'"):
        measure("no-model", "nowhere", ["chroma"], 10, lambda title: nullcontext())


def test_the_table_stands_by_size():
    rows = [StoreRow("lance", size, 12.4, 2_000_000, 3_000_000, 0.9871, 1.24, 9.87, 4.0, 1.0) for size in (1000, 10)]
    assert stores_table(rows).splitlines()[2] == (
        "| 10 | lance | 0.987 | 1.2 ms | 9.9 ms | 1.000 | 4.0 ms | 12 s | 2 MB | 3 MB |"
    )
