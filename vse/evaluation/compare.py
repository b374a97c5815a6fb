"""Two encoders on one collection: what each is worth, and how far their answers agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.encoders.base import Counted, Encoder
from vse.encoders.registry import load_model, model_folder
from vse.errors import CheckpointError, TextError
from vse.evaluation.agreement import overlap, rank_correlation
from vse.evaluation.arithmetic import ArithmeticMetrics, arithmetic_task, measure, nearest, query_vectors
from vse.evaluation.bench.latency import encode_ms
from vse.evaluation.disagreements import Counts, Disagreement, Typical, compare_answers, typical
from vse.evaluation.metrics import Direction
from vse.evaluation.queries import measured_modalities
from vse.evaluation.report import evaluate_matrices, score_matrices
from vse.evaluation.retrieval import Evaluation, Scores
from vse.modalities import IMAGE, TEXT
from vse.search.arithmetic import PLAIN, WAYS

BY_TRUTH, BY_OWN = "truth", "own"
Watch = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much (0: not known)


@dataclass(frozen=True)
class ModelFigures:
    """What is known of one model.

    `bytes` of its weights' file and `parameters` are None where they are not known, `arithmetic` where it was not
    scored; `note` then says why, if there is more to say. `text_ms` and `image_ms` are medians of this machine, None
    where nobody asked for them and where captions and pictures are not both compared.
    """

    evaluation: Evaluation
    arithmetic: ArithmeticMetrics | None
    parameters: int | None
    bytes: int | None
    text_ms: float | None
    image_ms: float | None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        recall = self.evaluation.to_json()
        return {
            "truth": recall.pop("truth", None),
            "recall": recall,
            "arithmetic": self.arithmetic.to_json() if self.arithmetic else None,
            "parameters": self.parameters,
            "bytes": self.bytes,
            "text_ms": self.text_ms,
            "image_ms": self.image_ms,
        }


@dataclass(frozen=True)
class Comparison:
    """Two models on one collection, in every direction that both can answer.

    `overlap_at_10` (0 to 1) and `rank_correlation` (Spearman, -1 to 1) are means over every query of a direction.
    `right_by` says whether an answer is right by the "truth" or when it is the query's "own".
    """

    collection: str
    names: tuple[str, str]
    figures: tuple[ModelFigures, ModelFigures]
    overlap_at_10: dict[Direction, float]
    rank_correlation: dict[Direction, float]
    right_by: str
    counts: dict[Direction, Counts]
    disagreements: tuple[Disagreement, ...]
    typical: tuple[Typical, ...]  # one for each direction that has one

    def only_right(self, which: str) -> list[Disagreement]:
        """The queries on which only model "a", or only model "b", is right."""
        return [each for each in self.disagreements if each.right == which]

    def to_json(self) -> dict[str, Any]:
        return {
            "collection": self.collection,
            "model_a": self.names[0],
            "model_b": self.names[1],
            "models": {name: each.to_json() for name, each in zip(self.names, self.figures, strict=True)},
            "overlap_at_10": {direction.name: value for direction, value in self.overlap_at_10.items()},
            "rank_correlation": {direction.name: value for direction, value in self.rank_correlation.items()},
            "right_by": self.right_by,
            "right": {direction.name: counts.to_json() for direction, counts in self.counts.items()},
            "typical": [each.to_json() for each in self.typical],
            "only_a_right": [each.to_json() for each in self.only_right("a")],
            "only_b_right": [each.to_json() for each in self.only_right("b")],
        }


def compare(
    model_a: str | Path | Encoder,
    model_b: str | Path | Encoder,
    collection: Collection,
    counterparts: Collection | None = None,
    watch: Watch | None = None,
    timed: bool = True,
) -> Comparison:
    """Compare two models on a collection, in the modalities that both read.

    Vectors come from what ships or from the cache, and are made once where neither has them.

    Args:
        counterparts: what arithmetic is scored on; the collection's pictures stand among the answers where their
            truth is known.
        watch: told what is being done.
        timed: whether to measure how long encoding takes, which takes a moment itself.

    Raises:
        CheckpointError, DownloadError: when a model cannot be loaded.
        CollectionError: when the collection has no two modalities that both models read, or the counterparts no swaps.
    """
    models = model_a, model_b
    encoders = [
        load_model(model, progress=_named(watch, str(model))) if isinstance(model, str | Path) else model
        for model in models
    ]
    names = names_of(encoders[0].name, encoders[1].name)
    modalities = measured_modalities(collection, *encoders)
    timed = timed and {IMAGE, TEXT} <= set(modalities)
    scores = [
        score_matrices(encoder, collection, modalities, _named(watch, name))
        for encoder, name in zip(encoders, names, strict=True)
    ]
    figures = []
    for model, encoder, name, matrices in zip(models, encoders, names, scores, strict=True):
        if watch:
            watch(f"{name}: measuring", 0, 0)
        figures.append(_figures(model, encoder, collection, matrices, counterparts, timed))
    counts, disagreements = compare_answers(scores[0], scores[1], collection)
    by_direction = {direction: (scores[0][direction], scores[1][direction]) for direction in scores[0]}
    shared = {direction: overlap(*pair) for direction, pair in by_direction.items()}
    correlation = {direction: rank_correlation(*pair) for direction, pair in by_direction.items()}
    middle = [typical(each, pair, shared[each], correlation[each], collection) for each, pair in by_direction.items()]
    return Comparison(
        collection=collection.name,
        names=names,
        figures=(figures[0], figures[1]),
        overlap_at_10={direction: float(values.mean()) for direction, values in shared.items()},
        rank_correlation={direction: float(values.mean()) for direction, values in correlation.items()},
        right_by=BY_OWN if collection.annotations is None else BY_TRUTH,
        counts=counts,
        disagreements=tuple(disagreements),
        typical=tuple(each for each in middle if each),
    )


def names_of(a: str, b: str) -> tuple[str, str]:
    """What to call two models; those of one name are told apart by a letter."""
    return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")


def weight_bytes(model: str | Path) -> int | None:
    """The bytes of the weights in a model's folder, None for a model that is no folder of this project."""
    try:
        files = list(model_folder(model).glob("*.safetensors"))
    except CheckpointError:
        return None
    return sum(path.stat().st_size for path in files) if files else None


