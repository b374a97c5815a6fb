"""Windows, one step of negative sampling, and how coherent a window is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from vse.words.windows import RATE, coherence, negative_sampling, window_at


def test_a_window_ends_where_the_sentence_does():
    assert [window_at(place, 4, 2).context for place in range(4)] == [(1, 2), (0, 2, 3), (0, 1, 3), (1, 2)]
    assert window_at(0, 1, 2).context == ()


def test_a_step_by_hand():
    step = negative_sampling(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([[0.0, -1.0]]), rate=1.0)
    assert step.dots.tolist() == [0, 0]
    assert step.guesses.tolist() == [0.5, 0.5]
    assert step.errors.tolist() == [-0.5, 0.5]  # guess minus label
    assert step.gradient.tolist() == [0, -1]  # -0.5 * (0, 1) + 0.5 * (0, -1)
    assert step.after.tolist() == [1, 1]
    assert step.targets_after.tolist() == [[0.5, 1], [-0.5, -1]]
    assert step.loss == pytest.approx(2 * np.log(2))
    assert step.loss_after == pytest.approx(np.log1p(np.exp(-1.5)) + np.log1p(np.exp(-1.5)))


def test_a_step_is_that_of_autograd():
    rows = torch.randn(5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    hidden, targets = rows[0].clone().requires_grad_(), rows[1:].clone().requires_grad_()
    loss = -logsigmoid(targets[0] @ hidden) - logsigmoid(-targets[1:] @ hidden).sum()
    loss.backward()
    step = negative_sampling(rows[0].numpy(), rows[1].numpy(), rows[2:].numpy())
    assert step.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(step.gradient, hidden.grad, rtol=1e-9)
    np.testing.assert_allclose(step.targets_after, (targets - RATE * targets.grad).detach(), rtol=1e-9)
    assert step.loss_after < step.loss


def test_coherence_is_the_mean_cosine():
    assert coherence(np.array([2.0, 0.0]), np.array([[5.0, 0.0], [0.0, 1.0]])) == pytest.approx(0.5)
    assert coherence(np.array([1.0, 0.0]), np.zeros((0, 2))) == 0
