"""What the file of a picture says of it beside its pixels: when it was taken, with what camera, and its size."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from PIL import Image
from PIL.ExifTags import IFD, Base

_TURNED = (5, 6, 7, 8)  # the EXIF orientations that exchange width and height
_DATE = re.compile(r"([0-9]{4})[:/-]([0-9]{2})[:/-]([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
_LONGEST = 100  # characters of a camera's name
Value = TypeVar("Value")


@dataclass(frozen=True)
class Facts:
    """What is known of a picture; None where its file does not say it, or not in a way that can be read.

    taken: by the clock of the camera, EXIF's DateTimeOriginal, as 2021-07-04T18:30:00. The date of a file is none.
    camera: its make and its model.
    width, height: pixels of the picture as it is shown, upright.
    """

    taken: str | None = None
    camera: str | None = None
    width: int | None = None
    height: int | None = None


def facts_of(image: Image.Image, size: tuple[int, int]) -> Facts:
    """The facts of a picture that Pillow opened; what is damaged of its EXIF is unknown, and nothing is raised.

    size: (width, height) as stored in the file, which an image that is decoded at a part of its size has lost.
    """
    exif: Mapping[int, Any] = _sound(image.getexif) or {}
    details = _sound(lambda: image.getexif().get_ifd(IFD.Exif)) or {}
    turned = _sound(lambda: exif.get(Base.Orientation) in _TURNED)
    width, height = size[::-1] if turned else size
    taken = _sound(lambda: _date(_text(details.get(Base.DateTimeOriginal) or exif.get(Base.DateTimeOriginal))))
    return Facts(taken, _sound(lambda: _camera(_text(exif.get(Base.Make)), _text(exif.get(Base.Model)))), width, height)


def _sound(read: Callable[[], Value]) -> Value | None:
    """What a function gives; None where it fails, as readers of hostile metadata may in any way."""
    with suppress(Exception):
        return read()
    return None


def _text(value: Any) -> str:
    """A value of EXIF as it can be shown: one line, without the zeros that end it."""
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    shown = "".join(each if each.isprintable() else " " for each in said.split("\0")[0])
    return " ".join(shown.split())[:_LONGEST]


def _date(text: str) -> str | None:
    """As ISO 8601. Raises ValueError for a day that is in no calendar, as "0000:00:00 00:00:00"."""
    found = _DATE.match(text)
    return datetime(*(int(part or 0) for part in found.groups())).isoformat() if found else None  # type: ignore[arg-type]


def _camera(make: str, model: str) -> str | None:
    """Canon and Canon EOS R5 are one name, NIKON CORPORATION and D90 two."""
    return (model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()) or None
