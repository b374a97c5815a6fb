"""Whether a picture is unlike those that a model is made for, and which other model is made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from vse.encoders.base import Encoder, ImageInput
from vse.encoders.calibration import CALIBRATION, calibration_of
from vse.encoders.registry import list_models, load_model
from vse.io.paths import DEFAULT_MODEL, MODELS

_FAR = 2.0  # percent of a model's own pictures: one that lies farther out than all but so many is unlike them
_NEAR = 5.0  # percent: another model is offered only for what lies among its own pictures,
_NEARER = 2.0  # and so many times as far in as among the first one's


@dataclass(frozen=True)
class Unlike:
    """That a picture is unlike a model's own. better: the name of a model that is made for such pictures, or empty."""

    model: str
    better: str = ""

    def __str__(self) -> str:
        """One sentence."""
        said = f"This picture is unlike those that {self.model} is made for"
        return f"{said}: ask {self.better}, which knows such pictures." if self.better else f"{said}: expect little."


def unlike(models: Sequence[Encoder], vectors: Sequence[np.ndarray]) -> Unlike | None:
    """What to tell of a picture that the first model is asked with; None for one like its own, and where not known.

    Args:
        vectors: (D,), that of the picture under each model.
    """
    shares = {}
    for model, vector in zip(models, vectors, strict=True):
        if (domain := calibration_of(model).domain) is not None:
            shares[model.name] = domain.share(vector)
    name = models[0].name
    if (own := shares.pop(name, None)) is None:
        return None
    better = max(shares, key=lambda other: shares[other], default="")
    if better and shares[better] > max(_NEAR, _NEARER * own):
        return Unlike(name, better)
    return Unlike(name) if own < _FAR else None


def told_of(
    encoder: Encoder, image: ImageInput, vector: np.ndarray, others: Sequence[Encoder] | None = None
) -> Unlike | None:
    """As `unlike`, of a picture and its vector (D,) under the model, beside others: `other_models` if not given.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    if calibration_of(encoder).domain is None:
        return None
    others = other_models(encoder) if others is None else others
    return unlike((encoder, *others), [vector, *(other.encode_images([image])[0] for other in others)])


def other_models(encoder: Encoder) -> tuple[Encoder, ...]:
    """Of the models that ship, one for each collection of pictures that is not the model's own."""
    own = calibration_of(encoder).collection
    return tuple(model for name, model in _by_collection().items() if name != own)


@cache
def _by_collection() -> dict[str, Encoder]:
    """Models that ship, by the collection that they were calibrated on; of several the default one, or the first."""
    found: dict[str, Encoder] = {}
    for name in sorted(list_models(), key=lambda name: (name != DEFAULT_MODEL, name)):
        if (MODELS / name / CALIBRATION).exists():
            model = load_model(MODELS / name)
            found.setdefault(calibration_of(model).collection, model)
    return found
