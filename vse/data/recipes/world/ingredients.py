"""The ingredients: those that a picture shows, and those that can only be guessed from the rest."""

from __future__ import annotations

from dataclasses import dataclass

WORLD_VERSION = 1  # of dishes, recipes and captions

SLICED = ("slice", "chop", "dice", "cut up")
TORN = ("tear up", "chop", "shred")
FRIED = ("fry", "sear", "brown")
MASHED = ("slice", "mash", "cut up")
GRATED = ("grate", "slice", "crumble")
PEELED = ("peel", "peel and slice", "chop")
WASHED = ("rinse", "wash", "halve")
BEATEN = ("beat", "whisk", "crack")
MELTED = ("melt", "soften")


@dataclass(frozen=True)
class Ingredient:
    """Something that a picture shows as so many glyphs.

    name: the word for it, as sums say it; also: other words for it. unit: what one glyph stands for, "" for one piece,
    else an amount such as "50 g" or "1 slice". cuts: what is done with it before it is added.
    """

    name: str
    plural: str
    emoji: str
    also: tuple[str, ...]
    unit: str
    cuts: tuple[str, ...]
    tags: frozenset[str]

    @property
    def counted(self) -> bool:
        """Whether it comes in pieces, so that two of it are a plural."""
        return not self.unit


def _of(
    name: str, plural: str, emoji: str, tags: str, cuts: tuple[str, ...], also: str = "", unit: str = ""
) -> Ingredient:
    return Ingredient(name, plural, emoji, tuple(filter(None, also.split("|"))), unit, cuts, frozenset(tags.split()))


# Of what is counted `also` holds plurals; of the rest the plural is the word itself.
_INGREDIENTS: tuple[Ingredient, ...] = (
    _of("tomato", "tomatoes", "🍅", "vegetable", SLICED, "ripe tomatoes|plum tomatoes"),
    _of("carrot", "carrots", "🥕", "vegetable", PEELED),
    _of("onion", "onions", "🧅", "vegetable", PEELED, "brown onions"),
    _of("potato", "potatoes", "🥔", "vegetable", PEELED, "waxy potatoes"),
    _of("sweet potato", "sweet potatoes", "🍠", "vegetable", PEELED),
    _of("cucumber", "cucumbers", "🥒", "vegetable raw", SLICED),
    _of("green pepper", "green peppers", "🫑", "vegetable", SLICED, "bell peppers"),
    _of("chilli", "chillies", "🌶️", "vegetable hot", SLICED, "red chillies|hot chillies"),
    _of("mushroom", "mushrooms", "🍄", "vegetable", SLICED),
    _of("aubergine", "aubergines", "🍆", "vegetable", SLICED, "eggplants"),
    _of("avocado", "avocados", "🥑", "vegetable raw", MASHED),
    _of("corn", "corn", "🌽", "vegetable", WASHED, "sweetcorn", unit="1 cob"),
    _of("broccoli", "broccoli", "🥦", "vegetable", WASHED, unit="1 head"),
    _of("lettuce", "lettuce", "🥬", "vegetable raw", TORN, unit="1 leaf"),
    _of("garlic", "garlic", "🧄", "vegetable", PEELED, unit="1 clove"),
    _of("ginger", "ginger", "🫚", "vegetable hot", PEELED, unit="1 piece"),
    _of("basil", "basil", "🌿", "vegetable herb", TORN, "fresh basil", unit="1 sprig"),
    _of("beans", "beans", "🫘", "vegetable", WASHED, "kidney beans", unit="1 tin"),
    _of("peas", "peas", "🫛", "vegetable", WASHED, "green peas", unit="50 g"),
    _of("olives", "olives", "🫒", "vegetable", WASHED, "green olives", unit="30 g"),
    _of("egg", "eggs", "🥚", "egg", BEATEN, "free-range eggs"),
    _of("cheese", "cheese", "🧀", "dairy", GRATED, "cheddar", unit="50 g"),
    _of("bacon", "bacon", "🥓", "meat", FRIED, "streaky bacon", unit="1 rasher"),
    _of("chicken", "chicken", "🍗", "meat", FRIED, unit="1 leg"),
    _of("beef", "beef", "🥩", "meat", FRIED, "steak", unit="100 g"),
    _of("ham", "ham", "🍖", "meat", FRIED, unit="80 g"),
    _of("shrimp", "shrimps", "🍤", "fish", FRIED, "prawns"),
    _of("fish", "fish", "🐟", "fish", FRIED, "white fish", unit="1 fillet"),
    _of("crab", "crabs", "🦀", "fish", WASHED),
    _of("lobster", "lobsters", "🦞", "fish", WASHED),
    _of("squid", "squid", "🦑", "fish", SLICED, unit="1 tube"),
    _of("bread", "bread", "🍞", "bread", ("toast", "cube", "slice"), unit="1 slice"),
    _of("lemon", "lemons", "🍋", "vegetable fruit sour", ("squeeze", "slice", "zest"), "unwaxed lemons"),
    _of("apple", "apples", "🍎", "fruit", PEELED, "red apples"),
    _of("pear", "pears", "🍐", "fruit", PEELED),
    _of("orange", "oranges", "🍊", "fruit", PEELED),
    _of("banana", "bananas", "🍌", "fruit", MASHED),
    _of("peach", "peaches", "🍑", "fruit", SLICED),
    _of("mango", "mangoes", "🥭", "fruit", SLICED),
    _of("pineapple", "pineapples", "🍍", "fruit", SLICED),
    _of("coconut", "coconuts", "🥥", "fruit", ("grate", "crack open", "flake")),
    _of("kiwi", "kiwis", "🥝", "fruit", SLICED),
    _of("melon", "melons", "🍈", "fruit", SLICED),
    _of("watermelon", "watermelon", "🍉", "fruit", SLICED, unit="1 wedge"),
    _of("grapes", "grapes", "🍇", "fruit", WASHED, "red grapes", unit="1 bunch"),
    _of("strawberry", "strawberries", "🍓", "fruit", WASHED),
    _of("blueberries", "blueberries", "🫐", "fruit", WASHED, unit="40 g"),
    _of("cherry", "cherries", "🍒", "fruit", ("stone", "pit", "halve")),
    _of("chocolate", "chocolate", "🍫", "sweet", ("melt", "grate", "chop"), "dark chocolate", unit="1 bar"),
    _of("honey", "honey", "🍯", "sweet", ("warm", "stir"), "runny honey", unit="1 tbsp"),
    _of("butter", "butter", "🧈", "sweet dairy", MELTED, "salted butter", unit="30 g"),
    _of("chestnut", "chestnuts", "🌰", "sweet nut", ("roast", "peel", "chop")),
    _of("peanuts", "peanuts", "🥜", "sweet nut", ("crush", "roast", "chop"), unit="30 g"),
    _of("biscuit", "biscuits", "🍪", "sweet", ("crumble", "break up", "crush"), "cookies"),
)  # fmt: skip
INGREDIENTS: dict[str, Ingredient] = {each.name: each for each in _INGREDIENTS}

