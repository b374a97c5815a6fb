from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE, write_captions
from vse.data.scenes.language.spanish import article, contracted, noun_phrase, write_spanish_captions
from vse.data.scenes.language.spanish_words import (
    COLOUR_WORDS,
    DOING,
    FAMILY_NOUNS,
    INDOOR_WEATHER_PHRASES,
    NOUNS,
    PLACE_NOUNS,
    PLACE_PHRASES,
    RELATION_PHRASES,
    SIZES_BEFORE,
    SIZES_BEHIND,
    TIME_PHRASES,
    WEATHER_PHRASES,
    Noun,
    agreeing,
    plural_of,
    word_pairs,
)
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Group, Mention, Scene, satisfies, says_held_out
from vse.data.scenes.world.world import ACTIONS, COLOURS, INDOOR_WEATHERS, PLACES, RELATIONS, SIZES, TIMES, WEATHERS
from vse.modalities.text.tokenizer import tokenize

# Written by hand: adjectives whose feminine is another word.
FEMININE = {
    "rojo": "roja", "amarillo": "amarilla", "dorado": "dorada", "anaranjado": "anaranjada", "morado": "morada",
    "rosado": "rosada", "blanco": "blanca", "negro": "negra", "pequeño": "pequeña", "diminuto": "diminuta",
    "gigantesco": "gigantesca",
}  # fmt: skip
PLURAL = {
    **{word: word + "s" for pair in FEMININE.items() for word in pair},
    "escarlata": "escarlatas", "naranja": "naranjas", "verde": "verdes", "azul": "azules", "violeta": "violetas",
    "rosa": "rosas", "marrón": "marrones", "gris": "grises", "grande": "grandes", "gran": "grandes",
    "enorme": "enormes",
}  # fmt: skip


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return sample_scenes("train", 1000)


@pytest.fixture(scope="module")
def texts(scenes: list[Scene]) -> list[str]:
    return [caption.text for scene in scenes for caption in write_spanish_captions(scene)]


def test_every_statement_is_true_of_its_scene_and_of_training_says_nothing_that_is_held_out(scenes: list[Scene]):
    for scene in [*scenes, *sample_scenes("test", 300)]:
        captions = write_spanish_captions(scene)
        assert len(captions) == CAPTIONS_PER_SCENE
        for caption in captions:
            assert satisfies(scene, caption.statement), (scene, caption)
            assert not says_held_out(caption.statement) or scene.id.startswith("scene")


def test_the_same_scene_has_the_same_captions_and_other_ones_in_another_edition(scenes: list[Scene]):
    for scene in scenes[:20]:
        assert write_spanish_captions(scene, 1) == write_spanish_captions(scene, 1)
        assert write_spanish_captions(scene, 1) != write_spanish_captions(scene)
        said = [[caption.statement for caption in write(scene)] for write in (write_captions, write_spanish_captions)]
        assert said[0] != said[1]  # what is said is drawn anew: nothing is parallel


def test_captions_say_more_and_more_in_many_words(texts: list[str]):
    assert len({word for text in texts for word in tokenize(text)}) >= 600
    lengths = [sum(len(tokenize(text)) for text in texts[k::5]) / 1000 for k in range(5)]
    assert lengths[0] == min(lengths) < 5
    assert lengths[4] == max(lengths) > 12


def test_the_whole_world_has_its_words():
    assert NOUNS.keys() == KINDS.keys()
    assert FAMILY_NOUNS.keys() == FAMILIES.keys()
    assert COLOUR_WORDS.keys() == COLOURS.keys()
    assert SIZES_BEFORE.keys() == SIZES_BEHIND.keys() == SIZES.keys()
    assert DOING.keys() == ACTIONS.keys()
    assert PLACE_NOUNS.keys() == PLACE_PHRASES.keys() == PLACES.keys()
    assert TIME_PHRASES.keys() == TIMES.keys()
    assert WEATHER_PHRASES.keys() == WEATHERS.keys()
    assert INDOOR_WEATHER_PHRASES.keys() == set(INDOOR_WEATHERS)
    assert RELATION_PHRASES.keys() == {*RELATIONS, "beside"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_noun_is_reached_in_both_numbers(kind: str):
    rng = random.Random(0)
    nouns = [*NOUNS[kind], *(noun for family in KINDS[kind].families for noun in FAMILY_NOUNS[family])]
    feminine = kind in ("woman", "girl", "queen", "grandmother")
    for count in (1, 2):
        found = {noun_phrase(rng, Group(kind, count), 0).text for _ in range(400)}
        for noun in (noun.sexed(feminine) for noun in nouns):
            word = noun.singular if count == 1 else noun.plural
            assert any(text.endswith(f" {word}") for text in found), word


def adjectives_of(text: str, noun: Noun) -> list[str]:
    rest = f" {text} ".replace(f" {noun.singular} ", " ").replace(f" {noun.plural} ", " ")
    return [word for word in rest.replace("azul marino", "").replace("de color rosa", "").split()
            if word in {*PLURAL, *PLURAL.values()}]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2])
