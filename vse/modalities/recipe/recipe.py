"""What a recipe is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_MEASURES = frozenset({
    "the", "and", "with", "some", "cup", "tsp", "tbsp", "tin", "can", "pinch", "clov", "slic", "piec", "head", "leaf",
    "leav", "sprig",
})  # fmt: skip


def _stems(text: str) -> set[str]:
    """The words of a text that may name an ingredient, without the endings of plurals."""
    words = (word.removesuffix("s").removesuffix("e") for word in re.findall(r"[^\W\d_]{3,}", text.lower()))
    return {word for word in words if word not in _MEASURES}


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

    @property
    def text(self) -> str:
        """Title and ingredients in one line, for a model that reads sentences alone."""
        return ", ".join(filter(None, (self.title, *self.ingredients)))

    def without(self, row: int) -> Recipe:
        """Without one of its ingredients, and without its words in the steps, unless another has them too."""
        rest = self.ingredients[:row] + self.ingredients[row + 1 :]
        gone = _stems(self.ingredients[row]) - {stem for line in rest for stem in _stems(line)}
        steps = (
            " ".join(word for word in step.split() if not _stems(word) & gone).strip() for step in self.instructions
        )
        return Recipe(self.title, rest, tuple(filter(None, steps)))

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
