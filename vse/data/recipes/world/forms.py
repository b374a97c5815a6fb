"""The kinds of dish: what each shows, what it needs, how it is begun, cooked and served."""

from __future__ import annotations

from dataclasses import dataclass

COURSES = ("starter", "soup", "main course", "snack", "breakfast", "dessert", "drink")
# What a dish is served on, and how that is said; crockery has a colour.
VESSELS: dict[str, tuple[str, ...]] = {
    "plate": ("on a {colour} plate", "on {colour} plates"),
    "bowl": ("in a {colour} bowl", "in {colour} bowls"),
    "pan": ("in the pan", "straight from the pan"),
    "board": ("on a wooden board", "on a chopping board"),
    "tray": ("on a tray", "on a metal tray"),
}
COLOURED = ("plate", "bowl")
COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (246, 244, 238),
    "blue": (92, 138, 206),
    "green": (116, 172, 118),
    "yellow": (238, 206, 96),
    "pink": (232, 154, 176),
    "grey": (128, 132, 140),
}


@dataclass(frozen=True)
class Form:
    """A kind of dish.

    tags: of the ingredients that go in. base: hidden ingredients that it always has; extra: those that it may have.
    begin, join, cook: ways to say its steps; {x} is what is added.
    """

    name: str
    emoji: str
    course: str
    tags: frozenset[str]
    vessels: tuple[str, ...]
    base: tuple[str, ...]
    extra: tuple[str, ...]
    begin: tuple[str, ...]
    join: tuple[str, ...]
    cook: tuple[str, ...]


_SAVOURY = "vegetable egg dairy meat fish"
_SWEET = "fruit sweet"
_SEASONING = ("black pepper", "paprika", "oregano", "thyme")
_TABLE = ("plate", "board", "tray")
_POT = ("bowl", "pan", "plate")

_PUT = ("Add {x}.", "Stir in {x}.", "Tip in {x}.", "Now {x} go in.", "Mix in {x}.")
_TOP = ("Scatter {x} on top.", "Top with {x}.", "Arrange {x} over it.", "Finish with {x}.", "Spread {x} over the top.")
_FILL = ("Fill with {x}.", "Layer {x} inside.", "Put {x} in the middle.", "Pile in {x}.", "Tuck in {x}.")
_BAKE = (
    "Bake for {m} minutes at {t} degrees.",
    "Put it in a hot oven for {m} minutes.",
    "Bake until golden, about {m} minutes.",
    "Cook in the oven at {t} degrees until done.",
)
_SIMMER = (
    "Simmer for {m} minutes.",
    "Cover and cook gently for {m} minutes.",
    "Let it bubble over a low heat for {m} minutes.",
    "Cook until everything is tender.",
)
_FRY = (
    "Fry for {s} minutes, stirring.",
    "Cook over a high heat for {s} minutes.",
    "Toss in the hot pan for {s} minutes.",
    "Fry until crisp.",
)
_CHILL = ("Chill for {m} minutes.", "Leave in the fridge for an hour.", "Let it cool before serving.", "Serve cold.")
_STAND = ("Press down gently.", "Close it and cut in half.", "Roll it up tightly.", "Fold it over.")
_BLEND = ("Blend until smooth.", "Whizz for a minute.", "Stir well.", "Shake and strain.")
_STEEP = ("Let it steep for {s} minutes.", "Leave it to draw.", "Cover the pot and wait for {s} minutes.", "Strain.")
_DOUGH = (
    "Mix {b} to a smooth dough and let it rise.",
    "Knead {b} together and leave for an hour.",
    "Make a dough from {b}.",
    "Combine {b} in a large basin and knead.",
)
_BATTER = (
    "Whisk {b} to a batter.",
    "Beat {b} together until there are no lumps.",
    "Stir {b} in a basin.",
    "Make a thick batter of {b}.",
)
_BOIL = (
    "Bring {b} to the boil.",
    "Cook {b} in a big pot.",
    "Heat {b} slowly.",
    "Put {b} in a pot over a medium heat.",
)
_READY = ("Set out {b}.", "Warm {b} through.", "Have {b} ready.", "Begin with {b}.")
_DRESS = ("Whisk {b} to a dressing.", "Shake {b} in a jar.", "Stir {b} together.", "Mix {b} in a small cup.")


def _form(
    name: str,
    emoji: str,
    course: str,
    tags: str,
    vessels: tuple[str, ...],
    base: str,
    extra: tuple[str, ...],
    *steps: tuple[str, ...],
) -> Form:
    return Form(name, emoji, course, frozenset(tags.split()), vessels, tuple(base.split("|")), extra, *steps)


