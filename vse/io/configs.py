"""Configurations: frozen dataclasses to JSON and back, strictly."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from vse.errors import CheckpointError, ConfigError

C = TypeVar("C")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"The configuration says {name} = {value!r}; expected one of {', '.join(allowed)}.")


def to_json(config: Any) -> dict[str, Any]:
    return asdict(config)


def from_json(kind: type[C], data: dict[str, Any], where: str = "the configuration") -> C:
    """The dataclass `kind` from JSON.

    Raises:
        ConfigError: for a key that `kind` does not have, so that a misspelt option is not ignored.
    """
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    extra = sorted(set(data) - set(known))
    if extra:
        raise ConfigError(f"{where} has {', '.join(extra)}, which {kind.__name__} does not know; remove it.")
    kinds = get_type_hints(kind)
    values = {}
    for name, value in data.items():
        if is_dataclass(kinds[name]) and isinstance(value, dict):
            value = from_json(kinds[name], value, f"{where}: {name}")
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def read_json(path: Path) -> Any:
    """
    Raises:
        CheckpointError: when the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; a model is a folder that holds it.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not valid JSON ({error}); copy the file again.") from error
