from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from tests.training.objectives.ways import both_ways, hardest_negative, info_nce, sum_of_hinges
from vse.encoders.joint import JointModel
from vse.training.config import train_config
from vse.training.objectives import OBJECTIVES, auxiliary_losses, build_objectives, ranking_losses, title_of
from vse.training.objectives.base import Context, Embedded, Objective
from vse.training.objectives.scores import order_scores
from vse.training.sources.base import Batch

EYE = torch.eye(4)
PARTNER = torch.tensor([1, 0, 3, 2])


def objective(name: str, similarity: str = "cosine", model: JointModel | None = None, **given: Any) -> Objective:
    """One of a run of such settings; those of auxiliary losses take the sum of hinges with a margin of 0.2."""
    settings = {"loss": name} if name in ranking_losses() else {"loss": "hinge_sum", name: 1.0}
    config = train_config({**settings, **given})
    return build_objectives(config.objectives, Context(model or JointModel(), similarity))[name]


def loss(name: str, scores: Tensor, ignore: Tensor | None, progress: float = 0.0, **given: Any) -> float:
    return float(both_ways(objective(name, **given).one_way)(scores, ignore, progress))  # type: ignore[attr-defined]


def matching(images: Tensor, captions: Tensor, truth: Tensor | None = None, name: str = "hinge_sum", **given: Any):
    relevant = {} if truth is None else {("image", "text"): truth}
    vectors = {"image": images[:, None], "text": captions}
    return objective(name, **given)(Embedded(vectors), Batch(len(images), {}, relevant), 0.0)


def arithmetic(images: Tensor, minus: Tensor, plus: Tensor) -> float:
    embedded = Embedded({"image": images[:, None]}, operands={"text": torch.stack([minus, plus])})
    batch = Batch(len(images), {}, targets={"counterpart": PARTNER})
    return float(objective("counterpart")(embedded, batch, 0.0))


def paraphrase(captions: Tensor, **given: Any) -> float:
    return float(objective("paraphrase", **given)(Embedded({"text": captions}), Batch(len(captions), {}), 0.0))


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("hinge_sum", {"margin": 0.3}, lambda scores, ignore: sum_of_hinges(scores, 0.3, ignore)),
        ("order", {"margin": 0.3}, lambda scores, ignore: sum_of_hinges(scores, 0.3, ignore)),
        ("infonce", {"temperature": 0.1}, lambda scores, ignore: info_nce(scores, 0.1, ignore)),
        (
            "hardest_negative",
            {"margin": 0.3, "warmup_epochs": 5.0},
            lambda scores, ignore: hardest_negative(scores, 0.3, ignore, 0.4),
        ),
    ],
)
def test_the_configured_loss_is_used_with_its_numbers(name: str, given: dict[str, Any], expected: Any):
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    ignore = scores < 0.2
    assert loss(name, scores, ignore, 2.0, **given) == float(expected(scores, ignore))
    assert loss(name, scores, ignore, 2.0, **given) != loss(name, scores, None, 2.0, **given)


def test_the_hardest_negative_s_warm_up_ends_and_may_be_none():
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    hardest, soft = (float(hardest_negative(scores, 0.2, hardness=hardness)) for hardness in (1.0, 0.0))
    assert loss("hardest_negative", scores, None, 9.0) == hardest
    assert loss("hardest_negative", scores, None, 0.0) == soft != hardest
    assert loss("hardest_negative", scores, None, 0.0, warmup_epochs=0.0) == hardest


class Learnt(JointModel):
    def logit_scale(self) -> Tensor:
        return torch.tensor(20.0)


def test_a_logit_scale_that_the_model_learns_takes_the_place_of_the_temperature():
    scores = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    assert loss("infonce", scores, None, model=Learnt()) == pytest.approx(float(info_nce(scores, 0.05)))


def test_every_objective_has_a_title_and_a_weight_or_a_margin_of_its_own():
    assert [title_of(name) for name in ("hinge_sum", "infonce")] == ["sum of hinges", "InfoNCE"]
    assert {kind.Config().weight for kind in auxiliary_losses().values()} == {0.0}
    assert len({kind.title for kind in OBJECTIVES.values()}) == len(OBJECTIVES)
    assert objective("paraphrase", paraphrase=0.4).weight == 0.4
    assert objective("order", similarity="order").weight == 1.0


