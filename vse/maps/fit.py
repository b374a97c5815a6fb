"""Make a map of a joint space with UMAP."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from inspect import signature
from itertools import pairwise
from typing import Any

import numpy as np

from vse.maps.geometry import centred, quality_of
from vse.maps.projection import ALL, JOINT, Cloud, Parameters, Projection, title_of

# How far a task is, 0 to 1, and what is done next. An exception that it raises ends the task: so it is cancelled.
Stage = Callable[[float, str], None]
# So few rows have no neighbourhoods, and UMAP's first step cannot be computed for them.
_FEW = 10
SAMPLE = 20_000  # rows up to which a map is fitted as a whole, see docs/map.md
_BATCH = 2000  # rows that are placed between two reports
_GAP = 0.15  # between clouds side by side, of a cloud's half width


def fit(
    clouds: Sequence[Cloud],
    fingerprint: str,
    parameters: Parameters | None = None,
    seed: int = 0,
    progress: Stage | None = None,
    sample: int = SAMPLE,
) -> Projection:
    """Lay out clouds of the same width; the same input and seed give the same map on the same machine.

    Layout "joint" gives all rows to UMAP at once: nearness means the same between a picture and a caption as between
    two pictures. Layout "per-modality" lays out each cloud alone and puts them side by side, from left to right, each
    as large as the others. Laid over each other they would suggest a nearness that was not measured. A cloud that
    belongs to the first (captions to pictures) is turned and mirrored, by orthogonal Procrustes over the pairs, so
    that what belongs together is found at about the same spot of each cloud.

    Quality is measured against the joint space as the model has it, centred or not, so that maps can be compared.
    Of more rows than `sample` so many, drawn by the seed, are laid out, and the others are placed among them by UMAP's
    transform. Fewer than 10 rows are laid out by their two principal components. UMAP is imported here: a few seconds,
    and minutes the first time on a machine, while it is compiled.

    Args:
        fingerprint: of the encoder that made the vectors.
        parameters: Parameters() if not given.
        progress: called before each stage; what it raises ends the fit there.
        sample: how many rows are laid out at once.

    Raises:
        ValueError: for no rows, ids that do not fit the rows, a modality that comes twice, or unequal widths.
    """
    parameters = parameters or Parameters()
    report = progress or (lambda share, what: None)
    clouds = [cloud for cloud in clouds if len(cloud.ids)]
    _check(clouds)
    vectors = [np.asarray(cloud.vectors, dtype=np.float32) for cloud in clouds]
    fitted = [centred(rows) for rows in vectors] if parameters.centred else vectors
    if parameters.layout == JOINT:
        report(0.0, "laying out the map")
        rows, told = np.concatenate(fitted), _part(report, 0.0, 0.8, "placing the rest on the map")
        points = unit_square(_laid_out(rows, parameters, seed, sample, told))
    else:
        parts = []
        for number, (cloud, rows) in enumerate(zip(clouds, fitted, strict=True)):
            begin, end, kind = 0.8 * number / len(clouds), 0.8 * (number + 1) / len(clouds), title_of(cloud.modality)
            report(begin, f"laying out the {kind}s")
            told = _part(report, begin, end, f"placing the other {kind}s")
            parts.append(unit_square(_laid_out(rows, parameters, seed, sample, told)))
        points = _side_by_side(clouds, parts)
    report(0.8, "measuring the map")
    bounds = pairwise(np.cumsum([0, *map(len, vectors)]))
    quality = {
        cloud.modality: quality_of(rows, points[begin:end])
        for cloud, rows, (begin, end) in zip(clouds, vectors, bounds, strict=True)
    }
    quality[ALL] = quality_of(np.concatenate(vectors), points)
    report(1.0, "done")
    return Projection(fingerprint, {c.modality: c.ids for c in clouds}, points, parameters, seed, quality)


def _check(clouds: Sequence[Cloud]) -> None:
    shapes = {cloud.modality: np.shape(cloud.vectors) for cloud in clouds}
    fits = all(len(shapes[c.modality]) == 2 and shapes[c.modality][0] == len(c.ids) for c in clouds)
    if not clouds or not fits or len(shapes) < len(clouds) or len({shape[1] for shape in shapes.values()}) > 1:
        given = ", ".join(f"{cloud.modality} {np.shape(cloud.vectors)} with {len(cloud.ids)} ids" for cloud in clouds)
        raise ValueError(f"These clouds came: {given or 'none'}; give each modality once, (N, D) with N ids, one D.")


def _part(report: Stage, begin: float, end: float, what: str) -> Callable[[float], None]:
    """Reports the second half of a stage that goes from one share of the whole to another."""
    return lambda share: report(begin + (end - begin) * (0.5 + 0.5 * share), what)


def _laid_out(
    rows: np.ndarray, parameters: Parameters, seed: int, sample: int, placed: Callable[[float], None]
) -> np.ndarray:
    """(N, 2) float32, in UMAP's own units; `placed` is told which share of the rows beyond the sample is done."""
    if len(rows) < _FEW:
        return principal(rows)
    chosen = np.arange(len(rows))
    if len(rows) > sample:
        chosen = np.sort(np.random.default_rng(seed).choice(len(rows), sample, replace=False))
    rest = np.delete(np.arange(len(rows)), chosen)
    points = np.empty((len(rows), 2), dtype=np.float32)
    umap = _umap()
    with warnings.catch_warnings():
        # A neighbourhood graph in several parts is no mistake here: far-apart clusters are what a map shows.
        warnings.filterwarnings("ignore", category=UserWarning, module="umap|sklearn")
        made = umap(
            n_neighbors=min(parameters.n_neighbors, len(chosen) - 1),
            min_dist=parameters.min_dist,
            metric=parameters.metric,
            random_state=seed,
            n_jobs=1,  # more would be refused beside a seed, with a warning
        )
        points[chosen] = made.fit_transform(rows[chosen])
        for begin in range(0, len(rest), _BATCH):
            placed(begin / len(rest))
            points[rest[begin : begin + _BATCH]] = made.transform(rows[rest[begin : begin + _BATCH]])
    return points


