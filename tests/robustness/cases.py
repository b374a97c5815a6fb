"""What a case is, how one is judged, and the kinds of damage that files come with."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REFUSED = "refused"
HELD, TRACEBACK, WRONG = "held", "traceback", "silent wrong answer"
Right = Callable[[Any], bool]
# What a process of Python may write wherever it runs.
_HARMLESS = ("/dev/", "/proc/", os.path.join(sys.prefix, ""))


@dataclass(frozen=True)
class Refused:
    """What an act gives where the input was refused: what people read of it, and of what kind it was."""

    told: str
    is_error: bool = True  # an error class of the project, or exit code 2


@dataclass(frozen=True)
class Case:
    """One bad input.

    act: what is done in an empty folder; gives a `Refused` or the answer.
    expected: REFUSED, or whether an answer is the right one.
    """

    area: str
    name: str
    act: Callable[[Path], Any]
    expected: str | Right = REFUSED


@dataclass(frozen=True)
class Verdict:
    case: Case
    outcome: str
    detail: str = ""


def judge(case: Case) -> Verdict:
    """Make a case in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="vse-robust-") as folder, _writes_outside(Path(folder)) as outside:
        (Path(folder) / "here").mkdir()
        before = os.getcwd()
        os.chdir(Path(folder) / "here")
        try:
            given = case.act(Path(folder))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return Verdict(case, TRACEBACK, f"{type(error).__name__}: {str(error)[:300]}")
        finally:
            os.chdir(before)
    if outside:
        return Verdict(case, WRONG, f"wrote {outside[0]}")
    if isinstance(given, Refused):
        if "Traceback (most recent" in given.told:
            return Verdict(case, TRACEBACK, given.told[-300:])
        if case.expected != REFUSED:
            return Verdict(case, WRONG, f"refused: {given.told[:300]}")
        fault = not given.is_error or not is_one_sentence(given.told)
        return Verdict(case, WRONG if fault else HELD, given.told[:300])
    if case.expected == REFUSED:
        return Verdict(case, WRONG, f"accepted: {str(given)[:300]}")
    assert callable(case.expected)
    return Verdict(case, HELD if case.expected(given) else WRONG, f"answered: {str(given)[:300]}")


def is_one_sentence(text: str) -> bool:
    """Whether it is a line that people can read to its end; names and values in it may hold dots."""
    text = re.sub(r"\n  [^\n]*\n  *\^+$", "", text.rstrip()).strip()  # a query, and a mark below its mistake
    text = re.sub(r"(.)\1{60,}", r"\1...", text)  # a name that is too long
    return 10 < len(text) < 1500 and "\n" not in text and bool(re.search(r"[.?!]['\")]?$", text))


_allowed: list[tuple[str, list[str]]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _allowed:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = (isinstance(mode, str) and set(mode) & set("wax+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        paths = [path] if writes else []
    elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.symlink"):
        paths = [arguments[1 if event == "os.symlink" else 0]]
    elif event == "os.rename":
        paths = list(arguments[:2])
    else:
        return
    root, outside = _allowed[-1]
    for path in paths:
        if isinstance(path, str | bytes | os.PathLike):
            full = os.path.abspath(os.fsdecode(path))
            if not full.startswith((root, *_HARMLESS)) and "__pycache__" not in full:
                outside.append(full)


sys.addaudithook(_watch)


@contextmanager
def _writes_outside(folder: Path) -> Iterator[list[str]]:
    """The paths outside of a folder that are written to, made or removed meanwhile; caches and the like lie in it."""
    outside: list[str] = []
    names = {"VSE_CACHE": "cache", "TMPDIR": "tmp", "HOME": "home", "GRADIO_TEMP_DIR": "uploads"}
    before = {name: os.environ.get(name) for name in names}
    for name, inside in names.items():
        (folder / inside).mkdir()
        os.environ[name] = str(folder / inside)
    _allowed.append((str(folder), outside))
    try:
        yield outside
    finally:
        _allowed.pop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


# Damage: what is in the place of a file's bytes.
Damage = Callable[[Path], None]


def _bytes(change: Callable[[bytes], bytes]) -> Damage:
    return lambda path: path.write_bytes(change(path.read_bytes()))  # type: ignore[return-value]


def _gone(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


DAMAGES: dict[str, Damage] = {
    "missing": _gone,
    "a folder": _folder,
    "a link to itself": _loop,
    "empty": _bytes(lambda data: b""),
    "cut in half": _bytes(lambda data: data[: len(data) // 2]),
    "noise": _bytes(lambda data: b"\x80\x01\xff" * 300),
    "zeros": _bytes(lambda data: bytes(len(data))),
    "UTF-16": _bytes(lambda data: "{}".encode("utf-16")),
    "Latin-1": _bytes(lambda data: b'{"\xe9": "\xe9"}'),
    "pickle": _bytes(lambda data: b"\x80\x04cos\nsystem\n(S'true'\ntR."),
    "a zip": _bytes(lambda data: b"PK\x03\x04 is how a zip file begins" + bytes(40)),
}
JSON_DAMAGES: dict[str, Damage] = {
    "null": _bytes(lambda data: b"null"),
    "a list": _bytes(lambda data: b"[1]"),
    "a number": _bytes(lambda data: b"7"),
    "a text": _bytes(lambda data: b'"x"'),
    "deep": _bytes(lambda data: b"[" * 100_000 + b"]" * 100_000),
    "deep objects": _bytes(lambda data: b'{"a":' * 100_000),
    "NaN": _bytes(lambda data: b'{"a": NaN}'),
    "a huge number": _bytes(lambda data: b'{"a": 1e999}'),
    "many digits": _bytes(lambda data: b"9" * 5000),
    "a comma too many": _bytes(lambda data: b'{"a": 1,}'),
    "half a character": _bytes(lambda data: b'{"\\ud800": 1}'),
}
VALUES: dict[str, Any] = {
    "null": None,
    "text": "x",
    "negative": -1,
    "infinite": float("inf"),
    "NaN": float("nan"),
    "huge": 10**30,
    "true": True,
    "a fraction": 0.37,
    "list": [],
    "object": {},
    "lists": [[[1]]],
}


def replaced(data: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of nested objects with another value at a path."""
    if not path:
        return value
    return {**data, path[0]: replaced(data.get(path[0], {}), path[1:], value)}


def rewrite(file: Path, path: tuple[str, ...], value: Any) -> None:
    """Put another value into a JSON file; infinity is written as 1e999, which Python reads as such."""
    data = replaced(json.loads(file.read_text(encoding="utf-8")), path, value)
    file.write_text(json.dumps(data).replace("Infinity", "1e999"), encoding="utf-8")


def keys_of(data: Any, below: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every value in nested objects."""
    for key, value in data.items():
        yield (*below, key)
        if isinstance(value, dict):
            yield from keys_of(value, (*below, key))


def copied(source: Path, to: Path) -> Path:
    """A copy of a folder that may be damaged."""
    shutil.copytree(source, to)
    return to
