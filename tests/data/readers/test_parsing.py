from __future__ import annotations

from pathlib import Path

import pytest

from vse.data.readers.parsing import csv_rows, numbered_lines, parse_json, read_json, read_text, records, told
from vse.errors import CollectionError


def write(folder: Path, content: bytes) -> Path:
    (folder / "file").write_bytes(content)
    return folder / "file"


def test_only_a_value_error_is_told_with_its_place(tmp_path: Path):
    with pytest.raises(CollectionError, match=r"file, line 3: odd\.$"), told(tmp_path / "file", 3):
        raise ValueError("odd")
    with pytest.raises(CollectionError, match=r"file, images\[2\]: odd\.$"), told(tmp_path / "file", "images[2]"):
        raise ValueError("odd")
    with pytest.raises(KeyError, match="odd"), told(tmp_path / "file", 3):
        raise KeyError("odd")


def test_lines_keep_their_numbers(tmp_path: Path):
    path = write(tmp_path, b"\xef\xbb\xbfone\r\n \n\ntwo\xe2\x80\xa8still two\n")
    assert list(numbered_lines(path)) == [(1, "one"), (4, "two\u2028still two")]


def test_what_is_not_utf8_is_told_with_its_line(tmp_path: Path):
    with pytest.raises(CollectionError, match=r"file, line 3: this is not UTF-8 text; save the file as UTF-8"):
        read_text(write(tmp_path, "a\nb\ncafé".encode("latin-1")))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path):
    with pytest.raises(CollectionError, match=r"cannot be read \(Is a directory\)"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"images": [\n{"filename": "a.j', "line 2: the JSON is cut short; get the file again"),
        (b'{"images": [\n{"filename": "a.jpg"},', "line 2: the JSON is cut short"),
        (b"", "line 1: the JSON is cut short"),
        (b'{"images": [\n{filename}]}', r"line 2: this is not valid JSON \(Expecting property name .*, column 2\)"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_json_that_is_none_is_told_with_its_line(content: bytes, message: str, tmp_path: Path):
    with pytest.raises(CollectionError, match=message):
        read_json(write(tmp_path, content))


def test_json_comes_back(tmp_path: Path):
    assert read_json(write(tmp_path, '{"a": ["é"]}'.encode())) == {"a": ["é"]}
    assert parse_json("[1]") == [1]
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 200_000)


def test_csv_knows_quotes_and_counts_lines(tmp_path: Path):
    path = write(tmp_path, b'a,b\n\n"x, y", "say ""hi"""\n"two\nlines",z\n')
    assert list(csv_rows(path)) == [(1, ["a", "b"]), (3, ["x, y", 'say "hi"']), (5, ["two\nlines", "z"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'a,b\nx,"never closed\nz', "line 3: a quote is opened and never closed"),
        (b'a,b\nx,"closed" early', "line 2: not valid CSV"),
    ],
)
def test_csv_quotes_that_do_not_fit_are_told(content: bytes, message: str, tmp_path: Path):
    with pytest.raises(CollectionError, match=message):
        list(csv_rows(write(tmp_path, content)))


def test_records_go_by_the_names_of_the_columns(tmp_path: Path):
    rows = [(1, [" b", "a ", "c"]), (3, ["1", "2", "3"])]
    assert list(records(tmp_path, rows, ("a", "b"))) == [(3, {"b": "1", "a": "2", "c": "3"})]
    assert list(records(tmp_path, [], ("a", "b"))) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, ["a", "x"])], "line 1: the column 'b' is missing; expected a, b in the header, found a, x"),
        ([(1, ["a", "b", "a"])], "line 1: the column 'a' is there twice"),
        ([(1, ["a", "b"]), (4, ["1"])], "line 4: 1 columns came, expected 2: a, b"),
        ([(1, ["a", "b"]), (4, ["1", "2", "3"])], "line 4: 3 columns came, expected 2: a, b"),
    ],
)
def test_rows_that_do_not_fit_the_header_are_told(rows: list[tuple[int, list[str]]], message: str, tmp_path: Path):
    with pytest.raises(CollectionError, match=message):
        list(records(tmp_path / "file", rows, ("a", "b")))
