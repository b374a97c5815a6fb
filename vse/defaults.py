"""What is used where nothing is named."""

from __future__ import annotations

DEFAULT_MODEL = "scenes-vse"
DEFAULT_CLIP = "ViT-B-32/laion2b_s34b_b79k"  # of those that are downloaded
DEFAULT_COLLECTION = "scenes"
DEFAULT_WAY = "plain"  # of doing arithmetic, see `vse.arithmetic.WAYS`
