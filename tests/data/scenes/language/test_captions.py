from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter

import pytest

from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE, Caption, write_captions
from vse.data.scenes.language.phrases import bare_noun, noun_phrase, plural_of, with_article
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Group, Mention, Scene, satisfies, says_held_out
from vse.modalities.text.tokenizer import tokenize

# A change of this hash is a change of the world: raise WORLD_VERSION, and make collections and models again.
FIRST_50 = "29c6827410d826c58ec66cb8d4fd42c9b9ba03598b9ceb5f18d4d55e9383ef90"


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return sample_scenes("test", 1000)


@pytest.fixture(scope="module")
def captions(scenes: list[Scene]) -> list[Caption]:
    return [caption for scene in scenes for caption in write_captions(scene)]


def test_every_statement_is_true_of_its_scene(scenes: list[Scene]):
    for edition in (0, 1):
        for scene in scenes + sample_scenes("train", 1000):
            for caption in write_captions(scene, edition):
                assert satisfies(scene, caption.statement), (scene, caption)


def test_five_captions_a_scene_that_say_more_and_more(captions: list[Caption]):
    assert len(captions) == 1000 * CAPTIONS_PER_SCENE == 5000
    lengths = [sum(len(tokenize(c.text)) for c in captions[k::5]) / 1000 for k in range(5)]
    assert lengths[0] == min(lengths) < 4
    assert lengths[4] == max(lengths) > 12


def test_the_first_captions_never_change(scenes: list[Scene]):
    said = [[caption.text, caption.statement.to_json()] for s in scenes[:50] for caption in write_captions(s)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == FIRST_50


def test_editions_differ_and_repeat(scenes: list[Scene]):
    for scene in scenes[:20]:
        assert write_captions(scene, 1) == write_captions(scene, 1)
        assert write_captions(scene, 1) != write_captions(scene, 0) == write_captions(scene)


def test_the_language_is_rich(captions: list[Caption]):
    words = Counter(word for caption in captions for word in tokenize(caption.text))
    assert len(words) >= 400
    assert len({caption.text for caption in captions}) >= 4000


def test_training_captions_never_speak_of_a_held_out_combination():
    for scene in sample_scenes("train", 2000):
        for caption in write_captions(scene):
            assert not says_held_out(caption.statement), caption


def test_some_test_captions_do(captions: list[Caption]):
    assert sum(says_held_out(caption.statement) for caption in captions) >= 300


@pytest.mark.parametrize(
    "fault",
    [
        r"\ba an?\b|\ban a\b",
        r"\ban [^aeiou]",
        r"\ba [aeiou]",
        r"  |^ | $",
        r" [,.]|,,|\.\.|\.[^.]*\.",
        r"\b(\w+) \1\b",
        r"\b(is|are) (is|are)\b",
        r"\bday\b.*\bat night\b|\bat night\b.*\bday\b",
    ],
)
def test_no_caption_has_this_fault(fault: str, captions: list[Caption]):
    found = [caption.text for caption in captions if re.search(fault, caption.text, re.IGNORECASE)]
    assert found == []


def test_sentences_begin_with_a_capital_and_phrases_have_no_full_stop(captions: list[Caption]):
    for caption in captions:
        assert caption.text[0].isupper() == caption.text.endswith(".") or caption.text.startswith("T-shirt"), caption


def test_verbs_agree_with_their_number(captions: list[Caption]):
    one = re.compile(r"[Tt]here is (a|an|one) ")
    many = re.compile(r"[Tt]here are (two|three|four|some|several|a few|a group of four) ")
    seen: Counter[bool] = Counter()
    for text in (caption.text for caption in captions):
        if re.search(r"[Tt]here (is|are)\b", text):
            assert one.search(text) or many.search(text), text
            assert not re.search(r"[Tt]here is a (few|group of four)\b", text), text
            seen[bool(one.search(text))] += 1
    assert min(seen[True], seen[False]) > 100


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("dog", "dogs"),
        ("bus", "buses"),
        ("mouse", "mice"),
        ("woman", "women"),
        ("old man", "old men"),
        ("loaf of bread", "loaves of bread"),
        ("sheep", "sheep"),
        ("peach", "peaches"),
        ("box", "boxes"),
        ("butterfly", "butterflies"),
        ("sailing boat", "sailing boats"),
    ],
)
def test_plurals(singular: str, plural: str):
    assert plural_of(singular) == plural


def test_articles():
    assert [with_article(each) for each in ("apple", "dog", "old man", "T-shirt")] == [
        "an apple",
        "a dog",
        "an old man",
        "a T-shirt",
    ]


def test_a_phrase_says_what_its_mention_says():
    rng = random.Random(0)
    group = Group("horse", count=2, colour="black", size="small")
    for _ in range(200):
        phrase = noun_phrase(rng, group, detail=0.5)
        words = set(tokenize(phrase.text))
        assert (phrase.mention.colour == "black") == bool(words & {"black", "jet-black"})
        assert (phrase.mention.size == "small") == bool(words & {"small", "little", "tiny"})
        assert phrase.mention.several == ("some" in words) == (phrase.mention.count is None)
        assert (phrase.mention.noun == "horse") == bool(words & {"horses", "ponies", "stallions"})
        assert phrase.plural != phrase.text.startswith("a pair of")


def test_a_full_phrase_by_hand():
    phrase = noun_phrase(random.Random(0), Group("camel", action=None), detail=1.0)
    assert phrase.mention == Mention("camel", count=1)
    assert re.fullmatch(r"(a|one|a single) (camel|dromedary)", phrase.text)
    assert not phrase.plural


def test_a_key_word_says_no_number_unless_it_is_a_plural():
    rng = random.Random(0)
    single = [bare_noun(rng, Group("camel")) for _ in range(50)]
    assert {phrase.text for phrase in single} == {"camel", "dromedary", "animal", "creature"}
    assert all(not phrase.plural and not phrase.mention.several and phrase.mention.count is None for phrase in single)
    many = [bare_noun(rng, Group("camel", count=2)) for _ in range(50)]
    assert all(phrase.plural == phrase.mention.several == phrase.text.endswith(("s", "ries")) for phrase in many)
