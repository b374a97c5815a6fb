"""What is used where nothing is named."""

from __future__ import annotations

DEFAULT_MODEL = "scenes-vse"
DEFAULT_COLLECTION = "scenes"
DEFAULT_WAY = "plain"  # of doing arithmetic, see `vse.arithmetic.WAYS`
