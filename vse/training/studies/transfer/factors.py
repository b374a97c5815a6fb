"""How frozen features are prepared and read, one thing at a time (Azizpour et al. 2016, "Factors of transferability").

Everything is compared with the standardised features of one layer, read by a converged linear probe. Their paper also
varies how the CNN itself is trained, width, depth and early stopping among it; here the CNN is given, and what may stop
early is the probe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from vse.data.features import collection_features
from vse.errors import TrainingError
from vse.evaluation.tables import figure, table
from vse.io.hashing import hash_of
from vse.io.progress import Shows
from vse.modalities.image.augment import augmented
from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.backbones.features import LayerAverages
from vse.modalities.image.backbones.full_network import Statistics
from vse.training.studies.transfer.labelled import Labelled
from vse.training.studies.transfer.layers import ALL, of_layer, parts_of, prepared
from vse.training.studies.transfer.probe import STEPS, Probe, descended, fitted, kept_apart, neighbours

DIMENSIONS = (16, 64, 256)
COPIES = 3


@dataclass(frozen=True)
class FactorRow:
    """Features of a layer with one thing otherwise than usual.

    accuracy, mean_average_precision: in percent by collection, as in `Figures`; of the latter those that it changes.
    """

    layer: str
    factor: str
    value: str
    accuracy: dict[str, float] = field(default_factory=dict)
    mean_average_precision: dict[str, float] = field(default_factory=dict)


class ChangedLayer:
    """A layer's averages of changed copies of each photograph: (N, copies * width) float16.

    The first copy is the mirror image, the others are cropped, coloured and perhaps mirrored. The changes follow from
    the photograph alone.
    """

    dtype = "float16"

    def __init__(self, averages: LayerAverages, layer: str, copies: int = COPIES) -> None:
        ends = np.cumsum(averages.widths).tolist()
        place = averages.layers.index(layer)
        self._averages, self._part = averages, slice(ends[place] - averages.widths[place], ends[place])
        self.copies = copies
        self.width = copies * averages.widths[place]
        self.name = f"{averages.name} {layer} changed"
        self.preprocess = averages.preprocess
        self.fingerprint = hash_of("changed layer", layer, str(copies), averages.fingerprint)

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, copies * width) float16."""
        rows = []
        for picture in pixels:
            many = np.repeat(picture[None], self.copies, axis=0)
            rng = np.random.default_rng(crc32(picture.tobytes()))
            changed = augmented(many, picture.shape[0], rng, np.ones(self.copies, bool))
            changed[0] = picture[:, ::-1]
            rows.append(self._averages.of_pixels(changed)[:, self._part].reshape(-1))
        return np.stack(rows)


def lengthened(rows: np.ndarray) -> np.ndarray:
    """Each row of length 1; a row of 0 stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)


def principal(rows: np.ndarray, of: np.ndarray, dimensions: int, whitened: bool = False) -> np.ndarray:
    """(N, F) -> (N, dimensions): the principal components of the rows `of`; whitened, each with deviation 1 there.

    Fewer where there are not so many.
    """
    known = rows[of].astype(np.float32)
    mean = known.mean(axis=0)
    known = known - mean
    wide = known.shape[1] > len(known)
    values, vectors = np.linalg.eigh((known @ known.T if wide else known.T @ known).astype(np.float64))
    kept = np.flatnonzero(values > 1e-9 * values.max(initial=0))[::-1][:dimensions]
    axes = vectors[:, kept]
    if wide:
        axes = known.T @ (axes / np.sqrt(values[kept])).astype(np.float32)
    found = (rows - mean) @ axes.astype(np.float32)
    if whitened:
        found = found / np.sqrt(values[kept] / len(known))
    return np.asarray(found, np.float32)


def preparations(statistics: Statistics, averages: np.ndarray, layer: str, train: np.ndarray) -> Iterator[
    tuple[str, str, np.ndarray]
]:  # fmt: skip
    """(factor, value, (N, F) rows) for each way of preparing a layer's features; of all together without the scales."""
    usual = statistics.standardise(averages) if layer == ALL else of_layer(statistics, averages, layer)
    yield "scale", "standardised", usual
    if layer != ALL:
        plain = averages[:, parts_of(statistics)[layer]].astype(np.float32)
        yield "scale", "as they are", plain
        yield "scale", "length 1 (L2)", lengthened(plain)
        yield "scale", "standardised, then length 1", lengthened(usual)
    for dimensions in DIMENSIONS:
        if dimensions < usual.shape[1]:
            yield "PCA", f"{dimensions} dimensions", principal(usual, train, dimensions)
    most = min(DIMENSIONS[-1], usual.shape[1])
    yield "PCA", f"{most} dimensions, whitened", principal(usual, train, most, whitened=True)


