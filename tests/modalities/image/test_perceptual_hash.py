from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.photo_folders import textured
from vse.modalities.image.decoding import open_image
from vse.modalities.image.perceptual_hash import BITS, MOST_APART, SIDE, perceptual_hash


def hashed(image: Image.Image) -> np.ndarray:
    bits = perceptual_hash(image)
    assert bits is not None
    assert (bits.shape, bits.dtype) == ((BITS,), bool)
    return bits


def encoded(image: Image.Image, format: str, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, format, quality=quality)
    return open_image(data.getvalue(), at_least=SIDE)


def cropped(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    x, y = round(width * share), round(height * share)
    return image.crop((x, y, width - x, height - y))


CHANGES = {
    "JPEG 30": lambda image: encoded(image, "JPEG", 30),
    "WebP 60": lambda image: encoded(image, "WEBP", 60),
    "half": lambda image: encoded(image.resize((image.width // 2, image.height // 2)), "JPEG", 75),
    "a hundred pixels": lambda image: image.resize((100, 75)),
    "twice": lambda image: image.resize((image.width * 2, image.height * 2)),
    "grey": lambda image: image.convert("L"),
    "darker": lambda image: image.point(lambda value: value // 2),
    "2 % off each edge": lambda image: cropped(image, 0.02),
    "5 % off one edge": lambda image: image.crop((20, 0, image.width, image.height)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_picture_is_the_same_picture(change):
    for seed in range(4):
        image = textured(seed)
        assert (hashed(image) != hashed(change(image))).sum() <= MOST_APART


def test_other_pictures_differ_in_about_half_of_the_bits():
    hashes = np.stack([hashed(textured(seed)) for seed in range(30)])
    bits = (hashes[:, None] != hashes[None]).sum(axis=2)[np.triu_indices(30, 1)]
    assert bits.min() > MOST_APART
    assert bits.mean() == pytest.approx(BITS / 2, abs=3)


def test_a_mirrored_or_turned_picture_is_another():
    for turn in (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90):
        assert (hashed(textured(1)) != hashed(textured(1).transpose(turn))).sum() > MOST_APART


def test_a_wave_is_the_bit_of_its_frequency():
    """Of a picture that is one wave of the transform only that product is above the others."""
    wave = np.cos(np.pi / SIDE * 3 * (np.arange(SIDE) + 0.5))
    picture = Image.fromarray(np.uint8(np.rint(128 + 100 * np.tile(wave, (SIDE, 1)))))
    assert hashed(picture)[3 - 1]  # along x, the first row of the spectrum, without the mean
    assert not hashed(Image.eval(picture, lambda value: 255 - value))[3 - 1]


def test_a_picture_of_one_tone_has_none():
    assert perceptual_hash(Image.new("RGB", (90, 50), "navy")) is None
    faint = np.random.default_rng(0).integers(100, 103, (64, 64), dtype=np.uint8)
    assert perceptual_hash(Image.fromarray(faint)) is None
