"""A map of a joint space: where each picture, caption and word stands in the plane, and how true that is.

The values and their file; `vse.maps.fit` makes them, `vse.maps.geometry` does the geometry.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vse.errors import CollectionError, FingerprintError
from vse.io.atomic import write_bytes
from vse.io.configs import from_json, parse_json
from vse.modalities import IMAGE, TEXT
from vse.modalities.base import MODALITIES, load_modality

FORMAT = 1
WORD = "word"  # what is shown beside the modalities: texts of one word
_IN_FILES = {IMAGE: "picture", TEXT: "caption"}  # what files have called them since before they were modalities
JOINT, PER_MODALITY = "joint", "per-modality"
ALL = "all"  # the quality over the rows of every modality together
_LAYOUTS = (JOINT, PER_MODALITY)
_METRICS = ("cosine", "euclidean")


def title_of(kind: str) -> str:
    """What people call a kind of points: "picture", "caption", "word"."""
    return load_modality(kind).title if kind in MODALITIES else kind


@dataclass(frozen=True)
class Parameters:
    """How a map is made; `n_neighbors` and `min_dist` are UMAP's (McInnes, Healy and Melville 2018).

    n_neighbors: how many neighbours of each row are kept together, 2 to 200; more shows less detail.
    min_dist: how close rows may come in the plane, 0 to 1, before the map is scaled to the square.
    metric: how far two rows are apart, "cosine" or "euclidean".
    layout: "joint" lays out all rows at once, "per-modality" each modality apart, see `vse.maps.fit.fit`.
    centred: whether each modality's mean is taken off first, which closes the modality gap.

    Raises ValueError for what is out of range.
    """

    n_neighbors: int = 15
    min_dist: float = 0.1
    metric: str = "cosine"
    layout: str = JOINT
    centred: bool = False

    def __post_init__(self) -> None:
        if not 2 <= self.n_neighbors <= 200 or not 0 <= self.min_dist <= 1:
            raise ValueError(
                f"n_neighbors came as {self.n_neighbors} and min_dist as {self.min_dist}: give 2 to 200 and 0 to 1."
            )
        if self.layout not in _LAYOUTS or self.metric not in _METRICS:
            raise ValueError(
                f"layout came as {self.layout!r} and metric as {self.metric!r}: give one of {_LAYOUTS} and {_METRICS}."
            )

    @property
    def name(self) -> str:
        """What files are called that hold such a map: "joint-centred-n15-d0.1-cosine"."""
        centred = "-centred" if self.centred else ""
        return f"{self.layout}{centred}-n{self.n_neighbors}-d{self.min_dist:g}-{self.metric}"


@dataclass(frozen=True)
class Quality:
    """How true a map is, both 0 to 1 and higher is better; see `vse.maps.geometry.quality_of`.

    trustworthiness: low when rows stand near each other that are far apart in the joint space.
    neighbours: the share of a row's k nearest in the joint space that are among its k nearest in the plane.
    """

    trustworthiness: float
    neighbours: float
    k: int


@dataclass(frozen=True, eq=False)
class Cloud:
    """The rows of one modality, or the words, that a map is made of.

    vectors: (N, D) float, one row an id.
    owners: (N,) int, for captions: the row of the picture that each belongs to; None where there is no such thing.
    """

    modality: str
    ids: tuple[str, ...]
    vectors: np.ndarray
    owners: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Projection:
    """A finished map.

    fingerprint: of the encoder that made the vectors.
    ids: modality, and WORD -> the ids of its rows, in the order of the points; an id may come in two modalities.
    points: (N, 2) float32, N over all modalities; within -1 to 1, the longer side filled.
    quality: modality, and "all" -> how true the map is there.
    """

    fingerprint: str
    ids: Mapping[str, tuple[str, ...]]
    points: np.ndarray
    parameters: Parameters
    seed: int
    quality: Mapping[str, Quality]

    def __len__(self) -> int:
        return len(self.points)

    def rows(self, modality: str) -> slice:
        """The rows of `points` of one modality; none for a modality that the map does not have."""
        begin = 0
        for name, ids in self.ids.items():
            if name == modality:
                return slice(begin, begin + len(ids))
            begin += len(ids)
        return slice(begin, begin)

    def of(self, modality: str) -> np.ndarray:
        """(N, 2) float32: the points of one modality."""
        return self.points[self.rows(modality)]

    def save(self, path: str | Path) -> None:
        """Write one .npz file, whole or not at all; the same map gives the same bytes."""
        meta = {
            "format": FORMAT,
            "fingerprint": self.fingerprint,
            "ids": {_IN_FILES.get(name, name): ids for name, ids in self.ids.items()},
            "parameters": asdict(self.parameters),
            "seed": self.seed,
            "quality": {_IN_FILES.get(name, name): asdict(quality) for name, quality in self.quality.items()},
        }
        buffer = io.BytesIO()
        points = np.ascontiguousarray(self.points, dtype=np.float32)
        np.savez_compressed(buffer, allow_pickle=False, meta=np.array(json.dumps(meta)), points=points)
        write_bytes(path, buffer.getvalue())

    @classmethod
    def load(cls, path: str | Path, fingerprint: str | None = None) -> Projection:
        """Read what `save` wrote.

        Raises FingerprintError when `fingerprint` is given and another encoder made the map, and CollectionError,
        naming the file, when it is missing, damaged, or its parts do not fit.
        """
        meta, points = _read(Path(path))
        try:
            found = _from_parts(meta, points, path)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise CollectionError(
                f"The map '{path}' lacks a part or holds parts that do not fit ({error}): make the map again."
            ) from error
        if fingerprint is not None and fingerprint != found.fingerprint:
            raise FingerprintError(
                f"The map '{path}' was made by the model {found.fingerprint[:12]} and the model in use is "
                f"{fingerprint[:12]}: make the map again with this model."
            )
        return found


def _read(path: Path) -> tuple[Any, np.ndarray]:
    """The metadata, whatever they are, and the points of a map's file."""
    try:
        # Of a damaged file that it opens itself, numpy would leave the handle open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            return parse_json(str(file["meta"])), file["points"]
    except FileNotFoundError as error:
        raise CollectionError(f"There is no map at '{path}': make the map first.") from error
    except Exception as error:  # readers of zip files and headers meeting other bytes may raise anything
        raise CollectionError(f"The map '{path}' cannot be read ({error}): make the map again.") from error


