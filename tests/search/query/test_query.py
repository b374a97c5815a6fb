from __future__ import annotations

import pytest

from vse.errors import QueryError, TextError
from vse.modalities.text.tokenizer import MAX_CHARACTERS
from vse.search.query import Picture, Query, QuerySyntaxError, Term, Text, describe, format_query, parse, read


def terms_of(text: str) -> list[tuple[float, str]]:
    """Weights and operands, pictures in brackets."""
    return [
        (term.weight, term.operand.text if isinstance(term.operand, Text) else f"[{term.operand.id}]")
        for term in parse(text).terms
    ]


def test_parse_gives_terms_with_their_places():
    query = parse(' [scene-0042] - 0.8 * "a brown dog" + cat')
    assert query == Query((Term(1, Picture("scene-0042")), Term(-0.8, Text("a brown dog")), Term(1, Text("cat"))))
    assert [term.span for term in query.terms] == [(1, 13), (16, 35), (38, 41)]
    assert Term(1, Text("cat"), (0, 3)) == Term(1, Text("cat"))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("[scene-0042] - dog + cat", [(1, "[scene-0042]"), (-1, "dog"), (1, "cat")]),
        ('[scene-0042] - 0.8*"a brown dog" + 1.2*cat', [(1, "[scene-0042]"), (-0.8, "a brown dog"), (1.2, "cat")]),
        ("king - old man + young woman", [(1, "king"), (-1, "old man"), (1, "young woman")]),
        ("[scene-0042] + [scene-0108]", [(1, "[scene-0042]"), (1, "[scene-0108]")]),
        ("[upload] - red + blue", [(1, "[upload]"), (-1, "red"), (1, "blue")]),
        ("[speech] - night + day", [(1, "[speech]"), (-1, "night"), (1, "day")]),
        ("- dog + [scene-1]", [(-1, "dog"), (1, "[scene-1]")]),
        ("+ dog - [scene-1]", [(1, "dog"), (-1, "[scene-1]")]),
        # signs and weights without blanks, where they can be nothing else
        ('-[a] -"dog" +2*cat', [(-1, "[a]"), (-1, "dog"), (2, "cat")]),
        ('[a]-[b]+"dog"- cat', [(1, "[a]"), (-1, "[b]"), (1, "dog"), (-1, "cat")]),
        ("-.5*dog + 1e-2 * old cat", [(-0.5, "dog"), (0.01, "old cat")]),
        ("10.*[a]", [(10, "[a]")]),
        ("\t2\n*\u3000dog\n-\tcat ", [(2, "dog"), (-1, "cat")]),
        # typographic signs and quotes
        ("dog − cat – 2×bird", [(1, "dog"), (-1, "cat"), (-2, "bird")]),
        ("“a dog” - „a cat“ - «a bird» + ”a cow”", [(1, "a dog"), (-1, "a cat"), (-1, "a bird"), (1, "a cow")]),
        # quotes and brackets keep what is in them
        (r'"a \"b\" \\ c\d - e + [f]"', [(1, r'a "b" \ c\d - e + [f]')]),
        (r"[my \[old\] dir\\1\2 - x.jpg]", [(1, r"[my [old] dir\1\2 - x.jpg]")]),
        ("[image[1].jpg] - [[a][b]]", [(1, "[image[1].jpg]"), (-1, "[[a][b]]")]),
        (r"[ scene-1 ] + [\ a\ ]", [(1, "[scene-1]"), (1, "[ a ]")]),
        ('dog + "5"', [(1, "dog"), (1, "5")]),
        ('2*"3*dog"', [(2, "3*dog")]),
        ("dog - cat 🐕 + 一只 狗", [(1, "dog"), (-1, "cat 🐕"), (1, "一只 狗")]),
        # words that look a little like operators, next to real ones
        ("T-shirt - jet-black", [(1, "T-shirt"), (-1, "jet-black")]),
        ("C++ + -ish - x -y", [(1, "C++"), (1, "-ish"), (-1, "x -y")]),
        ("[a] - 2 dogs + 5 * hotel", [(1, "[a]"), (-1, "2 dogs"), (5, "hotel")]),
        ('[a] - 5" nail', [(1, "[a]"), (-1, '5" nail')]),
    ],
)
def test_parse(text: str, terms: list[tuple[float, str]]):
    assert terms_of(text) == terms


