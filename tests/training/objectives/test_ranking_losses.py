from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from tests.training.objectives.ways import hardest_negative, info_nce, squared, sum_of_hinges
from vse.training.objectives import hardest_negative as hardest
from vse.training.objectives import hinge_sum, infonce
from vse.training.objectives.scores import cosine_scores, order_scores

# With a margin of 0.2 the violations are, against the pictures (rows), 0.1 | 0.1, 0.15 | 0.25,
# and against the captions (columns), none | 0.4, 0.35 | 0.05.
SCORES = torch.tensor([[0.9, 0.8, 0.1], [0.5, 0.6, 0.55], [0.2, 0.75, 0.7]])
# The first picture's 0.8 for the second caption is no mistake: the row loses 0.1 and the column 0.4.
IGNORE = torch.tensor([[False, True, False], [False, False, False], [False, False, False]])
WEIGHTS = torch.tensor([[4.0, 2.0, 2.0], [1.0, 6.0, 1.0], [3.0, 5.0, 2.0]])


def value(loss: Tensor) -> float:
    assert loss.shape == ()
    return float(loss)


def test_sum_of_hinges_by_hand():
    assert value(sum_of_hinges(SCORES, 0.2)) == pytest.approx((0.6 + 0.8) / 3, abs=1e-6)
    assert value(sum_of_hinges(SCORES, 0.2, IGNORE)) == pytest.approx((0.5 + 0.4) / 3, abs=1e-6)


def test_hardest_negative_by_hand():
    assert value(hardest_negative(SCORES, 0.2)) == pytest.approx((0.5 + 0.45) / 3, abs=1e-6)
    assert value(hardest_negative(SCORES, 0.2, IGNORE)) == pytest.approx((0.4 + 0.4) / 3, abs=1e-6)


def test_squared_error_by_hand():
    # Of unit rows the squared distance is 2 - 2 cos: 0.2, 0.8 and 0.6 on the diagonal.
    assert value(squared(SCORES)) == pytest.approx((0.2 + 0.8 + 0.6) / 3, abs=1e-6)
    pictures, captions = (normalize(torch.randn(5, 3, generator=torch.Generator().manual_seed(n))) for n in (0, 1))
    distances = ((pictures - captions) ** 2).sum(dim=1)
    assert value(squared(cosine_scores(pictures, captions))) == pytest.approx(float(distances.mean()), abs=1e-6)


def test_warmed_up_by_hand():
    soft, hard = (0.1 + 0.25 / 2 + 0.25 + 0.75 / 2 + 0.05) / 3, 0.95 / 3
    for hardness in (0.0, 0.25, 1.0):
        expected = (1 - hardness) * soft + hardness * hard
        assert value(hardest_negative(SCORES, 0.2, hardness=hardness)) == pytest.approx(expected, abs=1e-6)
    assert value(hardest_negative(SCORES, 0.2, IGNORE, 0.0)) == pytest.approx(
        (0.125 + 0.25 + 0.35 + 0.05) / 3, abs=1e-6
    )


def test_sum_of_hinges_over_order_scores_by_hand():
    scores = torch.tensor([[0.0, -0.04, -1.0], [-0.64, -0.01, -0.02], [-0.3, -0.02, 0.0]])
    assert value(sum_of_hinges(scores, 0.05)) == pytest.approx((0.01 + 0.04 + 0.03 + 0.06 + 0.03) / 3, abs=1e-6)
    ignore = torch.tensor([[False, False, False], [False, False, True], [False, False, False]])
    assert value(sum_of_hinges(scores, 0.05, ignore)) == pytest.approx((0.01 + 0.03 + 0.06) / 3, abs=1e-6)


def test_info_nce_by_hand():
    # Scores of T log w make every softmax a fraction of the weights.
    scores = 0.5 * WEIGHTS.log()
    rows = -math.log(4 / 8) - math.log(6 / 8) - math.log(2 / 10)
    columns = -math.log(4 / 8) - math.log(6 / 13) - math.log(2 / 5)
    assert value(info_nce(scores, 0.5)) == pytest.approx((rows + columns) / 6, rel=1e-5)
    ignore = torch.zeros(3, 3, dtype=torch.bool)
    ignore[2, 1] = True
    rows = -math.log(4 / 8) - math.log(6 / 8) - math.log(2 / 5)
    columns = -math.log(4 / 8) - math.log(6 / 8) - math.log(2 / 5)
    assert value(info_nce(scores, 0.5, ignore)) == pytest.approx((rows + columns) / 6, rel=1e-5)


def test_order_scores_by_hand():
    images = torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    captions = torch.tensor([[0.6, 0.8], [0.0, 1.0], [0.6, 0.0]])
    expected = torch.tensor([[-0.64, -1.0, 0.0], [0.0, -0.04, 0.0]])
    torch.testing.assert_close(order_scores(images, captions), expected)


