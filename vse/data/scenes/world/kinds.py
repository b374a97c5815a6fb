"""The kinds of Emoji Scenes as data: what can be the subject of a picture, and the nouns people use for it.

A kind's canonical name is its first noun; `families` are the more general nouns that are true of it as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

VEHICLE_PAINTS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black")
BRIGHT = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
FURS = ("brown", "white", "black", "grey")


@dataclass(frozen=True)
class Kind:
    """One kind of subject.

    `height` is the drawn height of one ordinary specimen, as a share of the picture's height.
    `habitat` says what it can stand in: "land" (the ground), "water" (sea and lake) or "air".
    `indoors` says whether it may be met in a room; `colours` what it can be recoloured to
    (empty: it keeps its natural colours and captions never name one).
    """

    name: str
    families: tuple[str, ...]
    nouns: tuple[str, ...]
    height: float
    habitat: str = "land"
    indoors: bool = False
    colours: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        return "person" in self.families


def _animal(name: str, height: float, *synonyms: str, more: str = "", **options: Any) -> Kind:
    families = ("animal", *more.split())
    return Kind(name, families, (name, *synonyms), height, **options)


def _kind(family: str, name: str, height: float, *synonyms: str, **options: Any) -> Kind:
    return Kind(name, tuple(family.split()), (name, *synonyms), height, **options)


_KINDS = (
    # people
    _kind("person adult", "man", 0.42, "guy", "gentleman", indoors=True),
    _kind("person adult", "woman", 0.42, "lady", indoors=True),
    _kind("person child", "boy", 0.33, "lad", indoors=True),
    _kind("person child", "girl", 0.33, "lass", indoors=True),
    _kind("person adult royal", "king", 0.44, "prince", "monarch", indoors=True),
    _kind("person adult royal", "queen", 0.44, "princess", indoors=True),
    _kind("person adult", "grandfather", 0.40, "grandpa", "old man", indoors=True),
    _kind("person adult", "grandmother", 0.40, "grandma", "old woman", indoors=True),
    # animals
    _animal("dog", 0.28, "puppy", "doggy", "hound", more="pet", indoors=True, colours=FURS),
    _animal("cat", 0.25, "kitten", "kitty", more="pet", indoors=True, colours=(*FURS, "orange")),
    _animal("rabbit", 0.23, "bunny", more="pet", indoors=True, colours=FURS),
    _animal("mouse", 0.19, more="pet", indoors=True),
    _animal("horse", 0.36, "pony", "stallion", more="farm-animal", colours=FURS),
    _animal("cow", 0.34, "cattle", more="farm-animal"),
    _animal("pig", 0.27, "piglet", "hog", more="farm-animal"),
    _animal("sheep", 0.28, "lamb", more="farm-animal", colours=("white", "black", "grey")),
    _animal("goat", 0.29, "billy goat", more="farm-animal"),
    _animal("camel", 0.38, "dromedary"),
    _animal("giraffe", 0.50),
    _animal("elephant", 0.42),
    _animal("rhino", 0.34, "rhinoceros"),
    _animal("tiger", 0.31, "big cat"),
    _animal("leopard", 0.31, "cheetah"),
    _animal("deer", 0.35, "stag", "buck"),
    _animal("kangaroo", 0.34),
    _animal("gorilla", 0.34, "ape"),
    _animal("monkey", 0.28, "chimp"),
    _animal("squirrel", 0.22, indoors=True),
    _animal("hedgehog", 0.20, indoors=True),
    _animal("turtle", 0.21, "tortoise", more="reptile", indoors=True),
    _animal("snake", 0.23, "serpent", more="reptile"),
    _animal("crocodile", 0.27, "alligator", more="reptile"),
    _animal("dinosaur", 0.44, "dino", more="reptile"),
    _animal("rooster", 0.25, "cockerel", "hen", more="bird farm-animal"),
    _animal("duck", 0.23, "mallard", more="bird"),
    _animal("penguin", 0.26, more="bird"),
    _animal("flamingo", 0.31, more="bird"),
    _animal("owl", 0.24, more="bird", indoors=True),
    _animal("peacock", 0.29, more="bird"),
    _animal("parrot", 0.23, more="bird", indoors=True, colours=("red", "green", "blue", "yellow")),
    _animal("eagle", 0.25, "hawk", more="bird", habitat="air"),
    _animal("dove", 0.21, "pigeon", more="bird", habitat="air"),
    _animal("bat", 0.21, habitat="air"),
    _animal("butterfly", 0.20, more="insect", habitat="air", indoors=True, colours=BRIGHT),
    _animal("bee", 0.18, "bumblebee", more="insect", habitat="air", indoors=True),
    _animal("ladybird", 0.18, "ladybug", more="insect", indoors=True),
    _animal("snail", 0.19, indoors=True),
    _animal("crab", 0.20, colours=("red", "blue", "green", "purple")),
    _animal("whale", 0.38, "orca", more="sea-creature", habitat="water"),
    _animal("dolphin", 0.31, "porpoise", more="sea-creature", habitat="water"),
    _animal("shark", 0.32, more="sea-creature", habitat="water"),
    _animal("fish", 0.23, more="sea-creature", habitat="water", colours=BRIGHT),
    _animal("octopus", 0.27, "squid", more="sea-creature", habitat="water", colours=BRIGHT),
    _animal("swan", 0.25, more="bird", habitat="water"),
    _animal("seal", 0.27, "sea lion", more="sea-creature", habitat="water"),
    # vehicles
    _kind("vehicle", "car", 0.26, "automobile", colours=VEHICLE_PAINTS),
    _kind("vehicle", "jeep", 0.28, "off-roader", colours=VEHICLE_PAINTS),
    _kind("vehicle", "bus", 0.33, "coach", colours=VEHICLE_PAINTS),
    _kind("vehicle", "lorry", 0.33, "truck", colours=VEHICLE_PAINTS),
    _kind("vehicle", "tractor", 0.32, colours=("red", "green", "blue", "yellow", "orange")),
    _kind("vehicle", "ambulance", 0.31),
    _kind("vehicle", "taxi", 0.27, "cab"),
    _kind("vehicle", "scooter", 0.26, "moped", colours=VEHICLE_PAINTS),
    _kind("vehicle", "motorbike", 0.26, "motorcycle", colours=BRIGHT),
    _kind("vehicle", "bicycle", 0.25, "bike", "cycle", indoors=True, colours=BRIGHT),
    _kind("vehicle", "train", 0.34, "locomotive", "steam engine"),
    _kind("vehicle boat", "sailing boat", 0.36, "sailboat", "yacht", habitat="water", colours=BRIGHT),
    _kind("vehicle boat", "speedboat", 0.24, "motorboat", habitat="water", colours=BRIGHT),
    _kind("vehicle boat", "ship", 0.38, "ocean liner", "steamer", habitat="water"),
    _kind("vehicle boat", "canoe", 0.22, "kayak", habitat="water", colours=BRIGHT),
    _kind("vehicle aircraft", "plane", 0.27, "aeroplane", "airplane", "jet", habitat="air"),
    _kind("vehicle aircraft", "helicopter", 0.26, "chopper", habitat="air", colours=BRIGHT),
    _kind("vehicle aircraft", "rocket", 0.28, "spaceship", habitat="air"),
    # food
    _kind("food fruit", "apple", 0.21, indoors=True, colours=("red", "green", "yellow")),
    _kind("food fruit", "pear", 0.21, indoors=True),
    _kind("food fruit", "tangerine", 0.21, "mandarin", indoors=True),
    _kind("food fruit", "lemon", 0.20, indoors=True),
    _kind("food fruit", "banana", 0.22, indoors=True),
    _kind("food fruit", "watermelon", 0.22, "melon", indoors=True),
    _kind("food fruit", "bunch of grapes", 0.22, "cluster of grapes", indoors=True, colours=("purple", "green", "red")),
    _kind("food fruit", "strawberry", 0.20, indoors=True),
    _kind("food fruit", "pineapple", 0.26, indoors=True),
    _kind("food vegetable", "carrot", 0.21, indoors=True),
    _kind("food vegetable", "ear of corn", 0.22, "corn cob", indoors=True),
    _kind("food", "loaf of bread", 0.21, "loaf", indoors=True),
    _kind("food", "piece of cheese", 0.20, "wedge of cheese", indoors=True),
    _kind("food", "hamburger", 0.21, "burger", "cheeseburger", indoors=True),
    _kind("food", "slice of pizza", 0.22, "pizza", "piece of pizza", indoors=True),
    _kind("food dessert", "ice cream", 0.24, "ice cream cone", indoors=True, colours=("white", "pink", "brown")),
    _kind("food dessert", "doughnut", 0.21, "donut", indoors=True, colours=("pink", "brown", "blue")),
    _kind("food dessert", "cupcake", 0.22, "muffin", indoors=True, colours=BRIGHT),
    _kind("food dessert", "cake", 0.25, "birthday cake", indoors=True),
    # things
    _kind("thing toy", "football", 0.20, "soccer ball", indoors=True),
    _kind("thing toy", "basketball", 0.20, indoors=True),
    _kind("thing toy", "teddy bear", 0.25, "teddy", indoors=True),
    _kind("thing toy", "balloon", 0.28, habitat="air", indoors=True, colours=BRIGHT),
    _kind("thing toy", "kite", 0.26, habitat="air"),
    _kind("thing", "umbrella", 0.27, "parasol", indoors=True, colours=BRIGHT),
    _kind("thing plant", "tulip", 0.25, indoors=True, colours=(*BRIGHT, "white")),
    _kind("thing plant", "rose", 0.25, indoors=True, colours=(*BRIGHT, "white")),
    _kind("thing plant", "sunflower", 0.28, indoors=True),
    _kind("thing building", "house", 0.44, "cottage", "home"),
    _kind("thing", "tent", 0.32, colours=BRIGHT),
    _kind("thing furniture", "chair", 0.30, "wooden chair", indoors=True, colours=(*BRIGHT, "brown")),
    _kind("thing furniture", "sofa", 0.33, "couch", "settee", indoors=True, colours=BRIGHT),
    _kind("thing instrument", "guitar", 0.30, "electric guitar", indoors=True, colours=BRIGHT),
    _kind("thing instrument", "drum", 0.24, "snare drum", indoors=True, colours=BRIGHT),
    _kind("thing instrument", "violin", 0.27, "fiddle", indoors=True),
    _kind("thing instrument", "trumpet", 0.24, "horn", indoors=True),
    _kind("thing", "book", 0.22, indoors=True, colours=("red", "green", "blue", "orange", "purple")),
    _kind("thing", "present", 0.23, "gift", indoors=True, colours=BRIGHT),
    _kind("thing", "backpack", 0.25, "rucksack", "schoolbag", indoors=True, colours=BRIGHT),
    _kind("thing clothing", "cap", 0.20, "baseball cap", indoors=True, colours=(*BRIGHT, "white", "black")),
    _kind("thing clothing", "dress", 0.31, "gown", indoors=True, colours=BRIGHT),
    _kind("thing clothing", "T-shirt", 0.26, "tee", indoors=True, colours=(*BRIGHT, "white", "black")),
    _kind("thing", "bucket", 0.23, "pail", indoors=True, colours=BRIGHT),
    _kind("thing", "suitcase", 0.25, indoors=True, colours=BRIGHT),
    _kind("thing", "telephone", 0.22, "phone", indoors=True, colours=BRIGHT),
    _kind("thing", "alarm clock", 0.23, "clock", indoors=True, colours=BRIGHT),
    _kind("thing", "camera", 0.22, indoors=True),
    _kind("thing", "snowman", 0.36),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}

# More general nouns, with the words captions use for them: (singular, plural).
FAMILIES: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (("person", "people"), ("human", "humans")),
    "adult": (("grown-up", "grown-ups"), ("adult", "adults")),
    "child": (("child", "children"), ("kid", "kids")),
    "royal": (("royal", "royals"),),
    "animal": (("animal", "animals"), ("creature", "creatures")),
    "pet": (("pet", "pets"),),
    "farm-animal": (("farm animal", "farm animals"),),
    "reptile": (("reptile", "reptiles"),),
    "bird": (("bird", "birds"),),
    "insect": (("insect", "insects"), ("bug", "bugs")),
    "sea-creature": (("sea creature", "sea creatures"), ("sea animal", "sea animals")),
    "vehicle": (("vehicle", "vehicles"),),
    "boat": (("boat", "boats"),),
    "aircraft": (("aircraft", "aircraft"), ("flying machine", "flying machines")),
    "food": (("piece of food", "pieces of food"), ("snack", "snacks")),
    "fruit": (("fruit", "fruits"), ("piece of fruit", "pieces of fruit")),
    "vegetable": (("vegetable", "vegetables"), ("veggie", "veggies")),
    "dessert": (("dessert", "desserts"), ("sweet treat", "sweet treats")),
    "thing": (("thing", "things"), ("object", "objects")),
    "toy": (("toy", "toys"), ("plaything", "playthings")),
    "plant": (("flower", "flowers"), ("plant", "plants")),
    "building": (("building", "buildings"),),
    "furniture": (("piece of furniture", "pieces of furniture"),),
    "instrument": (("musical instrument", "musical instruments"), ("instrument", "instruments")),
    "clothing": (("piece of clothing", "pieces of clothing"), ("garment", "garments")),
}

IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "old man": "old men", "old woman": "old women",
    "gentleman": "gentlemen", "lady": "ladies", "puppy": "puppies", "doggy": "doggies",
    "kitty": "kitties", "bunny": "bunnies", "mouse": "mice", "pony": "ponies", "sheep": "sheep",
    "cattle": "cattle", "deer": "deer", "butterfly": "butterflies", "fish": "fish", "octopus": "octopuses",
    "squid": "squid", "bus": "buses", "coach": "coaches", "lorry": "lorries", "aircraft": "aircraft",
    "bunch of grapes": "bunches of grapes", "cluster of grapes": "clusters of grapes",
    "strawberry": "strawberries", "ear of corn": "ears of corn", "loaf of bread": "loaves of bread",
    "loaf": "loaves", "piece of cheese": "pieces of cheese", "wedge of cheese": "wedges of cheese",
    "slice of pizza": "slices of pizza", "piece of pizza": "pieces of pizza", "ice cream": "ice creams",
    "dress": "dresses", "snowman": "snowmen", "lass": "lasses", "finch": "finches",
}  # fmt: skip
