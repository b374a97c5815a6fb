"""Recipes as people paste them: headings, bullets and numbers, or nothing but lines."""

from __future__ import annotations

import re

from vse.errors import RecipeError
from vse.modalities.recipe.recipe import Recipe

LINE_BREAK = "⏎"
MOST_LINES, MOST_CHARACTERS = 60, 20_000

_HEADINGS = {
    "ingredients": re.compile(r"(the )?ingredients?( list)?|you (will )?need|what you need|shopping list", re.I),
    "instructions": re.compile(
        r"(cooking )?(instructions?|directions?|methods?|steps?|preparation|how to make it)", re.I
    ),
}
_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*•·‣▪–—+]\s+|☐\s*|\[[ xX]?\]\s*|(?:step\s+)?\d{1,3}\s*[.):]\s+)+", re.I)
_BOLD = re.compile(r"[*_]{2,}")
_AMOUNT = re.compile(
    r"^(?:\d|[½¼¾⅓⅔⅛]|(?:an?|one|two|three|four|five|six|some|half)\s+(?!few minutes)"
    r"|salt\b|pepper\b|(?:black|white) pepper)",
    re.I,
)
_UNIT = re.compile(
    r"\b(g|kg|ml|l|cl|dl|oz|lb|tsp|tbsp|cups?|pinch|cloves?|slices?|tins?|cans?|handfuls?|sprigs?)\b", re.I
)


def looks_like_recipe(text: str) -> bool:
    """Whether a text is to be read as a recipe rather than as a query.

    It has several lines, and one is the heading of a list, or two begin with an amount.
    """
    lines = _lines(text)
    if len(lines) < 2:
        return False
    return any(_heading(line)[0] for line in lines) or sum(bool(_AMOUNT.match(_plain(line))) for line in lines) >= 2


def parse_recipe(text: str) -> Recipe:
    """A text -> a recipe. Headings say which lines are which; without them, lines with an amount are ingredients.

    Either list may come out empty: what a recipe must have is for `check_recipe` to say.

    Raises:
        RecipeError: for a text that is empty or overlong.
    """
    if not isinstance(text, str):
        raise RecipeError(f"A recipe was expected and {type(text).__name__} came: give its text.")
    if len(text) > MOST_CHARACTERS:
        raise RecipeError(
            f"The recipe has {len(text):,} characters and at most {MOST_CHARACTERS:,} are read: shorten it."
        )
    lines = _lines(text)
    if not lines:
        raise RecipeError("The recipe is empty: give its ingredients and its steps, one a line.")
    if any(_heading(line)[0] for line in lines):
        return _by_headings(lines)
    return _by_looks(lines)


def _lines(text: str) -> list[str]:
    """Those with anything in them; LINE_BREAK stands for a new one, in a box that has one line only."""
    return [line for line in map(str.strip, text.replace("\0", " ").replace(LINE_BREAK, "\n").splitlines()) if line]


def _heading(line: str) -> tuple[str, str]:
    """The list that a line is the heading of, "" for none, and what stands behind the colon."""
    plain = _MARK.sub("", _BOLD.sub("", line)).strip()
    name, colon, rest = plain.partition(":")
    for kind, pattern in _HEADINGS.items():
        if pattern.fullmatch(name.strip()) and (colon or line is not plain or len(plain.split()) <= 3):
            return kind, rest.strip()
    return "", ""


def _by_headings(lines: list[str]) -> Recipe:
    found: dict[str, list[str]] = {"": [], "ingredients": [], "instructions": []}
    at = ""
    for line in lines:
        kind, rest = _heading(line)
        if kind:
            at = kind
            # "Ingredients: 2 eggs, salt" on one line
            found[at] += re.split(r"[,;]\s*", rest) if kind == "ingredients" and rest else _steps(rest)
        else:
            found[at].append(_plain(line))
    title, *more = found[""] or [""]
    if not found["ingredients"]:  # what stands before "Instructions:" are the ingredients
        found["ingredients"] = more
    return Recipe(title, tuple(filter(None, found["ingredients"])), tuple(filter(None, found["instructions"])))


def _by_looks(lines: list[str]) -> Recipe:
    """Lines with an amount are ingredients until the first sentence; a first line that is neither is the title."""
    plain = [_plain(line) for line in lines]
    bulleted = [bool(re.match(r"^\s*[-*•·‣▪–+]\s", line)) for line in lines]
    numbered = [bool(re.match(r"^\s*(?:step\s+)?\d{1,3}\s*[.):]\s", line, re.I)) for line in lines]
    looks = [
        not number and (bullet or bool(_AMOUNT.match(line) or (_UNIT.search(line) and len(line.split()) < 7)))
        and not line.endswith(".")
        for line, bullet, number in zip(plain, bulleted, numbered, strict=True)
    ]  # fmt: skip
    first = 0 if len(plain) == 1 or looks[0] or numbered[0] or plain[0].endswith(".") else 1
    title = plain[0] if first else ""
    ingredients = [line for line, is_one in zip(plain[first:], looks[first:], strict=True) if is_one]
    steps = [line for line, is_one in zip(plain[first:], looks[first:], strict=True) if not is_one]
    steps = [each for line in steps for each in (_steps(line) if len(steps) == 1 else [line])]
    return Recipe(title, tuple(ingredients), tuple(steps))


def _plain(line: str) -> str:
    return _BOLD.sub("", _MARK.sub("", line)).strip()


def _steps(paragraph: str) -> list[str]:
    """The sentences of a method written in one go."""
    return [each for each in re.split(r"(?<=[.!])\s+", paragraph) if each]


def check_recipe(recipe: Recipe) -> Recipe:
    """
    Raises:
        RecipeError: for a recipe that lacks one of its lists, or has one that is overlong.
    """
    for name, lines, advice in (
        ("ingredients", recipe.ingredients, "list them with their amounts, one a line"),
        ("steps", recipe.instructions, "say how it is made, one step a line"),
    ):
        if not lines:
            raise RecipeError(f"The recipe has no {name}: {advice}.")
        if len(lines) > MOST_LINES:
            raise RecipeError(f"The recipe has {len(lines):,} {name}: give one of at most {MOST_LINES}.")
    return recipe
