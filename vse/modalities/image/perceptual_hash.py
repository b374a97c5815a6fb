"""A hash of what a picture looks like, which hardly changes when it is re-encoded, resized or slightly cropped.

It is pHash (C. Zauner: *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010) with 16 frequencies
a side instead of 8: pictures without relation then differ in about half of the bits, and hardly ever in few of them.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

BITS = 255
MOST_APART = 72  # bits in which two hashes of one picture may differ
SIDE = 64  # pixels that are looked at
_FREQUENCIES = 16  # of each axis; the mean brightness, the first of their products, is not counted
_LEAST_SPREAD = 2.0  # of 255: a picture with less is of one tone, and its bits would be noise


def perceptual_hash(image: Image.Image) -> np.ndarray | None:
    """(BITS,) bool: which frequencies of a picture's brightness are above their median; colours play no part.

    None for a picture of one tone, which has nothing to tell it by.
    """
    grey = np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    if grey.std() < _LEAST_SPREAD:
        return None
    waves = np.cos(np.pi / SIDE * np.outer(np.arange(_FREQUENCIES), np.arange(SIDE) + 0.5))
    spectrum = (waves @ grey @ waves.T).ravel()[1:]
    return spectrum > np.median(spectrum)
