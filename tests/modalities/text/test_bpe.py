from __future__ import annotations

import random
from collections import Counter

import pytest

from vse.encoders.clip.folder import bpe_tokenizer
from vse.modalities.text.bpe import count_words, learn_merges

# 'low' five times, 'lower' twice, 'newest' six times, 'widest' three times: the example of Sennrich et al. 2016.
WORDS = Counter(
    {
        ("l", "o", "w</w>"): 5,
        ("l", "o", "w", "e", "r</w>"): 2,
        ("n", "e", "w", "e", "s", "t</w>"): 6,
        ("w", "i", "d", "e", "s", "t</w>"): 3,
    }
)


def test_merges_computed_by_hand():
    # "e s" and "s t" come 9 times and "e s" is first in the alphabet; then "es t" 9; then "l o" 7; then the pairs of
    # newest 6 times each, of which "e w" is first, then "ew est", then "n ewest".
    assert learn_merges(WORDS, 6) == [
        ("e", "s"),
        ("es", "t</w>"),
        ("l", "o"),
        ("e", "w"),
        ("ew", "est</w>"),
        ("n", "ewest</w>"),
    ]


def test_learning_ends_when_every_word_is_one_symbol():
    merges = learn_merges(WORDS, 1000)
    assert len(merges) < 20
    assert {"".join(pair) for pair in merges} >= {"low</w>", "lower</w>", "newest</w>", "widest</w>"}
    assert learn_merges(WORDS, len(merges)) == merges


def test_the_order_of_the_words_does_not_matter():
    items = list(WORDS.items())
    for seed in range(5):
        random.Random(seed).shuffle(items)
        assert learn_merges(Counter(dict(items)), 10) == learn_merges(WORDS, 10)


def test_a_run_of_one_letter_is_merged_from_the_left():
    assert learn_merges(Counter({("a", "a", "a", "b"): 2}), 2) == [("a", "a"), ("a", "b")]


def test_no_symbol_is_made_twice():
    rng = random.Random(0)
    words = Counter(tuple(rng.choice("ab") for _ in range(rng.randint(1, 9))) for _ in range(300))
    made = ["".join(pair) for pair in learn_merges(words, 500)]
    assert len(made) == len(set(made))


@pytest.mark.parametrize("text", ["Two red cats, two dogs!", "naïve 🦓 isn't 12"])
def test_words_are_counted_as_the_tokenizer_splits_them(text: str):
    tokenizer = bpe_tokenizer((), 40)
    words = count_words([text, text, "Two"], tokenizer)
    joined = Counter({"".join(word): times for word, times in words.items()})
    assert joined["two</w>"] == 1 + 2 * text.lower().count("two")
    symbols = [tokenizer.encoder[symbol] for word in count_words([text], tokenizer) for symbol in word]
    assert set(symbols) == set(tokenizer.encode(text))


def test_the_tokenizer_makes_one_token_of_a_word_whose_merges_were_learnt():
    texts = ["a zebra at night", "two zebras", "a zebra"]
    merges = learn_merges(count_words(texts, bpe_tokenizer((), 8)), 100)
    tokenizer = bpe_tokenizer(merges, 8)
    assert [tokenizer.decode([token]).strip() for token in tokenizer.encode("a zebra at night")] == [
        "a",
        "zebra",
        "at",
        "night",
    ]
    assert len(tokenizer.encode("bazaar")) > 1
