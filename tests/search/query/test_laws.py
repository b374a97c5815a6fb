from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import configuration, given, settings
from hypothesis import strategies as st

from vse.errors import QueryError, TextError
from vse.search.query import MAX_TERMS, Filter, Picture, Query, QuerySyntaxError, Term, Text, format_query, parse
from vse.search.query.filters import SHAPES

# Hypothesis keeps notes on the code it tests, by default in the working directory, and from when tests are collected.
configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis")
few = settings(database=None, derandomize=True, max_examples=150, deadline=None)

PIECES = [
    *("dog", "a", "T-shirt", "C++", "'", "狗", "🐕", "e\u0301", "\u200b", "\x00", "\x1c", "\ud800"),
    *("5", "0.8", "1e-3", ".", ",", "e9", "2*", "2 * ", "*", "×"),
    *("+", "-", "−", "–", " + ", " - ", " -", "- ", " ", "  ", "\n", "\u3000", "\t"),
    *("in:", "name:", "in:a", '-in:"b c"', "is:square", "−before:2020", "on:", ":", "/"),
    *("[", "]", "[a]", "[upload]", '"', '"b c"', "“", "”", "«", "»", "„", "\\", '\\"', "\\]"),
]

raw = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("".join)
words = raw.filter(lambda text: any(c.isprintable() and not c.isspace() for c in text))
weights = st.sampled_from([1, -1, 2, -0.8, 10, 0.1 + 0.2, 1e-7, 5e-324, -9.999999999999998])
operands = st.one_of(words.map(Text), words.map(Picture))
terms_of_any = st.lists(st.builds(Term, weights, operands), min_size=1, max_size=5)
values = words.filter(lambda text: text.strip("/ "))
filters_of_any = st.lists(
    st.one_of(
        st.builds(Filter, st.sampled_from(["name", "camera"]), values, st.booleans()),
        st.builds(Filter, st.just("in"), st.lists(st.sampled_from(["a", "b c", '"', "«x"]), min_size=1).map("/".join)),
        st.builds(Filter, st.sampled_from(["before", "after", "on"]), st.sampled_from(["2020", "2020-06"])),
        st.builds(Filter, st.just("is"), st.sampled_from(SHAPES), st.booleans()),
    ),
    max_size=3,
)
queries = st.builds(Query, terms_of_any.map(tuple), filters_of_any.map(tuple))


@given(queries)
@few
def test_what_is_written_reads_back(query: Query):
    assert parse(format_query(query)) == query


@given(queries, filters_of_any)
@few
def test_filters_may_stand_before_the_terms(query: Query, filters: list[Filter]):
    before = " ".join(map(str, filters))
    assert parse(f"{before} {query}") == Query(query.terms, (*filters, *query.filters))


@given(words.map(Text))
@few
def test_a_text_that_is_written_reads_back(text: Text):
    query = Query((Term(1, text),))
    assert query.is_plain
    assert parse(str(query)) == query


@given(raw)
@few
def test_any_text_is_read_or_refused_with_a_place(text: str):
    with contextlib.suppress(TextError, QueryError):
        query = parse(text)
        assert query.terms or query.filters
        assert len(query.terms) <= MAX_TERMS
        assert parse(format_query(query)) == query
        assert format_query(parse(format_query(query))) == format_query(query)
        assert all(0 <= start < end <= len(text) for start, end in (term.span for term in query.terms if term.span))


@given(st.lists(words, min_size=1, max_size=4))
@few
def test_quoted_terms_are_read_one_by_one(texts: list[str]):
    quoted = ['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts]
    assert [term.operand for term in parse("-".join(quoted)).terms] == [Text(text) for text in texts]


@given(raw.map(lambda text: f"x{text}x"), st.integers(1, 20))
@few
def test_blanks_around_a_query_do_not_count(text: str, blanks: int):
    assert outcome(" " * blanks + text + " " * blanks, blanks) == outcome(text, 0)


def outcome(text: str, shift: int) -> object:
    """The query, or the mistake and its place."""
    try:
        return parse(text)
    except QuerySyntaxError as error:
        return error.reason, min(error.position - shift, len(text.strip()))


def test_a_long_and_hostile_query_is_read_quickly():
    for piece in ('in:"', "in:x ", "in:", "[x ", "[", '"', "\\", "1", "1.", " -", "- ", "  ", "2*", '2 "', "[\\", "1 "):
        with contextlib.suppress(TextError, QueryError):
            parse("x" + piece * (1_999 // len(piece)))
            parse("[a" + piece * (1_998 // len(piece)))
