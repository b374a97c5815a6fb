from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vse.modalities.image.webp import small_webp


@pytest.mark.parametrize(("size", "expected"), [((800, 400), (384, 192)), ((400, 800), (192, 384)), ((9, 7), (9, 7))])
def test_small_pictures_are_webp_with_a_bounded_longer_side(size: tuple[int, int], expected: tuple[int, int]):
    image = Image.new("RGB", size, (200, 40, 40))
    with Image.open(io.BytesIO(small_webp(image, 384))) as small:
        assert (small.format, small.size) == ("WEBP", expected)
        np.testing.assert_allclose(np.asarray(small).mean(axis=(0, 1)), (200, 40, 40), atol=5)
    assert image.size == size


def test_nothing_but_the_picture_travels():
    exif = Image.Exif()
    exif[0x010E] = "at home"
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG", exif=exif)
    with Image.open(io.BytesIO(small_webp(file.getvalue(), 20))) as small:
        assert small.size == (20, 15)
        assert not small.getexif()
