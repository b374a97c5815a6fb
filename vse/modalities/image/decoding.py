"""Pictures in: safe decoding to upright RGB, and the preprocessing that travels with a model."""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, JpegImagePlugin, TiffImagePlugin

from vse.errors import ImageError
from vse.io.installed import install_extra
from vse.modalities.image.facts import Facts, facts_of

# Pillow itself warns from 89.5 million pixels on; staying below keeps every allowed picture silent.
MAX_PIXELS = 89_000_000
# Of a JPEG, which is decoded at an eighth of its size at the least. One that is stored in several scans is held in
# memory whole, at six bytes a pixel; any other comes row by row.
_MOST_OF_JPEG, _MOST_OF_SCANS = 8 * MAX_PIXELS, 3 * MAX_PIXELS // 2
_MOST_MENDED = 256 << 20  # bytes of a file that is tried again, mended, in memory


IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".pjpeg", ".pjp", ".mpo", ".jps", ".png", ".apng", ".gif", ".webp"}
) | frozenset(
    {".bmp", ".dib", ".tif", ".tiff", ".avif", ".avifs", ".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif", ".hif"}
)


# Only formats whose decoders run inside this process: Pillow's EPS reader, for one, starts Ghostscript.
_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "AVIF", "PPM", "HEIF")


_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")  # a fault in these is a fault of the picture
_PNG_MEANING = (b"tRNS", b"eXIf")  # transparency and orientation, which are left out where they are broken


_SAVE_AS = "save it as JPEG or PNG and try again"


ImageSource = str | Path | bytes | BinaryIO | Image.Image | np.ndarray


def open_image(source: ImageSource, at_least: int | None = None) -> Image.Image:
    """Decode a picture completely: upright, mode RGB, no metadata, no open file behind it.

    source: a path; the bytes of a file; a binary file, read from its beginning and left open; a PIL image; or
        an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of uint8, uint16, bool, or floats in [0, 1].
    at_least: pixels. A JPEG file may be decoded at 1/2, 1/4 or 1/8 of its size, which is much quicker, as long
        as its shorter side stays at least this long. Other sources ignore it.

    Transparency is laid on white, 16-bit grey is scaled to 8 bits, and an animation gives its first frame. A JPEG of
    more than MAX_PIXELS comes at 1/2, 1/4 or 1/8 of its size, and one that lacks nothing but its end marker comes
    whole; of a PNG only the parts that make its pixels must be sound.

    Raises ImageError for what is missing, empty, not a picture, cut short, damaged or over MAX_PIXELS, which is
    checked before anything is decoded.
    """
    if isinstance(source, np.ndarray):
        return _to_rgb(_from_array(source), "The array")
    if isinstance(source, Image.Image):
        _check_size(source.size, "The picture")
        return _to_rgb(_decode(source, "The picture", None), "The picture")
    return open_with_facts(source, at_least)[0]


def open_with_facts(source: str | Path | bytes | BinaryIO, at_least: int | None = None) -> tuple[Image.Image, Facts]:
    """A file as `open_image` decodes it, and what it says of the picture. Raises as that does."""
    with _opened(source) as (file, name):
        try:
            return _read(file, name, at_least)
        except _BrokenError as error:
            return _read_mended(file, name, at_least, error)


def read_facts(source: str | Path | bytes | BinaryIO) -> Facts:
    """What a file says of its picture, mostly without decoding it; nothing where not even that can be read."""
    with suppress(Exception), _opened(source) as (file, name), _identify(file, file.read(32), name) as image:
        if isinstance(image, TiffImagePlugin.TiffImageFile):  # says which way it lies only once it has turned itself
            image.load()
        return facts_of(image, image.size)
    return Facts()


def to_read(source: ImageSource, at_least: int | None = None) -> Image.Image:
    """What `open_image` gives, to be read alone: a picture that it gave before is not copied once more."""
    if type(source) is Image.Image and source.mode == "RGB" and not source.info and min(source.size) > 0:
        return source
    return open_image(source, at_least)


