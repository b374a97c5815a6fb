"""A contact sheet: many pictures of a collection side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from vse.modalities.image.decoding import open_image

GAP = 4


def contact_sheet(paths: Sequence[Path], columns: int = 10, side: int = 144) -> Image.Image:
    """The pictures as squares of `side` pixels, row by row, on white.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    rows = -(-len(paths) // columns)
    step = side + GAP
    sheet = Image.new("RGB", (columns * step - GAP, rows * step - GAP), "white")
    for number, path in enumerate(paths):
        picture = open_image(path, at_least=side).resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(picture, (number % columns * step, number // columns * step))
    return sheet
