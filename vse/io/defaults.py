"""What is used where nothing is named."""

from __future__ import annotations

from pathlib import Path

from vse.io.paths import MODELS

DEFAULT_MODEL = "scenes-vse"
DEFAULT_CLIP = "ViT-B-32/laion2b_s34b_b79k"  # of those that are downloaded
DEFAULT_COLLECTION = "scenes"
DEFAULT_WAY = "plain"  # of doing arithmetic, see `vse.search.arithmetic.WAYS`
PHOTO_MODEL = "photos-vse"


def photo_model(models: Path = MODELS) -> str:
    """The model for a folder of photographs: PHOTO_MODEL where it is bundled, else DEFAULT_MODEL."""
    return PHOTO_MODEL if (models / PHOTO_MODEL).is_dir() else DEFAULT_MODEL
