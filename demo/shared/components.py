"""Pieces of the page that several views are made of."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def script(name: str) -> str:
    """The text of a script, named by its path in this package, such as "map/static/map.js"."""
    return (PACKAGE / name).read_text(encoding="utf-8")