def measured(
    backbone: Backbone, collections: Sequence[Labelled], shows: Shows, layer: str = ""
) -> list[FactorRow]:  # fmt: skip
    """A row a factor and value.

    Args:
        layer: by name, the last one if none is given.

    Raises:
        TrainingError: when the CNN has no such layer.
    """
    known = LayerAverages(backbone).layers
    if layer and layer not in known:
        raise TrainingError(f"{backbone.name} has no layer {layer}; its layers are {', '.join(known)}.")
    rows: dict[tuple[str, str, str], FactorRow] = {}

    def row(of: str, factor: str, value: str) -> FactorRow:
        return rows.setdefault((of, factor, value), FactorRow(of, factor, value))

    for photographs in collections:
        name, labels, train, test = photographs.name, photographs.of, photographs.train, photographs.test
        statistics, averages = prepared(backbone, photographs, shows)
        best = layer or known[-1]
        with shows(f"preparations of {name}"):
            for of in (best, ALL):
                for factor, value, features in preparations(statistics, averages, of, train):
                    found = row(of, factor, value)
                    probe = fitted(features[train], labels[train])
                    found.accuracy[name] = probe.accuracy(features[test], labels[test])
                    near = neighbours(features[test], labels[test])
                    found.mean_average_precision[name] = near.mean_average_precision
        features = of_layer(statistics, averages, best)
        changed = _copies(backbone, photographs, statistics, best, shows)
        with shows(f"augmentation of {name}"):
            for value, count in (("mirrored too", 1), (f"mirrored and {COPIES - 1} changed copies", COPIES)):
                many = np.concatenate([features[train], *changed[:count]])
                groups = np.tile(np.arange(len(train)), 1 + count)
                probe = fitted(many, np.tile(labels[train], 1 + count), groups)
                row(best, "augmentation", value).accuracy[name] = probe.accuracy(features[test], labels[test])
        with shows(f"early stopping of {name}"):
            for value, probe in stopped(features[train], labels[train]):
                row(best, "the probe's steps", value).accuracy[name] = probe.accuracy(features[test], labels[test])
    return sorted(rows.values(), key=lambda each: each.layer == ALL)


def _copies(
    backbone: Backbone, photographs: Labelled, statistics: Statistics, layer: str, shows: Shows
) -> list[np.ndarray]:
    """Of each changed copy of the photographs to learn from its (N, width) standardised features."""
    features = ChangedLayer(LayerAverages(backbone), layer)
    part = parts_of(statistics)[layer]
    with shows(f"changed copies of {photographs.name}") as progress:
        found = collection_features(features, photographs.collection.of_rows(photographs.train.tolist()), progress)
    mean, std = statistics.mean[part], statistics.std[part]
    away = found.reshape(len(found), features.copies, -1).astype(np.float32) - mean
    scaled = np.divide(away, std, out=np.zeros_like(away), where=std > 0)
    return [scaled[:, copy] for copy in range(features.copies)]


def stopped(rows: np.ndarray, labels: np.ndarray, steps: Sequence[int] = STEPS) -> Iterator[tuple[str, Probe]]:
    """Probes without a penalty after so many steps, and the one of as many as were best on what was kept apart."""
    apart = kept_apart(labels, np.arange(len(rows)))
    tried = descended(rows[~apart], labels[~apart], steps)
    right = [probe.accuracy(rows[apart], labels[apart]) for probe in tried]
    found = descended(rows, labels, steps)
    for count, probe in zip(steps, found, strict=True):
        yield f"{count:,}", probe
    yield "stopped early", found[int(np.argmax(right))]


def factors_table(rows: Sequence[FactorRow]) -> str:
    """Markdown."""
    names = list(rows[0].accuracy)
    head = ["layer", "factor", "value", *(f"{name}: {what}" for name in names for what in ("probe", "mAP"))]
    lines = []
    for row in rows:
        cells = [row.layer if row.layer == ALL else f"`{row.layer}`", row.factor, row.value]
        for name in names:
            nearest = row.mean_average_precision.get(name)
            cells += [figure(row.accuracy[name]), "" if nearest is None else figure(nearest)]
        lines.append(cells)
    return "\n".join(table(head, lines))


def rows_from(data: Sequence[Mapping[str, Any]]) -> list[FactorRow]:
    """What `asdict` made of rows."""
    return [FactorRow(**row) for row in data]