@pytest.mark.parametrize(
    "text",
    [
        "a dog on the beach",
        "T-shirt",
        "jet-black",
        "rock'n'roll",
        "black-and-white dog",
        "C++?",
        "-dog",
        "king -man +woman",
        "-5 degrees, 2 dogs",
        "1984",
        "nan*dog",
        "inf*dog",
        "dog * 2",
        "2x4",
        "a dog — running",
        'a sign that says "stop"',
        "it's a dog's \u2018life\u2019",
        "1/2+1/2",
        "upload",
    ],
)
def test_plain_text_stays_plain(text: str):
    query = parse(text)
    assert query.is_plain
    assert query == Query((Term(1, Text(text)),))
    assert str(query) == text


def test_plain_is_one_text_without_weight():
    assert parse('"a dog"').is_plain
    assert parse('"a dog"') == parse(" + 1*a  dog ") == parse("a\x00 dog")
    assert not any(parse(text).is_plain for text in ("- dog", "2*dog", "[a]", "dog + cat"))


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("[scene-1", 0, "bracket is not closed"),
        ("dog - [a + [b]", 6, "bracket is not closed"),
        (r"[a\]", 0, "bracket is not closed"),
        ("[]", 0, "brackets are empty"),
        ("dog + [ \t]", 6, "brackets are empty"),
        ('"dog', 0, "quote is not closed"),
        (r'cat + "dog\"', 6, "quote is not closed"),
        ("“dog", 0, "quote is not closed"),
        ('""', 0, "quotes are empty"),
        ('cat - " \u200b"', 6, "quotes are empty"),
        ("dog + \u200b", 6, "Nothing that can be seen"),
        ("dog +", 5, "operand is missing"),
        (" dog  -  ", 9, "operand is missing"),
        ("+ + cat", 2, "operand is missing"),
        ("dog + -2*cat", 6, "operand is missing"),
        ("-", 1, "operand is missing"),
        ("2*", 2, "operand is missing"),
        ("dog - 2* + cat", 9, "operand is missing"),
        ("2*3*dog", 2, "second weight"),
        ("dog + 5", 6, r"A number stands alone.*2\*dog"),
        ("5 + dog", 0, "A number stands alone"),
        ("- 5", 2, "A number stands alone"),
        ("dog - 2*1,000", 8, "A number stands alone"),
        ("dog + 2 [a]", 7, r"\* is missing after this number"),
        ("2[a]", 1, r"\* is missing after this number"),
        ('0.8 "a - b" + cat', 3, r"\* is missing after this number"),
        ("1e999*dog", 0, "weight 1e999 must be above 0 and at most 10"),
        ("1e-999*dog", 0, "weight 1e-999 must be above 0"),
        ("dog - 0*cat", 6, "weight 0 must be above 0"),
        ("dog -10.01*cat", 5, "weight 10.01 must be above 0 and at most 10"),
        (f"{'9' * 400}*dog", 0, r"weight 9{17}\.\.\. must be"),
        ("dog + 0,8*cat", 6, "0,8 is not a number: write it as 2 or as 0.8"),
        ("1.2.3*cat", 0, "1.2.3 is not a number"),
        ("dog [a]", 4, "sign is missing before this picture"),
        ("dog-[a]", 4, "sign is missing before this picture"),
        ("a[0]", 1, "sign is missing before this picture"),
        ("dog - a]", 7, "bracket was not opened"),
        ("[a] [b]", 4, "sign is missing here"),
        ('"a dog" running', 8, "sign is missing here"),
        ("[a] 2*[b]", 4, "sign is missing here"),
        ("[a] -dog", 4, "does not stand alone: put a blank after -"),
        ("[a]*2", 3, "weight stands before its operand"),
        (" + ".join("abcdefghijklmnopq"), 62, "more than 16 terms"),
    ],
)
def test_parse_says_where_and_what(text: str, position: int, message: str):
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        parse(text)
    assert caught.value.text == text
    assert caught.value.position == position
    reason, shown, caret = str(caught.value).split("\n")
    assert reason == caught.value.reason
    assert reason.endswith(".")
    assert shown[2:].strip(".").rstrip() in text.replace("\t", " ").replace("\u200b", " ")
    assert caret.strip() == "^"


def test_the_caret_stands_under_the_mistake():
    with pytest.raises(QuerySyntaxError, match=r"empty.*\n  dog \+ \[\]\n        \^$"):
        parse("dog + []")
    with pytest.raises(QuerySyntaxError, match=r"\n  狗🐕 e\u0301 \+ \[\]\n           \^$"):
        parse("狗🐕 e\u0301 + []")
    with pytest.raises(QuerySyntaxError, match=r"\n  \.\.\.x{45} - \[y{23}\.\.\.\n {53}\^$"):
        parse("x" * 99 + " - [" + "y" * 99)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "\x00"])
def test_parse_refuses_what_shows_nothing(text: str):
    with pytest.raises(TextError, match="The text is empty"):
        parse(text)


