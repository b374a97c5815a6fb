from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tests.cnn_fakes import tiny_backbone
from tests.training.studies.test_ablation import setup  # noqa: F401
from vse.modalities.image.backbones.full_network import statistics_of
from vse.training.studies.ablation import Setup
from vse.training.studies.transfer.labelled import Labelled
from vse.training.studies.transfer.layers import (
    ALL,
    FULL,
    LayerRow,
    TextTraining,
    chosen,
    embeddings,
    joined,
    layers_table,
    measured,
    of_layer,
    trained,
)


def shows(title: str) -> nullcontext[None]:
    return nullcontext()


def test_every_layer_alone_then_all_then_the_full_network():
    averages = np.random.default_rng(0).normal(2, 3, (50, 5)).astype(np.float32)
    statistics = statistics_of(averages, ("a", "b"), (2, 3), "made")
    found = dict(embeddings(statistics, averages))
    assert list(found) == ["a", "b", ALL, FULL]
    np.testing.assert_array_equal(np.concatenate([found["a"], found["b"]], axis=1), found[ALL])
    np.testing.assert_array_equal(of_layer(statistics, averages, "b"), found["b"])
    np.testing.assert_allclose(found["b"].std(axis=0), 1, atol=1e-4)
    assert set(np.unique(found[FULL])) == {-1, 0, 1}
    np.testing.assert_array_equal(found[FULL], statistics.embed(averages))


def test_colours_are_told_apart_by_every_layer_of_a_cnn_that_sees_colours(squares: Labelled):
    rows = measured(tiny_backbone(), [squares], shows)
    assert [(row.layer, row.depth, row.width) for row in rows] == [
        ("first", 1, 2), ("second", 2, 2), (ALL, 0, 4), (FULL, 0, 4),
    ]  # fmt: skip
    for row in rows:
        found = row.labelled["squares"]
        assert (found.accuracy, found.precision_at_1, found.mean_average_precision) == (100.0, 100.0, 100.0)


def test_some_layers_get_a_text_tower(setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    assert chosen("abcdefg", 3) == ["a", "d", "g"]
    assert chosen("ab", 5) == ["b"]
    how = TextTraining(tmp_path / "towers", setup.word_vectors["GloVe"], every=1, seeds=2, epochs=1)
    sums = trained(tiny_backbone(), setup.train, setup.dev, how, shows)
    assert list(sums) == ["first", "second", FULL]
    assert all(0 <= mean <= 600 and deviation >= 0 for mean, deviation in sums.values())
    rows = joined([LayerRow("first", 1, 2), LayerRow(ALL, 0, 4)], sums)
    assert [row.rsum for row in rows] == [sums["first"], None]


def test_the_table_has_a_row_a_layer(squares: Labelled):
    rows = joined(measured(tiny_backbone(), [squares], shows), {"first": (123.45, 0.0)})
    lines = layers_table(rows).splitlines()
    assert lines[0] == "|  | layer | features | squares: probe | squares: nearest | squares: mAP | captions: rsum |"
    assert lines[2] == "| 1 | `first` | 2 | 100.0 | 100.0 | 100.0 | 123.5 |"
    assert lines[-1] == f"|  | {FULL} | 4 | 100.0 | 100.0 | 100.0 |  |"
    assert asdict(rows[0])["labelled"]["squares"]["accuracy"] == 100.0
