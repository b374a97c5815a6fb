from __future__ import annotations

import json

import numpy as np
import pytest

from vse.errors import CheckpointError, TextError
from vse.modalities.text.tokenizer import MAX_CHARACTERS, check_text, tokenize
from vse.modalities.text.vocabulary import PADDING, UNKNOWN, Vocabulary, osa_distances

DOGS = Vocabulary.build(["a dog runs", "a dog sleeps", "a cat"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A dog.", ["a", "dog"]),
        ("T-shirt, jet-black", ["t-shirt", "jet-black"]),
        ("the dog's dogs'", ["the", "dog's", "dogs"]),
        ("the dog\u2019s \u2018coat\u2019", ["the", "dog's", "coat"]),
        ("state\u2010of\u2011the\u2010art", ["state-of-the-art"]),
        ("rock 'n' roll -- loud - -ish", ["rock", "n", "roll", "loud", "ish"]),
        ("snake_case 3.5 1,000", ["snake", "case", "3", "5", "1", "000"]),
        ("\uff24\uff4f\uff47 \ufb01re", ["dog", "fire"]),  # full width, ligature
        ("cafe\u0301 CAFÉ", ["café", "café"]),
        ("\u0915\u093f\u0924\u093e\u092c", ["\u0915\u093f\u0924\u093e\u092c"]),  # Devanagari keeps its vowel signs
        ("一只黑狗 runs", ["一", "只", "黑", "狗", "runs"]),
        ("狗dog狗", ["狗", "dog", "狗"]),
        ("a 🐕dog🐕!", ["a", "🐕", "dog", "🐕"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("👩\u200d🚀 🇩🇪🇫🇷", ["👩\u200d🚀", "🇩🇪", "🇫🇷"]),
        ("❤\ufe0f ❤ 1\ufe0f\u20e3", ["❤", "❤", "1"]),
        ("!!! ... <pad> 5€", ["pad", "5"]),
        ("", []),
    ],
)
def test_tokenize(text: str, words: list[str]):
    assert tokenize(text) == words


def test_tokenize_again_changes_nothing():
    text = "The dog's jet-black T-shirt, 一只黑狗 and 👩\u200d🚀 in a café\u2010bar"
    assert tokenize(" ".join(tokenize(text))) == tokenize(text)


def test_tokenize_never_raises_and_loses_no_letter():
    rng = np.random.default_rng(0)
    for _ in range(50):
        text = "".join(chr(code) for code in rng.integers(0, 0x11000, size=40))
        assert all(token.strip() for token in tokenize(text))
    assert "".join(tokenize("x!y?z9")) == "xyz9"


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u3000", "\x00\x01", "\u200b\u200b", "\ud800"])
def test_check_text_refuses_what_shows_nothing(text: str):
    with pytest.raises(TextError, match="The text is empty"):
        check_text(text)


def test_check_text_says_how_many_characters_came():
    with pytest.raises(TextError, match=r"has 100,000 characters and at most 2,000"):
        check_text("x" * 100_000)
    assert check_text("  " + "x" * MAX_CHARACTERS + "\n") == "x" * MAX_CHARACTERS


@pytest.mark.parametrize(("value", "kind"), [(None, "NoneType"), (b"dog", "bytes"), (3, "int")])
def test_check_text_refuses_other_types(value: object, kind: str):
    with pytest.raises(TextError, match=f"{kind} came"):
        check_text(value)  # type: ignore[arg-type]


def test_check_text_strips_control_characters():
    assert check_text(" a\x00 d\x07og\ud800\n runs ") == "a dog  runs"
    assert check_text("a 🐕 dog 狗") == "a 🐕 dog 狗"


def test_build_sorts_by_frequency_and_then_by_alphabet():
    assert DOGS.words == ("<pad>", "<unk>", "a", "dog", "cat", "runs", "sleeps")
    assert len(DOGS) == 7
    shuffled = Vocabulary.build(["a cat", "sleeps dog a", "runs a dog"])
    assert shuffled == DOGS


def test_build_drops_rare_words():
    assert Vocabulary.build(["a dog", "a cat"], min_count=2).words[2:] == ("a",)


def test_contains_real_words_only():
    assert "dog" in DOGS
    assert "bird" not in DOGS
    assert "<pad>" not in DOGS
    assert "<unk>" not in DOGS


def test_encode_by_hand():
    assert DOGS.encode("A DOG, a bird\x00!") == [2, 3, 2, UNKNOWN]


def test_decoding_gives_the_words_back():
    text = "a cat runs"
    assert " ".join(DOGS.words[i] for i in DOGS.encode(text)) == text


def test_encode_refuses_text_of_which_no_word_is_known():
    with pytest.raises(TextError, match=r"knows none of these words: 'dgo', 'runns'; did you mean .*'runs'.*\?"):
        DOGS.encode("dgo runns")
    with pytest.raises(TextError, match="'b', 'c', 'd', 'e', 'f' and 2 more; use words from the captions"):
        DOGS.encode("b c d e f g h")


@pytest.mark.parametrize(("text", "shown"), [("🐕", "'🐕'"), ("一只狗", "'一', '只', '狗'")])
def test_encode_reports_emoji_and_chinese_as_unknown_words(text: str, shown: str):
    with pytest.raises(TextError, match=f"none of these words: {shown}; use words"):
        DOGS.encode(text)
    assert DOGS.encode(f"dog {text}")[0] == 3


def test_encode_refuses_punctuation_blank_and_endless_text():
    with pytest.raises(TextError, match=r"'\?!' holds no word"):
        DOGS.encode("?!")
    with pytest.raises(TextError, match="empty"):
        DOGS.encode(" ")
    with pytest.raises(TextError, match="99,999 characters"):
        DOGS.encode("dog " * 25_000)


def test_unknown_lists_each_word_once_in_order_with_its_neighbours():
    unknown = DOGS.unknown("zebra dogs zebra a cta")
    assert [item.word for item in unknown] == ["zebra", "dogs", "cta"]
    assert unknown[0].suggestions == ()
    assert unknown[1].suggestions == ("dog",)
    assert DOGS.unknown("a dog") == ()


@pytest.mark.parametrize(
    ("word", "near"), [("bus", "buses"), ("puppies", "puppy"), ("tie", "ties"), ("man's", "man"), ("box", "boxes")]
)
def test_unknown_suggests_the_other_number(word: str, near: str):
    assert Vocabulary.build([near]).unknown(word)[0].suggestions == (near,)


def test_unknown_gives_at_most_three_suggestions_and_only_for_the_first_words():
    vocabulary = Vocabulary.build(["stone stones stoned stoner stony"])
    unknown = vocabulary.unknown("stonee stonea stoneb stonec stonef stoneg")
    assert [len(item.suggestions) for item in unknown] == [3, 3, 3, 3, 3, 0]


COMMON = Vocabulary(
    (
        "<pad>",
        "<unk>",
        *[
            "a",
            "the",
            "go",
            "ten",
            "dog",
            "beach",
            "cat",
            "snow",
            "snowy",
            "at",
            "on",
            "playing",
            "tea",
            "branch",
            "teach",
        ],
    )
)


@pytest.mark.parametrize(
    ("word", "first"),
    [("dgo", "dog"), ("teh", "the"), ("baech", "beach"), ("cta", "cat"), ("snwo", "snow"), ("plaiyng", "playing")],
)
def test_a_slip_of_the_fingers_offers_what_was_meant_first(word: str, first: str):
    assert COMMON.unknown(word)[0].suggestions[0] == first


def test_of_equally_near_words_the_frequent_come_first():
    assert COMMON.unknown("tex")[0].suggestions == ("ten", "tea")  # the is two edits away
    assert COMMON.unknown("ceach")[0].suggestions == ("beach", "teach")


@pytest.mark.parametrize("word", ["b", "xq", "zebra", "xylophone", "狗", "🐕", "x" * 2000])
def test_a_word_without_a_near_one_is_offered_nothing(word: str):
    assert COMMON.unknown(word)[0].suggestions == ()


def test_osa_distances_by_hand():
    words = ["ca", "abc", "kitten", "sitting", "ac", ""]
    letters = np.array([[*map(ord, word), *[0] * (7 - len(word))] for word in words])
    lengths = np.array([len(word) for word in words])
    assert list(osa_distances("ca", letters, lengths)) == [0, 3, 6, 7, 1, 2]
    assert list(osa_distances("sitting", letters, lengths)) == [7, 7, 3, 0, 7, 7]


def test_encode_batch_by_hand():
    ids, lengths = DOGS.encode_batch(["dog", "a dog runs", "a zebra"], 9)
    assert ids.dtype == lengths.dtype == np.int64
    assert ids.tolist() == [[3, PADDING, PADDING], [2, 3, 5], [2, UNKNOWN, PADDING]]
    assert lengths.tolist() == [1, 3, 2]


def test_encode_batch_cuts_long_texts():
    ids, lengths = DOGS.encode_batch(["a dog a dog a", "cat"], max_words=2)
    assert ids.tolist() == [[2, 3], [4, PADDING]]
    assert lengths.tolist() == [2, 1]
    with pytest.raises(ValueError, match="max_words came as 0"):
        DOGS.encode_batch(["a"], max_words=0)


def test_encode_batch_of_nothing_has_no_rows():
    ids, lengths = DOGS.encode_batch([], 9)
    assert ids.shape == (0, 1)
    assert lengths.shape == (0,)


def test_encode_batch_is_strict_unless_told_otherwise():
    with pytest.raises(TextError, match="none of these words: 'zebra'"):
        DOGS.encode_batch(["a dog", "zebra"], 9)
    ids, lengths = DOGS.encode_batch(["a dog", "zebra", "..."], 9, strict=False)
    assert ids.tolist() == [[2, 3], [UNKNOWN, PADDING], [UNKNOWN, PADDING]]
    assert lengths.tolist() == [2, 1, 1]


def test_json_round_trip():
    assert Vocabulary.from_json(json.loads(json.dumps(DOGS.to_json()))) == DOGS


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "lacks words"),
        ({"words": [1, 2]}, r"words = \[1, 2\]; expected a list, each text"),
        ({"words": ["a", "b"]}, "must begin with"),
        ({"words": ["<pad>", "<unk>", "a", "a"]}, "differ from each other"),
    ],
)
def test_from_json_refuses_what_is_no_vocabulary(data: dict[str, object], message: str):
    with pytest.raises(CheckpointError, match=message):
        Vocabulary.from_json(data)


