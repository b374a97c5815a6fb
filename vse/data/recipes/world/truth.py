"""What is true of which dish, in numbers: statements against dishes as one matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data.recipes.world.dish import Dish, Part
from vse.data.recipes.world.forms import COLOURS, COURSES, FORMS, VESSELS
from vse.data.recipes.world.ingredients import INGREDIENTS

_FRAME = (list(FORMS), list(COURSES), list(VESSELS), list(COLOURS))
_COLUMN = {name: column for column, name in enumerate(INGREDIENTS)}
ANY = -1


@dataclass(frozen=True)
class Said:
    """What a caption says of a dish; None where it says nothing. A part of count 0 says that it is there at all."""

    form: str | None = None
    course: str | None = None
    vessel: str | None = None
    colour: str | None = None
    parts: tuple[Part, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Any) -> Said:
        """The inverse of `to_json`."""
        parts = tuple(Part(each["name"], each["count"]) for each in data.get("parts", ()))
        return cls(**{**data, "parts": parts})


@dataclass(frozen=True)
class DishCodes:
    """frame (N, 4) int8: form, course, vessel and colour, -1 for none. counts (N, I) int8: glyphs of each."""

    frame: np.ndarray
    counts: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> DishCodes:
        return DishCodes(self.frame[rows], self.counts[rows])


def _frame(values: Sequence[str | None]) -> list[int]:
    return [ANY if value is None else known.index(value) for value, known in zip(values, _FRAME, strict=True)]


def encode_dishes(dishes: Sequence[Dish]) -> DishCodes:
    counts = np.zeros((len(dishes), len(INGREDIENTS)), np.int8)
    for row, dish in zip(counts, dishes, strict=True):
        for part in dish.parts:
            row[_COLUMN[part.name]] = part.count
    frame = [_frame((dish.form, dish.course, dish.vessel, dish.colour)) for dish in dishes]
    return DishCodes(np.array(frame, np.int8).reshape(-1, 4), counts)


def encode_said(said: Sequence[Said]) -> DishCodes:
    """The same numbers of statements: a count of 0 asks for nothing, and -1 for any number."""
    counts = np.zeros((len(said), len(INGREDIENTS)), np.int8)
    for row, each in zip(counts, said, strict=True):
        for part in each.parts:
            row[_COLUMN[part.name]] = part.count or ANY
    frame = [_frame((each.form, each.course, each.vessel, each.colour)) for each in said]
    return DishCodes(np.array(frame, np.int8).reshape(-1, 4), counts)


def said_matrix(dishes: DishCodes, said: DishCodes) -> np.ndarray:
    """(D, S) bool: statement s is true of dish d."""
    frames = np.all((said.frame[None] == ANY) | (dishes.frame[:, None] == said.frame[None]), axis=2)
    there, wanted = dishes.counts, said.counts
    # Every ingredient asked for is there, and in the number asked for; as products, since D x S x I is large.
    missing = (there == 0).astype(np.float32) @ (wanted != 0).astype(np.float32).T
    wrong = sum((there != n).astype(np.float32) @ (wanted == n).astype(np.float32).T for n in range(1, 4))
    result: np.ndarray = frames & (missing == 0) & (wrong == 0)
    return result


def same_matrix(one: DishCodes, other: DishCodes) -> np.ndarray:
    """(D, R) bool: the recipe of one dish is true of the picture of another: kind, counts and what it is served on."""
    frames = np.all(one.frame[:, None] == other.frame[None], axis=2)
    # Equal rows of counts have no distance: |a|^2 + |b|^2 - 2ab.
    a, b = one.counts.astype(np.float32), other.counts.astype(np.float32)
    result: np.ndarray = frames & ((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T == 0)
    return result
