"""Options that several commands share."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from vse.io.paths import DEFAULT_COLLECTION, DEFAULT_MODEL


def add_model(command: argparse.ArgumentParser, flag: str = "model") -> None:
    default = {"default": DEFAULT_MODEL} if flag.startswith("-") else {"nargs": "?", "default": DEFAULT_MODEL}
    command.add_argument(flag, help=f"a bundled model's name or a model folder ({DEFAULT_MODEL})", **default)  # type: ignore[arg-type]


def add_collection(command: argparse.ArgumentParser, flag: str = "collection") -> None:
    default = {"default": DEFAULT_COLLECTION} if flag.startswith("-") else {"nargs": "?", "default": DEFAULT_COLLECTION}
    command.add_argument(flag, help=f"a bundled collection's name or a folder ({DEFAULT_COLLECTION})", **default)  # type: ignore[arg-type]


def add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", type=Path, metavar="FILE", help="also write the result to a file as JSON")


def write_json(path: Path | None, data: Any) -> None:
    """Write to the file asked for, if one was."""
    from vse.io.atomic import write_text

    if path is not None:
        write_text(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        print(f"written to {path}")
