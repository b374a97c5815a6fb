"""Where things are: what ships with the project, what is used where nothing is named, and a user's caches."""

from __future__ import annotations

import os
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MODELS = ASSETS / "models"
COLLECTIONS = ASSETS / "collections"
INDEXES = ASSETS / "indexes"
PROJECTIONS = ASSETS / "projections"
DEFAULT_MODEL = "scenes-vse"
DEFAULT_CLIP = "ViT-B-32/laion2b_s34b_b79k"  # of those that are downloaded
DEFAULT_COLLECTION = "scenes"
DEFAULT_WAY = "plain"  # of doing arithmetic, see `vse.search.arithmetic.WAYS`
PHOTO_MODEL = "photos-vse"


def cache_folder() -> Path:
    """`VSE_CACHE`, else the platform's usual cache folder. Not created here."""
    if chosen := os.environ.get("VSE_CACHE"):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "vse"


def photo_model(models: Path = MODELS) -> str:
    """The model for a folder of photographs: PHOTO_MODEL where it is bundled, else DEFAULT_MODEL."""
    return PHOTO_MODEL if (models / PHOTO_MODEL).is_dir() else DEFAULT_MODEL
