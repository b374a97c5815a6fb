from __future__ import annotations

from vse.modalities.text.tokenizer import tokenize
from vse.words.content_words import FUNCTION_WORDS, content_words


def test_words_are_counted_once_a_caption():
    captions = ["A dog, a dog and a DOG!", "the dog by 2 cats", "a picture of cats", "blue T-shirt", ""]
    assert content_words(captions) == {"cats": 2, "dog": 2, "blue": 1, "t-shirt": 1}
    assert list(content_words(captions)) == ["cats", "dog", "blue", "t-shirt"]
    assert list(content_words(reversed(captions))) == ["cats", "dog", "blue", "t-shirt"]
    assert list(content_words(captions, most=3)) == ["cats", "dog", "blue"]
    assert content_words([]) == {}


def test_function_words_are_words_of_the_tokenizer():
    assert all(tokenize(word) == [word] for word in FUNCTION_WORDS)
    assert content_words([" ".join(FUNCTION_WORDS)]) == {}