# What no picture shows -> the amounts that it comes in.
HIDDEN: dict[str, tuple[str, ...]] = {
    "salt": ("a pinch of", "1 tsp", "1/2 tsp"),
    "black pepper": ("a pinch of", "some", "1/2 tsp"),
    "olive oil": ("1 tbsp", "2 tbsp", "a splash of"),
    "vegetable oil": ("1 tbsp", "2 tbsp", "a little"),
    "flour": ("200 g", "250 g", "300 g"),
    "yeast": ("7 g", "1 sachet of", "1 tsp"),
    "water": ("150 ml", "200 ml", "a glass of"),
    "stock": ("500 ml", "1 litre of", "750 ml"),
    "rice": ("150 g", "200 g", "a cup of"),
    "spaghetti": ("200 g", "250 g"),
    "noodles": ("150 g", "200 g", "1 nest of"),
    "tortillas": ("2", "4"),
    "buns": ("2", "4"),
    "pastry": ("1 sheet of", "250 g"),
    "milk": ("100 ml", "200 ml", "a cup of"),
    "cream": ("100 ml", "150 ml"),
    "sugar": ("2 tbsp", "50 g", "100 g"),
    "oats": ("80 g", "a cup of"),
    "vanilla": ("1 tsp", "a drop of"),
    "cinnamon": ("1 tsp", "a pinch of"),
    "baking powder": ("1 tsp", "2 tsp"),
    "soy sauce": ("1 tbsp", "2 tbsp"),
    "vinegar": ("1 tbsp", "a splash of"),
    "mustard": ("1 tsp", "1 tbsp"),
    "mayonnaise": ("1 tbsp", "2 tbsp"),
    "oregano": ("1 tsp", "a pinch of"),
    "paprika": ("1 tsp", "2 tsp"),
    "cumin": ("1 tsp", "1/2 tsp"),
    "curry powder": ("1 tbsp", "2 tsp"),
    "yoghurt": ("100 g", "3 tbsp"),
    "tea leaves": ("1 tsp", "2 tsp"),
    "ice cubes": ("4", "a handful of"),
    "rum": ("20 ml", "a dash of"),
    "mint": ("a few leaves of", "some"),
    "cornflour": ("1 tbsp", "2 tsp"),
    "white wine": ("100 ml", "a glass of"),
    "thyme": ("1 tsp", "a little"),
}