def test_every_adjective_has_the_gender_and_number_of_its_noun(count: int):
    rng, seen = random.Random(0), set()
    for kind in KINDS.values():
        if kind.is_person or kind.name == "bunch of grapes":
            continue
        for colour, size in [*((colour, None) for colour in kind.colours), (None, "small"), (None, "big")]:
            for _ in range(12):
                phrase = noun_phrase(rng, Group(kind.name, count, colour, size), detail=1)
                for noun in (*NOUNS[kind.name], *(n for family in kind.families for n in FAMILY_NOUNS[family])):
                    if f" {noun.singular if count == 1 else noun.plural} " not in f" {phrase.text} ":
                        continue
                    for adjective in adjectives_of(phrase.text, noun):
                        seen.add(adjective)
                        singular = next((a for a, b in PLURAL.items() if b == adjective), adjective)
                        assert (adjective in PLURAL.values()) == (count == 2), phrase
                        if noun.gender == "f":
                            assert singular not in FEMININE, phrase
                        else:
                            assert singular not in FEMININE.values(), phrase
                    break
    assert len(seen) >= 30


def test_grapes_are_what_is_coloured_of_a_bunch():
    rng = random.Random(0)
    texts = {noun_phrase(rng, Group("bunch of grapes", 1, "red"), 1).text for _ in range(200)}
    assert {"un racimo de uvas rojas", "un manojo de uvas rojas", "una fruta roja"} <= texts
    assert not any(text.endswith("uvas rojo") for text in texts)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (Group("cow"), {"una vaca", "una sola vaca", "una res", "una criatura", "un animal", "un animal de granja"}),
        (Group("rose", 1, "pink"), {"una rosa de color rosa"}),
        (Group("rose", 2, "blue"), {"dos rosas azules", "unas rosas azules", "un par de rosas azules"}),
        (Group("eagle", 1, None, "big"), {"un águila grande", "una gran águila", "una enorme águila"}),
        (Group("eagle", 2), {"dos águilas", "unas águilas", "unas aves"}),
        (Group("alarm clock", 3, "red"), {"tres despertadores rojos", "unos cuantos relojes rojos"}),
        (Group("fish", 4, "orange"), {"cuatro peces naranjas", "un grupo de cuatro peces naranjas"}),
        (Group("queen"), {"una reina", "una princesa", "una adulta", "una persona", "un ser humano"}),
        (Group("girl", 2), {"dos niñas", "dos crías", "unas chiquillas"}),
        (Group("suitcase", 1, "blue", "small"), {"una pequeña maleta azul", "una diminuta maleta azul marino"}),
    ],
    ids=lambda value: value.kind if isinstance(value, Group) else "",
)  # fmt: skip
def test_phrases_by_hand(group: Group, expected: set[str]):
    rng = random.Random(0)
    assert expected <= {noun_phrase(rng, group, detail=1).text for _ in range(3000)}


def test_a_phrase_says_what_its_mention_says():
    rng = random.Random(0)
    for _ in range(200):
        phrase = noun_phrase(rng, Group("horse", 2, "black", "small"), detail=0.5, action=False)
        words = set(phrase.text.split())
        assert (phrase.mention.colour == "black") == bool(words & {"negros", "negras"})
        assert (phrase.mention.size == "small") == bool(words & {"pequeños", "pequeñas", "diminutos", "diminutas"})
        assert phrase.mention.several == bool(words & {"unos", "unas"}) == (phrase.mention.count is None)
    assert noun_phrase(rng, Group("taxi"), 1).mention in (Mention("taxi", 1), Mention("vehicle", 1))


def test_captions_by_hand():
    scene = Scene("s", "kitchen", "night", "rain", Group("mouse"), None, None, 0)
    written = {caption.text for edition in range(700) for caption in write_spanish_captions(scene, edition)}
    assert {
        "ratón", "un ratón", "ratón en la cocina", "una foto de un ratón", "la cocina",
        "una vista de la cocina de noche",
        "una cocina iluminada por la luna", "Hay un ratón en la cocina.", "Un ratón está en una cocina.",
        "Un ratón está descansando.", "En la cocina hay un ratón.", "Vemos un ratón en la cocina.",
        "Mientras llueve fuera se ve un ratón quieto en la cocina.",
    } <= written  # fmt: skip
    two = Scene("t", "beach", "dawn", "clear", Group("woman", 2, action="meditating"), Group("cow"), "left of", 0)
    written = {caption.text for edition in range(2500) for caption in write_spanish_captions(two, edition)}
    assert {
        "Vemos a dos mujeres meditando en la playa.",
        "Dos mujeres están meditando al lado de una vaca.",
        "dos mujeres sentadas con las piernas cruzadas y una vaca",
        "A la izquierda de una vaca hay dos mujeres.",
        "Hay una vaca a la derecha de dos mujeres.",
        "una playa a la luz del alba",
    } <= written  # fmt: skip


