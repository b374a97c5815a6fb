"""The words that explain themselves."""

from __future__ import annotations

import pytest

from demo.shared.glossary import GLOSSARY, id_of, key_of
from demo.shared.templating import gloss, glossary_html


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("R@1", "R@1"),
        ("R@10", "R@10"),
        ("R@1 caption → pictures", "R@1"),
        ("Satisfied@1, held out", "satisfied@1"),
        ("plain sum, words in a sentence", "plain sum, words in a sentence"),
        ("infoNCE", "InfoNCE"),
        ("Queries", None),
        ("scores", None),
        ("the score", None),
    ],
)
def test_a_text_is_explained_by_the_word_that_it_begins_with(text: str, key: str | None):
    assert key_of(text) == key


def test_every_word_has_one_sentence_and_a_place_of_its_own():
    assert len({id_of(key) for key in GLOSSARY}) == len(GLOSSARY)
    for key, sentence in GLOSSARY.items():
        assert key_of(key) == key
        assert sentence[0].isupper(), key
        assert sentence.endswith("."), key
        assert ". " not in sentence, key
        assert f'id="{id_of(key)}"' in glossary_html()


def test_what_needs_no_explanation_stays_text():
    assert gloss("<b> & others") == "&lt;b&gt; &amp; others"
    assert gloss("R@5") == '<button type="button" class="gloss" aria-describedby="gloss-r-5">R@5</button>'
