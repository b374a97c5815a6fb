"""Semantic regularisation, against a number worked out by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from vse.training.objectives.base import Context, Embedded
from vse.training.objectives.semantic_class import SemanticClass, SemanticClassConfig
from vse.training.sources.base import Batch


def test_one_classifier_reads_pictures_and_recipes_and_no_captions():
    context = Context(cast(Any, SimpleNamespace(dim=2)), "cosine", {"class": 2})
    objective = SemanticClass(SemanticClassConfig(weight=0.5), context)
    (head,) = objective.heads.values()
    with torch.no_grad():
        head.weight.copy_(torch.eye(2))
        head.bias.zero_()
    east, north = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[0.0, 1.0]]])
    vectors = {"image": east, "text": north, "recipe": north}
    batch = Batch(1, {}, targets={"class": torch.tensor([0])})
    # -log softmax of logits (1, 0) and (0, 1) at 0: log(1 + 1/e) and log(1 + e); captions have no say
    expected = (math.log(1 + math.exp(-1)) + math.log(1 + math.e)) / 2
    assert objective(Embedded(vectors), batch, 0.0).item() == pytest.approx(expected)
    assert objective.weight == 0.5
    assert objective.needs == ("class",)
