from __future__ import annotations

import torch

from vse.modalities.image.config import ImageConfig
from vse.modalities.image.pooling import GeneralisedPooling, Rows, pooling

GRID = torch.randn(2, 6, 3, 4, generator=torch.Generator().manual_seed(0))


def generalised() -> GeneralisedPooling:
    made = pooling(ImageConfig(pooling="generalised", grid=1, detectors=5), channels=6)
    assert isinstance(made, GeneralisedPooling)
    return made


def test_equal_weights_make_a_mean_and_one_large_weight_a_maximum():
    made = generalised()
    values = made.what(GRID).flatten(2)
    with torch.no_grad():
        made.rank_logits.fill_(0.3)
    torch.testing.assert_close(made(GRID)[:, 6:], values.mean(dim=2))
    with torch.no_grad():
        made.rank_logits.fill_(-60)
        made.rank_logits[0] = 60
    torch.testing.assert_close(made(GRID)[:, 6:], values.max(dim=2).values)


def test_the_weights_are_of_ranks_at_any_number_of_positions():
    made = generalised()
    for positions in (1, 7, 49):
        weights = made.weights(positions)
        torch.testing.assert_close(weights.sum(), torch.tensor(1.0))
        assert weights.shape == (positions,)
        assert bool((weights.diff() < 0).all())  # at first the largest values count most


def test_where_things_are_does_not_matter_to_detectors():
    made = generalised()
    moved = GRID.flip(2, 3)
    torch.testing.assert_close(made(moved), made(GRID))
    assert made(GRID).shape == (2, made.width)


def test_rows_are_left_as_they_are():
    made = pooling(ImageConfig(backbone="features", widths=(7,)), channels=7)
    rows = torch.randn(3, 7)
    assert isinstance(made, Rows)
    assert made.width == 7
    assert torch.equal(made(rows), rows)
