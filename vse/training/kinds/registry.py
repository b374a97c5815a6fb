"""Which kind of model is trained how: each kind of encoder that can be trained has a module of its name here.

What is of a kind is imported when it comes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from vse.encoders import registry
from vse.encoders.registry import DEFAULT_KIND, ENCODERS
from vse.training.kinds.base import Kind


def kinds() -> tuple[str, ...]:
    """The names of the kinds that can be trained, the one that is trained where none is named first."""
    found = [name for name in ENCODERS if find_spec(f"vse.training.kinds.{name}")]
    return tuple(sorted(found, key=lambda name: name != DEFAULT_KIND))


@cache
def kind_named(name: str) -> Kind:
    """What training asks of the encoders of that name."""
    return cast(Kind, import_module(f"vse.training.kinds.{name}"))


def name_of(model: Any) -> str:
    """The kind that a configuration is of."""
    return next(name for name in kinds() if type(model) is kind_named(name).Config)


def kind_in(folder: Path) -> Kind:
    """The kind of model in a folder."""
    return kind_named(registry.kind_in(folder))
