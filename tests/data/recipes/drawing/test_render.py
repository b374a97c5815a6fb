"""Pictures of dishes: the same for the same dish, and different where the dish is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vse.data.recipes.drawing.render import render
from vse.data.recipes.world.sample import sample_dishes, swaps_of
from vse.data.scenes.drawing.glyphs import find_font
from vse.errors import FontMissingError


@pytest.fixture(autouse=True)
def font() -> None:
    try:
        find_font()
    except FontMissingError:
        pytest.skip("the Noto Color Emoji font is not installed")


def test_a_counterpart_differs_where_the_ingredient_is():
    (dish,) = sample_dishes("test", 1)
    one = np.asarray(render(dish, 96), np.int16)
    np.testing.assert_array_equal(one, np.asarray(render(dish, 96)))
    assert one.shape == (96, 96, 3)
    swap = next(iter(swaps_of(dish)))
    share = (np.abs(np.asarray(render(swap.target, 96), np.int16) - one).max(axis=2) > 8).mean()
    assert 0 < share < 0.25
    hidden = replace(dish, hidden=(*dish.hidden, "salt"))
    np.testing.assert_array_equal(one, np.asarray(render(hidden, 96)))