def test_articles_and_nouns_agree_in_captions(texts: list[str]):
    nouns = [noun for group in (NOUNS, FAMILY_NOUNS) for each in group.values() for noun in each if noun.gender != "c"]
    feminine = {noun.singular for noun in nouns if noun.gender == "f"} - {"águila", "ave"}
    masculine = {noun.singular for noun in nouns if noun.gender == "m"}
    many = {noun.plural.split()[0] for noun in nouns}
    seen = 0
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        for before, word in pairwise(words):
            seen += before in ("un", "una")
            assert not (before == "un" and word in feminine - masculine), text
            assert not (before in ("una", "sola") and word in masculine - feminine), text
            assert not (before in ("un", "una") and word in many - feminine - masculine), text
            assert not (before in ("unos", "varios", "algunos") and word in {plural_of(n) for n in feminine}), text
            assert not (before in ("dos", "tres", "cuatro") and word in (feminine | masculine) - many), text
    assert seen > 3000


@pytest.mark.parametrize(
    "fault",
    [
        r"  |^ | $",
        r" [,.]|,,|\.\.|\.[^.]*\.",
        r"\b(de|a) el\b",
        r"\b(\w+) \1\b",
        r"\bestán? (hay|se)\b",
        r"\bgran \w+(s|es)\b(?! de)(?<!bus)(?<!ús)",
        r"\b[Ss]e ven (un|una) (?!par de)",
        r"\b[Ss]e ve (dos|tres|cuatro|un[oa]s|vari[oa]s|algun[oa]s)\b",
        r"\b[Vv]emos (un|una|dos) (hombre|mujer|niñ|re(y|ina)|abuel)",
        r"\b[Vv]emos a (un|una|dos) (perro|gato|coche|vaca|casa)",
        r"\bdía\b.*\bun día\b|día\b.*\b(de noche|por la noche|en plena noche)|noche\b.*\ben un día",
    ],
)  # fmt: skip
def test_no_caption_has_this_fault(fault: str, texts: list[str]):
    assert [text for text in texts if re.search(fault, text)] == []


def test_sentences_begin_with_a_capital_and_phrases_have_no_full_stop(texts: list[str]):
    for text in texts:
        assert text[0].isupper() == text.endswith("."), text


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("perro", "perros"), ("camión", "camiones"), ("autobús", "autobuses"), ("pez", "peces"), ("reloj", "relojes"),
        ("chimpancé", "chimpancés"), ("sofá", "sofás"), ("delfín", "delfines"), ("paraguas", "paraguas"),
        ("res", "reses"), ("gris", "grises"), ("automóvil", "automóviles"), ("oso de peluche", "osos de peluche"),
        ("jeep", "jeeps"), ("ánade", "ánades"), ("rey", "reyes"),
    ],
)  # fmt: skip
def test_plurals(singular: str, plural: str):
    assert plural_of(singular) == plural


@pytest.mark.parametrize(
    "word", sorted({word for words in COLOUR_WORDS.values() for word in words} & {*FEMININE, *PLURAL})
)
def test_forms_of_colours(word: str):
    assert agreeing(word, False, False) == word
    assert agreeing(word, True, False) == FEMININE.get(word, word)
    assert agreeing(word, False, True) == PLURAL[word]
    assert agreeing(word, True, True) == PLURAL[FEMININE.get(word, word)]


def test_what_follows_a_participle_and_colours_that_are_nouns_stay_as_they_are():
    assert agreeing("sentado con las piernas cruzadas", True, True) == "sentadas con las piernas cruzadas"
    assert agreeing("azul marino", True, True) == "azul marino"
    assert agreeing("de color castaño", True, True) == "de color castaño"


def test_articles_and_contractions():
    assert [article(noun, True) for noun in ("vaca", "águila", "ave")] == ["una", "un", "un"]
    assert [article(noun, female, True) for noun, female in (("playa", True), ("bosque", False))] == ["la", "el"]
    assert contracted("una vista de el bosque a el alba de ella") == "una vista del bosque al alba de ella"


def test_word_pairs_are_single_words_of_both_languages_captions(texts: list[str]):
    pairs = word_pairs()
    assert len(set(pairs)) == len(pairs) > 500
    assert not any(" " in english + spanish or not english or not spanish for english, spanish in pairs)
    assert {("dog", "perro"), ("dogs", "perros"), ("red", "rojas"), ("people", "personas"), ("child", "chiquilla"),
            ("t-shirt", "camiseta"), ("rain", "lluvia"), ("mice", "ratones")} <= set(pairs)  # fmt: skip
    known = {word for text in texts for word in tokenize(text)}
    assert len({spanish for _, spanish in pairs} & known) > 450
