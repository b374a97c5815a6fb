"""Labelled squares, as the studies of transfer share them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vse.data import load_collection
from vse.training.studies.transfer.labelled import Labelled, labelled

COLOURS = {"green": (0, 200, 0), "yellow": (200, 200, 0)}
EACH = 8


def write_squares(folder: Path, size: int = 8) -> Path:
    """Green and yellow ones, none quite like another, with labels.tsv."""
    rng, lines = np.random.default_rng(0), ["image\tlabel"]
    folder.mkdir(parents=True)
    for name, colour in COLOURS.items():
        for number in range(EACH):
            pixels = np.clip(np.array(colour) + rng.integers(-50, 50, (size, size, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{name}{number}.png")
            lines.append(f"{name}{number}.png\t{name}")
    (folder / "labels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def squares(tmp_path: Path) -> Labelled:
    return labelled(load_collection(write_squares(tmp_path / "squares")))
