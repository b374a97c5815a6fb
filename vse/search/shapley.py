"""Fair shares of a whole among players: Shapley values, exact, or from permutations drawn at random.

The share of a player is what it adds when it joins, on average over all orders in which the players may join (Shapley
1953, "A Value for n-Person Games"). Shares add up to what all players reach together, less what is there without any.
Permutations are drawn in pairs of one and its reverse (Castro, Gomez and Tejada 2009; Mitchell et al. 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import comb

import numpy as np

EXACT = 8  # players up to which all their 2^n groups are asked for
PAIRS = 16  # of permutations that are drawn where there are more

Worth = Callable[[Sequence[int]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Shares:
    """values: (n, N) float32, of each player in each of N wholes; they sum to the whole less what is there without any.

    errors: (n, N) float32, the standard error of each; None where the values are exact.
    """

    values: np.ndarray
    errors: np.ndarray | None = None


def shapley(worth: Worth, players: int, seed: int = 0) -> Shares:
    """The shares of players; those of more than EXACT come from PAIRS pairs of permutations.

    Args:
        worth: groups -> (G, N), what each group reaches. A group is a whole number whose bit i says whether player i is
            in it. It is called once, with distinct groups, among them nobody, 0, and all.

    Raises:
        ValueError: for less than one player.
    """
    if players < 1:
        raise ValueError(f"{players} players came: give one or more.")
    return _exact(worth, players) if players <= EXACT else _sampled(worth, players, seed)


def _exact(worth: Worth, players: int) -> Shares:
    groups = np.arange(2**players)
    reached = np.asarray(worth(groups.tolist()), dtype=np.float64)
    sizes = np.array([int(group).bit_count() for group in groups])
    values = []
    for player in range(players):
        without = groups[groups >> player & 1 == 0]
        # Of n players, one of n places to join at is as likely as another, and so is each group of that size.
        chance = np.array([1 / (players * comb(players - 1, size)) for size in sizes[without]])
        values.append(chance @ (reached[without | 1 << player] - reached[without]))
    return Shares(np.array(values, dtype=np.float32))


def _sampled(worth: Worth, players: int, seed: int) -> Shares:
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(players).tolist() for _ in range(PAIRS)]
    orders = [each for order in drawn for each in (order, order[::-1])]
    groups = [list(accumulate((1 << player for player in order), initial=0)) for order in orders]
    row_of = {group: row for row, group in enumerate(dict.fromkeys(group for each in groups for group in each))}
    reached = np.asarray(worth(list(row_of)), dtype=np.float64)
    added = np.empty((len(orders), players, reached.shape[1]))
    for at, (order, through) in enumerate(zip(orders, groups, strict=True)):
        added[at, order] = np.diff(reached[[row_of[group] for group in through]], axis=0)
    pairs = added.reshape(PAIRS, 2, players, -1).mean(axis=1)
    errors = pairs.std(axis=0, ddof=1) / np.sqrt(PAIRS)
    return Shares(pairs.mean(axis=0).astype(np.float32), errors.astype(np.float32))
