"""How well the names of labels find the photographs that have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.evaluation.retrieval import TruthMetrics, truth_metrics
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities import IMAGE, TEXT
from vse.search.vectors import vectors_of

THIN = 8  # fewer photographs than these cannot fill most of ten places
_NAMED = 10  # labels at each end of the table


@dataclass(frozen=True)
class LabelEvaluation:
    """Each label's name asked as a text of all photographs, the mean over labels.

    wide: over the labels with at least THIN photographs. thin: over the others, None where there are none.
    each: label -> (photographs, precision at 10 of as many as there are, in percent), the best first.
    """

    wide: TruthMetrics
    thin: TruthMetrics | None
    each: dict[str, tuple[int, float]]

    def to_json(self) -> dict[str, Any]:
        thin = None if self.thin is None else asdict(self.thin)
        each = {label: {"photographs": n, "capped_precision_at_10": p} for label, (n, p) in self.each.items()}
        return {"wide": asdict(self.wide), "thin": thin, "labels": each}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LabelEvaluation:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError: for anything else.
        """
        thin = None if data["thin"] is None else TruthMetrics(**data["thin"])
        each = {name: (found["photographs"], found["capped_precision_at_10"]) for name, found in data["labels"].items()}
        return cls(TruthMetrics(**data["wide"]), thin, each)


def evaluate_labels(encoder: Encoder, collection: Collection, progress: Progress | None = None) -> LabelEvaluation:
    """
    Raises:
        CollectionError: when the collection has no labels, or none with THIN photographs.
    """
    if not isinstance(collection.annotations, Labels):
        raise CollectionError(f"{collection.name} has no labels; give a folder with labels.tsv.")
    owned = np.array(collection.annotations.of_pictures)
    counts = Counter(collection.annotations.of_pictures)
    labels = sorted(counts)
    photographs = vectors_of(encoder, collection, IMAGE, progress).vectors
    names = encoder.encode_texts(labels, strict=False)
    scores = encoder.similarity.scores(photographs, names, a_is=IMAGE, b_is=TEXT).T
    truth = np.array(labels)[:, None] == owned[None]
    is_wide = np.array([counts[label] >= THIN for label in labels])
    if not is_wide.any():
        raise CollectionError(f"No label of {collection.name} has {THIN} photographs; give a folder with more of each.")
    single = [truth_metrics(scores[[row]], truth[[row]]).capped_precision_at_10 for row in range(len(labels))]
    best = sorted(zip(labels, single, strict=True), key=lambda each: (-each[1], each[0]))
    return LabelEvaluation(
        wide=truth_metrics(scores[is_wide], truth[is_wide]),
        thin=None if is_wide.all() else truth_metrics(scores[~is_wide], truth[~is_wide]),
        each={label: (counts[label], precision) for label, precision in best},
    )


def labels_table(found: LabelEvaluation) -> str:
    """The figures as text for a terminal; also Markdown."""
    groups = {f"{THIN} photographs or more": found.wide, "fewer": found.thin}
    head = ["labels with", "first is right", "precision@10", "of as many as there are", "labels"]
    rows = [
        [name, figure(t.satisfied_at_1), figure(t.precision_at_10), figure(t.capped_precision_at_10), str(t.queries)]
        for name, t in groups.items()
        if t is not None
    ]
    wide = {label: each for label, each in found.each.items() if each[0] >= THIN}
    best, worst = list(wide)[:_NAMED], list(wide)[-_NAMED:]
    told = [f"{name}: {_told(wide, labels)}" for name, labels in (("best", best), ("worst", worst))]
    return "\n".join([*table(head, rows), "", *told])


def _told(each: dict[str, tuple[int, float]], labels: Iterable[str]) -> str:
    return ", ".join(f"{label} {figure(each[label][1], 0)}" for label in labels)