def test_words_that_negate_are_no_misspelt_ones():
    vocabulary = Vocabulary.build(["a knot on note nor dog"])
    assert vocabulary.unknown("not no isn't")[0].suggestions == ()
    with pytest.raises(TextError, match="knows none of these words: 'dogz'; did you mean 'dog'"):
        vocabulary.encode("no dogz")
    with pytest.raises(TextError, match="knows none of these words: 'no'; use words"):
        vocabulary.encode("no")


def test_words_that_were_placed_are_known_and_told():
    vocabulary = Vocabulary(("<pad>", "<unk>", "cat", "otter", "tram"), placed=2)
    assert vocabulary.placed_in("An otter, a cat and a Tram; the otter!") == ("otter", "tram")
    assert [each.word for each in vocabulary.unknown("an otter")] == ["an"]
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert "placed" not in Vocabulary(("<pad>", "<unk>", "cat")).to_json()  # of which fingerprints are made
    assert vocabulary.read == Vocabulary(("<pad>", "<unk>", "cat"))
    with pytest.raises(ValueError, match="2 of 1 words are placed"):
        Vocabulary(("<pad>", "<unk>", "cat"), placed=2)


def test_the_known_word_that_a_word_is_a_slip_of():
    words = Vocabulary.build(["a snowy beach beach", "a peach", "without", "dog"])
    slips = {
        "snwoy": "snowy",
        "snow": "snowy",
        "eeach": "beach",
        "dogs": "dog",
        "dgo": "",
        "snooooowy": "",
        "withou": "without",
    }
    assert {word: words.slip_of(word) for word in slips} == slips
    assert words.slip_of("nothing") == ""
    assert words.encode_or_spell("A snwoy dgo 狗!") == [words.words.index(each) for each in ("a", "snowy")] + [
        "dgo",
        UNKNOWN,
    ]
