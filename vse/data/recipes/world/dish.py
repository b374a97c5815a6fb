"""A dish: what it is, what is in it and what it is served on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from vse.data.recipes.world.forms import COLOURED, COLOURS, FORMS, VESSELS, Form
from vse.data.recipes.world.ingredients import HIDDEN, INGREDIENTS

MOST_OF_ONE = 3  # glyphs of an ingredient


@dataclass(frozen=True)
class Part:
    """An ingredient that the picture shows so many times."""

    name: str
    count: int


@dataclass(frozen=True)
class Dish:
    """`parts` are seen and `hidden` are not; `seed` decides all that is not said here: places, wording, the table."""

    id: str
    form: str
    parts: tuple[Part, ...]
    hidden: tuple[str, ...]
    vessel: str
    colour: str | None
    seed: int

    @property
    def kind(self) -> Form:
        return FORMS[self.form]

    @property
    def course(self) -> str:
        return self.kind.course

    @property
    def ingredients(self) -> frozenset[str]:
        """All of them, seen or not."""
        return frozenset({part.name for part in self.parts} | set(self.hidden))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Dish:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: for what is no dish of this world.
        """
        parts = tuple(Part(str(each["name"]), int(each["count"])) for each in data["parts"])
        dish = cls(data["id"], data["form"], parts, tuple(data["hidden"]), data["vessel"], data["colour"],
                   int(data["seed"]))  # fmt: skip
        known = dish.form in FORMS and dish.vessel in VESSELS and set(dish.hidden) <= HIDDEN.keys()
        if not known or not all(p.name in INGREDIENTS and 1 <= p.count <= MOST_OF_ONE for p in parts):
            raise ValueError(f"{dish.id!r} holds something that Emoji Recipes does not know")
        if (dish.vessel in COLOURED) != (dish.colour in COLOURS):
            raise ValueError(f"{dish.id!r} is served {dish.vessel!r} of the colour {dish.colour!r}")
        return dish
