"""Where things are: what ships with the project, and where a user's caches go."""

from __future__ import annotations

import os
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MODELS = ASSETS / "models"
COLLECTIONS = ASSETS / "collections"
INDEXES = ASSETS / "indexes"
PROJECTIONS = ASSETS / "projections"


def cache_folder() -> Path:
    """`VSE_CACHE`, else the platform's usual cache folder. Not created here."""
    if chosen := os.environ.get("VSE_CACHE"):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "vse"
