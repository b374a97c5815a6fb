"""What a model's scores and vectors are worth, measured once and kept in its folder.

`calibration.json` says from which score on an answer fits, `domain.safetensors` where the pictures that the model is
made for lie. They hold for one fingerprint, change no vector, and are written by `python -m vse calibrate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from vse.encoders.files import object_of
from vse.errors import CheckpointError
from vse.io.atomic import write_bytes
from vse.io.configs import from_json, read_json

CALIBRATION, DOMAIN = "calibration.json", "domain.safetensors"
MIN_FIT = 0.5  # from which fit on an answer counts as one that fits
_ADVICE = "remove it, and calibrate the model again"
_COMPONENTS = 128  # and at most half of the dimensions


@dataclass(frozen=True)
class Cut:
    """The fit of a score in one direction, by Platt scaling (Platt 1999): a logistic function, 0.5 at `score`.

    slope: of the logistic function.
    share: percent of all pairs of the collection that score as high as `score`.
    precision, recall: percent, of the best answer to queries that something answers, among as many that have nothing
        to do with what is there: how many of those above `score` are of the first kind, and how many of the first kind
        are above it. queries: how many of each kind.
    right_above, right_found: percent, of the first ten answers: how many of those above `score` are right, and how
        many of the right ones are above it.
    """

    score: float
    slope: float
    share: float
    precision: float
    recall: float
    right_above: float
    right_found: float
    queries: int

    def fit(self, score: float) -> float:
        """From 0 to 1."""
        return float(1 / (1 + np.exp(np.clip(-self.slope * (score - self.score), -50, 50))))


@dataclass(frozen=True, eq=False)
class Domain:
    """Where the vectors of a model's own pictures lie: near the subspace of their principal components.

    mean: (D,). components: (K, D), orthonormal rows. distances: (N,), sorted, of pictures that had no part in the
    subspace.
    """

    mean: np.ndarray
    components: np.ndarray
    distances: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray) -> Self:
        """From unit rows (N, D): every other one gives the subspace, the rest the distances from it.

        Raises:
            ValueError: for fewer than four rows.
        """
        if len(vectors) < 4:
            raise ValueError(f"{len(vectors)} vectors came: give at least 4.")
        rows = np.asarray(vectors, dtype=np.float64)
        mean = rows[::2].mean(axis=0)
        _, _, components = np.linalg.svd(rows[::2] - mean, full_matrices=False)
        found = cls(mean, components[: min(_COMPONENTS, rows.shape[1] // 2)], np.zeros(0))
        return cls(found.mean, found.components, np.sort(found.distance(rows[1::2])))

    def distance(self, vectors: np.ndarray) -> np.ndarray:
        """Of rows (N, D) from the subspace: (N,) float64."""
        centred = np.asarray(vectors, dtype=np.float64) - self.mean
        return np.linalg.norm(centred - centred @ self.components.T @ self.components, axis=1)

    def share(self, vector: np.ndarray) -> float:
        """Percent of the model's own pictures that lie as far out as a picture's vector (D,), or farther."""
        nearer = np.searchsorted(self.distances, self.distance(vector[None])[0], side="left")
        return float(100 * (1 - nearer / len(self.distances)))


@dataclass(frozen=True)
class Calibration:
    """What was measured of a model on a collection.

    cuts: by direction, such as "text_to_image".
    unlike: by collection, the percentage of its pictures that are said to be unlike the model's own.
    """

    collection: str = ""
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    unlike: Mapping[str, float] = field(default_factory=dict)
    domain: Domain | None = field(default=None, compare=False)

    def fit(self, score: float, query: str, candidate: str) -> float | None:
        """How well an answer fits, from 0 to 1; None for a direction that was not measured."""
        cut = self.cuts.get(f"{query}_to_{candidate}")
        return None if cut is None else cut.fit(score)

    def save(self, folder: Path, fingerprint: str) -> None:
        """Write into a model's folder, over an older one.

        Raises:
            OSError: when the disk refuses.
        """
        from safetensors.numpy import save

        if self.domain is not None:
            arrays: dict[str, np.ndarray] = {
                "mean": self.domain.mean.astype(np.float32),
                "components": self.domain.components.astype(np.float16),
                "distances": self.domain.distances.astype(np.float32),
            }
            write_bytes(folder / DOMAIN, save(arrays))
        cuts = {name: asdict(cut) for name, cut in self.cuts.items()}
        data = {"fingerprint": fingerprint, "collection": self.collection, "cuts": cuts, "unlike": dict(self.unlike)}
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        write_bytes(folder / CALIBRATION, text.encode(), (b"{",))

    @classmethod
    def load(cls, folder: Path, fingerprint: str) -> Calibration:
        """That of a model's folder; an empty one where there is none, or one of other weights.

        Raises:
            CheckpointError: when a file is damaged.
        """
        path = folder / CALIBRATION
        if not path.exists():
            return cls()
        data = object_of(read_json(path), path)
        if data.get("fingerprint") != fingerprint:
            return cls()
        cuts = {
            name: from_json(Cut, cut, f"{path}: {name}", advice=_ADVICE)
            for name, cut in _object(data, "cuts", path).items()
        }
        unlike = _object(data, "unlike", path)
        if not all(type(share) in (int, float) for share in unlike.values()):
            raise CheckpointError(f"{path} holds {str(unlike)[:60]}, expected percentages; {_ADVICE}.")
        return cls(str(data.get("collection", "")), cuts, unlike, _load_domain(folder / DOMAIN))


@runtime_checkable
class Calibrated(Protocol):
    """An encoder of which it was measured what its scores are worth; not every encoder is one."""

    calibration: Calibration


def calibration_of(encoder: object) -> Calibration:
    """An encoder's, or an empty one."""
    return encoder.calibration if isinstance(encoder, Calibrated) else Calibration()


def _object(data: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    return object_of(data.get(name, {}), f"{path}: {name}")


def _load_domain(path: Path) -> Domain | None:
    """
    Raises:
        CheckpointError: when the file is damaged.
    """
    from vse.io.tensors import read_weights

    if not path.exists():
        return None
    tensors = {name: tensor.float().numpy() for name, tensor in read_weights(path).items()}
    shapes = {name: array.shape for name, array in tensors.items()}
    try:
        domain = Domain(**tensors)
        (width,), (_, dim), (count,) = domain.mean.shape, domain.components.shape, domain.distances.shape
    except (TypeError, ValueError):
        width, dim, count = 0, 1, 0
    if width != dim or not count or not all(np.isfinite(array).all() for array in tensors.values()):
        raise CheckpointError(f"{path} holds {shapes}, which describe no pictures; {_ADVICE}.")
    return domain
