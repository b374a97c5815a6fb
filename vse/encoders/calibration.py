"""What a model's scores and vectors are worth, measured once and kept in its folder.

`calibration.json` says from which score on an answer fits, `domain.safetensors` where the pictures that the model is
made for lie, `cohort.safetensors` which queries tell how high scores are in a collection. They hold for one
fingerprint, change no vector, and are written by `python -m vse calibrate`.
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

CALIBRATION, DOMAIN, COHORT = "calibration.json", "domain.safetensors", "cohort.safetensors"
MIN_FIT = 0.5  # from which fit on an answer counts as one that fits
_ADVICE = "remove it, and calibrate the model again"
MOST_WORDS = 8  # of content; longer queries score no higher
_LEVEL = 0.25  # few of a cohort that are in a collection after all do not raise its level
_COMPONENTS = 128  # and at most half of the dimensions


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How well a cut tells what fits, in percent.

    precision, recall: of the best answer to queries that something answers, among as many that have nothing to do with
        what is there: how many of those above the cut are of the first kind, and how many of the first kind are above
        it. queries: how many of each kind.
    right_above, right_found: of the first ten answers: how many of those above the cut are right, and how many of the
        right ones are above it.
    """

    precision: float
    recall: float
    right_above: float
    right_found: float
    queries: int


@dataclass(frozen=True)
class Cut(Figures):
    """The fit of a score in one direction, by Platt scaling (Platt 1999): a logistic function of slope `slope`.

    score: where it is 0.5 for a query of one word of content, in a collection of level 0.
    words: by how much higher that is for each doubling of the number of words, up to MOST_WORDS.
    level: by how much higher for the level of a collection, see `level_of`.
    """

    score: float
    slope: float
    words: float = 0.0
    level: float = 0.0

    def at(self, words: int = 1, level: float = 0.0) -> float:
        """The score from which on an answer to a query of so many words of content fits."""
        return self.score + self.words * float(np.log2(min(max(words, 1), MOST_WORDS))) + self.level * level

    def fit(self, score: float, words: int = 1, level: float = 0.0) -> float:
        """From 0 to 1."""
        return float(1 / (1 + np.exp(np.clip(-self.slope * (score - self.at(words, level)), -50, 50))))


def level_of(best: np.ndarray) -> float:
    """How high scores are in a collection, from the best score of each query of a cohort (Q,): their lower quartile.

    The best of many scores is high by chance, the more so the larger the collection is, and pictures that show one
    thing score higher with everything. Cohorts tell that in speaker verification, too (Auckenthaler et al. 2000).
    """
    return float(np.quantile(best, _LEVEL))


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
    kinds: by direction, the figures of each kind of query.
    unlike: by collection, the percentage of its pictures that are said to be unlike the model's own.
    cohorts: by modality (Q, D), the queries that tell the level of a collection; 0 without any.
    """

    collection: str = ""
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    unlike: Mapping[str, float] = field(default_factory=dict)
    domain: Domain | None = field(default=None, compare=False)
    kinds: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)
    cohorts: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False)

    def cut(self, query: str, candidate: str) -> Cut | None:
        """From one modality to another; None for a direction that was not measured."""
        return self.cuts.get(f"{query}_to_{candidate}")

    def to_json(self) -> dict[str, Any]:
        """What was measured, without arrays."""
        cuts = {name: asdict(cut) for name, cut in self.cuts.items()}
        kinds = {name: {kind: asdict(each) for kind, each in found.items()} for name, found in self.kinds.items()}
        return {"collection": self.collection, "cuts": cuts, "kinds": kinds, "unlike": dict(self.unlike)}

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
        if self.cohorts:
            cohorts: dict[str, np.ndarray] = {name: rows.astype(np.float16) for name, rows in self.cohorts.items()}
            write_bytes(folder / COHORT, save(cohorts))
        else:
            (folder / COHORT).unlink(missing_ok=True)
        text = json.dumps({"fingerprint": fingerprint, **self.to_json()}, ensure_ascii=False, indent=1) + "\n"
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
            name: from_json(Cut, _known(cut), f"{path}: {name}", advice=_ADVICE)
            for name, cut in _object(data, "cuts", path).items()
        }
        kinds = {
            name: {
                kind: from_json(Figures, each, f"{path}: {name}: {kind}", advice=_ADVICE)
                for kind, each in object_of(found, f"{path}: {name}").items()
            }
            for name, found in _object(data, "kinds", path).items()
        }
        unlike = _object(data, "unlike", path)
        if not all(type(share) in (int, float) for share in unlike.values()):
            raise CheckpointError(f"{path} holds {str(unlike)[:60]}, expected percentages; {_ADVICE}.")
        domain, cohorts = _load_domain(folder / DOMAIN), _load_cohorts(folder / COHORT)
        return cls(str(data.get("collection", "")), cuts, unlike, domain, kinds, cohorts)


@runtime_checkable
class Calibrated(Protocol):
    """An encoder of which it was measured what its scores are worth; not every encoder is one."""

    calibration: Calibration


def calibration_of(encoder: object) -> Calibration:
    """An encoder's, or an empty one."""
    return encoder.calibration if isinstance(encoder, Calibrated) else Calibration()


def _object(data: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    return object_of(data.get(name, {}), f"{path}: {name}")


def _known(cut: Any) -> Any:
    """A cut without the share of all pairs, which files had before cuts were measured against a level."""
    return {name: value for name, value in cut.items() if name != "share"} if isinstance(cut, Mapping) else cut


def _load_cohorts(path: Path) -> dict[str, np.ndarray]:
    """
    Raises:
        CheckpointError: when the file is damaged.
    """
    from vse.io.tensors import read_weights

    if not path.exists():
        return {}
    cohorts = {name: tensor.float().numpy() for name, tensor in read_weights(path).items()}
    if not all(rows.ndim == 2 and rows.size and np.isfinite(rows).all() for rows in cohorts.values()):
        shapes = {name: rows.shape for name, rows in cohorts.items()}
        raise CheckpointError(f"{path} holds {shapes}, which are no queries; {_ADVICE}.")
    return cohorts


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
