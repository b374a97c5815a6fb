"""Figures and tables: rounded once, the same way everywhere."""

from __future__ import annotations

import pytest

from vse.evaluation.tables import figure, percent, table


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (81.65, 1, "81.7"),
        (81.64999999999999, 1, "81.7"),  # 100 * a share that was added up in another order
        (83.75, 1, "83.8"),
        (83.65, 1, "83.7"),  # a half goes up, whether its neighbour is even or odd
        (0.045, 2, "0.05"),
        (43.95, 1, "44.0"),
        (12.5, 0, "13"),
        (-0.04, 1, "0.0"),
        (7, 1, "7.0"),
        (100, 1, "100.0"),
        (526.38, 1, "526.4"),
        (None, 1, "-"),
    ],
)
def test_a_figure_is_rounded_half_up_whatever_noise_it_carries(value: float | None, digits: int, written: str):
    assert figure(value, digits) == written


def test_figures_that_are_shown_again_are_not_rounded_again():
    for thousandths in range(2000):
        shown = figure(thousandths / 1000, 2)
        assert figure(float(shown), 2) == shown


def test_a_share_is_shown_in_percent():
    assert percent(0.35) == "35.0"
    assert percent(0.4945, 0) == "49"
    assert percent(None) == "-"


def test_a_table_is_markdown():
    assert table(["a", "b"], [["1", "2"], ["x|y", "two\nlines"]]) == [
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "| x\\|y | two lines |",
    ]


def test_a_row_that_does_not_fit_the_head_is_refused():
    with pytest.raises(ValueError, match="A row of 1 cells came under 2 heads"):
        table(["a", "b"], [["1", "2"], ["3"]])
