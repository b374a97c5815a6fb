from __future__ import annotations

import pytest
import torch

from vse.training.config import train_config
from vse.training.objectives import build_objectives
from vse.training.objectives.base import Context, Embedded
from vse.training.objectives.entailment import order_loss
from vse.training.sources.base import Batch


def test_the_loss_by_hand():
    violations = torch.tensor([[0.0, 0.3], [0.02, 0.1]])
    follows = torch.tensor([[True, False], [False, True]])
    # In order 0 and 0.1, which is 0.05 in the mean; of the others 0.02 lacks 0.03 to the margin, for two rows.
    assert float(order_loss(violations, follows, 0.05, 2)) == pytest.approx(0.05 + 0.03 / 2)
    assert float(order_loss(violations, torch.zeros(2, 2, dtype=torch.bool), 0.05, 0)) == pytest.approx(0.08 / 2)


def test_a_picture_below_its_captions_and_these_in_their_order_cost_nothing():
    config = train_config({"loss": "order", "entailment": 2.0, "entailment_margin": 0.1})
    captions = torch.tensor([[[0.2, 0.0, -0.98], [0.6, 0.0, -0.8]]])  # a general and a special one, of length 1
    images = torch.tensor([[[0.8, 0.0, -0.6]]])
    follows = torch.tensor([[[[True, True]], [[True, False]], [[True, True]]]])
    loss = build_objectives(config.objectives, Context(None, "order"))["entailment"]  # type: ignore[arg-type]
    batch = Batch(1, {}, targets={"entailment": follows})
    assert loss.weight == 2.0
    assert float(loss(Embedded({"image": images, "text": captions}), batch, 0.0)) == 0
    turned = Embedded({"image": images, "text": captions.flip(1)})
    # The special one of the pair stands above: 0.4 and 0.18 too much; what should be violated by 0.1 is not at all.
    assert float(loss(turned, batch, 0.0)) == pytest.approx((0.4**2 + 0.18**2) / 5 + 0.1 / 3, abs=1e-5)
