"""The words that arithmetic exchanges on photographs, by kind; each pair is asked in both directions."""

from __future__ import annotations

from itertools import permutations

# Words of captions. A word stands for its simple plural, too.
_WORDS = {
    "animal": (
        "dog cat, dog horse, dog bird, dog sheep, cat bird, horse cow, cow sheep, elephant giraffe, giraffe zebra"
    ),
    "person": "man woman, boy girl, man boy, woman girl, man girl, woman boy",
    "place": (
        "beach grass, beach snow, beach street, beach rock, beach mountain, beach forest, grass snow, grass street, "
        "grass water, snow sand, snow water, street park, kitchen bathroom, kitchen bedroom, bathroom bedroom"
    ),
    "season": "winter summer, winter autumn, snowy sunny, snowy grassy",
    "vehicle": (
        "bike motorcycle, bicycle motorcycle, bike skateboard, car bicycle, car bus, car truck, bus train, boat car"
    ),
    "colour": "red blue, red green, red yellow, black white, blue yellow, blue pink, blue green, orange blue",
    "action": (
        "running jumping, running swimming, running sitting, running walking, running playing, sitting standing, "
        "walking sitting, jumping swimming"
    ),
    "sport": "soccer football, soccer basketball, football basketball, surfing skiing, skateboard snowboard",
    "food": "pizza cake, pizza sandwich, apple banana, orange apple",
}
# Labels of labelled photographs: each is exchanged for every other of its kind.
_LABELS = {
    "animal": "cat, dog, horse, cow, sheep, elephant, giraffe, panda, leopard, flamingo, butterfly, dolphin, bird",
    "vehicle": "car, bus, train, motorbike, bicycle, airplane, helicopter, ferry, sailboat, boat, truck",
    "room": "bedroom, bathroom, kitchen, living room, dining room, office, classroom, restaurant, corridor",
    "landscape": "mountain, sea, forest, desert, river, valley, glacier, swamp, coast, beach, street",
    "food": "pizza, apple, orange, strawberry, banana, tomato, lemon, pineapple, carrots, mushroom",
}

Pair = tuple[str, str]
WORD_SWAPS: dict[str, tuple[Pair, ...]] = {
    kind: tuple(
        pair
        for a, b in (words.split() for words in text.split(", "))
        for pair in ((a, b), (b, a))
    )
    for kind, text in _WORDS.items()
}  # fmt: skip
LABEL_SWAPS: dict[str, tuple[Pair, ...]] = {
    kind: tuple(permutations(text.split(", "), 2)) for kind, text in _LABELS.items()
}
_PLURALS = {"man": "men", "woman": "women", "sheep": "sheep"}


def forms(word: str) -> frozenset[str]:
    """A word and its simple plural: dog and dogs, bus and buses, baby and babies, man and men."""
    if word in _PLURALS:
        return frozenset({word, _PLURALS[word]})
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return frozenset({word, f"{word[:-1]}ies"})
    return frozenset({word, word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")})
