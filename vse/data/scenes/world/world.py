"""The world of Emoji Scenes as data: what there is, where it can be, and the words people use for it.

Nothing here draws or samples. The kinds of subjects, the longest table, have a module of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

WORLD_VERSION = 1  # of scenes and captions
ART_VERSION = 1  # of how they are drawn

# What people do, with the words for it: (is doing, does).  "standing" is also said by not saying it.
ACTIONS: dict[str, tuple[str, ...]] = {
    "standing": ("standing", "standing still"),
    "walking": ("walking", "strolling", "going for a walk"),
    "running": ("running", "jogging", "racing"),
    "cycling": ("cycling", "riding a bike", "biking"),
    "surfing": ("surfing", "riding a wave", "riding a surfboard"),
    "swimming": ("swimming", "swimming the crawl"),
    "rowing": ("rowing", "rowing a boat", "paddling a boat"),
    "dancing": ("dancing", "doing a dance"),
    "riding a horse": ("riding a horse", "on horseback", "horse riding"),
    "meditating": ("meditating", "doing yoga", "sitting cross-legged"),
    "lifting weights": ("lifting weights", "weightlifting", "lifting a barbell"),
    "playing basketball": ("playing basketball", "dribbling a ball", "bouncing a ball"),
    "playing golf": ("playing golf", "golfing", "swinging a golf club"),
    "kneeling": ("kneeling", "on one knee"),
    "doing a cartwheel": ("doing a cartwheel", "turning a cartwheel", "cartwheeling"),
}
# What a doing shows besides the person: a man on horseback is a picture of a horse as well.
IMPLIED_NOUNS: dict[str, tuple[str, ...]] = {
    "riding a horse": ("horse", "animal", "farm-animal"),
    "cycling": ("bicycle", "vehicle"),
    "rowing": ("boat", "vehicle"),
    "playing basketball": ("basketball", "toy", "thing"),
}
WATER_ACTIONS = ("surfing", "swimming", "rowing")
INDOOR_ACTIONS = ("standing", "walking", "dancing", "meditating", "lifting weights", "kneeling", "doing a cartwheel")

COLOURS: dict[str, tuple[str, ...]] = {
    "red": ("red", "scarlet", "crimson"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green",),
    "blue": ("blue", "navy"),
    "purple": ("purple", "violet"),
    "pink": ("pink", "rosy"),
    "white": ("white", "snow-white"),
    "black": ("black", "jet-black"),
    "brown": ("brown", "chestnut"),
    "grey": ("grey", "gray"),
}


@dataclass(frozen=True)
class Place:
    """A place: whether it is a room, what it holds (land, water), and the phrases for being there."""

    name: str
    phrases: tuple[str, ...]
    noun: str
    indoors: bool = False
    land: bool = True
    water: bool = False


_PLACES = (
    Place("beach", ("on the beach", "at the seaside", "on the sand", "on a sandy beach", "by the shore"), "beach"),
    Place("meadow", ("in a meadow", "on the grass", "in a green field", "in a field of grass"), "meadow"),
    Place("forest", ("in the forest", "in the woods", "among the trees", "in a wood"), "forest"),
    Place("snow", ("in the snow", "on the snow", "in a snowy field", "in a wintry landscape"), "snow"),
    Place("street", ("in the street", "on a city street", "in the city", "in town", "on the road"), "street"),
    Place("desert", ("in the desert", "among the dunes", "in a sandy desert", "between cactuses"), "desert"),
    Place("mountains", ("in the mountains", "in front of the peaks", "up in the mountains"), "mountains"),
    Place("farm", ("on a farm", "in the farmyard", "next to a barn", "by the barn"), "farm"),
    Place("playground", ("in the playground", "in the park", "at a playground"), "playground"),
    Place("lake", ("by a lake", "at the lake", "at a pond", "at the lakeside"), "lake", water=True),
    Place("sea", ("in the sea", "at sea", "on the ocean", "out on the open water"), "sea", land=False, water=True),
    Place("living room", ("in the living room", "in a lounge", "in the sitting room"), "living room", indoors=True),
    Place("kitchen", ("in the kitchen", "in a kitchen"), "kitchen", indoors=True),
    Place("bedroom", ("in the bedroom", "in a bedroom"), "bedroom", indoors=True),
)
PLACES: dict[str, Place] = {place.name: place for place in _PLACES}

TIMES: dict[str, tuple[str, ...]] = {
    "dawn": ("at dawn", "at sunrise", "early in the morning", "at daybreak"),
    "day": ("during the day", "by day", "in daylight", "in the daytime"),
    "sunset": ("at sunset", "at dusk", "in the evening", "as the sun goes down"),
    "night": ("at night", "after dark", "in the dark", "at night-time", "under the stars"),
}

WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("in clear weather", "under a clear sky", "under a cloudless sky"),
    "cloudy": ("under a cloudy sky", "in cloudy weather", "under grey clouds", "under gray clouds"),
    "rain": ("in the rain", "on a rainy day", "while it rains", "in rainy weather", "in a downpour"),
    "snowfall": ("while it snows", "in falling snow", "as snow falls", "in a snowfall"),
    "fog": ("in the fog", "in the mist", "on a foggy day", "in foggy weather"),
}
INDOOR_WEATHERS = ("clear", "rain", "snowfall")

SIZES: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny"),
    "big": ("big", "large", "huge", "giant"),
}

# subject RELATION other; each with its inverse.
RELATIONS: dict[str, tuple[str, ...]] = {
    "left of": ("left of", "to the left of", "on the left of"),
    "right of": ("right of", "to the right of", "on the right of"),
    "above": ("above", "over", "high above"),
    "below": ("below", "under", "underneath"),
    "behind": ("behind", "in back of", "at the back of"),
    "in front of": ("in front of", "ahead of"),
}
INVERSE = {
    "left of": "right of", "right of": "left of", "above": "below",
    "below": "above", "behind": "in front of", "in front of": "behind",
}  # fmt: skip

COUNT_WORDS = {
    1: ("a", "one", "a single"),
    2: ("two", "a pair of"),
    3: ("three", "a trio of"),
    4: ("four", "a group of four"),
}

# Combinations that never occur in a training scene: (kind, place), (colour, kind), (kind, action).
HELD_OUT_PLACES = frozenset({
    ("dog", "snow"), ("cat", "beach"), ("horse", "street"), ("rabbit", "desert"), ("elephant", "forest"),
    ("car", "meadow"), ("bus", "beach"), ("tractor", "snow"), ("penguin", "farm"), ("owl", "living room"),
    ("balloon", "mountains"), ("umbrella", "kitchen"), ("pineapple", "street"), ("guitar", "forest"),
    ("woman", "desert"), ("boy", "mountains"), ("king", "beach"), ("tiger", "playground"),
    ("sailing boat", "lake"), ("dolphin", "lake"), ("teddy bear", "meadow"), ("cow", "lake"),
})  # fmt: skip
HELD_OUT_COLOURS = frozenset({
    ("blue", "car"), ("red", "balloon"), ("green", "umbrella"), ("black", "cat"), ("white", "horse"),
    ("purple", "bus"), ("yellow", "tent"), ("pink", "lorry"), ("orange", "butterfly"), ("blue", "tulip"),
    ("red", "fish"), ("green", "backpack"), ("yellow", "bicycle"), ("brown", "dog"),
})  # fmt: skip
HELD_OUT_ACTIONS = frozenset({
    ("man", "dancing"), ("woman", "surfing"), ("girl", "cycling"), ("boy", "meditating"),
    ("king", "running"), ("queen", "riding a horse"), ("grandfather", "lifting weights"),
    ("grandmother", "playing basketball"), ("girl", "swimming"), ("man", "kneeling"),
})  # fmt: skip