@cache
def _umap() -> Callable[..., Any]:
    with warnings.catch_warnings():
        # It tells that a part which needs tensorflow is not there; that part is not used.
        warnings.filterwarnings("ignore", category=ImportWarning, module="umap")
        from umap import UMAP
    _keep_compiled("umap", "pynndescent")
    return UMAP


def _keep_compiled(*packages: str) -> None:
    """Have numba keep all compiled code for later processes, of which these packages leave 10 to 30 seconds out.

    What is given a distance function is left alone: it would be filed by where that lies in memory, each time anew.
    """
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in packages]
    for function in {id(each): each for module in modules for each in vars(module).values()}.values():
        of_package = getattr(function, "__module__", None) or ""
        if of_package.partition(".")[0] not in packages or not hasattr(function, "enable_caching"):
            continue
        if "dist" not in signature(function.py_func).parameters:
            with suppress(RuntimeError):  # there is no folder that can be written
                function.enable_caching()


def principal(rows: np.ndarray) -> np.ndarray:
    """(N, 2) float32: the two principal components, each with its largest coordinate positive."""
    rows = centred(rows)
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    points = np.zeros((len(rows), 2), dtype=np.float32)
    found = rows @ axes[:2].T
    largest = np.take_along_axis(found, np.abs(found).argmax(axis=0)[None], axis=0)
    points[:, : found.shape[1]] = found * np.where(largest < 0, -1, 1)
    return points


def unit_square(points: np.ndarray) -> np.ndarray:
    """(N, 2) float32: moved and scaled alike in both directions, so that the longer side goes from -1 to 1."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = (high - low).max() / 2
    return ((points - (low + high) / 2) / (half if half > 0 else 1)).astype(np.float32)


def _side_by_side(clouds: Sequence[Cloud], parts: Sequence[np.ndarray]) -> np.ndarray:
    """The clouds, each in the square from -1 to 1, in a row."""
    moved = []
    for number, (cloud, part) in enumerate(zip(clouds, parts, strict=True)):
        if number and cloud.owners is not None:
            part = unit_square(turned_like(part, parts[0][cloud.owners]))
        moved.append(part + np.array([number * (2 + _GAP), 0], dtype=np.float32))
    return unit_square(np.concatenate(moved))


def turned_like(points: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Points (N, 2), turned and mirrored about their mean to lie as near to `wanted` (N, 2) as can be: (N, 2).

    Orthogonal Procrustes (Schönemann 1966); nothing is scaled, and the mean goes to 0.
    """
    own = points - points.mean(axis=0)
    left, _, right = np.linalg.svd(own.T @ (wanted - wanted.mean(axis=0)))
    return own @ (left @ right)
