from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import torch
from torch import nn

from tests.cnn_fakes import RAW, TinyCnn
from vse.modalities.image.backbones.build import Backbone
from vse.training.studies.transfer.copied import (
    Copied,
    CopiedRow,
    CopyTraining,
    compared,
    convolutions_of,
    copied_table,
    evenly,
    pixels_of,
    rows_from,
    run,
)
from vse.training.studies.transfer.labelled import Labelled

CONVOLUTIONS = 3  # of the tiny CNN: two layers and a gate


def trained() -> Backbone:
    model = TinyCnn()
    with torch.no_grad():
        model.norm.running_mean.fill_(0.25)
    return Backbone("tiny", model, RAW)


def fresh() -> Backbone:
    model = TinyCnn()
    model.norm.eps = 1e-5
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    return Backbone("tiny", model, RAW, trainable=True)


@pytest.mark.parametrize("frozen", [True, False])
def test_the_first_are_copied_and_the_rest_are_new(frozen: bool):
    source = trained()
    assert convolutions_of(source) == CONVOLUTIONS
    for count in range(CONVOLUTIONS + 1):
        torch.manual_seed(1)
        model, begun = Copied(source, fresh(), count, frozen, 2).train(), source.network.state_dict()
        for place, name in enumerate(("first", "second", "gate"), 1):
            weight = model.network.get_submodule(name).weight
            assert torch.equal(weight, begun[f"{name}.weight"]) == (place <= count), (count, name)
            assert weight.requires_grad == (place > count or not frozen)
        norm = model.network.get_submodule("norm")
        assert torch.equal(norm.running_mean, begun["norm.running_mean"]) == (count >= 1)
        assert norm.training == (count == 0)
        assert model.classifier.weight.requires_grad


def test_what_is_frozen_stays_and_all_else_learns(squares: Labelled):
    source = trained()
    pixels = pixels_of(squares, RAW)
    before = source.network.state_dict()
    torch.manual_seed(0)
    model = Copied(source, fresh(), 1, True, 2)
    started = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = run(model, pixels, squares, RAW, CopyTraining(epochs=2, batch_size=4), seed=0)
    assert 0 <= found <= 100
    after = model.state_dict()
    assert torch.equal(after["network.first.weight"], before["first.weight"])
    assert torch.equal(after["network.norm.running_mean"], before["norm.running_mean"])
    assert not torch.equal(after["network.second.weight"], started["network.second.weight"])
    assert not torch.equal(after["classifier.weight"], started["classifier.weight"])


def test_copied_layers_learn_at_a_share_of_the_rate(squares: Labelled):
    source = trained()
    torch.manual_seed(0)
    model = Copied(source, fresh(), 1, False, 2)
    pixels, how = pixels_of(squares, RAW), CopyTraining(epochs=1, batch_size=4, copied_rate=0.0)
    run(model, pixels, squares, RAW, how, seed=0)
    first, before = model.network.get_submodule("first").weight, source.network.state_dict()["first.weight"]
    assert torch.equal(first, before)
    run(model, pixels, squares, RAW, replace(how, copied_rate=0.1), seed=0)
    assert not torch.equal(first, before)


def test_colours_are_learnt_on_top_of_layers_that_see_them(squares: Labelled):
    how = CopyTraining(epochs=10, batch_size=8, learning_rate=0.1, seeds=1)
    progress: list[tuple[int, int]] = []
    rows = compared(trained(), fresh, squares, (0, CONVOLUTIONS), how, lambda *at: progress.append(at))
    assert [row.copied for row in rows] == [0, CONVOLUTIONS]
    assert rows[0].frozen == rows[0].fine_tuned
    assert rows[1].frozen == (100.0, 0.0)
    assert progress == [(done, 3) for done in range(1, 4)]
    assert rows == rows_from(json.loads(json.dumps([asdict(row) for row in rows])))


def test_steps_and_table():
    assert evenly(52, 4) == [0, 13, 26, 39, 52]
    assert evenly(2, 4) == [0, 1, 2]
    table = copied_table([CopiedRow(0, (10.0, 1.0), (10.0, 1.0)), CopiedRow(13, (20.0, 0.0), (30.55, 2.0))])
    assert table.splitlines()[2:] == ["| 0 |  | 10.0 ± 1.0 |", "| 13 | 20.0 | 30.6 ± 2.0 |"]
