from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from vse.training.config import TrainConfig
from vse.training.objectives.losses import hardest_negative, info_nce, order_scores, sum_of_hinges, warmed_up
from vse.training.objectives.ranking import arithmetic_loss, matching_loss, paraphrase_loss, ranking_loss

EYE = torch.eye(4)
PARTNER = torch.tensor([1, 0, 3, 2])


def hinges(scores: Tensor, ignore: Tensor | None) -> Tensor:
    return sum_of_hinges(scores, 0.2, ignore)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sum", lambda scores, ignore: sum_of_hinges(scores, 0.3, ignore)),
        ("order", lambda scores, ignore: sum_of_hinges(scores, 0.3, ignore)),
        ("infonce", lambda scores, ignore: info_nce(scores, 0.1, ignore)),
        ("hardest", lambda scores, ignore: warmed_up(scores, 0.3, ignore, 0.4)),
    ],
)
def test_the_configured_loss_is_used_with_its_numbers(name: str, expected):
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    ignore = scores < 0.2
    loss = ranking_loss(TrainConfig(loss=name, margin=0.3, temperature=0.1), hardness=0.4)
    assert float(loss(scores, ignore)) == float(expected(scores, ignore))
    assert float(loss(scores, ignore)) != float(loss(scores, None))


def test_the_hardest_loss_ends_its_warm_up_at_the_hardest_negative():
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ranking_loss(TrainConfig(), 1.0)(scores, None), hardest_negative(scores, 0.2))


def test_matching_by_hand():
    images = torch.eye(2)
    captions = torch.stack([torch.eye(2), torch.eye(2).flip(0)], dim=1)  # the first of each is right, the second wrong
    # The wrong ones score 0 and their negatives 1: four hinges of 1.2 over two pictures; the right ones cost nothing.
    assert float(matching_loss(images, captions, None, hinges)) == pytest.approx((0 + 4 * 1.2 / 2) / 2)


def test_a_caption_that_is_true_of_another_picture_is_no_negative_for_it():
    # Scores 0, 0.6 | 1, 0.8: the second caption costs the first picture 0.8, the first caption costs 0.4 and 1.2.
    images, captions = torch.eye(2), torch.tensor([[[0.0, 1.0]], [[0.6, 0.8]]])
    assert float(matching_loss(images, captions, None, hinges)) == pytest.approx((0.8 + 0.4 + 1.2) / 2)
    truth = torch.zeros(2, 2, 1, dtype=torch.bool)
    truth[0, 1, 0] = True  # the caption of picture 1 is true of picture 0 as well
    assert float(matching_loss(images, captions, truth, hinges)) == pytest.approx((0.4 + 1.2) / 2)


def test_matching_is_the_mean_over_the_captions_and_takes_the_similarity():
    random = torch.Generator().manual_seed(1)
    images = normalize(torch.rand(5, 3, generator=random), dim=1)
    captions = normalize(torch.rand(5, 4, 3, generator=random), dim=2)
    for similarity, score in (("cosine", lambda a, b: a @ b.T), ("order", order_scores)):
        each = [hinges(score(images, captions[:, k]), None) for k in range(4)]
        torch.testing.assert_close(matching_loss(images, captions, None, hinges, similarity), sum(each) / 4)


def test_captions_of_a_picture_against_each_other_by_hand():
    # Of two pictures: the captions of the first agree, those of the second are at 0.8 and at 0.6 from the first's.
    captions = torch.tensor([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.6, 0.8]]])
    # First caption of each against the second: [[1, 0.6], [0, 0.8]], and the other way round transposed. Violations of
    # 0.2 are none in the rows, and 0.2 + 0.6 - 0.8 = 0 in the columns; with 0.3 there is 0.1 once each way.
    assert float(paraphrase_loss(captions, hinges)) == pytest.approx(0.0, abs=1e-6)
    wider = paraphrase_loss(captions, lambda scores, ignore: sum_of_hinges(scores, 0.3, ignore))
    assert float(wider) == pytest.approx(0.1 / 2, abs=1e-6)
    assert float(paraphrase_loss(captions[:, :1], hinges)) == 0.0


def test_arithmetic_that_lands_on_the_counterpart_costs_nothing():
    assert float(arithmetic_loss(EYE, EYE, EYE[PARTNER], PARTNER, hinges)) == 0.0


def test_arithmetic_that_stays_where_it_was_costs_by_hand():
    # Every query is its own picture: the counterpart scores 0, the picture itself 1 but is excused,
    # so that two negatives of 0 are left against each of four rows and four columns.
    zero = torch.zeros(4, 4)
    assert float(arithmetic_loss(EYE, zero, zero, PARTNER, hinges)) == pytest.approx(16 * 0.2 / 4)


def test_arithmetic_that_lands_on_another_picture_costs_more_than_staying():
    zero, elsewhere = torch.zeros(4, 4), EYE[torch.tensor([2, 3, 0, 1])]
    wrong = arithmetic_loss(EYE, EYE, elsewhere, PARTNER, hinges)
    assert float(wrong) > float(arithmetic_loss(EYE, zero, zero, PARTNER, hinges))