_FORMS: tuple[Form, ...] = (
    _form("pizza", "🍕", "main course", _SAVOURY, _TABLE, "flour|yeast|water|salt", ("olive oil", "oregano"), _DOUGH,
          _TOP, _BAKE),
    _form("salad", "🥗", "starter", f"{_SAVOURY} raw nut", ("plate", "bowl"), "olive oil|vinegar|salt",
          ("mustard", "black pepper"), _DRESS, _PUT, _CHILL),
    _form("stew", "🍲", "main course", "vegetable meat fish", _POT, "stock|salt", (*_SEASONING, "flour"), _BOIL, _PUT,
          _SIMMER),
    _form("noodle soup", "🍜", "soup", "vegetable egg meat fish", _POT, "stock|noodles|soy sauce",
          ("salt", "cornflour"), _BOIL, _PUT, _SIMMER),
    _form("spaghetti", "🍝", "main course", _SAVOURY, _POT, "spaghetti|salt", ("olive oil", *_SEASONING), _BOIL, _PUT,
          _FRY),
    _form("paella", "🥘", "main course", "vegetable meat fish", _POT, "rice|stock|paprika", ("salt", "white wine"),
          _BOIL, _PUT, _SIMMER),
    _form("curry", "🍛", "main course", "vegetable egg meat fish", _POT, "rice|curry powder|vegetable oil",
          ("cumin", "yoghurt", "salt"), _BOIL, _PUT, _SIMMER),
    _form("sandwich", "🥪", "snack", _SAVOURY, _TABLE, "mayonnaise|salt", ("mustard", "black pepper"), _READY, _FILL,
          _STAND),
    _form("tacos", "🌮", "main course", _SAVOURY, _TABLE, "tortillas|cumin|salt", ("yoghurt", "paprika"), _READY, _FILL,
          _STAND),
    _form("burrito", "🌯", "snack", _SAVOURY, _TABLE, "tortillas|rice|salt", ("cumin", "paprika"), _READY, _FILL,
          _STAND),
    _form("pita", "🥙", "snack", _SAVOURY, _TABLE, "yoghurt|salt", ("cumin", "mint"), _READY, _FILL, _STAND),
    _form("burger", "🍔", "main course", _SAVOURY, _TABLE, "buns|mayonnaise", ("mustard", "salt"), _READY, _FILL, _FRY),
    _form("fried rice", "🍚", "main course", "vegetable egg meat fish nut", _POT, "rice|vegetable oil|soy sauce",
          ("salt", "black pepper"), _BOIL, _PUT, _FRY),
    _form("omelette", "🍳", "breakfast", "vegetable dairy meat fish", ("pan", "plate"), "vegetable oil|salt",
          ("milk", "black pepper", "thyme"), _READY, _PUT, _FRY),
    _form("dumplings", "🥟", "starter", "vegetable meat fish egg", ("plate", "tray", "bowl"), "flour|water|soy sauce",
          ("cornflour", "vinegar"), _DOUGH, _FILL, _SIMMER),
    _form("fondue", "🫕", "main course", "dairy bread vegetable meat", ("tray", "plate", "board"),
          "white wine|cornflour", ("black pepper", "mustard"), _BOIL, _PUT, _SIMMER),
    _form("cream soup", "🥣", "soup", "vegetable bread dairy meat", ("plate", "tray", "board"), "stock|cream|salt",
          ("black pepper", "thyme"), _BOIL, _PUT, _SIMMER),
    _form("hot dog", "🌭", "snack", "vegetable dairy meat egg", _TABLE, "buns|mustard", ("mayonnaise", "salt"), _READY,
          _TOP, _FRY),
    _form("bagel", "🥯", "breakfast", "vegetable dairy meat fish egg", _TABLE, "mustard|salt", ("black pepper",),
          _READY, _FILL, _STAND),
    _form("savoury pie", "🥧", "main course", _SAVOURY, _TABLE, "pastry|cream|salt", _SEASONING, _READY, _FILL, _BAKE),
    _form("fruit pie", "🥧", "dessert", _SWEET, _TABLE, "pastry|sugar", ("cinnamon", "vanilla"), _READY, _FILL, _BAKE),
    _form("pancakes", "🥞", "breakfast", f"{_SWEET} egg", ("plate", "tray", "pan"), "flour|milk", ("sugar", "salt"),
          _BATTER, _TOP, _FRY),
    _form("waffles", "🧇", "breakfast", _SWEET, _TABLE, "flour|milk|sugar", ("vanilla", "baking powder"), _BATTER, _TOP,
          _BAKE),
    _form("cake", "🍰", "dessert", f"{_SWEET} egg", _TABLE, "flour|sugar|baking powder", ("milk", "vanilla", "rum"),
          _BATTER, _TOP, _BAKE),
    _form("muffins", "🧁", "dessert", f"{_SWEET} egg", _TABLE, "flour|sugar|baking powder", ("milk", "cinnamon"),
          _BATTER, _PUT, _BAKE),
    _form("ice cream", "🍨", "dessert", _SWEET, ("plate", "bowl", "tray"), "cream|sugar", ("vanilla", "rum"), _BOIL,
          _PUT, _CHILL),
    _form("caramel pudding", "🍮", "dessert", f"{_SWEET} egg", ("plate", "bowl", "tray"), "milk|sugar|vanilla",
          ("cream", "rum"), _BOIL, _TOP, _CHILL),
    _form("rice pudding", "🍚", "dessert", _SWEET, _POT, "rice|milk|sugar", ("cinnamon", "vanilla"), _BOIL, _PUT,
          _SIMMER),
    _form("porridge", "🥣", "breakfast", _SWEET, ("plate", "tray", "board"), "oats|milk", ("salt", "cinnamon", "sugar"),
          _BOIL, _TOP, _SIMMER),
    _form("smoothie", "🥤", "drink", _SWEET, ("tray", "board", "plate"), "milk|ice cubes", ("yoghurt", "vanilla"),
          _READY, _PUT, _BLEND),
    _form("fruit punch", "🍹", "drink", "fruit", ("tray", "board", "plate"), "water|sugar|ice cubes", ("rum", "mint"),
          _READY, _PUT, _BLEND),
    _form("tea", "🍵", "drink", "fruit hot sour nut herb", ("tray", "board", "plate"), "tea leaves|water",
          ("sugar", "mint"), _BOIL, _PUT, _STEEP),
)  # fmt: skip
FORMS: dict[str, Form] = {each.name: each for each in _FORMS}
