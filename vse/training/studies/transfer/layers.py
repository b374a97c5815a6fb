"""Every layer of a CNN, frozen and alone, and all of them together: what each is worth for another task.

After Yosinski et al. 2014 (early layers are general, late ones are of the task), Azizpour et al. 2016 (which layer
is best depends on how far the new task is), and Garcia-Gasulla et al. 2017 (all layers together, the full-network
embedding). A layer is averaged over positions and standardised by the photographs to learn from. It is measured three
ways: by a linear probe, by the neighbours of photographs, and by the text tower of the ablation, trained on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.features import collection_features, training_statistics
from vse.evaluation.tables import figure, table
from vse.io.progress import Shows
from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.backbones.features import LayerAverages
from vse.modalities.image.backbones.full_network import Statistics, discretise, statistics_of
from vse.training.studies.ablation import GLOVE, Choice, Setup, run_all
from vse.training.studies.transfer.labelled import Labelled
from vse.training.studies.transfer.probe import fitted, neighbours

ALL, FULL = "all layers", "full network"
LOSS = "infonce"


@dataclass(frozen=True)
class Figures:
    """Of a layer on labelled photographs, in percent: a probe's accuracy, see `Probe`, and see `Neighbours`."""

    accuracy: float
    precision_at_1: float
    mean_average_precision: float


@dataclass(frozen=True)
class LayerRow:
    """A layer, or several together.

    depth: its number from 1, 0 where it is no single one. width: its features. labelled: figures by collection.
    rsum: of both directions between pictures and captions, mean and deviation over seeds, None where not trained.
    """

    layer: str
    depth: int
    width: int
    labelled: dict[str, Figures] = field(default_factory=dict)
    rsum: tuple[float, float] | None = None


@dataclass(frozen=True)
class TextTraining:
    """Of the text towers: a folder for the runs, a file of word vectors, and of which layers: the last one, and every
    so many before it."""

    to: Path
    word_vectors: str
    every: int = 3
    seeds: int = 1
    epochs: int = 4


def parts_of(statistics: Statistics) -> dict[str, slice]:
    """Which of all features each layer has, by its name."""
    ends = np.cumsum(statistics.widths).tolist()
    starts = [0, *ends[:-1]]
    return {name: slice(*ends) for name, *ends in zip(statistics.layers, starts, ends, strict=True)}


def of_layer(statistics: Statistics, averages: np.ndarray, name: str) -> np.ndarray:
    """(N, F) averages of all layers -> (N, width) float32, one layer's, standardised."""
    part = parts_of(statistics)[name]
    alone = replace(statistics, mean=statistics.mean[part], std=statistics.std[part])
    return alone.standardise(averages[:, part])


