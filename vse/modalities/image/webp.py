"""Pictures made small for the page: WebP files of bounded size that tell nothing beside the picture."""

from __future__ import annotations

import io
import threading

from PIL import Image

from vse.modalities.image.decoding import ImageSource, open_image

_DECODING = threading.BoundedSemaphore(2)  # for all that asks: a picture being decoded may take 270 MB
_EFFORT = 1  # of WebP's 0 to 6: a fifth quicker than 2, for files a tenth larger


def small_webp(source: ImageSource, longest: int, quality: int = 82) -> bytes:
    """A picture as a WebP file, its longer side at most `longest` pixels, without what its file tells beside it.

    A JPEG is decoded at a part of its size where that is enough, and a large picture first reduced by a whole number
    to 1.2 times the size wanted or more, which takes half the time of resampling it at once and cannot be told apart.

    Raises:
        ImageError: when it is gone or cannot be read.
    """
    with _DECODING:
        image = open_image(source, at_least=longest)
        scale = max(1.0, max(image.size) / longest)
        width, height = (max(1, round(side / scale)) for side in image.size)
        small = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=1.2) if scale > 1 else image
    out = io.BytesIO()
    small.save(out, "WEBP", quality=quality, method=_EFFORT)
    return out.getvalue()
