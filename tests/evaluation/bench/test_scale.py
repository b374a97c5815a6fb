from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vse.__main__ import main
from vse.evaluation.bench import latency, scale
from vse.evaluation.bench.scale import Drawn, Row, measure, scale_table


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few queries, and two engines that are no library: one of random answers, and one that is not installed."""
    monkeypatch.setattr(latency, "REPEATS", 3)
    monkeypatch.setattr(scale, "REPEATS", 3)
    monkeypatch.setattr(scale, "_ROWS", 64)

    def first(drawn: Drawn) -> scale.Search:
        return lambda query: range(scale.K)

    own = scale.ENGINES[scale.EXACT]
    engines = {scale.EXACT: own, "usearch": (first, "", ""), "faiss": (first, "no_such_module", "faiss-cpu")}
    monkeypatch.setattr(scale, "ENGINES", engines)


def test_the_vectors_are_unit_the_same_each_time_and_lie_in_few_directions():
    drawn = Drawn(20_000, 256)
    rows = np.concatenate(list(drawn.parts())).astype(np.float32)
    assert rows.shape == (20_000, 256)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=2e-3)
    np.testing.assert_array_equal(next(drawn.parts()), next(drawn.parts()))
    share = np.cumsum(rows.var(axis=0)) / rows.var(axis=0).sum()
    assert 20 <= np.count_nonzero(share < 0.9) <= 50


@pytest.mark.usefixtures("few")
def test_each_size_is_measured_with_each_engine():
    told: list[tuple[int, int]] = []
    rows = measure([50, 200], 16, ("faiss", "usearch"), lambda done, total: told.append((done, total)))
    assert told == [(done, 6) for done in range(1, 7)]
    assert [(row.count, row.engine) for row in rows[:3]] == [(50, "exact"), (50, "faiss"), (50, "usearch")]
    assert [row.recall for row in rows[::3]] == [1, 1]
    assert 0 < rows[2].recall < 0.5
    assert rows[1] == Row("faiss", 50, 16, problem="not installed: pip install faiss-cpu")
    assert all(row.ms > 0 and row.cpu_ms >= 0 and row.build_seconds > 0 for row in rows if not row.problem)


def test_what_does_not_fit_into_memory_is_told(monkeypatch: pytest.MonkeyPatch):
    def fails(drawn: Drawn) -> scale.Search:
        raise MemoryError

    monkeypatch.setattr(scale, "ENGINES", {scale.EXACT: (fails, "", "")})
    assert measure([10**9], 512) == [Row("exact", 10**9, 512, problem="does not fit into memory")]


def test_the_table_by_hand():
    rows = [
        Row("exact", 1_000_000, 512, 71.234, 30.04, 981.4, 1.0, cpu_ms=62.5),
        Row("faiss", 10, 512, problem="not installed"),
    ]
    assert scale_table(rows).splitlines()[2:] == [
        "| 1,000,000 | exact | 71.23 | 62.50 | 1.000 | 981 | 30.0 |",
        "| 10 | faiss | not installed | - | - | - | - |",
    ]


@pytest.mark.usefixtures("few")
def test_the_command_prints_the_curve_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    asked = [
        "bench",
        "--photos",
        "20",
        "30",
        "--dim",
        "8",
        "--engines",
        "usearch",
        "--json",
        str(tmp_path / "scale.json"),
    ]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "one search among vectors of 8 numbers, the median of 3" in printed
    rows = [Row(**row) for row in json.loads((tmp_path / "scale.json").read_text())["rows"]]
    assert [(row.count, row.engine) for row in rows] == [(n, each) for n in (20, 30) for each in ("exact", "usearch")]
    assert scale_table(rows) in printed
