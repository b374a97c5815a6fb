"""What registries name by import path, so that nothing heavy is imported before it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def imported(path: str) -> Any:
    """The object of a path "package.module:name"."""
    module, name = path.split(":")
    return getattr(import_module(module), name)
