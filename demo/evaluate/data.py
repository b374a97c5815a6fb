"""The figures of the models that are here: those that ship, and those that are measured once in the background."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.data import Collection, list_collections, load_collection
from vse.errors import CheckpointError
from vse.evaluation.misses import Miss, misses_of
from vse.evaluation.retrieval import Evaluation, Scores
from vse.io import configs
from vse.io.artifacts import get_or_make
from vse.io.atomic import write_text
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, MODELS, cache_folder
from vse.search.arithmetic import PLAIN

from ..shared.jobs import Job, Jobs, Loading, Report, folder_of, opened
from ..shared.models import Service

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

COUNTERPARTS = "counterparts"  # of the pictures of "scenes"
METRICS, HISTORY = "metrics.json", "history.json"
OVERALL = "all"
Shares = Mapping[str, float]  # exact_at_1, exact_at_5, truth_at_1, kept: 0 to 1; queries


@dataclass(frozen=True)
class Measured:
    """What a model is worth on the collection, and the queries that it misses."""

    evaluation: Evaluation
    misses: tuple[Miss, ...]


class Measures:
    """Everything the Evaluate view shows of a collection; each model is measured once, for everybody.

    Args:
        service: the collection and its models.
        jobs: what is measured, where other collections are measured too.
    """

    def __init__(self, service: Service, jobs: Jobs | None = None) -> None:
        self.service = service
        self.jobs = jobs or Jobs()

    def models(self) -> list[Loading]:
        """The models that can be asked, the VSE first."""
        return [self.service.vse, *self.service.clips]

    def others(self) -> dict[str, Evaluation]:
        """Further models that ship with figures on this collection, by name."""
        here = {folder_of(each) for each in self.models()}
        folders = sorted(MODELS.iterdir()) if MODELS.is_dir() else []
        found = {each.name: shipped(each, self.service.collection) for each in folders if each not in here}
        return {name: evaluation for name, evaluation in found.items() if evaluation}

    def is_quick(self, loading: Loading) -> bool:
        """Whether measuring it needs no long reading of the collection first."""
        folder = folder_of(loading)
        return loading.is_ready() or (folder is not None and folder.parent == MODELS)

    def shipped(self, loading: Loading) -> Evaluation | None:
        """The figures that come with the model."""
        folder = folder_of(loading)
        return shipped(folder, self.service.collection) if folder else None

    def history(self, loading: Loading) -> list[dict[str, Any]]:
        """The run's record, an entry an epoch; empty where the model brings none."""
        folder = folder_of(loading)
        found = read_json(folder / HISTORY) if folder else None
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def measured(self, loading: Loading, again: bool = False) -> Job[Measured]:
        """Its figures and misses, begun now where nobody did before."""
        return self.jobs.begin(("measured", loading), lambda: Job(lambda report: measure(loading, report)), again)

    def arithmetic(self, loading: Loading, again: bool = False) -> Job[dict[str, Shares]] | None:
        """Its arithmetic score by swap and over all; None where the collection has no counterparts."""
        if not has_counterparts(self.service.collection):
            return None
        return self.jobs.begin(("arithmetic", loading), lambda: Job(lambda report: arithmetic(loading, report)), again)


def read_json(path: Path) -> Any:
    """What a file holds; None where it is not there or cannot be read."""
    try:
        return configs.read_json(path)
    except CheckpointError:
        return None


def shipped(folder: Path, collection: Collection) -> Evaluation | None:
    """The figures on this very collection that a model's folder holds."""
    home = COLLECTIONS / collection.name
    found = read_json(folder / METRICS)
    if not isinstance(found, dict) or not all(each.image_path.is_relative_to(home) for each in collection.items):
        return None
    try:
        evaluation = Evaluation.from_json(found[collection.name])
        sizes = {each.candidate: figures.candidates for each, figures in evaluation.directions.items()}
    except (KeyError, TypeError, ValueError):
        return None
    return evaluation if sizes and sizes == {each: len(collection.inputs(each)) for each in sizes} else None


def scores_of(loading: Loading, report: Report) -> Scores:
    """By direction (Q, N) float32: every input of the collection against every one of another modality.

    Raises:
        VSEError: when the model cannot be loaded, or the collection has no two modalities that it reads.
    """
    encoder = opened(loading, report)
    from vse.evaluation.report import score_matrices

    reading = f"{loading.name} reads the collection"
    return score_matrices(encoder, loading.collection, progress=lambda done, total: report(reading, done, total))


def measure(loading: Loading, report: Report) -> Measured:
    """The misses, and the figures that do not ship.

    Raises:
        VSEError: as `scores_of`.
    """
    scores = scores_of(loading, report)
    report(f"Measuring {loading.name}", 0, 0)
    from vse.evaluation.report import evaluate_matrices

    folder = folder_of(loading)
    evaluation = shipped(folder, loading.collection) if folder else None
    return Measured(
        evaluation or evaluate_matrices(scores, loading.collection), tuple(misses_of(scores, loading.collection))
    )


def has_counterparts(collection: Collection) -> bool:
    """Whether there is something to score arithmetic on that belongs to the pictures."""
    return collection.is_bundled and collection.name == DEFAULT_COLLECTION and COUNTERPARTS in list_collections()


def arithmetic(loading: Loading, report: Report) -> dict[str, Shares]:
    """The arithmetic score in the usual way; kept on disk by the model's fingerprint.

    Raises:
        VSEError: when the model cannot be loaded, or knows none of the words.
    """
    encoder = opened(loading, report)
    collection = loading.collection
    counterparts = load_collection(COLLECTIONS / COUNTERPARTS)
    name = f"arithmetic-{PLAIN}-{counterparts.key}-{collection.key}.json"

    def make() -> dict[str, Shares]:
        report(f"Scoring the arithmetic of {loading.name}", 0, 0)
        return arithmetic_score(encoder, counterparts, collection)

    return get_or_make(
        "The arithmetic score",
        cache_folder() / "figures" / encoder.fingerprint / name,
        load=_read_shares,
        make=make,
        save=lambda found, path: write_text(path, json.dumps(found, indent=1)),
    )


def _read_shares(path: Path) -> dict[str, Shares]:
    """Numbers by name, for all and for each swap; raises CheckpointError or ValueError for anything else."""
    kept = configs.read_json(path)
    if not (
        isinstance(kept, dict)
        and isinstance(kept.get(OVERALL), dict)
        and all(isinstance(each, dict) and each.keys() == kept[OVERALL].keys() for each in kept.values())
        and all(isinstance(value, int | float) for each in kept.values() for value in each.values())
    ):
        raise ValueError("it does not hold the same shares for each swap")
    return kept


def arithmetic_score(encoder: Encoder, counterparts: Collection, collection: Collection) -> dict[str, Shares]:
    from vse.data.scenes.annotations import scenes_of
    from vse.evaluation.arithmetic import arithmetic_task, measure, nearest, query_vectors
    from vse.search.arithmetic import WAYS

    task = arithmetic_task(encoder, counterparts, collection if scenes_of(collection.annotations) else None)
    top = nearest(task, query_vectors(task, WAYS[PLAIN]))
    rows: dict[str, list[int]] = {}
    for row, swap in enumerate(task.swaps):
        rows.setdefault(swap.name, []).append(row)
    by_swap = {name: measure(task, top, np.array(chosen)).to_json() for name, chosen in rows.items()}
    return {OVERALL: measure(task, top).to_json(), **by_swap}
