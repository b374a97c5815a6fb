"""Folders of photographs made on the spot, and what they look like from outside."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base


def colour(number: int) -> tuple[int, int, int]:
    """A colour of its own for each number below 200."""
    return 40 + number, 240 - number, (37 * number) % 200 + 20


def write_photo(path: Path, number: int, size: tuple[int, int] = (12, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour(number)).save(path)


def write_photos(folder: Path, count: int) -> None:
    """Photographs 0 to count - 1, every third in a subfolder."""
    for number in range(count):
        write_photo(folder / ("sub/deep" if number % 3 == 2 else ".") / f"p{number:02}.png", number)


def listing(folder: Path) -> list[tuple[str, int, int, bytes]]:
    """Every file and folder with its size, time of change and content."""
    found = []
    for path in sorted([folder, *folder.rglob("*")]):
        stat = os.stat(path)
        found.append((str(path), stat.st_size, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b""))
    return found


def spoil(path: Path) -> None:
    """Everything but the first page, which holds the names of the tables."""
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement, values)


def write_jpeg(
    path: Path,
    rgb: tuple[int, int, int],
    taken: str = "",
    camera: str = "",
    size: tuple[int, int] = (30, 20),
    turn: int = 1,
) -> None:
    """A JPEG whose EXIF says when it was taken, with what, and its orientation."""
    exif = Image.Exif()
    exif[Base.Orientation] = turn
    if camera:
        exif[Base.Model] = camera
    if taken:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, rgb).save(path, exif=exif)


def textured(seed: int, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """A picture of its own for each seed, with shapes of all sizes, the larger the stronger, as in photographs."""
    width, height = size
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width)[None] * width)
    spectrum = np.fft.fft2(rng.normal(size=(3, height, width))) / np.maximum(frequency, 1)
    field = np.fft.ifft2(spectrum).real
    field = 128 + 45 * (field - field.mean()) / field.std()
    return Image.fromarray(np.uint8(field.clip(0, 255)).transpose(1, 2, 0))
