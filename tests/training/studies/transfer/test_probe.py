from __future__ import annotations

import numpy as np
import pytest

from vse.training.studies.transfer.probe import STRENGTHS, fitted, kept_apart, neighbours, path


def cloud(count: int, width: int, labels: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    of = np.arange(count) % labels
    return (rng.normal(size=(labels, width))[of] + spread * rng.normal(size=(count, width))).astype(np.float32), of


@pytest.mark.parametrize("width", [3, 40])  # fewer features than rows, and more
def test_it_is_where_the_penalised_loss_is_flat(width: int):
    rows, labels = cloud(20, width, 3)
    probe = fitted(rows, labels, strengths=(0.01,))
    centred = (rows - rows.mean(0)).astype(np.float64)
    squared = np.mean(np.sum(centred**2, axis=1))
    logits = centred @ probe.weights + probe.bias
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    away = (shares - np.eye(3)[labels]) / len(rows)
    # In features of mean squared length 1 the weights are longer by the root of what it was.
    slope = centred.T @ away / np.sqrt(squared) + 0.01 * probe.weights * np.sqrt(squared)
    np.testing.assert_allclose(slope, 0, atol=2e-4)
    np.testing.assert_allclose(away.sum(axis=0), 0, atol=2e-4)
    np.testing.assert_array_equal(probe.predict(rows), logits.argmax(axis=1))
    assert probe.accuracy(rows, labels) == 100 * np.mean(logits.argmax(axis=1) == labels)


def test_turning_the_features_or_adding_empty_ones_changes_no_answer():
    rows, labels = cloud(24, 10, 3, spread=3)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(60, 60)))[0].astype(np.float32)
    wide = np.concatenate([rows, np.zeros((24, 50), np.float32)], axis=1) @ turn
    one, other = fitted(rows, labels), fitted(wide, labels)
    assert one.strength == other.strength
    np.testing.assert_allclose(turn @ other.weights, np.concatenate([one.weights, np.zeros((50, 3))]), atol=5e-3)


def test_the_strength_is_that_of_most_right_answers_on_what_is_kept_apart():
    rows, labels = cloud(64, 30, 3, spread=4)
    apart = kept_apart(labels, np.arange(64))
    assert np.flatnonzero(apart[labels == 0]).tolist() == [3, 7, 11, 15, 19]
    right = {each.strength: each.accuracy(rows[apart], labels[apart]) for each in path(rows[~apart], labels[~apart],
                                                                                       STRENGTHS)}  # fmt: skip
    assert len(set(right.values())) > 1
    chosen = fitted(rows, labels).strength
    assert chosen == max(strength for strength, found in right.items() if found == max(right.values()))


def test_copies_of_a_photograph_stay_together():
    rows, labels = cloud(24, 30, 3, spread=4)
    twice, groups = np.concatenate([rows, rows]), np.tile(np.arange(24), 2)
    apart = kept_apart(np.tile(labels, 2), groups)
    assert apart[:24].tolist() == apart[24:].tolist() == kept_apart(labels, np.arange(24)).tolist()
    alone, copies = fitted(rows, labels), fitted(twice, np.tile(labels, 2), groups)
    assert copies.strength == alone.strength
    np.testing.assert_allclose(copies.weights, alone.weights, atol=1e-3)


def test_neighbours_by_hand():
    # From the first row: rows 1 (cosine 1), 2 (0.6), 3 (0); labels 0, 1, 0, 1.
    rows = np.array([[1, 0], [2, 0], [0.6, 0.8], [0, 0]], np.float32)
    labels = np.array([0, 1, 0, 1])
    # Ranks of the one right answer: row 0 finds row 2 second; row 1 finds row 3 third; row 2 finds row 0 first (its
    # cosine equals row 1's, and the lower row comes first); row 3, which is like nothing, finds row 1 second.
    found = neighbours(rows, labels)
    assert found.precision_at_1 == 25.0
    assert found.mean_average_precision == pytest.approx(100 * (1 / 2 + 1 / 3 + 1 + 1 / 2) / 4)
    same = neighbours(np.array([[1, 0], [0, 1], [3, 0.1], [0.1, 3]], np.float32), labels)
    assert (same.precision_at_1, same.mean_average_precision) == (100.0, 100.0)
    with pytest.raises(ValueError, match="A label has only one photograph: give two of each"):
        neighbours(rows, np.array([0, 0, 1, 2]))
