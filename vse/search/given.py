"""What is given with a query, and stands in it as a bracket: a picture, a recording, a recipe, or the vector of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from vse.encoders.base import Encoder, ImageInput, SpeechInput
from vse.modalities import IMAGE, RECIPE, SPEECH
from vse.modalities.recipe.parsing import looks_like_recipe
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.speech.decoding import is_sound
from vse.search.query import UPLOAD

Given = ImageInput | SpeechInput | Recipe | np.ndarray
_TEXTS = (".txt", ".md")


def things_given(given: Given | Mapping[str, Given] | None) -> dict[str, Any]:
    """By their names in `vse.search.query.GIVEN`; one thing alone is [upload], and what it is of besides."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    modality = IMAGE if _is_vector(given) else modality_of(given)
    return {UPLOAD: given} if modality == IMAGE else {UPLOAD: given, modality: given}


def encoded(encoder: Encoder, given: Given | None) -> dict[str, np.ndarray]:
    """The same as vectors, encoded once, for many queries.

    Raises:
        ModalityError, ImageError, SpeechError, RecipeError: as `vector_given`.
    """
    return {} if given is None else dict.fromkeys(things_given(given), vector_given(encoder, given))


def modality_of(given: object) -> str:
    """What kind of input something is that was given; a picture, unless it is clearly another."""
    if is_recording(given):
        return SPEECH
    is_text = isinstance(given, str) and looks_like_recipe(given)
    is_file = isinstance(given, str | Path) and not is_text and Path(given).suffix.lower() in _TEXTS
    return RECIPE if isinstance(given, Recipe) or is_text or is_file else IMAGE


def vector_given(encoder: Encoder, given: Given) -> np.ndarray:
    """(dim,) float32, which it may be already.

    Raises:
        ModalityError: where the model does not read such.
        ImageError, SpeechError, RecipeError: for what cannot be read.
    """
    if _is_vector(given):
        return np.asarray(given)
    modality = modality_of(given)
    if modality == RECIPE and isinstance(given, str) and not looks_like_recipe(given):
        given = Path(given)
    return encoder.encode(modality, [given])[0]


def is_recording(given: object) -> TypeGuard[str | Path | bytes]:
    return isinstance(given, bytes) or (isinstance(given, str | Path) and is_sound(given))


def _is_vector(given: object) -> bool:
    return isinstance(given, np.ndarray) and given.ndim == 1
