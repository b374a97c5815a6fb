from __future__ import annotations

import math

import pytest
import torch

from vse.encoders.joint import JointModel
from vse.training.objectives.base import Context, Embedded
from vse.training.objectives.word_prediction import RARE, WordPrediction, WordPredictionConfig, word_loss
from vse.training.sources.base import Batch, words_used


def test_the_words_of_all_captions_of_a_picture_count_once():
    ids = torch.tensor([[[2, 3, 0], [3, 4, 2]], [[1, 0, 0], [1, 1, 0]]])
    expected = torch.tensor([[0, 0, 1, 1, 1, 0], [0, 1, 0, 0, 0, 0]], dtype=torch.float32)
    assert torch.equal(words_used(ids, 6), expected)


def test_the_loss_by_hand():
    logits = torch.tensor([[0.0, math.log(3.0), 0.0], [-math.log(3.0), 0.0, 0.0]])
    used = torch.tensor([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    # of the used words log 4/3, log 4 and log 2; of each of the three others log 2
    expected = (math.log(4 / 3) + math.log(4) + math.log(2) + 3 * math.log(2)) / 3
    assert float(word_loss(logits, used)) == pytest.approx(expected, rel=1e-5)


class Model(JointModel):
    def feature_width(self, modality: str) -> int:
        return {"image": 4}[modality]


def test_words_are_rare_at_first():
    objective = WordPrediction(WordPredictionConfig(0.5), Context(Model(), "cosine", {"words": 7}))
    assert torch.equal(objective.heads["words"](torch.zeros(2, 4)), torch.full((2, 7), RARE))
    used = torch.eye(7)[:2]
    found = objective(Embedded({}, {"image": torch.zeros(2, 4)}), Batch(2, {}, targets={"words": used}), 0.0)
    torch.testing.assert_close(found, word_loss(torch.full((2, 7), RARE), used))
    assert objective.weight == 0.5