def test_the_gradient_of_order_scores_is_that_of_their_definition():
    random = torch.Generator().manual_seed(2)
    images, captions, weights = (
        torch.rand(*shape, generator=random, dtype=torch.float64, requires_grad=True)
        for shape in ((3, 4), (5, 4), (3, 5))
    )
    (order_scores(images, captions) * weights).sum().backward()
    found = images.grad, captions.grad
    images.grad = captions.grad = None
    excess = (captions[None] - images[:, None]).clamp(min=0)
    (-excess.pow(2).sum(dim=-1) * weights).sum().backward()
    torch.testing.assert_close(found, (images.grad, captions.grad))
    assert torch.autograd.gradcheck(order_scores, (images.detach(), captions.detach().requires_grad_()))


def test_cosine_scores_by_hand():
    scores = cosine_scores(torch.tensor([[1.0, 0.0], [0.6, 0.8]]), torch.tensor([[0.0, 1.0]]))
    torch.testing.assert_close(scores, torch.tensor([[0.0], [0.8]]))


def looped(name: str, scores: list[list[float]], margin: float, ignore: list[list[bool]]) -> float:
    size, total = len(scores), 0.0
    for i in range(size):
        against = [j for j in range(size) if j != i]
        rows = [max(0.0, margin + scores[i][j] - scores[i][i]) for j in against if not ignore[i][j]]
        columns = [max(0.0, margin + scores[j][i] - scores[i][i]) for j in against if not ignore[j][i]]
        for hinges in (rows, columns):
            if name == "sum":
                total += sum(hinges)
            elif name == "hard":
                total += max(hinges, default=0.0)
            else:
                total += sum(hinges) / max(1, sum(hinge > 0 for hinge in hinges))
    return total / size


@pytest.mark.parametrize("masked", [False, True])
def test_vectorised_losses_equal_loops(masked: bool):
    random = torch.Generator().manual_seed(3)
    for size in (1, 2, 7, 16):
        scores = torch.rand(size, size, generator=random, dtype=torch.float64)
        ignore = torch.rand(size, size, generator=random) < (0.3 if masked else 0.0)
        lists = (scores.tolist(), 0.2, ignore.tolist())
        assert value(sum_of_hinges(scores, 0.2, ignore)) == pytest.approx(looped("sum", *lists))
        assert value(hardest_negative(scores, 0.2, ignore)) == pytest.approx(looped("hard", *lists))
        assert value(hardest_negative(scores, 0.2, ignore, 0.0)) == pytest.approx(looped("soft", *lists))


LOSSES = {"sum": sum_of_hinges, "hardest": hardest_negative, "infonce": info_nce}


@pytest.mark.parametrize("name", LOSSES)
def test_the_order_of_the_batch_does_not_matter(name: str):
    scores = torch.rand(9, 9, generator=torch.Generator().manual_seed(1))
    ignore = scores < 0.2
    shuffled = torch.randperm(9, generator=torch.Generator().manual_seed(2))
    moved = LOSSES[name](scores[shuffled][:, shuffled], ignore=ignore[shuffled][:, shuffled])
    torch.testing.assert_close(moved, LOSSES[name](scores, ignore=ignore))


@pytest.mark.parametrize("name", LOSSES)
def test_an_ignored_pair_has_no_pull_and_the_diagonal_cannot_be_ignored(name: str):
    scores = SCORES.clone().requires_grad_()
    LOSSES[name](scores, ignore=IGNORE).backward()
    assert scores.grad is not None
    assert scores.grad[0, 1] == 0
    assert scores.grad[2, 1] > 0
    plain = LOSSES[name](SCORES)
    torch.testing.assert_close(LOSSES[name](SCORES, ignore=torch.eye(3, dtype=torch.bool)), plain)


def test_pairs_further_apart_than_the_margin_cost_nothing():
    scores = torch.eye(4)
    for loss in (sum_of_hinges, hardest_negative):
        assert value(loss(scores, 0.9)) == 0.0


@pytest.mark.parametrize("name", LOSSES)
def test_some_queries_against_all_candidates_are_their_share_of_the_loss(name: str):
    one_way = {"sum": hinge_sum.sum_of_hinges, "hardest": hardest.hardest_negative, "infonce": infonce.info_nce}[name]
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(4))
    ignore = scores < 0.2
    # The second half of the batch begins with its own candidates, as does that of a process that reads it.
    halves = [(scores[:3], ignore[:3]), (scores[3:].roll(-3, 1), ignore[3:].roll(-3, 1))]
    found = [one_way(rows, ignore=skipped) for rows, skipped in halves]
    torch.testing.assert_close(sum(found) / 2, one_way(scores, ignore=ignore))
