"""Reading caption files: text by its lines, JSON and CSV, every mistake told with the file and the line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vse.errors import CollectionError


@contextmanager
def told(path: Path, where: object) -> Iterator[None]:
    """Turn a ValueError into a sentence that begins with the file and the place: a line's number, or words.

    Raises:
        CollectionError: instead of the ValueError.
    """
    try:
        yield
    except ValueError as error:
        place = f"line {where}" if isinstance(where, int) else where
        raise CollectionError(f"{path}, {place}: {error}.") from error


def read_text(path: Path) -> str:
    """A whole file as text, without the mark that some editors put before UTF-8.

    Raises:
        CollectionError: when it cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CollectionError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CollectionError(f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8.") from error


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, without those that are blank; only a line feed ends a line.

    Raises:
        CollectionError: as `read_text` does.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def parse_json(text: str) -> Any:
    """
    Raises:
        ValueError: for what is no JSON, in words that follow a place.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise ValueError("the JSON is cut short; get the file again") from error
        raise ValueError(f"this is not valid JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("this JSON is nested too deeply") from error


def read_json(path: Path) -> Any:
    """
    Raises:
        CollectionError: naming the line, where the file is no JSON.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        with told(path, error.lineno):
            parse_json(text)
        raise
    except RecursionError as error:
        raise CollectionError(f"{path} is JSON nested too deeply to be read.") from error


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with quotes, each with the number of the line it ends on, without those that are blank.

    Raises:
        CollectionError: for quotes that do not fit, and as `read_text` does.
    """
    rows = csv.reader(io.StringIO(read_text(path), newline=""), strict=True, skipinitialspace=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            line = max(rows.line_num, 1)
            what = "a quote is opened and never closed" if "end of data" in str(error) else f"not valid CSV ({error})"
            raise CollectionError(f"{path}, line {line}: {what}.") from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield rows.line_num, row


def records(
    path: Path, rows: Iterable[tuple[int, list[str]]], needed: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table below its header line, each with its line's number and by the names of the columns.

    Raises:
        CollectionError: when a column that is needed is missing or there twice, or a row is too short or too long.
    """
    header: list[str] = []
    for number, row in rows:
        with told(path, number):
            if not header:
                header = _header(row, needed)
                continue
            if len(row) != len(header):
                raise ValueError(f"{len(row)} columns came, expected {len(header)}: {', '.join(header)}")
        yield number, dict(zip(header, row, strict=True))


def _header(row: list[str], needed: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in row]
    for name in needed:
        if (count := names.count(name)) != 1:
            problem = "is missing" if count == 0 else "is there twice"
            found = ", ".join(names)[:100]
            raise ValueError(
                f"the column {name!r} {problem}; expected {', '.join(needed)} in the header, found {found}"
            )
    return names
