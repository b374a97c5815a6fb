"""What a recipe is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """Ingredients with their amounts, and steps, each in order; the title names it and is not part of what is read."""

    title: str
    ingredients: tuple[str, ...]
    instructions: tuple[str, ...]

    def __str__(self) -> str:
        """As people write it, and as `parse_recipe` reads it."""
        items = "".join(f"- {line}\n" for line in self.ingredients)
        steps = "".join(f"{number}. {line}\n" for number, line in enumerate(self.instructions, start=1))
        return f"{self.title}\n\nIngredients:\n{items}\nInstructions:\n{steps}"

    def without(self, row: int) -> Recipe:
        """Without one of its ingredients; the steps stay."""
        return Recipe(self.title, self.ingredients[:row] + self.ingredients[row + 1 :], self.instructions)

    def to_json(self) -> dict[str, Any]:
        return {"title": self.title, "ingredients": list(self.ingredients), "instructions": list(self.instructions)}

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """The inverse of `to_json`.

        Raises:
            ValueError: for anything else.
        """
        if not isinstance(data, dict):
            raise ValueError(f"a recipe must be an object, found {str(data)[:40]!r}")
        lists = []
        for lines in (data.get("ingredients"), data.get("instructions")):
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise ValueError("a recipe must have lists of texts as its ingredients and instructions")
            lists.append(tuple(lines))
        if not isinstance(data.get("title"), str):
            raise ValueError("a recipe must have a text as its title")
        return cls(data["title"], *lists)
