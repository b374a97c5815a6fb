"""Reading caption files: text by its lines, JSON and CSV, every mistake told with the file and the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vse.errors import CollectionError
from vse.io import configs

_ADVICE = "get the file again"


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


@dataclass
class Faults:
    """Rows of a caption file that do not fit: each costs itself alone, and they are counted."""

    source: Path
    count: int = 0
    first: str = ""

    @contextmanager
    def row(self, where: int | str) -> Iterator[None]:
        """A row, or what a ValueError left out of it."""
        try:
            yield
        except ValueError as error:
            self.count += 1
            self.first = self.first or f"{f'line {where}' if isinstance(where, int) else where}: {error}"

    def notes(self, found: object) -> tuple[str, ...]:
        """What was left out, in one sentence; `found` is what was read.

        Raises:
            CollectionError: when nothing was read because of them.
        """
        if self.count and not found:
            raise CollectionError(f"{self.source}, {self.first}.")
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        return (f"{rows} of {self.source} left out; the first, {self.first}.",) if self.count else ()


def read_text(path: Path) -> str:
    """A whole file as text, without the mark that some editors put before UTF-8.

    Raises:
        CollectionError: when it cannot be read, or is not UTF-8.
    """
    return configs.read_text(path, CollectionError, _ADVICE)


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, without those that are blank; only a line feed ends a line.

    Raises:
        CollectionError: as `read_text` does.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def read_json(path: Path) -> Any:
    """
    Raises:
        CollectionError: naming the line, where the file is no JSON.
    """
    return configs.read_json(path, CollectionError, _ADVICE)


# Names that one column has in the tables of the field.
_SAME_COLUMN = (
    ("image", "image_name", "file_name", "filename", "img", "path"),
    ("caption", "text", "comment", "captions", "description"),
)
_SEPARATORS = ",;|\t"


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the number of the line it ends on, without those that are blank.

    Between the cells stands what the first line has most of: a comma, a semicolon, a bar or a tab. Where quotes do not
    fit, as in a caption that begins with one, lines are read one by one, and those with such quotes as they are.

    Raises:
        CollectionError: as `read_text` does.
    """
    text = read_text(path)
    header = next((line for line in text.split("\n") if line.strip()), "")
    separator = max(_SEPARATORS, key=header.count)

    def cells(source: str) -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(io.StringIO(source, newline=""), strict=True, skipinitialspace=True, delimiter=separator)
        for row in rows:
            yield rows.line_num, row

    try:
        found = list(cells(text))
    except csv.Error:
        found = []
        for number, line in enumerate(text.split("\n"), start=1):
            try:
                found += [(number, row) for _, row in cells(line)]
            except csv.Error:
                found.append((number, [cell.strip() for cell in line.split(separator, header.count(separator))]))
    yield from ((number, row) for number, row in found if any(cell.strip() for cell in row))


def records(
    path: Path, rows: Iterable[tuple[int, list[str]]], needed: tuple[str, ...], faults: Faults
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table below its header line, each with its line's number and by the names of the columns.

    A column that is needed may have another of the field's names. Rows that are too short or too long go to `faults`.

    Raises:
        CollectionError: when a column that is needed is missing or there twice.
    """
    header: list[str] = []
    for number, row in rows:
        if not header:
            with told(path, number):
                header = _header(row, needed)
            continue
        with faults.row(number):
            if len(row) != len(header):
                raise ValueError(f"{len(row)} columns came, expected {len(header)}: {', '.join(header)}")
            # Not yielded in here, where a fault of the caller's own would count as one of the row's length.
        if len(row) == len(header):
            yield number, dict(zip(header, row, strict=True))


def _header(row: list[str], needed: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in row]
    for name in needed:
        others = next((same for same in _SAME_COLUMN if name in same), (name,))
        if name not in names and (other := next((each for each in names if each.lower() in others), None)) is not None:
            names[names.index(other)] = name
        if (count := names.count(name)) != 1:
            problem = "is missing" if count == 0 else "is there twice"
            found = ", ".join(names)[:100]
            raise ValueError(
                f"the column {name!r} {problem}; expected {', '.join(needed)} in the header, found {found}"
            )
    return names
