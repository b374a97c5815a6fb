from __future__ import annotations

from pathlib import Path

import pytest

from vse.data.readers.parsing import Faults, csv_rows, numbered_lines, read_json, read_text, records, told
from vse.errors import CollectionError
from vse.io.configs import parse_json


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
    with pytest.raises(CollectionError, match="is a folder, and a file was expected"):
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
    ("content", "rows"),
    [
        (b'a,b\nx,"never closed\nz,y', [["a", "b"], ["x", '"never closed'], ["z", "y"]]),
        (b'a;b\nx;"closed" early; late\n"y";"1; 2"', [["a", "b"], ["x", '"closed" early; late'], ["y", "1; 2"]]),
        (b"a| b\nx| 1, 2\n", [["a", "b"], ["x", "1, 2"]]),
    ],
)
def test_csv_quotes_that_do_not_fit_are_letters(content: bytes, rows: list[list[str]], tmp_path: Path):
    assert list(csv_rows(write(tmp_path, content))) == list(enumerate(rows, start=1))


def test_records_go_by_the_names_of_the_columns(tmp_path: Path):
    rows, faults = [(1, [" b", "a ", "c"]), (3, ["1", "2", "3"]), (4, ["1"]), (5, ["1"] * 4)], Faults(tmp_path / "file")
    assert list(records(tmp_path, rows, ("a", "b"), faults)) == [(3, {"b": "1", "a": "2", "c": "3"})]
    assert faults.notes([1]) == (
        f"2 rows of {tmp_path / 'file'} left out; the first, line 4: 1 columns came, expected 3: b, a, c.",
    )
    assert list(records(tmp_path, [], ("a", "b"), faults)) == []
    with pytest.raises(CollectionError, match="file, line 4: 1 columns came, expected 3: b, a, c"):
        faults.notes([])


def test_a_column_may_have_another_of_its_names(tmp_path: Path):
    rows = [(1, ["Image_Name", "comment_number", "Comment"]), (2, ["a", "0", "b"])]
    found = list(records(tmp_path, rows, ("image", "caption"), Faults(tmp_path)))
    assert found == [(2, {"image": "a", "comment_number": "0", "caption": "b"})]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["a", "x"], "line 1: the column 'b' is missing; expected a, b in the header, found a, x"),
        (["a", "b", "a"], "line 1: the column 'a' is there twice"),
    ],
)
def test_a_header_that_does_not_fit_is_told(row: list[str], message: str, tmp_path: Path):
    with pytest.raises(CollectionError, match=message):
        list(records(tmp_path / "file", [(1, row)], ("a", "b"), Faults(tmp_path)))