def test_parse_refuses_endless_text_and_other_types():
    with pytest.raises(TextError, match="has 2,001 characters and at most 2,000"):
        parse("x" * (MAX_CHARACTERS + 1))
    with pytest.raises(TextError, match="NoneType came"):
        parse(None)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="takes 2,002 characters when written out and at most 2,000"):
        parse("[a]-[" + "b" * 1994 + "]")
    assert len(parse(" + ".join("abcdefghijklmnop")).terms) == 16


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('[ a ]-"dog"+.50*“old  cat”', '[a] - dog + 0.5*"old cat"'),
        ("-2.0*dog – 3 × cat", "- 2*dog - 3*cat"),
        ('+ 1*dog + "5" + 1e-7*x', 'dog + "5" + 1e-07*x'),
        ('"dog - cat" + "jet-black"', '"dog - cat" + jet-black'),
        (r'"\"a\" \\" - [\[b]', r'"\"a\" \\" - [\[b]'),
        (r"[a\[1\].jpg] - [\]b\[]", r"[a[1].jpg] - [\]b\[]"),
    ],
)
def test_format(text: str, canonical: str):
    assert format_query(parse(text)) == str(parse(text)) == canonical
    assert format_query(parse(canonical)) == canonical


@pytest.mark.parametrize("text", ["dog - cat", "- dog", "2*dog", "[dog]", '"dog"', "dog -", "say -2*x", "+", "a]"])
def test_format_quotes_what_would_be_read_otherwise(text: str):
    query = Query((Term(1, Text(text)),))
    assert str(query).startswith('"')
    assert parse(str(query)) == query


@pytest.mark.parametrize("text", ["2 dogs", "jet-black", "5", r"a\b", "say -2"])
def test_format_quotes_nothing_else(text: str):
    assert str(Query((Term(1, Text(text)),))) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[scene-0042] - dog + cat", 'the picture scene-0042, minus "dog", plus "cat"'),
        ("a dog on the beach", '"a dog on the beach"'),
        ("[speech] - night", 'what you said, minus "night"'),
        ("- 0.8*old dog + [upload]", 'minus 0.8 times "old dog", plus the picture you gave'),
        ("2*[a]", "2 times the picture a"),
    ],
)
def test_describe(text: str, sentence: str):
    assert describe(parse(text)) == sentence


def test_a_query_lists_its_texts_and_pictures_once():
    query = parse("[b] - dog + [upload] + [a] - [b] + cat + dog")
    assert query.pictures == ("b", "a")
    assert query.texts == ("dog", "cat")
    assert query.needs_upload
    assert not parse("upload + [b]").needs_upload


@pytest.mark.parametrize("weight", [0, 10.1, -10.1, float("nan"), float("inf")])
def test_a_term_refuses_weights_out_of_bounds(weight: float):
    with pytest.raises(QueryError, match="its size must be above 0 and at most 10"):
        Term(weight, Text("dog"))


def test_built_queries_are_checked():
    with pytest.raises(QueryError, match="came with 0 terms: give 1 to 16"):
        Query(())
    with pytest.raises(QueryError, match="came with 17 terms"):
        Query((Term(1, Text("dog")),) * 17)
    with pytest.raises(QueryError, match="takes 2,403 characters when written out"):
        Query((Term(1, Text("x" * 1200)),) * 2)
    with pytest.raises(QueryError, match="id came as ' '"):
        Picture(" ")
    with pytest.raises(QueryError, match="operand came as str"):
        Term(1, "dog")  # type: ignore[arg-type]
    with pytest.raises(TextError, match="empty"):
        Text(" ")


@pytest.mark.parametrize("text", ["red +", "7 - 11 store", "- 5", "a dog - ", " + ", "rock - - roll"])
def test_what_only_resembles_arithmetic_is_read_as_words(text: str):
    with pytest.raises(QuerySyntaxError, match=r"\w"):
        parse(text)
    query = read(text)
    assert query == Query((Term(1, Text(text)),))
    assert read(str(query)) == query


@pytest.mark.parametrize("text", ["[scene-1", "red + [", 'a - "dog', "2*dog +", "“a + b"])
def test_a_mistake_in_what_was_meant_as_a_query_is_told(text: str):
    with pytest.raises(QuerySyntaxError, match=r"\w") as told:
        parse(text)
    with pytest.raises(QuerySyntaxError, match=r"\w") as again:
        read(text)
    assert str(again.value) == str(told.value)


@pytest.mark.parametrize("text", ["a dog", "[a] - dog + 2*cat", "king - man + woman", '"7 - 11"', "- red"])
def test_what_can_be_parsed_is_read_so(text: str):
    assert read(text) == parse(text)
