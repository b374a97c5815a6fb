from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vse.errors import TextError
from vse.words import vectors as word_vectors
from vse.words.vectors import dimensions, first_words, load_word_vectors

VECTORS = {"dog": [1.0, -2.5, 0.25], "café": [0.5, 0.0, 3.0], "cat": [-1.0, 4.0, 8.0]}


def text(header: bool) -> bytes:
    lines = [f"{word} {' '.join(map(str, values))}" for word, values in VECTORS.items()]
    return "\n".join(["3 3"] * header + lines).encode() + b"\n"


def binary(newlines: bool = True) -> bytes:
    entries = [word.encode() + b" " + struct.pack("<3f", *values) for word, values in VECTORS.items()]
    return b"3 3\n" + (b"\n" if newlines else b"").join(entries)


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "vectors"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [text(False), text(True), binary(), binary(newlines=False)])
def test_every_format_gives_the_same_vectors(data: bytes, tmp_path: Path):
    found = load_word_vectors(written(tmp_path, data), ["cat", "café", "zebra"])
    assert sorted(found) == ["café", "cat"]
    for word, vector in found.items():
        assert vector.dtype == np.float32
        assert vector.tolist() == VECTORS[word]


@pytest.mark.parametrize("data", [binary(), binary(newlines=False)])
def test_binary_entries_may_lie_across_blocks(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(word_vectors, "_BLOCK", 5)
    found = load_word_vectors(written(tmp_path, data), VECTORS)
    assert {word: vector.tolist() for word, vector in found.items()} == VECTORS


def test_a_vector_owns_its_memory(tmp_path: Path):
    found = load_word_vectors(written(tmp_path, binary()), ["dog"])
    found["dog"][0] = 7  # a view of the block would be read-only
    assert found["dog"].base is None


def test_words_of_glove_may_hold_spaces_and_line_separators(tmp_path: Path):
    data = "dog 1 2\n. . . 3 4\nx\u0085y 5 6\ndog 9 9\r\n".encode()
    found = load_word_vectors(written(tmp_path, data), [". . .", "x\u0085y", "dog"])
    assert {word: vector.tolist() for word, vector in found.items()} == {
        "dog": [1, 2],
        ". . .": [3, 4],
        "x\u0085y": [5, 6],
    }


def test_of_a_word_that_comes_twice_the_first_counts(tmp_path: Path):
    found = load_word_vectors(written(tmp_path, b"dog 1 2\ndog 3 4\ncat 5 6\n"), ["dog", "cat"])
    assert found["dog"].tolist() == [1, 2]


def test_reading_stops_when_every_word_is_found(tmp_path: Path):
    path = written(tmp_path, b"dog 1 2\nbroken\n")
    assert list(load_word_vectors(path, ["dog"])) == ["dog"]
    with pytest.raises(TextError, match=r"Line 2 of .* has 0 numbers after its word and 2 were expected"):
        load_word_vectors(path, ["dog", "cat"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no word vectors, it is empty"),
        (b"\n \n", "holds no word vectors, it is empty"),
        (b"dog\n", "Line 1 of .* has 0 numbers"),
        (b"fish 1 2\ncat 1\n", "Line 2 of .* has 1 numbers after its word and 2"),
        (b"fish 1 2\ncat 1 two\n", "Line 2 of .* could not convert"),
        (b"fish 1 2\ncat 1 nan\n", "Line 2 of .* not finite"),
        (b"2 2\nfish 1 2\ncat 1\n", "Line 3 of .* has 1 numbers"),
        (b"3 2\nfish 1 2\nbird 1 2\n", "ends after line 3 and 3 vectors were announced"),
        (b"3 0\nfish\n", "announces 0 dimensions"),
        (binary()[:-1], "ends within entry 3 of 3"),
        (b"9 3\n" + binary()[4:], "ends within entry 4 of 9"),
        (b"2 3\n" + b"\x00" * 20_000, "Entry 1 of .* no word of a sensible length"),
        (b"1 1\ncat " + struct.pack("<f", float("inf")), "Entry 1 of .* not finite"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(data: bytes, message: str, tmp_path: Path):
    with pytest.raises(TextError, match=message):
        load_word_vectors(written(tmp_path, data), ["cat", "zebra"])


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(TextError, match=r"no-such-file\.txt' cannot be read"):
        load_word_vectors(tmp_path / "no-such-file.txt", ["dog"])


def test_no_words_wanted_gives_none(tmp_path: Path):
    assert load_word_vectors(written(tmp_path, text(False)), []) == {}


def zipped(data: bytes, *others: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("vectors.txt", *others):
            archive.writestr(name, data)
    return file.getvalue()


PACKED = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "zip of macOS": lambda data: zipped(data, "__MACOSX/._vectors.txt"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "blank lines": lambda data: b"\n\r\n" + data.replace(b"\n", b"\n\n"),
    "tabs": lambda data: data.replace(b" ", b"\t"),
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "two spaces": lambda data: data.replace(b" ", b"  "),
    "capitals": lambda data: data.decode().upper().encode(),
    "decomposed": lambda data: unicodedata.normalize("NFD", data.decode()).encode(),
    "BOM in gz": lambda data: gzip.compress(b"\xef\xbb\xbf" + data, mtime=0),
}


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("how", PACKED)
def test_files_are_read_however_people_have_them(how: str, header: bool, tmp_path: Path):
    path = written(tmp_path, PACKED[how](text(header)))
    assert {word: vector.tolist() for word, vector in load_word_vectors(path, VECTORS).items()} == VECTORS
    assert dimensions(path) == 3


def test_a_word_as_it_is_comes_before_one_in_capitals(tmp_path: Path):
    found = load_word_vectors(written(tmp_path, b"Dog 1 2\nDOG 3 4\ndog 5 6\nCat 7 8\nCAT 9 9\n"), ["dog", "cat"])
    assert {word: vector.tolist() for word, vector in found.items()} == {"dog": [5, 6], "cat": [7, 8]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped(text(False), "b.txt"), r"holds 2 files \(vectors\.txt, b\.txt\): unpack it and give one of them"),
        (zipped(text(False))[:-30], "cannot be read"),
        (gzip.compress(text(False), mtime=0)[:-12], "cannot be read"),
        (bz2.compress(text(False))[:-12], "cannot be read"),
        (b"\x1f\x8bnot gzip at all", "cannot be read"),
        (text(False).decode().encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        (
            b"hund 1 2\nkatze 3 4\n",
            "none of the 2 words asked for, such as 'cat', 'zebra'; its own begin with 'hund",
        ),
        (b"\x93NUMPY\x01\0v\0{'descr': '<f4'}", "has none of the 2 words|numbers after its word"),
    ],
)
def test_what_cannot_be_read_or_fits_no_word_is_told(data: bytes, message: str, tmp_path: Path):
    with pytest.raises(TextError, match=message):
        load_word_vectors(written(tmp_path, data), ["cat", "zebra"])


def test_dimensions_of_no_vectors_are_told(tmp_path: Path):
    with pytest.raises(TextError, match=r"Line 1 of .* has no numbers after its word"):
        dimensions(written(tmp_path, b"dog\n"))
    with pytest.raises(TextError, match="holds no word vectors"):
        dimensions(written(tmp_path, b""))


def test_the_first_words_are_words_and_wanted(tmp_path: Path):
    path = tmp_path / "vectors.txt"
    path.write_text("the 1\n, 2\nOtter 3\notter 4\nnew-york 5\ntram 6\nlater 7\n", encoding="utf-8")
    assert first_words(path, 3, lambda word: word != "the") == ("otter", "new-york", "tram")
    assert first_words(path, 99, str.isalpha) == ("the", "otter", "tram", "later")
