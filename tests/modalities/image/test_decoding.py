from __future__ import annotations

import io
import json
import struct
import sys
import types
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageSequence, features

from vse.errors import CheckpointError, ImageError
from vse.modalities.image import decoding as images
from vse.modalities.image.decoding import IMAGE_SUFFIXES, open_image, to_read
from vse.modalities.image.preprocess import Preprocess

RED, WHITE = (255, 0, 0), (255, 255, 255)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    check = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def gradient(width: int, height: int) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8))


def values(image: Image.Image) -> np.ndarray:
    assert image.mode == "RGB"
    return np.asarray(image)


def test_every_kind_of_source_gives_the_same_picture(tmp_path: Path):
    picture = noise(20, 10)
    data = encoded(picture, "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with path.open("rb") as file:
        for source in (path, str(path), data, file, io.BytesIO(data), picture, np.asarray(picture)):
            np.testing.assert_array_equal(values(open_image(source)), np.asarray(picture))
        assert not file.closed


def test_a_file_is_read_from_its_beginning_and_a_pipe_as_it_comes():
    data = encoded(noise(20, 10), "PNG")
    stream = io.BytesIO(data)
    stream.seek(50)
    assert open_image(stream).size == (20, 10)

    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation("seek")

    assert open_image(Pipe(data)).size == (20, 10)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "AVIF"])
def test_every_format_is_read(kind: str):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    stream = io.BytesIO(encoded(Image.new("RGB", (16, 8), RED), kind))
    picture = open_image(stream)
    assert picture.size == (16, 8)
    assert np.abs(values(picture).astype(int) - RED).max() <= 3
    assert not stream.closed


def test_suffixes_are_lower_case_with_a_dot():
    assert {".jpg", ".png", ".webp", ".heic"} <= IMAGE_SUFFIXES
    assert all(suffix == suffix.lower() and suffix[0] == "." for suffix in IMAGE_SUFFIXES)


def test_cmyk_jpeg_becomes_rgb():
    picture = open_image(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95))
    assert np.abs(values(picture).astype(int) - RED).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_and_not_clipped(kind: str):
    grey = np.array([[0, 257, 256 * 100, 65535]], dtype=np.uint16)
    picture = open_image(encoded(Image.fromarray(grey), kind))
    assert values(picture)[0, :, 1].tolist() == [0, 1, 100, 255]
    np.testing.assert_array_equal(values(open_image(grey)), values(picture))


def test_32_bit_and_float_grey_are_scaled():
    assert values(open_image(Image.fromarray(np.array([[0, 65535]], dtype=np.int32))))[0, :, 0].tolist() == [0, 255]
    assert values(open_image(Image.fromarray(np.array([[0, 1 << 20]], dtype=np.int32))))[0, 1, 0] == 255
    assert values(open_image(np.array([[0.0, 0.5, 1.0]])))[0, :, 0].tolist() == [0, 128, 255]
    assert values(open_image(np.array([[0.0, 100.0, 300.0]])))[0, :, 0].tolist() == [0, 100, 255]


def test_a_palette_with_alpha_is_laid_on_white():
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 0, 255, 0, 0, 0])
    image.putdata([0, 1, 2])
    picture = open_image(encoded(image, "PNG", transparency=bytes([255, 0, 51])))
    assert values(picture)[0].tolist() == [[255, 0, 0], [255, 255, 255], [204, 204, 204]]


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (255, 0, 0, 51), (255, 204, 204)),
        ("LA", (0, 51), (204, 204, 204)),
        ("L", 7, (7, 7, 7)),
        ("1", 1, WHITE),
        ("1", 0, (0, 0, 0)),
    ],
)
def test_alpha_grey_and_one_bit(mode: str, colour: tuple[int, ...], expected: tuple[int, ...]):
    picture = open_image(encoded(Image.new(mode, (2, 2), colour), "PNG"))
    assert values(picture)[1, 1].tolist() == list(expected)


