from __future__ import annotations

import re

import pytest

from demo.evaluate.curves import Line, chart, curves_html, starts, ticks, value
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE


def entry(epoch: int, loss: float, rsum: float) -> dict[str, object]:
    truth = {TEXT_TO_IMAGE.name: {"satisfied_at_1": rsum / 10}, IMAGE_TO_TEXT.name: {"satisfied_at_1": rsum / 6}}
    return {"epoch": epoch, "loss": loss, "dev": {"rsum": rsum, "truth": truth}}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 50, 100]),
        (44, 528.6, [0, 200, 400, 600]),
        (0.165, 0.764, [0, 0.2, 0.4, 0.6, 0.8]),
        (5, 5, [5, 5.5, 6]),
    ],
)
def test_ticks_are_round_and_hold_everything(low: float, high: float, expected: list[float]):
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    if low < high:
        assert found == expected


def test_a_round_begins_where_the_epochs_begin_anew():
    assert starts([{"epoch": each} for each in (1, 2, 3, 1, 2, 1)]) == [0, 3, 5]
    assert starts([]) == []


def test_values_that_are_not_there_are_left_out():
    assert value({"dev": {"rsum": 3}}, "dev", "rsum") == 3
    assert value({"dev": {"rsum": float("nan")}}, "dev", "rsum") is None
    assert value({"dev": []}, "dev", "rsum") is None
    assert chart("empty", [Line("a", "ink", [None, None])], [0]) == ""


def test_a_chart_draws_each_epoch_where_it_belongs():
    svg = chart("Loss", [Line("loss", "ink", [0.0, 50.0, 100.0])], [0])
    points = re.search(r'points="([^"]*)"', svg)
    assert points is not None
    assert points[1] == "40.0,164.0 204.0,88.0 368.0,12.0"
    assert svg.count("<circle") == 3
    assert "epoch 3: loss 100" in svg


def test_losses_of_two_rounds_are_not_joined():
    history = [entry(1, 0.3, 100), entry(2, 0.2, 300), entry(1, 0.8, 400)]
    html = curves_html(history)
    assert html.count("<figure") == 3
    assert html.count('class="again"') == 3
    assert html.count("<polyline") == 1 + 2 + 2
    assert "taken up again" in html
    assert "taken up again" not in curves_html(history[:2])
    assert "No record" in curves_html([])
