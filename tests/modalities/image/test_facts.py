"""What files say of their pictures: written by Pillow, turned, without EXIF, and damaged."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from vse.modalities.image.decoding import open_with_facts, read_facts
from vse.modalities.image.facts import Facts


def exif_of(taken: Any = None, make: str = "", model: str = "", orientation: int = 0) -> Image.Exif:
    exif = Image.Exif()
    for tag, value in ((Base.Make, make), (Base.Model, model), (Base.Orientation, orientation)):
        if value:
            exif[tag] = value
    if taken is not None:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken
    return exif


def file_of(exif: Image.Exif | bytes | None, kind: str = "JPEG", size: tuple[int, int] = (30, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **({} if exif is None else {"exif": exif}))
    return file.getvalue()


def facts(data: bytes) -> Facts:
    """As they are read with the pixels and without, which must be the same."""
    image, found = open_with_facts(data)
    assert read_facts(data) == found
    assert (found.width, found.height) == image.size
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_date_camera_and_size_are_read(kind: str):
    data = file_of(exif_of("2021:07:04 18:30:05", "Canon", "Canon EOS R5"), kind)
    assert facts(data) == Facts("2021-07-04T18:30:05", "Canon EOS R5", 30, 20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
def test_without_exif_only_the_size_is_known(kind: str):
    assert facts(file_of(None, kind)) == Facts(width=30, height=20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_as_it_is_shown(orientation: int, kind: str):
    found = facts(file_of(exif_of(orientation=orientation), kind))
    assert (found.width, found.height) == ((20, 30) if orientation >= 5 else (30, 20))


def test_the_size_is_that_of_the_file_where_it_is_decoded_smaller():
    data = file_of(None, size=(1600, 800))
    image, found = open_with_facts(data, at_least=100)
    assert image.size == (200, 100)
    assert (found.width, found.height) == (1600, 800)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("2021:07:04 18:30:05", "2021-07-04T18:30:05"),
        ("2021:07:04", "2021-07-04T00:00:00"),
        ("2021-07-04T18:30", "2021-07-04T18:30:00"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2021:02:29 10:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_that_is_none_is_unknown(taken: str, expected: str | None):
    assert facts(file_of(exif_of(taken, "Canon", "R5"))) == Facts(expected, "Canon R5", 30, 20)


def test_the_date_of_a_change_is_not_when_it_was_taken():
    exif = exif_of()
    exif[Base.DateTime] = "2021:07:04 18:30:05"
    assert facts(file_of(exif)).taken is None


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("NIKON CORPORATION", "D90", "NIKON CORPORATION D90"),
        ("Apple", "", "Apple"),
        ("", "iPhone 12", "iPhone 12"),
        ("Ca\x07non \0rest", "R5  ", "Ca non R5"),
        ("x" * 5000, "", "x" * 100),
    ],
)
def test_a_camera_is_its_make_and_its_model(make: str, model: str, expected: str):
    assert facts(file_of(exif_of(make=make, model=model))).camera == expected


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_any_damage_to_exif_costs_facts_and_never_the_picture():
    sound = exif_of("2021:07:04 18:30:05", "Canon", "R5", 6).tobytes()
    data = file_of(sound)
    begin = data.index(sound[6:])
    for at in range(begin, begin + len(sound) - 6):
        for value in (0x00, 0xFF):
            broken = data[:at] + bytes([value]) + data[at + 1 :]
            assert {*facts(broken).__dict__} == {"taken", "camera", "width", "height"}
    for end in range(len(sound)):
        facts(file_of(sound[:end]))


def test_a_damaged_date_leaves_the_camera():
    assert facts(file_of(exif_of("2021:07:04 18:30:05", "Canon", "R5")).replace(b"2021:07", b"2021:77")) == Facts(
        None, "Canon R5", 30, 20
    )


def test_exif_behind_the_pixels_of_a_png_counts():
    exif = exif_of("2021:07:04 18:30:05", orientation=6).tobytes().removeprefix(b"Exif\0\0")
    plain = file_of(None, "PNG")
    end = plain.index(b"IEND") - 4
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    assert facts(plain[:end] + chunk + plain[end:]) == Facts("2021-07-04T18:30:05", None, 20, 30)


def test_a_tiff_has_its_exif_in_a_directory_of_its_own():
    """Pillow writes none there, so this is one grey pixel by hand: entries are a tag, a type, a count and a value."""
    date = b"2021:07:04 18:30:05\0"
    tags = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 0, 278: 1, 279: 1, 34665: 8 + 2 + 9 * 12 + 4}
    details = struct.pack("<HHHIII", 1, 0x9003, 2, len(date), tags[34665] + 18, 0)
    tags[273] = tags[34665] + len(details) + len(date)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + details + date + b"\x80"
    assert facts(data) == Facts("2021-07-04T18:30:05", None, 1, 1)


def test_of_what_is_no_picture_nothing_is_known(tmp_path: Path):
    assert read_facts(b"no picture") == read_facts(tmp_path / "gone.jpg") == Facts()