def test_a_transparent_colour_becomes_white():
    data = encoded(Image.new("RGB", (2, 2), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert values(open_image(data))[0, 0].tolist() == list(WHITE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO"])
def test_an_animation_gives_its_first_frame(kind: str):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, (0, 0, 255), (0, 255, 0))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert sum(1 for _ in ImageSequence.Iterator(Image.open(io.BytesIO(data)))) == 3
    assert np.abs(values(open_image(data)).astype(int) - RED).max() <= 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(orientation: int, kind: str):
    # What a camera would have stored, so that following its note gives `upright` back.
    upright = np.zeros((16, 32, 3), dtype=np.uint8)
    upright[:8, :16] = 255
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif)
    picture = open_image(data)
    assert np.abs(values(picture).astype(int) - upright).max() <= 3
    np.testing.assert_array_equal(values(open_image(picture)), values(picture))


def test_a_picture_that_is_passed_in_stays_as_it_is():
    image = Image.open(io.BytesIO(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG")))
    open_image(image)
    assert image.mode == "RGBA"
    rgb = noise(4, 4)
    open_image(rgb).putpixel((0, 0), (1, 2, 3))
    np.testing.assert_array_equal(np.asarray(rgb), np.asarray(noise(4, 4)))


@pytest.mark.parametrize(
    ("at_least", "size"), [(None, (640, 480)), (481, (640, 480)), (240, (320, 240)), (60, (80, 60)), (1, (80, 60))]
)
def test_a_jpeg_is_reduced_while_decoding_but_never_below(at_least: int | None, size: tuple[int, int]):
    data = encoded(gradient(640, 480), "JPEG", quality=95)
    picture = open_image(data, at_least=at_least)
    assert picture.size == size
    expected = np.asarray(gradient(640, 480).resize(size, Image.Resampling.BOX)).astype(int)
    assert np.abs(values(picture) - expected).mean() < 2


def test_at_least_holds_for_the_upright_shorter_side():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert open_image(encoded(gradient(640, 480), "JPEG", exif=exif), at_least=200).size == (240, 320)


def refused(source: object, message: str) -> None:
    with pytest.raises(ImageError, match=message) as caught:
        open_image(source)  # type: ignore[arg-type]
    assert str(caught.value).endswith(".")


def test_a_missing_an_empty_and_a_folder_path_are_refused(tmp_path: Path):
    refused(tmp_path / "none.jpg", r"none.jpg' does not exist")
    refused("a\0b", "does not exist")
    refused("x" * 5000, r"x\.\.\.' cannot be opened")
    (tmp_path / "empty.jpg").touch()
    refused(tmp_path / "empty.jpg", r"empty.jpg' is empty")
    refused(b"", "The file is empty")
    refused(tmp_path, "is a folder, not a picture")


@pytest.mark.parametrize("data", [b"A dog runs over the grass.\n" * 20, b"\0" * 500, b"%PDF-1.7 ...", b"<svg/>"])
def test_what_is_no_picture_is_refused_whatever_its_name(data: bytes, tmp_path: Path):
    (tmp_path / "text.jpg").write_bytes(data)
    refused(tmp_path / "text.jpg", r"text.jpg' is not a picture in a format that can be read")


def test_a_format_with_an_unsafe_reader_is_refused():
    refused(encoded(Image.new("RGB", (4, 4)), "EPS"), "is not a picture in a format")


@pytest.mark.parametrize("at_least", [None, 8])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_jpeg_is_refused(kept: float, at_least: int | None):
    data = encoded(noise(100, 80), "JPEG")
    with pytest.raises(ImageError, match="ends early"):
        open_image(data[: int(len(data) * kept)], at_least)


@pytest.mark.parametrize("at_least", [None, 8])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_jpeg_that_lacks_only_its_end_marker_is_read(lost: int, options: dict[str, bool | int], at_least: int | None):
    data = encoded(gradient(101, 83), "JPEG", **options)
    np.testing.assert_array_equal(values(open_image(data[:-lost], at_least)), values(open_image(data, at_least)))


@pytest.mark.parametrize(
    "side",
    [
        chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * 3_000_000)),
        chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(b"x" * 3_000_000)),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"x" * 3_000_000)),
        chunk(b"iCCP", b"profile\0\0no zlib at all"),
        chunk(b"tEXt", b"a\0b", checksum=7),
        chunk(b"eXIf", b"MM\0*", checksum=7),
        chunk(b"gAMA", b"\0"),
        chunk(b"pHYs", b""),
    ],
)
@pytest.mark.parametrize("where", [33, -12])
def test_a_png_is_read_though_what_makes_no_pixel_is_huge_or_broken(where: int, side: bytes):
    data = encoded(noise(20, 10), "PNG")
    np.testing.assert_array_equal(values(open_image(data[:where] + side + data[where:])), values(noise(20, 10)))


