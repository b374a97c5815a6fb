"""Which CLIP the page offers, and the one that can be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vse.io.paths import DEFAULT_CLIP, MODELS

BUNDLED = "scenes-clip"
OF_RECIPES = "recipes-clip"
_MISSING = "No CLIP is here: the model {} does not come with this copy. Choose one with --clip NAME."
MISSING = _MISSING.format(BUNDLED)
MISSING_OF_RECIPES = _MISSING.format(OF_RECIPES)
UNFIT_CLIP = f"{BUNDLED} learnt from drawn scenes: get a CLIP that was trained on photographs, or choose one by --clip."
TURNED_OFF = "The app was started with --no-clip."


@dataclass(frozen=True)
class Offer:
    """A CLIP that a click fetches; `size` is for people."""

    model: str
    title: str
    size: str


OPEN_CLIP = Offer(DEFAULT_CLIP, "OpenAI-style CLIP", "ViT-B-32, 605 MB")


def bundled_clip(models: Path = MODELS, name: str = BUNDLED) -> Path | None:
    """The folder of a CLIP that comes with the app, where it is there."""
    return models / name if (models / name).is_dir() else None


def is_fetched(offer: Offer) -> bool:
    """Whether its weights were downloaded here; `ClipName.cached` knows of more places, but imports open_clip.

    That takes seconds, and the page asks this before it opens.
    """
    from vse.encoders.clip.weights import ClipName

    architecture, _, tag = offer.model.partition("/")
    folder = ClipName(architecture, tag or None).folder
    return folder.is_dir() and any(file.suffix in (".safetensors", ".bin", ".pt") for file in folder.iterdir())
