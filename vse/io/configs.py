"""JSON files, and configurations: frozen dataclasses to JSON and back, strictly."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from vse.errors import CheckpointError, ConfigError, VSEError

C = TypeVar("C")
# What people read of a kind of value.
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    dict: "an object",
    list: "a list",
}


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"The configuration says {name} = {value!r}; expected one of {', '.join(allowed)}.")


def within(least: float, most: float, **values: float | tuple[float, ...]) -> None:
    """
    Raises:
        ConfigError: naming the value that is less than `least` or more than `most`, or a list that is empty.
    """
    for name, value in values.items():
        each = value if isinstance(value, tuple) else (value,)
        if not each or not all(least <= number <= most for number in each):
            raise ConfigError(f"The configuration says {name} = {_shown(value)}; expected {least:,} to {most:,}.")


def to_json(config: Any) -> dict[str, Any]:
    return asdict(config)


def from_json(
    kind: type[C],
    data: Any,
    where: object = "the configuration",
    error: type[VSEError] = ConfigError,
    advice: str = "copy the file again",
) -> C:
    """The dataclass `kind` from JSON, every value of the type that its field has; lists become tuples.

    Args:
        where: what people read of where the data come from, such as the file's path.

    Raises:
        error: for what is no object, for a key that `kind` does not have, so that a misspelt option is not ignored,
            for one that is missing, and for a value of another type or one that `kind` refuses.
    """
    if not isinstance(data, Mapping):
        raise error(f"{where} holds {_shown(data)}, expected an object; {advice}.")
    known, needed = _fields(kind)  # type: ignore[arg-type]
    if not data.keys() <= known.keys():
        extra = ", ".join(sorted(map(str, data.keys() - known.keys())))
        raise error(f"{where} has {extra}, which {kind.__name__} does not know; remove it.")
    if not needed <= data.keys():
        raise error(f"{where} lacks {', '.join(sorted(needed - data.keys()))}; {advice}.")
    values: dict[str, Any] = {}
    for name, value in data.items():
        expected, inner, plain = known[name]
        if type(value) in plain:
            values[name] = value
        elif inner is not None and isinstance(value, Mapping):
            values[name] = from_json(inner, value, f"{where}: {name}", error, advice)
        elif _fits(value, expected):
            values[name] = tuple(value) if isinstance(value, list) else value
        else:
            raise error(f"{where} says {name} = {_shown(value)}; expected {_named(expected)}.")
    try:
        return kind(**values)
    except ValueError as problem:
        raise error(f"{where} does not fit: {str(problem).rstrip('.')}; {advice}.") from problem
    except VSEError as problem:
        raise error(f"{where}: {problem}") from problem


@cache
def _fields(kind: type) -> tuple[dict[str, tuple[Any, Any, frozenset[type]]], frozenset[str]]:
    """Of each field that a dataclass is made with its type and `_parts`, and the names of those without a default."""
    hints = get_type_hints(kind)
    made_with = [each for each in fields(kind) if each.init]
    needed = (each.name for each in made_with if each.default is MISSING and each.default_factory is MISSING)
    return {each.name: (hints[each.name], *_parts(hints[each.name])) for each in made_with}, frozenset(needed)


def _parts(kind: Any) -> tuple[Any, frozenset[type]]:
    """The dataclass that a type names, if any, and the plain types whose values fit without a closer look."""
    named = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    inner = next((each for each in named if is_dataclass(each)), None)
    return inner, frozenset(each for each in named if each in (bool, int, str, type(None)))


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value of JSON is of a type; a whole number is a number too, and true and false are none."""
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in inner)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            return False
        kinds = inner[:1] * len(value) if inner[1:] == (...,) else inner
        return len(kinds) == len(value) and all(map(_fits, value, kinds))
    if origin is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
    if origin is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, origin)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def _named(kind: Any) -> str:
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(map(_named, inner))
    if origin is tuple:
        count = "" if inner[1:] == (...,) else f" of {len(inner)}"
        return f"a list{count}, each {_named(inner[0])}"
    return "null" if origin is type(None) else _KINDS.get(origin, "an object")


def _shown(value: Any) -> str:
    """A value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read_text(path: Path, error: type[VSEError] = CheckpointError, advice: str = "copy the file again") -> str:
    """A whole file as text, without the mark that some editors put before UTF-8.

    Raises:
        error: when the file is missing, cannot be read or is not UTF-8; the message names the file, and the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise error(f"{path} is missing; {advice}.") from None
    except IsADirectoryError:
        raise error(f"{path} is a folder, and a file was expected; {advice}.") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise error(f"{path} cannot be read ({reason}); check its permissions.") from problem
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise error(f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8.") from problem


def read_json(path: Path, error: type[VSEError] = CheckpointError, advice: str = "copy the file again") -> Any:
    """What a JSON file holds.

    Raises:
        error: as `read_text` does, and when the file is not JSON; the message names the file, and the line.
    """
    text = read_text(path, error, advice)
    try:
        return parse_json(text)
    except ValueError as problem:
        cause = problem.__cause__
        line = f", line {cause.lineno}" if isinstance(cause, json.JSONDecodeError) else ""
        raise error(f"{path}{line}: {str(problem).partition(';')[0]}; {advice}.") from problem


def parse_json(text: str) -> Any:
    """
    Raises:
        ValueError: for what is no JSON, in words that follow a place. NaN and infinity are none (RFC 8259).
    """
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise ValueError("the JSON is cut short; get the file again") from error
        raise ValueError(f"this is not valid JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("this JSON is nested too deeply") from error


def _refused(name: str) -> NoReturn:
    raise ValueError(f"this is not valid JSON ({name} is no number)")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"this is not valid JSON ({digits[:20]} is too large a number)")
    return value
