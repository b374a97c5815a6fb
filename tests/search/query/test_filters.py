"""What each filter means, how it is written, and how a mistake in one is told."""

from __future__ import annotations

import pytest

from vse.errors import QueryError
from vse.modalities.image.facts import Facts
from vse.search.query import MAX_FILTERS, Filter, Query, QuerySyntaxError, Term, Text, describe, parse, read

PHOTO = "Trips/My  Holiday/Fuji/IMG_2041.jpg"
KNOWN = Facts("2020-06-30T23:59:59", "Canon EOS R5", 300, 200)


def fits(text: str, facts: Facts = KNOWN, item_id: str = PHOTO) -> bool:
    (each,) = parse(text).filters
    return each.fits(item_id, facts)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "in:trips",
            "in:FUJI",
            'in:"my holiday"',
            'in:"trips/my holiday"',
            "in:/trips/",
            "-in:fu",
            "-in:img_2041.jpg",
        ),
        *("name:img_20", "name:.JPG", "-name:holiday", "IN:trips", "−in:scans", "–in:scans"),
        *(
            "before:2021",
            "before:2020-07",
            "before:2020-07-01",
            "-before:2020",
            "-before:2020-06",
            "-before:2020-06-30",
        ),
        *("after:2019", "after:2020-05", "after:2020-06-29", "-after:2020", "-after:2020-06", "-after:2020-06-30"),
        *("on:2020", "on:2020-06", "on:2020-06-30", "-on:2020-06-29", "-on:2021"),
        *("camera:canon", "camera:eos", 'camera:"canon eos"', "-camera:nikon"),
        *("is:landscape", "is:Landscape", "-is:portrait", "-is:square"),
    ],
)
def test_what_fits(text: str):
    assert fits(text)
    opposite = text[1:] if text[0] in "-−–" else f"-{text}"
    assert not fits(opposite)


@pytest.mark.parametrize("text", ["before:9999", "after:0001", "on:2020", "camera:canon", "is:portrait", "is:square"])
def test_a_picture_of_which_nothing_is_known_fits_only_what_is_negated(text: str):
    assert not fits(text, Facts())
    assert fits(f"-{text}", Facts())


def test_shapes_are_of_the_sides_alone():
    assert [fits("is:square", Facts(width=w, height=h)) for w, h in ((2, 1), (2, 2), (1, 2))] == [False, True, False]
    assert [fits("is:portrait", Facts(width=w, height=h)) for w, h in ((2, 1), (2, 2), (1, 2))] == [False, False, True]


def test_accents_are_compared_however_they_are_stored():
    assert fits("in:caf\u00e9", item_id="Cafe\u0301/a.jpg")


def test_a_picture_in_no_folder_lies_in_none():
    assert not fits("in:a.jpg", item_id="a.jpg")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("dog in:holiday", "dog in:holiday"),
        ("in:holiday a dog before:2020 on the beach", "a dog on the beach in:holiday before:2020"),
        ("[a.jpg] - dog in:x + cat", "[a.jpg] - dog + cat in:x"),
        ("[a.jpg]-in:x", "[a.jpg] -in:x"),
        ('"in:x" + y -in:z', '"in:x" + y -in:z'),
        ('NAME:"a b" dog', 'dog name:"a b"'),
        ('-name:"say \\"a\\""', '-name:"say \\"a\\""'),
        ('5" pizza in:"b c"', '5" pizza in:"b c"'),
        ("7 - 11 store is:square", '"7 - 11 store" is:square'),
        ("1984 on:1984", "1984 on:1984"),
    ],
)
def test_how_a_query_with_filters_is_written(text: str, written: str):
    assert str(read(text)) == written
    assert parse(written) == read(text)


@pytest.mark.parametrize("text", ["note: a dog", "dog.in:x", "inside:x", "http://a", "a dog :in", '"in:x"', "12:30"])
def test_what_is_no_filter_stays_a_word(text: str):
    query = parse(text)
    assert query == Query((Term(1, Text(text.strip('"'))),))
    assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("dog before:yesterday", "before: came with 'yesterday': give a year, a month or a day", 11),
        ("on:2021-02-29", "on: came with '2021-02-29': give a year", 3),
        ("after:20", "after: came with '20': give a year", 6),
        ("before:0000", "before: came with '0000': give a year", 7),
        ("a dog is:blue", "is: came with 'blue': give one of portrait, landscape, square", 9),
        ("in: holiday", "in: came without a value", 3),
        ("dog in:/", "in: came with '/': give the name of a folder", 7),
        ('dog in:"my holiday', "This quote is not closed", 7),
        ("dog - in:x", "A sign stands before this filter: write in: alone", 6),
        ("2*in:x", "An operand is missing here", 6),
        ("is:square " * (MAX_FILTERS + 1), f"more than {MAX_FILTERS} filters", 10 * MAX_FILTERS),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, reason: str, position: int):
    with pytest.raises(QuerySyntaxError, match=reason) as told:
        read(text)
    assert (told.value.position, told.value.text) == (position, text)


def test_a_mistake_elsewhere_is_shown_in_the_whole_query():
    with pytest.raises(QuerySyntaxError, match=r"in:holiday \[a"):
        parse("in:holiday [a")


def test_filters_alone_are_a_query_without_terms():
    query = parse("in:holiday -is:square")
    assert query == Query((), (Filter("in", "holiday"), Filter("is", "square", negated=True)))
    assert (query.is_plain, query.texts, query.pictures) == (False, (), ())
    with pytest.raises(QueryError, match="A query came with 0 terms"):
        Query(())


def test_a_query_is_said_in_english():
    told = 'the picture a.jpg, minus "dog", only pictures in the folder "x" and not in square format'
    assert describe(parse("[a.jpg] - dog in:x -is:square")) == told
    assert describe(parse("before:2020")) == "only pictures taken before 2020"


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(QueryError, match="A filter came as 'size': give one of in, name, before"):
        Filter("size", "1")
