from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict

import numpy as np
import pytest

from tests.cnn_fakes import tiny_backbone
from tests.training.studies.transfer.test_probe import cloud
from vse.data.features import collection_features
from vse.errors import TrainingError
from vse.modalities.image.backbones.features import LayerAverages
from vse.training.studies.transfer.factors import (
    ALL,
    COPIES,
    ChangedLayer,
    factors_table,
    lengthened,
    measured,
    principal,
    rows_from,
    stopped,
)
from vse.training.studies.transfer.labelled import Labelled


def test_principal_components_keep_the_most_and_whitening_makes_them_alike():
    rng = np.random.default_rng(0)
    for count, width in ((50, 6), (12, 40)):
        rows = rng.normal(3, 1, (count, width)).astype(np.float32) * np.linspace(0.5, 3, width, dtype=np.float32)
        train = np.arange(0, count, 2)
        centred = rows - rows[train].mean(0)
        axes = np.linalg.svd(centred[train])[2][:3]
        found = principal(rows, train, 3)
        np.testing.assert_allclose(np.abs(found), np.abs(centred @ axes.T), atol=1e-3)
        whitened = principal(rows, train, 3, whitened=True)
        np.testing.assert_allclose(whitened[train].std(axis=0), 1, atol=1e-3)
        np.testing.assert_allclose(np.corrcoef(whitened[train].T), np.eye(3), atol=1e-3)
    assert principal(np.eye(4, dtype=np.float32), np.arange(4), 16).shape == (4, 3)  # there are no more


def test_rows_of_length_1():
    rows = lengthened(np.array([[3, 4], [0, 0], [0, -2]], np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0], [0, -1]], atol=1e-7)


def test_changed_copies_begin_with_the_mirror_image(squares: Labelled):
    averages = LayerAverages(tiny_backbone())
    changed = ChangedLayer(averages, "second")
    assert changed.width == COPIES * 2
    found = collection_features(changed, squares.collection)
    # The tiny CNN sees single points, so that a mean over positions is the mirror image's too.
    np.testing.assert_allclose(found[:, :2], collection_features(averages, squares.collection)[:, 2:], atol=2e-3)
    assert not np.allclose(found[:, 2:4], found[:, :2], atol=2e-3)


def test_the_probe_stops_where_it_is_best_on_what_is_kept_apart():
    rows, labels = cloud(64, 30, 3, spread=4)
    found = dict(stopped(rows, labels, (1, 50)))
    assert list(found) == ["1", "50", "stopped early"]
    assert found["stopped early"] in (found["1"], found["50"])
    assert found["50"].accuracy(rows, labels) >= found["1"].accuracy(rows, labels) > 100 / 3


def test_each_factor_has_its_rows(squares: Labelled):
    rows = measured(tiny_backbone(), [squares], lambda title: nullcontext())
    kinds = [(row.layer, row.factor) for row in rows]
    assert kinds == sorted(kinds, key=lambda kind: kind[0] == ALL)
    assert {factor for layer, factor in kinds if layer == "second"} == {
        "scale", "PCA", "augmentation", "the probe's steps",
    }  # fmt: skip
    assert next((row.factor, row.value) for row in rows if row.layer == ALL) == ("scale", "standardised")
    assert all(row.accuracy["squares"] == 100.0 for row in rows if row.factor != "scale")
    again = rows_from([asdict(row) for row in rows])
    assert again == rows
    line = factors_table(rows).splitlines()[2]
    assert line == "| `second` | scale | standardised | 100.0 | 100.0 |"
    with pytest.raises(TrainingError, match="tiny has no layer third; its layers are first, second"):
        measured(tiny_backbone(), [squares], lambda title: nullcontext(), "third")