def test_a_png_with_a_broken_part_keeps_its_transparency_and_its_orientation():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGBA", (20, 10), (255, 0, 0, 0)), "PNG", exif=exif)
    found = open_image(data[:33] + chunk(b"tEXt", b"a\0b", checksum=7) + data[33:])
    assert (found.size, found.getpixel((3, 3))) == ((10, 20), (255, 255, 255))


def test_a_png_whose_pixels_are_broken_beside_a_broken_text_is_refused_for_its_pixels():
    data = bytearray(encoded(noise(100, 80), "PNG"))
    data[len(data) // 2] ^= 0xFF
    refused(bytes(data[:33]) + chunk(b"tEXt", b"a\0b", checksum=7) + bytes(data[33:]), "IDAT|checksum|broken")


@pytest.mark.parametrize(("kind", "name"), [("MPO", "a.mpo"), ("DIB", "a.dib"), ("PPM", "a.pnm"), ("JPEG", "a.pjpeg")])
def test_rarer_files_are_read_and_their_names_are_those_of_pictures(kind: str, name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(encoded(gradient(40, 30), kind))
    assert open_image(tmp_path / name).size == (40, 30)
    assert Path(name).suffix in images.IMAGE_SUFFIXES


@pytest.mark.parametrize(("at_least", "size"), [(None, (6000, 4500)), (512, (1500, 1125)), (2000, (3000, 2250))])
def test_a_jpeg_of_108_million_pixels_is_decoded_smaller(at_least: int | None, size: tuple[int, int]):
    data = encoded(Image.new("L", (12_000, 9_000), 200), "JPEG")
    assert open_image(data, at_least).size == size


def jpeg_header(width: int, height: int, progressive: bool = False) -> bytes:
    data = bytearray(encoded(gradient(16, 16), "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def test_a_jpeg_that_would_fill_the_memory_is_refused_from_its_header():
    refused(jpeg_header(65_000, 65_000), "has 4,225 million pixels and at most 712 million are read")
    refused(jpeg_header(12_000, 12_000, progressive=True), "has 144 million pixels and at most 133 million are read")


def test_a_name_that_is_no_utf8_is_told_in_letters_that_can_be_written(tmp_path: Path):
    refused(tmp_path / "caf\udce9.jpg", "caf\ufffd.jpg' does not exist")


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM"])
def test_other_truncated_pictures_are_refused(kind: str):
    data = encoded(noise(100, 80), kind)
    refused(data[: len(data) // 2], "ends early|is damaged|is not a picture")


def test_damage_in_the_middle_is_refused():
    data = bytearray(encoded(noise(100, 80), "PNG"))
    data[len(data) // 2] ^= 0xFF
    refused(bytes(data), "is damaged|ends early")


def test_a_picture_of_900_million_pixels_is_refused_from_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def decode(*_: object) -> None:
        pytest.fail("The picture was decoded.")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(30_000, 30_000))
    refused(path, r"huge.png' has 900 million pixels and at most 89 million")
    refused(png_header(10_000, 8_999), "has 90 million pixels")


def test_the_limit_counts_exactly_and_for_every_source(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 200)
    assert open_image(noise(20, 10)).size == (20, 10)
    for source in (noise(67, 3), np.asarray(noise(67, 3)), encoded(noise(67, 3), "PNG")):
        refused(source, "million pixels and at most")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((0, 5, 3), dtype=np.uint8), "5 x 0 pixels"),
        (np.zeros(5, dtype=np.uint8), r"shape \(5,\)"),
        (np.zeros((4, 4, 2), dtype=np.uint8), r"shape \(4, 4, 2\)"),
        (np.zeros((4, 4, 3), dtype=np.int64), "dtype int64"),
        (np.full((4, 4, 3), np.nan), "not finite"),
    ],
)
def test_arrays_that_are_no_picture_are_refused(array: np.ndarray, message: str):
    refused(array, message)


def test_a_picture_without_pixels_and_other_types_are_refused():
    refused(Image.new("RGB", (0, 5)), "0 x 5 pixels")
    refused(png_header(0, 5), "is not a picture|is damaged|0 x 5")
    refused(None, "came as NoneType")


def test_arrays_of_other_kinds():
    grey = np.array([[0, 255]], dtype=np.uint8)
    np.testing.assert_array_equal(values(open_image(grey[..., None])), values(open_image(grey)))
    np.testing.assert_array_equal(values(open_image(grey > 0)), values(open_image(grey)))
    rgba = np.array([[[255, 0, 0, 51]]], dtype=np.uint8)
    assert values(open_image(rgba))[0, 0].tolist() == [255, 204, 204]


def test_a_heic_picture_asks_for_its_reader_which_nothing_else_loads(monkeypatch: pytest.MonkeyPatch):
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 100
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # makes the import fail
    refused(heic, 'pip install "pillow-heif"')
    calls: list[int] = []
    reader = types.SimpleNamespace(register_heif_opener=lambda: calls.append(1))
    monkeypatch.setitem(sys.modules, "pillow_heif", reader)
    open_image(encoded(noise(4, 4), "PNG"))
    assert calls == []
    refused(heic, "is not a picture")
    assert calls == [1]


def test_no_file_stays_open(tmp_path: Path):
    # Warnings are errors in this suite, and an unclosed file warns when it is collected.
    good, bad = tmp_path / "a.jpg", tmp_path / "b.jpg"
    good.write_bytes(encoded(noise(50, 50), "JPEG"))
    bad.write_bytes(good.read_bytes()[:500])
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    kept = [open_image(good) for _ in range(5)]
    for _ in range(5):
        refused(bad, "ends early")
    assert len(kept) == 5
    if before:
        assert len(list(Path("/proc/self/fd").iterdir())) == before


PLAIN = Preprocess(4, "crop", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
CLIP = Preprocess(8, "crop", (0.48, 0.45, 0.4), (0.26, 0.25, 0.27))


def test_normalise_by_hand():
    batch = np.full((1, 1, 2, 3), 255, dtype=np.uint8)
    batch[0, 0, 1] = (0, 51, 102)
    out = Preprocess(2, "crop", (0.5, 0.2, 0.4), (0.5, 0.1, 0.2)).normalise(batch)
    assert out.shape == (1, 3, 1, 2)
    np.testing.assert_allclose(out[0, :, 0], [[1, -1], [8, 0], [3, 0]], atol=1e-6)
    assert out.dtype == np.float32
    assert out.flags.c_contiguous


@pytest.mark.parametrize("fit", ["crop", "squash"])
@pytest.mark.parametrize("size", [(50, 30), (30, 50), (8, 8), (5, 3), (1, 40)])
def test_calling_is_normalising_the_uint8_picture(size: tuple[int, int], fit: str):
    preprocess = Preprocess(8, fit, CLIP.mean, CLIP.std)
    image = noise(*size)
    assert preprocess.uint8(image).shape == (8, 8, 3)
    np.testing.assert_array_equal(preprocess(image), preprocess.normalise(preprocess.uint8(image)[None])[0])


def test_crop_keeps_the_centre_and_squash_keeps_all():
    stripes = np.zeros((4, 12, 3), dtype=np.uint8)
    stripes[:, :4], stripes[:, 4:8] = (255, 0, 0), (0, 255, 0)
    image = Image.fromarray(stripes)
    assert (PLAIN.uint8(image) == (0, 255, 0)).all()
    squashed = Preprocess(12, "squash", PLAIN.mean, PLAIN.std).uint8(image)
    assert squashed[5, 1].tolist() == [255, 0, 0]
    assert squashed[5, 10].tolist() == [0, 0, 0]


def test_a_square_of_the_right_size_is_unchanged():
    image = noise(8, 8)
    np.testing.assert_array_equal(CLIP.uint8(image), np.asarray(image))


@pytest.mark.parametrize("size", [(96, 64), (64, 128), (32, 8)])
def test_crop_equals_scaling_first_and_cropping_then(size: tuple[int, int]):
    image = noise(*size)
    width, height = (side * 8 // min(size) for side in size)
    left, top = (width - 8) // 2, (height - 8) // 2
    scaled = image.resize((width, height), Image.Resampling.BICUBIC)
    expected = np.asarray(scaled.crop((left, top, left + 8, top + 8))).astype(int)
    assert np.abs(CLIP.uint8(image) - expected).max() <= 1


def test_a_very_long_picture_does_not_become_a_huge_one():
    # Scaled first, this one would have 3,000 million pixels.
    picture = Preprocess(224, "crop", PLAIN.mean, PLAIN.std).uint8(Image.new("RGB", (60_000, 1), RED))
    assert (picture == RED).all()


def test_preprocess_json_round_trip():
    assert Preprocess.from_json(json.loads(json.dumps(CLIP.to_json()))) == CLIP


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 0}, "size came as 0"),
        ({"size": 8.0}, "size = 8.0; expected a whole number"),
        ({"fit": "pad"}, "fit came as 'pad'"),
        ({"std": [1, 0, 1]}, "std came as"),
        ({"mean": [1, 1]}, r"mean = \[1, 1\]; expected a list of 3, each a number"),
        ({"extra": 1}, "extra"),
    ],
)
def test_preprocess_refuses_what_does_not_fit(change: dict[str, object], message: str):
    with pytest.raises(CheckpointError, match=message):
        Preprocess.from_json(CLIP.to_json() | change)


@pytest.mark.parametrize("batch", [np.zeros((2, 4, 4), dtype=np.uint8), np.zeros((1, 4, 4, 3))])
def test_normalise_refuses_other_arrays(batch: np.ndarray):
    with pytest.raises(ValueError, match=r"give uint8 \(N, H, W, 3\)"):
        PLAIN.normalise(batch)


def test_a_picture_only_to_be_read_is_not_copied_once_it_is_plain(tmp_path: Path):
    rng = np.random.default_rng(3)
    Image.fromarray(rng.integers(0, 256, (9, 7, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    plain = open_image(tmp_path / "a.png")
    assert to_read(plain) is plain
    turned = plain.copy()
    turned.info["exif"] = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    for source in (tmp_path / "a.png", Image.open(tmp_path / "a.png"), plain.convert("RGBA"), turned):
        found = to_read(source)
        assert found is not source
        np.testing.assert_array_equal(np.asarray(found), np.asarray(open_image(source)))
    assert to_read(turned).size == (9, 7)
    with pytest.raises(ImageError, match="both sides must be at least 1 pixel long"):
        to_read(Image.new("RGB", (0, 5)))