def _figures(
    model: str | Path | Encoder,
    encoder: Encoder,
    collection: Collection,
    scores: Scores,
    counterparts: Collection | None,
    timed: bool,
) -> ModelFigures:
    arithmetic, note = None, ""
    if counterparts is not None:
        try:
            arithmetic = _arithmetic(encoder, counterparts, collection)
        except TextError as error:  # another model may well know these words
            note = f"{encoder.name} cannot be asked the arithmetic of {counterparts.name}: {error}"
    text_ms, image_ms = encode_ms(encoder, collection) if timed else (None, None)
    return ModelFigures(
        evaluation=evaluate_matrices(scores, collection),
        arithmetic=arithmetic,
        parameters=encoder.parameters if isinstance(encoder, Counted) else None,
        bytes=weight_bytes(model) if isinstance(model, str | Path) else None,
        text_ms=text_ms,
        image_ms=image_ms,
        note=note,
    )


def _arithmetic(encoder: Encoder, counterparts: Collection, collection: Collection) -> ArithmeticMetrics:
    """Over all swaps, in the usual way."""
    distractors = collection if scenes_of(collection.annotations) and collection.name != counterparts.name else None
    task = arithmetic_task(encoder, counterparts, distractors)
    return measure(task, nearest(task, query_vectors(task, WAYS[PLAIN])))


def _named(watch: Watch | None, name: str) -> Callable[[int, int], None] | None:
    return None if watch is None else lambda done, total: watch(name, done, total)
