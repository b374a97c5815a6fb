"""Losses of square score matrices, both ways, from the functions that give one way."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from torch import Tensor

from vse.training.objectives import hardest_negative as hardest
from vse.training.objectives import hinge_sum, infonce, squared_error


def both_ways(one_way: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """What a function of `scores` and of others, `ignore` among them, gives of rows and of columns together."""

    def loss(*given: Any, **named: Any) -> Tensor:
        forth = signature(one_way).bind(*given, **named).arguments
        turned = {name: forth[name].T for name in ("scores", "ignore") if forth.get(name) is not None}
        return one_way(**forth) + one_way(**{**forth, **turned})

    return loss


sum_of_hinges = both_ways(hinge_sum.sum_of_hinges)
hardest_negative = both_ways(hardest.hardest_negative)
info_nce = both_ways(infonce.info_nce)
squared = both_ways(squared_error.squared_error)
