from __future__ import annotations

import pytest
import torch

from vse.errors import TrainingError
from vse.training.warm_start import QUIET, warm_started


def test_a_matrix_keeps_what_was_learnt_as_its_first_columns():
    trained = {"affine": torch.ones(2, 3), "bias": torch.tensor([5.0, 6.0])}
    fresh = {"affine": torch.full((2, 5), 10.0), "bias": torch.zeros(2), "new": torch.tensor([7.0])}
    result = warm_started(trained, fresh)
    assert result.keys() == fresh.keys()
    assert torch.equal(result["affine"], torch.tensor([[1.0] * 3 + [10 * QUIET] * 2] * 2))
    assert torch.equal(result["bias"], trained["bias"])
    assert torch.equal(result["new"], fresh["new"])
    assert torch.equal(fresh["affine"], torch.full((2, 5), 10.0))


def test_a_model_grown_into_itself_is_itself():
    trained = {"a": torch.rand(3, 4), "b": torch.rand(2, 3, 1, 1)}
    result = warm_started(trained, {name: torch.zeros_like(tensor) for name, tensor in trained.items()})
    assert all(torch.equal(result[name], tensor) for name, tensor in trained.items())


@pytest.mark.parametrize(
    ("trained", "fresh"),
    [((2, 5), (2, 3)), ((2, 3), (3, 3)), ((3,), (4,)), ((2, 3, 1, 1), (2, 4, 1, 1))],
)
def test_what_cannot_grow_is_named(trained: tuple[int, ...], fresh: tuple[int, ...]):
    with pytest.raises(TrainingError, match=r"w is \(.*\) in the model to start from and cannot become \("):
        warm_started({"w": torch.zeros(trained)}, {"w": torch.zeros(fresh)})


def test_nothing_that_was_learnt_is_lost_silently():
    with pytest.raises(TrainingError, match="has old, which the new architecture lacks"):
        warm_started({"old": torch.zeros(1)}, {"new": torch.zeros(1)})