def _from_parts(meta: dict[str, Any], points: np.ndarray, path: str | Path) -> Projection:
    """Raises KeyError, TypeError, ValueError or AttributeError for what does not fit."""
    if meta["format"] is True or meta["format"] != FORMAT:
        raise ValueError(f"format {meta['format']!r} came and {FORMAT} was expected")
    kinds = {name: modality for modality, name in _IN_FILES.items()}
    ids = {kinds.get(name, name): tuple(names) for name, names in meta["ids"].items()}
    if not all(isinstance(names, list) for names in meta["ids"].values()):
        raise ValueError("the ids of a modality are no list")
    if not all(isinstance(name, str) for names in ids.values() for name in names):
        raise ValueError("an id is no string")
    count = sum(map(len, ids.values()))
    if points.shape != (count, 2) or points.dtype != np.float32 or not np.isfinite(points).all():
        raise ValueError(f"{count} ids came with points {points.dtype} {points.shape}")
    if not isinstance(meta["fingerprint"], str) or type(meta["seed"]) is not int:
        raise ValueError("the fingerprint is no string or the seed no number")
    told: Any = f"The map '{path}'", CollectionError, "make the map again"
    quality = {kinds.get(name, name): from_json(Quality, measured, *told) for name, measured in meta["quality"].items()}
    parameters = from_json(Parameters, meta["parameters"], *told)
    return Projection(meta["fingerprint"], ids, points, parameters, meta["seed"], quality)
