"""Writing the recipe of a dish, each edition in other words."""

from __future__ import annotations

import random
from collections.abc import Sequence

from vse.data.recipes.world.dish import Dish, Part
from vse.data.recipes.world.forms import VESSELS
from vse.data.recipes.world.ingredients import HIDDEN, INGREDIENTS, WORLD_VERSION
from vse.modalities.recipe.recipe import Recipe

_NUMBERS = {1: "one", 2: "two", 3: "three"}
_PAST = {
    "slice": "sliced", "chop": "chopped", "dice": "diced", "shred": "shredded", "mash": "mashed", "grate": "grated",
    "peel": "peeled", "rinse": "rinsed", "wash": "washed", "halve": "halved", "toast": "toasted", "stone": "stoned",
    "crumble": "crumbled", "roast": "roasted", "crush": "crushed", "melt": "melted", "warm": "warmed",
}  # fmt: skip
_SERVE = ("Serve {on}.", "Bring it to the table {on}.", "Dish it up {on}.", "Serve at once {on}.", "Enjoy it {on}.")
_SEASON = ("Season with {x}.", "Add {x} to taste.", "Stir in {x}.", "Finally add {x}.", "Do not forget {x}.")
_THEN = ("", "", "", "Then ", "Next, ", "After that ", "Meanwhile, ")
_NAMES = ("{style} {x} {form}", "{form} with {x}", "{x} {form}", "{form} of {x}", "{style} {form} with {x}")
_STYLES = ("Simple", "Quick", "Grandma's", "Sunday", "Classic", "Easy", "Summer", "Rustic", "Spicy", "Best")


def listed(names: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def noun(part: Part, word: str = "") -> str:
    """The word for so many of an ingredient."""
    kind = INGREDIENTS[part.name]
    if not kind.counted:
        return word or kind.name
    return word or (kind.name if part.count == 1 else kind.plural)


def amount(part: Part, rng: random.Random) -> str:
    """A line of the list of ingredients: "2 tomatoes, sliced", "100 g cheddar"."""
    kind = INGREDIENTS[part.name]
    if kind.counted:
        number = str(part.count) if rng.random() < 0.7 else _NUMBERS[part.count]
        word = rng.choice(kind.also) if kind.also and part.count > 1 and rng.random() < 0.3 else ""
        line = f"{number} {noun(part, word)}"
    else:
        number, _, unit = kind.unit.partition(" ")
        total = int(number) * part.count
        plural = unit if unit in ("g", "tbsp") or total == 1 else _plural(unit)
        word = rng.choice(kind.also) if kind.also and rng.random() < 0.3 else kind.name
        line = f"{total} {plural} {'of ' if rng.random() < 0.4 and unit != 'g' else ''}{word}"
    cut = rng.choice(kind.cuts)
    return f"{line}, {_PAST[cut]}" if cut in _PAST and rng.random() < 0.25 else line


def _plural(unit: str) -> str:
    return {"leaf": "leaves", "bunch": "bunches"}.get(unit, f"{unit}s")


def title(dish: Dish, rng: random.Random) -> str:
    """A name that says the kind of dish and one or two of its ingredients."""
    chosen = rng.sample(dish.parts, min(len(dish.parts), rng.choice((1, 1, 2))))
    words = listed([part.name for part in chosen])
    name = rng.choice(_NAMES).format(style=rng.choice(_STYLES), x=words, form=dish.form)
    return name[0].upper() + name[1:]


def write_recipe(dish: Dish, edition: int = 0) -> Recipe:
    """The recipe of a dish; the same dish and edition give the same words."""
    rng = random.Random(f"recipe:{WORLD_VERSION}:{dish.seed}:{edition}")
    base = [f"{rng.choice(HIDDEN[name])} {name}" for name in dish.hidden]
    seen = [amount(part, rng) for part in dish.parts]
    lines = seen + base if rng.random() < 0.5 else base + seen
    return Recipe(title(dish, rng), tuple(lines), tuple(_steps(dish, rng)))


def _steps(dish: Dish, rng: random.Random) -> list[str]:
    form = dish.kind
    extra = [f"the {name}" for name in dish.hidden if name not in form.base]
    begin = rng.choice(form.begin).format(b=listed([f"the {name}" for name in form.base]))
    join = [_joined(form.join, group, rng) for group in _groups(dish.parts, rng)]
    season = [rng.choice(_SEASON).format(x=listed(extra))] if extra else []
    minutes, short, heat = rng.choice((10, 15, 20, 30, 40)), rng.choice((2, 3, 4, 5)), rng.choice((180, 200, 220))
    cook = rng.choice(form.cook).format(m=minutes, t=heat, s=short)
    on = rng.choice(VESSELS[dish.vessel]).format(colour=dish.colour)
    serve = rng.choice(_SERVE).format(on=on)
    steps = [begin, *_prepared(dish, rng), *join, *season, cook, serve]
    return [steps[0], *(_then(step, rng) for step in steps[1:-1]), steps[-1]]


def _prepared(dish: Dish, rng: random.Random) -> list[str]:
    """What is done to the ingredients before they are added; not to all of them."""
    found = []
    for group in _groups(dish.parts, rng):
        if rng.random() < 0.75:
            said = [f"{rng.choice(INGREDIENTS[part.name].cuts)} {_the(part, rng)}" for part in group]
            found.append(f"{listed(said)}.".capitalize())
    return found


def _joined(ways: Sequence[str], group: Sequence[Part], rng: random.Random) -> str:
    said = ways[rng.randrange(len(ways))].format(x=listed([_the(part, rng) for part in group]))
    return said[0].upper() + said[1:]


def _the(part: Part, rng: random.Random) -> str:
    """ "the tomatoes", "both tomatoes", "the cheese"."""
    kind = INGREDIENTS[part.name]
    if kind.counted and part.count > 1 and rng.random() < 0.3:
        return {2: "both", 3: "the three"}[part.count] + f" {noun(part)}"
    return f"the {noun(part)}"


def _groups(parts: Sequence[Part], rng: random.Random) -> list[Sequence[Part]]:
    """In order, by one, two or three."""
    groups, row = [], 0
    while row < len(parts):
        size = rng.choice((1, 2, 2, 3))
        groups.append(parts[row : row + size])
        row += size
    return groups


def _then(step: str, rng: random.Random) -> str:
    word = rng.choice(_THEN)
    return f"{word}{step[0].lower()}{step[1:]}" if word else step