@contextmanager
def _opened(source: str | Path | bytes | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """A seekable binary file at its beginning, and what to call it in a message."""
    if isinstance(source, bytes | bytearray | memoryview):
        yield io.BytesIO(source), "The file"
    elif isinstance(source, str | Path):
        text = str(source).encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # it may be no UTF-8
        name = f"'{text}'" if len(text) <= 300 else f"'{text[:297]}...'"
        try:
            if Path(source).is_dir():
                raise ImageError(f"{name} is a folder, not a picture: give the path of a picture file.")
            if not Path(source).is_file():
                raise ImageError(f"{name} does not exist or is not a file: check the path of the picture.")
            file = Path(source).open("rb")  # noqa: SIM115  (closed below, outside this try)
        except OSError as error:
            raise ImageError(f"{name} cannot be opened ({error.strerror}): check its path and permissions.") from error
        with file:
            yield file, name
    elif hasattr(source, "read"):
        name = f"'{source.name}'" if isinstance(getattr(source, "name", None), str) else "The file"
        try:
            source.seek(0)
        except (AttributeError, io.UnsupportedOperation):  # a pipe or a download
            source = io.BytesIO(source.read())
        yield source, name
    else:
        kind = type(source).__name__
        raise ImageError(f"A picture came as {kind}: give a path, bytes, a binary file, a PIL image or an array.")


class _BrokenError(ImageError):
    """A picture that may be read once it is mended."""


def _read(file: BinaryIO, name: str, at_least: int | None) -> tuple[Image.Image, Facts]:
    head = file.read(32)
    if not head:
        raise ImageError(f"{name} is empty: choose a picture file that holds data.")
    with _identify(file, head, name) as image:
        size = image.size
        _check_size(size, name, _most_pixels(image, file))
        rgb = _to_rgb(_decode(image, name, at_least), name)
        return rgb, facts_of(image, size)


def _read_mended(file: BinaryIO, name: str, at_least: int | None, error: _BrokenError) -> tuple[Image.Image, Facts]:
    """The picture of a file without what kept it from being read; raises `error` where that was the picture itself."""
    file.seek(0)
    data = file.read(_MOST_MENDED + 1)
    if len(data) <= _MOST_MENDED and data.startswith(_PNG):
        return _read(io.BytesIO(_bare_png(data)), name, at_least)
    if len(data) <= _MOST_MENDED and data.startswith(b"\xff\xd8\xff"):
        # Where no more than the end marker is missing, what stands before it matters to no pixel.
        begin, first = data.rstrip(b"\xff"), None
        with suppress(ImageError):
            for filling in (b"", b"\x55" * 64, b"\xaa" * 64):
                found = _read(io.BytesIO(begin + filling + b"\xff\xd9"), name, at_least)
                if first is not None and found[0].tobytes() != first[0].tobytes():
                    raise error
                first = found
            return found
    raise error


def _bare_png(data: bytes) -> bytes:
    """A PNG without texts, profiles and whatever else makes no pixel, and without what is broken of the rest."""
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        chunk = data[at:end]
        sound = len(chunk) == 12 + length and zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
        if kind in _PNG_PIXELS or (kind in _PNG_MEANING and sound):
            kept.append(chunk)
        at = end
    return b"".join(kept)


def _identify(file: BinaryIO, head: bytes, name: str) -> Image.Image:
    """Read the header only."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS and b"avif" not in head:
        _register_heif(name)
    Image.init()
    file.seek(0)
    try:
        if head.startswith(b"\xff\xd8\xff"):  # not by Image.open, which knows nothing of an eighth of the size
            return JpegImagePlugin.JpegImageFile(file)
        return Image.open(file, formats=[known for known in _FORMATS if known in Image.OPEN])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(re.sub(r"\D*(\d+).*", r"\1", str(error)), name) from error
    except Image.UnidentifiedImageError as error:
        if head.startswith(_PNG):
            raise _broken("its parts do not fit", name) from error
        raise ImageError(
            f"{name} is not a picture in a format that can be read here (JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF): "
            f"{_SAVE_AS}."
        ) from error
    except Exception as error:
        raise _broken(error, name) from error


def _most_pixels(image: Image.Image, file: BinaryIO) -> int:
    """How many pixels are read of such a file."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return MAX_PIXELS
    # The file stands behind the header of its first scan, which says of how many colours the scan is.
    file.seek(-6 - 2 * image.layers, os.SEEK_CUR)
    one_scan = file.read(3) == bytes((0, 6 + 2 * image.layers, image.layers)) and "progressive" not in image.info
    return _MOST_OF_JPEG if one_scan else _MOST_OF_SCANS


def _register_heif(name: str) -> None:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        install = install_extra("photos", "pillow-heif")
        raise ImageError(f"{name} is a HEIC picture: {install}, or {_SAVE_AS}.") from error
    register_heif_opener()


def _decode(image: Image.Image, name: str, at_least: int | None) -> Image.Image:
    """Load the pixels and turn them upright."""
    try:
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            image.draft(None, _draft_size(image.size, at_least))
        image.load()
    except Exception as error:  # a decoder that meets hostile bytes may raise anything
        raise _broken(error, name) from error
    try:
        turn = _UPRIGHT.get(image.getexif().get(0x0112, 1))
    except Exception:  # broken metadata is no reason to refuse sound pixels
        turn = None
    return image if turn is None else image.transpose(turn)


def _draft_size(size: tuple[int, int], at_least: int | None) -> tuple[int, int]:
    """What to ask of a JPEG's decoder: as small as its sides allow, and never over MAX_PIXELS."""
    scales = (1, 2, 4, 8)
    needed = next(scale for scale in scales if size[0] * size[1] <= MAX_PIXELS * scale**2)
    wished = 1 if at_least is None else max(s for s in scales if s == 1 or min(size) >= s * max(1, at_least))
    scale = max(needed, wished)
    return max(1, size[0] // scale), max(1, size[1] // scale)


def _to_rgb(image: Image.Image, name: str) -> Image.Image:
    """A new RGB image of the same size, tied to no file and without metadata."""
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_eight_bits(np.asarray(image), name))
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    rgb = image.convert("RGB")  # a copy even of RGB, so that nothing is shared with the source
    rgb.info.clear()  # otherwise the next reader would apply the orientation again
    return rgb


def _eight_bits(values: np.ndarray, name: str) -> np.ndarray:
    """Whole numbers above 8 bits, or floats in [0, 1] (or, failing that, [0, 255]), as uint8 of the same shape.

    Integers are read as 16-bit, 65535 being white, unless one is larger: then the largest is white.
    """
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise ImageError(f"{name} holds values that are not finite: give numbers from 0 to 1.")
        scale = 255.0 if values.max() <= 1 else 1.0
    else:
        scale = 255 / max(65535, int(values.max()))
    return np.rint(np.clip(values.astype(np.float32) * np.float32(scale), 0, 255)).astype(np.uint8)


def _from_array(array: np.ndarray) -> Image.Image:
    shape = tuple(array.shape)
    if array.ndim == 3 and shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (3, 4)):
        raise ImageError(f"An array came with shape {shape}: give (H, W), (H, W, 3) or (H, W, 4).")
    _check_size((shape[1], shape[0]), "The array")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype == np.uint16 or array.dtype.kind == "f":
        array = _eight_bits(array, "The array")
    elif array.dtype != np.uint8:
        raise ImageError(f"An array came with dtype {array.dtype}: give uint8, uint16, bool, or floats from 0 to 1.")
    return Image.fromarray(np.ascontiguousarray(array))


def _check_size(size: tuple[int, int], name: str, most: int | None = None) -> None:
    most = MAX_PIXELS if most is None else most
    if min(size) < 1:
        raise ImageError(f"{name} is {size[0]} x {size[1]} pixels: both sides must be at least 1 pixel long.")
    if size[0] * size[1] > most:
        raise _too_large(str(size[0] * size[1]), name, most)


def _too_large(pixels: str, name: str, most: int = MAX_PIXELS) -> ImageError:
    millions = f"{int(pixels) / 1e6:,.0f}" if pixels.isdigit() else "too many"
    return ImageError(
        f"{name} has {millions} million pixels and at most {most // 1_000_000} million are read: make it smaller."
    )


def _broken(error: Exception | str, name: str) -> _BrokenError:
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return _BrokenError(f"{name} ends early, its last part is missing: copy or download it again.")
    return _BrokenError(f"{name} is damaged and cannot be decoded ({error}): copy or download it again.")
