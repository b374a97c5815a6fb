"""What makes the averages of a CNN's layers a full-network embedding: standardised, then -1, 0 or 1.

Garcia-Gasulla et al. 2018, "An Out-of-the-box Full-Network Embedding for Convolutional Neural Networks"
(arXiv 1705.07706); Vilalta et al. 2017, "Full-Network Embedding in a Multimodal Embedding Pipeline"
(arXiv 1707.09872). Each feature is standardised with the mean and deviation it has over the training set, which puts
layers of different sizes on one scale without any norm of a layer; then only whether it is unusually strong, unusually
weak or neither is kept. Both papers take VGG16's two hidden fully connected layers too; here there are convolutional
layers alone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vse.errors import CheckpointError, FingerprintError
from vse.io.atomic import write_bytes
from vse.io.hashing import fingerprint_of

# In standard deviations; what lies between, ends included, is 0.
WEAK, STRONG = -0.25, 0.15
_CHUNK = 512
_ARRAYS = ("mean", "std", "layers", "widths", "made_of", "count")


@dataclass(frozen=True)
class Statistics:
    """Of each feature over a training set.

    mean, std: (F,) float32; the deviation is the population's. A feature that never varied has std 0.
    layers, widths: the layers in their order, by name, and the features of each.
    made_of: the fingerprint of what computed the features.
    count: the number of training photographs.
    """

    mean: np.ndarray
    std: np.ndarray
    layers: tuple[str, ...]
    widths: tuple[int, ...]
    made_of: str
    count: int

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits of all that changes an embedding."""
        described = repr((self.layers, self.widths, self.made_of, WEAK, STRONG)).encode()
        return fingerprint_of([described, *(np.ascontiguousarray(v, "<f4").tobytes() for v in (self.mean, self.std))])

    def standardise(self, averages: np.ndarray) -> np.ndarray:
        """(N, F) -> (N, F) float32 in standard deviations; 0 for a feature that never varied.

        Raises ValueError for another number of features.
        """
        if averages.ndim != 2 or averages.shape[1] != len(self.mean):
            raise ValueError(f"Features came with shape {averages.shape}: give (N, {len(self.mean)}).")
        away = averages.astype(np.float32) - self.mean
        return np.divide(away, self.std, out=np.zeros_like(away), where=self.std > 0)

    def embed(self, averages: np.ndarray) -> np.ndarray:
        """(N, F) averages of layers -> (N, F) int8: 1 above `STRONG`, -1 below `WEAK`, else 0."""
        return discretise(self.standardise(averages))

    def save(self, path: str | Path) -> None:
        """Write an .npz whole or not at all."""
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **{name: np.asarray(getattr(self, name)) for name in _ARRAYS})
        write_bytes(path, file.getvalue())

    @classmethod
    def load(cls, path: str | Path, made_of: str | None = None) -> Statistics:
        """What `save` wrote.

        Raises:
            CheckpointError: when the file is missing, damaged, or does not fit together.
            FingerprintError: when `made_of` is given and the statistics are of other features.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                mean, std, layers, widths, made, count = (file[name] for name in _ARRAYS)
            if {layers.dtype.kind, made.dtype.kind} != {"U"} or made.ndim:
                raise ValueError("a name is no text")
            found = cls(
                np.asarray(mean, np.float32),
                np.asarray(std, np.float32),
                tuple(map(str, layers)),
                tuple(map(int, widths)),
                str(made),
                int(count),
            )
        except Exception as error:  # a reader of zip files meeting other bytes may raise anything
            raise CheckpointError(f"The statistics {path} cannot be read ({error}): make them again.") from error
        shapes = {found.mean.shape, found.std.shape, (sum(found.widths),)}
        if (
            len(shapes) != 1
            or min((*found.widths, found.count), default=0) < 1
            or len(found.layers) != len(found.widths)
            or not np.isfinite([found.mean, found.std]).all()
        ):
            raise CheckpointError(f"The statistics {path} do not fit together: make them again.")
        found.check(made_of)
        return found

    def check(self, made_of: str | None) -> None:
        """
        Raises:
            FingerprintError: when the features are not those the statistics are of.
        """
        if made_of not in (None, self.made_of):
            raise FingerprintError(
                f"The statistics are of the features {self.made_of[:12]} and these are {str(made_of)[:12]}: make "
                "statistics with this backbone, its weights and its preprocessing."
            )


def discretise(standardised: np.ndarray) -> np.ndarray:
    """(N, F) float32 in standard deviations -> (N, F) int8: 1 above `STRONG`, -1 below `WEAK`, else 0."""
    return (standardised > np.float32(STRONG)).astype(np.int8) - (standardised < np.float32(WEAK)).astype(np.int8)


def statistics_of(averages: np.ndarray, layers: tuple[str, ...], widths: tuple[int, ...], made_of: str) -> Statistics:
    """The statistics of a training set's (N, F) averages, which may be mapped from a file: read in pieces, twice.

    Raises:
        ValueError: without a single row, or when the widths do not add up to F.
    """
    if not len(averages) or sum(widths) != averages.shape[1]:
        raise ValueError(f"Averages came with shape {averages.shape}: give (N, {sum(widths)}) with N at least 1.")
    starts = range(0, len(averages), _CHUNK)
    mean = np.zeros(averages.shape[1])
    for start in starts:
        mean += averages[start : start + _CHUNK].sum(axis=0, dtype=np.float64)
    mean /= len(averages)
    variance = np.zeros_like(mean)
    for start in starts:
        variance += ((averages[start : start + _CHUNK] - mean) ** 2).sum(axis=0)
    std = np.sqrt(variance / len(averages)).astype(np.float32)
    return Statistics(mean.astype(np.float32), std, tuple(layers), tuple(widths), made_of, len(averages))
