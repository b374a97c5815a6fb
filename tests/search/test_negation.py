from __future__ import annotations

import pytest

from vse.errors import TextError
from vse.modalities.text.negation import negates
from vse.search.negation import negation_in
from vse.search.query import MAX_TERMS, parse, read


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("a beach without people", "beach - people"),
        ("dogs without a leash", "dogs - leash"),
        ("a kitchen without any chairs", "kitchen - chairs"),
        ("A Street WITHOUT Cars.", "Street - Cars"),
        ("a dog not on grass", "dog - grass"),
        ("a horse not in a field", "horse - field"),
        ("a boy not wearing a shirt", "boy - wearing a shirt"),
        ("a cat that isn't black", "cat - black"),
        ("a cat that isn’t black", "cat - black"),
        ("a dog which never barks", "dog - barks"),
        ("a street with no cars", "street - cars"),
        ("a room with no windows", "room - windows"),
        ("mountains, no snow", "mountains - snow"),
        ("no people on the beach", "beach - people"),
        ("there is nobody on the beach", "beach - people"),
        ("no one in a boat", "boat - people"),
        ("a dog, not a cat", "dog - cat"),
        ("not a cat but a dog", "dog - cat"),
        ("a beach without people or dogs", "beach - people - dogs"),
        ("a beach without people, dogs or cars", "beach - people - dogs - cars"),
        ("a beach without people and without dogs", "beach - people - dogs"),
        ("a man without a hat and a coat", "man - hat - coat"),
        ("a girl without shoes and a dog", "girl and a dog - shoes"),
        ("a room with neither tables nor chairs", "room - tables - chairs"),
        ("a beach without people, at sunset", "beach at sunset - people"),
        ("a road without 7", 'road - "7"'),
        ("[a] + no dogs", "[a] - dogs"),
        ("2*[a] + dog without a ball", "2*[a] + dog - ball"),
        ('2*"a beach without people" + dog', "2*beach - 2*people + dog"),
        ("dog - no cat", "dog + cat"),
    ],
)
def test_what_is_negated_is_subtracted_in_the_sum_that_is_offered(asked: str, offered: str):
    found = negation_in(asked)
    assert found is not None
    assert str(found.offered) == offered
    assert parse(offered) == found.offered
    assert str(found) == f"{found.sentence} Ask for the sum instead: {offered}"
    assert negation_in(found.offered) is None


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("no dogs", "dogs"),
        ("no people", "people"),
        ("without people", "people"),
        ("not a cat", "a cat"),
        ("not a dog", "a dog"),
        ("never a horse", "a horse"),
        ("a photo with no people", "people"),
        ("neither a dog nor a cat", "a dog and a cat"),
        ("- no dogs", "dogs"),
        ("nobody", "people"),
    ],
)
def test_without_anything_wanted_there_is_no_sum(asked: str, wanted: str):
    found = negation_in(asked)
    assert found is not None
    assert found.offered is None
    text = asked.removeprefix("- ")
    assert str(found) == f"This space cannot negate: '{text}' is read as if it asked for {wanted}."


def test_the_sentence_says_what_the_query_is_read_as():
    assert str(negation_in("a beach without people")) == (
        "This space cannot negate: 'a beach without people' is read as if it asked for people. "
        "Ask for the sum instead: beach - people"
    )
    assert str(negation_in("a person doing nothing")) == "This space cannot negate: 'nothing' leaves nothing out."
    listed = negation_in("a beach without people, dogs or cars")
    assert listed is not None
    assert listed.sentence.endswith("asked for people, dogs and cars.")


def test_quotes_make_no_difference():
    assert negation_in('"no parking"') == negation_in("no parking") is not None
    quoted = negation_in('a sign "no parking"')
    assert quoted is not None
    assert str(quoted.offered) == "sign - parking"


@pytest.mark.parametrize("text", ["a red dog", "a knot", "a note", "a notebook", "nova", "beach - people", "[no]"])
def test_nothing_is_told_where_nothing_is_negated(text: str):
    assert negation_in(text) is None


def test_a_sum_that_a_query_cannot_hold_is_not_offered():
    many = " + ".join(["a dog without a ball"] * MAX_TERMS)
    found = negation_in(many)
    assert found is not None
    assert found.offered is None
    long = negation_in(f"a beach without {'very ' * 200}tall people")
    assert long is not None
    assert len(long.sentence) < 250


def test_a_text_that_cannot_be_read_is_refused_as_everywhere():
    with pytest.raises(TextError, match="type at least one word"):
        negation_in(" ")
    assert negation_in(read("no dogs")) == negation_in("no dogs")


@pytest.mark.parametrize("word", ["not", "No", "WITHOUT", "never", "isn't", "isn’t", "doesnt", "can't", "cannot"])
def test_words_that_negate(word: str):
    assert negates(word)


@pytest.mark.parametrize("word", ["knot", "now", "note", "want", "cent", "paint", "isn", "t", "", "don"])
def test_words_that_do_not(word: str):
    assert not negates(word)
