"""Options that several commands share."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.encoders.devices import DEVICES, VARIABLE
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_MODEL, MODELS

if TYPE_CHECKING:
    from PIL import Image

    from vse.data.readers.plain_folder import Choice

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
JSON = (b"{", b"[")  # what a file of JSON that a command wrote begins with
DEFAULT_STORE = "exact"
_MOST = 1_000_000_000


def add_model(command: argparse.ArgumentParser, flag: str = "model") -> None:
    default: dict[str, Any] = {"default": MODELS / DEFAULT_MODEL, **({} if flag.startswith("-") else {"nargs": "?"})}
    command.add_argument(flag, help=f"a bundled model's name or a model folder ({DEFAULT_MODEL})", **default)


def add_device(command: argparse.ArgumentParser) -> None:
    """--device, which `on_device` reads."""
    told = (
        f"where models encode; onnx and int8 are the extra [fast], auto the quickest there is (${VARIABLE}, else cpu)"
    )
    command.add_argument("--device", dest="encode_on", choices=DEVICES, help=told)


@contextmanager
def on_device(options: argparse.Namespace) -> Iterator[None]:
    """Models that are loaded inside run where --device says."""
    before, wanted = os.environ.get(VARIABLE), getattr(options, "encode_on", None)
    if wanted:
        os.environ[VARIABLE] = wanted
    try:
        yield
    finally:
        if wanted:
            os.environ.pop(VARIABLE)
            os.environ |= {} if before is None else {VARIABLE: before}


def add_collection(command: argparse.ArgumentParser, flag: str = "collection") -> None:
    default: dict[str, Any] = {
        "default": COLLECTIONS / DEFAULT_COLLECTION,
        **({} if flag.startswith("-") else {"nargs": "?"}),
    }
    command.add_argument(flag, help=f"a bundled collection's name or a folder ({DEFAULT_COLLECTION})", **default)


def add_choice(command: argparse.ArgumentParser, folder: str = "") -> None:
    """--exclude and --include, which `choice_of` reads; `folder` says of which folder, where that is not plain."""
    left_out = f"leave out such names or paths{folder}; may be repeated"
    command.add_argument("--exclude", metavar="GLOB", action="append", default=[], help=left_out)
    brought = "bring in what is left out by default, hidden or a system folder such as @eaDir; may be repeated"
    command.add_argument("--include", metavar="GLOB", action="append", default=[], help=brought)


def add_store(command: argparse.ArgumentParser) -> None:
    """--store, as `vse.search.vectors.store_of` takes it."""
    places = "where vectors are kept and searched: in memory (exact), lance:FOLDER or postgresql://USER@HOST/DATABASE"
    command.add_argument("--store", default=DEFAULT_STORE, metavar="STORE", help=places)


def choice_of(options: argparse.Namespace) -> Choice:
    from vse.data.readers.plain_folder import Choice

    return Choice(tuple(options.exclude), tuple(options.include))


def at_least(least: int) -> Callable[[str], int]:
    """How argparse reads a whole number that is not below `least`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number") from None
        if not least <= number <= _MOST:
            raise argparse.ArgumentTypeError(f"got {number}, expected {least} to {_MOST:,}")
        return number

    return read


def share(text: str) -> float:
    """How argparse reads a number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number from 0 to 1") from None
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number from 0 to 1")
    return number


def add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", type=Path, metavar="FILE", help="also write the result to a file as JSON")


def write_json(path: Path | None, data: Any) -> None:
    """Write to the file asked for, if one was."""
    from vse.io.atomic import write_bytes

    if path is not None:
        # What is no character, such as half of a file name that is not UTF-8, is written as JSON's own \\udc80.
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        write_bytes(path, text.encode("utf-8", "backslashreplace"), JSON)
        print(f"written to {path}")


def check_picture(path: Path) -> None:
    """Before any work.

    Raises:
        WriteError: when no picture can be written there.
    """
    from vse.errors import WriteError
    from vse.io.atomic import check_file

    if path.suffix.lower() not in PICTURES:
        kinds = ", ".join(PICTURES)
        raise WriteError(f"No picture can be written to '{path}': give a file that ends in one of {kinds}.")
    check_file(path)


def write_picture(path: Path, picture: Image.Image) -> None:
    """
    Raises:
        WriteError: as `check_picture`.
    """
    import io

    from vse.io.atomic import write_bytes

    check_picture(path)
    data = io.BytesIO()
    picture.save(data, PICTURES[path.suffix.lower()], quality=90)
    write_bytes(path, data.getvalue())