def embeddings(statistics: Statistics, averages: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """(N, F) averages -> each layer's standardised, by name; then all of them, and these as full-network embedding."""
    for name in statistics.layers:
        yield name, of_layer(statistics, averages, name)
    every = statistics.standardise(averages)
    yield ALL, every
    yield FULL, discretise(every).astype(np.float32)


def prepared(backbone: Backbone, photographs: Labelled, shows: Shows) -> tuple[Statistics, np.ndarray]:
    """The averages (N, F) of labelled photographs, and their statistics over those to learn from."""
    averages = LayerAverages(backbone)
    with shows(f"every layer of {photographs.name}") as progress:
        rows = collection_features(averages, photographs.collection, progress)
    found = statistics_of(rows[photographs.train], averages.layers, averages.widths, averages.fingerprint)
    return found, rows


def figures_of(rows: np.ndarray, photographs: Labelled) -> Figures:
    """(N, F) features of all photographs -> what a probe learns from one half, and the other half's neighbours."""
    train, test, labels = photographs.train, photographs.test, photographs.of
    probe = fitted(rows[train], labels[train])
    near = neighbours(rows[test], labels[test])
    return Figures(probe.accuracy(rows[test], labels[test]), near.precision_at_1, near.mean_average_precision)


def measured(backbone: Backbone, collections: Sequence[Labelled], shows: Shows) -> list[LayerRow]:
    """A row a layer in the order of the network, then one for all and one for the full-network embedding."""
    rows: dict[str, LayerRow] = {}
    for photographs in collections:
        statistics, averages = prepared(backbone, photographs, shows)
        count = len(statistics.layers)
        with shows(f"probes of {photographs.name}") as progress:
            for place, (name, features) in enumerate(embeddings(statistics, averages), 1):
                new = LayerRow(name, place if place <= count else 0, features.shape[1])
                row = rows.setdefault(name, new)
                row.labelled[photographs.name] = figures_of(features, photographs)
                if progress:
                    progress(place, count + 2)
    return list(rows.values())


def chosen(names: Sequence[str], every: int) -> list[str]:
    """The last layer and every so many before it, in the order of the network."""
    return list(names[::-1][::every][::-1])


def trained(
    backbone: Backbone, train: Collection, dev: Collection, how: TextTraining, shows: Shows
) -> dict[str, tuple[float, float]]:
    """By layer the sum of recalls of both directions: the ablation's text tower and an affine map of the layer's
    features, trained with InfoNCE and GloVe; for some of the layers, and for the full-network embedding."""
    averages = LayerAverages(backbone)
    with shows("every layer of the train pictures") as progress:
        statistics = training_statistics(averages, train, progress)
    found = []
    for collection, split in ((train, "train"), (dev, "dev")):
        with shows(f"every layer of the {split} pictures") as progress:
            found.append(collection_features(averages, collection, progress))
    rows: dict[str, Any] = {}
    for name in chosen(statistics.layers, how.every):
        rows[name] = tuple(of_layer(statistics, each, name).astype(np.float16) for each in found)
    rows[FULL] = tuple(statistics.embed(each) for each in found)
    setup = Setup(train, dev, rows, {GLOVE: how.word_vectors}, 0, how.epochs)
    todo = [Choice(LOSS, name, GLOVE, seed) for seed in range(how.seeds) for name in rows]
    with shows("text towers") as progress:
        results = run_all(how.to, setup, todo, progress or (lambda done, of: None))
    sums: dict[str, list[float]] = {}
    for result in results:
        sums.setdefault(result["features"], []).append(result["history"][-1]["dev"]["rsum"])
    return {name: (float(np.mean(each)), float(np.std(each, ddof=1)) if len(each) > 1 else 0.0)
            for name, each in sums.items()}  # fmt: skip


def joined(rows: Sequence[LayerRow], sums: dict[str, tuple[float, float]]) -> list[LayerRow]:
    """The rows with the sums of recalls where there are some."""
    return [replace(row, rsum=sums.get(row.layer)) for row in rows]


def rows_from(data: Sequence[Mapping[str, Any]]) -> list[LayerRow]:
    """What `asdict` made of rows.

    Raises:
        KeyError, TypeError: for anything else.
    """
    return [
        LayerRow(**{**row, "labelled": {name: Figures(**found) for name, found in row["labelled"].items()}})
        for row in data
    ]


def layers_table(rows: Sequence[LayerRow]) -> str:
    """Markdown."""
    collections = list(rows[0].labelled)
    head = ["", "layer", "features"]
    head += [f"{name}: {what}" for name in collections for what in ("probe", "nearest", "mAP")]
    if any(row.rsum for row in rows):
        head.append("captions: rsum")
    lines = []
    for row in rows:
        cells = [str(row.depth or ""), row.layer if not row.depth else f"`{row.layer}`", f"{row.width:,}"]
        for name in collections:
            found = row.labelled[name]
            cells += map(figure, (found.accuracy, found.precision_at_1, found.mean_average_precision))
        if "captions: rsum" in head:
            cells.append(figure(row.rsum[0]) if row.rsum else "")
        lines.append(cells)
    return "\n".join(table(head, lines))
