"""A run is the same for the same settings, and every choice changes it."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from vse.training.films.pictures import KEPT_OUT, OF_PLACE, PLACES, Pairs, open_pairs
from vse.training.films.run import DIM, Snapshot, snapshots
from vse.training.films.settings import FilmSettings


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return open_pairs()


def first(settings: FilmSettings, pairs: Pairs, epochs: int = 2) -> list[Snapshot]:
    return list(islice(snapshots(settings, pairs), epochs + 1))


def test_of_each_place_as_many_are_learnt(pairs: Pairs):
    assert len(pairs.items) == OF_PLACE * len(PLACES) == len(set(pairs.items))
    for place in PLACES:
        rows = [row for row, each in enumerate(pairs.places) if each == place]
        assert pairs.kept_out[rows].sum() == KEPT_OUT
    assert len(pairs.learnt) == 160


def test_the_same_seed_gives_the_same_film_and_another_one_another(pairs: Pairs):
    settings = FilmSettings(batch_size=80)
    one, same = first(settings, pairs), first(settings, pairs)
    other = first(FilmSettings(batch_size=80, seed=1), pairs)
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a.pictures, b.pictures)
        np.testing.assert_array_equal(a.captions, b.captions)
        np.testing.assert_array_equal(a.pulls, b.pulls)
        assert a.loss == b.loss
    assert not np.allclose(one[0].pictures, other[0].pictures)
    assert one[0].loss is None
    assert one[0].pictures.shape == one[0].captions.shape == (200, DIM)
    np.testing.assert_allclose(np.linalg.norm(one[1].captions, axis=1), 1, rtol=1e-5)


def test_warming_up_changes_the_first_epochs_and_what_is_pushed(pairs: Pairs):
    cold = FilmSettings("hardest_negative", batch_size=160, warmup_epochs=0)
    warm = FilmSettings("hardest_negative", batch_size=160, warmup_epochs=10)
    one, other = first(cold, pairs), first(warm, pairs)
    np.testing.assert_array_equal(one[0].pictures, other[0].pictures)
    assert one[1].loss > other[1].loss > 0  # a maximum, and nearly a mean
    assert not np.allclose(one[1].captions, other[1].captions)
    assert not np.array_equal(one[1].pulls, other[1].pulls)


def test_what_a_snapshot_names_are_learnt_pairs_and_never_true_ones(pairs: Pairs):
    for loss, margin in (("hinge_sum", 0.2), ("infonce", 0.2), ("order", 0.05)):
        seen = first(FilmSettings(loss, margin, batch_size=32), pairs, 1)[-1]
        assert not pairs.kept_out[seen.pulls].any()
        assert (seen.pulls[:, 0] != seen.pulls[:, 1]).all()
        worst = seen.hardest
        assert not pairs.kept_out[worst[worst >= 0]].any()
        assert (worst != pairs.learnt).all()
        assert 0 < seen.violated <= 160 * 159
        if loss == "order":
            assert (seen.captions >= 0).all()