def test_three_modalities_are_ranked_pair_by_pair():
    random = torch.Generator().manual_seed(1)
    one, two, three = (normalize(torch.rand(5, 1, 3, generator=random), dim=2) for _ in range(3))
    found = objective("hinge_sum")(Embedded({"image": one, "text": two, "sound": three}), Batch(5, {}), 0.0)
    pairs = [sum_of_hinges(a[:, 0] @ b[:, 0].T) for a, b in ((one, two), (one, three), (two, three))]
    torch.testing.assert_close(found, sum(pairs) / 3)


def test_matching_by_hand():
    images = torch.eye(2)
    captions = torch.stack([torch.eye(2), torch.eye(2).flip(0)], dim=1)  # the first of each is right, the second wrong
    # The wrong ones score 0 and their negatives 1: four hinges of 1.2 over two pictures; the right ones cost nothing.
    assert float(matching(images, captions)) == pytest.approx((0 + 4 * 1.2 / 2) / 2)


def test_a_caption_that_is_true_of_another_picture_is_no_negative_for_it():
    # Scores 0, 0.6 | 1, 0.8: the second caption costs the first picture 0.8, the first caption costs 0.4 and 1.2.
    images, captions = torch.eye(2), torch.tensor([[[0.0, 1.0]], [[0.6, 0.8]]])
    assert float(matching(images, captions)) == pytest.approx((0.8 + 0.4 + 1.2) / 2)
    truth = torch.zeros(2, 2, 1, dtype=torch.bool)
    truth[0, 1, 0] = True  # the caption of picture 1 is true of picture 0 as well
    assert float(matching(images, captions, truth)) == pytest.approx((0.4 + 1.2) / 2)


def test_matching_is_the_mean_over_the_captions_and_takes_the_similarity():
    random = torch.Generator().manual_seed(1)
    images = normalize(torch.rand(5, 3, generator=random), dim=1)
    captions = normalize(torch.rand(5, 4, 3, generator=random), dim=2)
    for name, similarity, score in (
        ("hinge_sum", "cosine", lambda a, b: a @ b.T),
        ("order", "order", order_scores),
    ):
        each = [sum_of_hinges(score(images, captions[:, k]), 0.2) for k in range(4)]
        found = matching(images, captions, name=name, similarity=similarity, margin=0.2)
        torch.testing.assert_close(found, sum(each) / 4)


def test_captions_of_a_picture_against_each_other_by_hand():
    # Of two pictures: the captions of the first agree, those of the second are at 0.8 and at 0.6 from the first's.
    captions = torch.tensor([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.6, 0.8]]])
    # First caption of each against the second: [[1, 0.6], [0, 0.8]], and the other way round transposed. Violations of
    # 0.2 are none in the rows, and 0.2 + 0.6 - 0.8 = 0 in the columns; with 0.3 there is 0.1 once each way.
    assert paraphrase(captions) == pytest.approx(0.0, abs=1e-6)
    assert paraphrase(captions, margin=0.3) == pytest.approx(0.1 / 2, abs=1e-6)


def test_captions_without_pictures_are_paraphrases_like_those_with():
    random = torch.Generator().manual_seed(2)
    captions, texts = (normalize(torch.rand(n, 2, 4, generator=random), dim=2) for n in (3, 2))
    relevant = torch.eye(3, dtype=torch.bool)[:, :, None].expand(-1, -1, 2).clone()
    relevant[0, 1] = True  # captions of the second are true of the first
    batch, both = Batch(3, {}, {("text", "text"): relevant}), torch.cat([captions, texts])
    excused = torch.zeros(5, 5, dtype=torch.bool)
    excused[0, 1] = True
    found = objective("paraphrase")(Embedded({"text": captions}, texts=texts), batch, 0.0)
    by_hand = [sum_of_hinges(both[:, k] @ both[:, 1 - k].T, 0.2, excused) for k in (0, 1)]
    torch.testing.assert_close(found, sum(by_hand) / 2)


def test_arithmetic_that_lands_on_the_counterpart_costs_nothing():
    assert arithmetic(EYE, EYE, EYE[PARTNER]) == 0.0


def test_arithmetic_that_stays_where_it_was_costs_by_hand():
    # Every query is its own picture: the counterpart scores 0, the picture itself 1 but is excused,
    # so that two negatives of 0 are left against each of four rows and four columns.
    zero = torch.zeros(4, 4)
    assert arithmetic(EYE, zero, zero) == pytest.approx(16 * 0.2 / 4)


def test_arithmetic_that_lands_on_another_picture_costs_more_than_staying():
    zero, elsewhere = torch.zeros(4, 4), EYE[torch.tensor([2, 3, 0, 1])]
    wrong = arithmetic(EYE, EYE, elsewhere)
    assert wrong > arithmetic(EYE, zero, zero)
