"""The arithmetic score of an encoder on counterparts: by swap, with ablations and a curve over the weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.swap_truth import answers_swap, share_kept
from vse.data.scenes.world.swaps import Swap
from vse.data.scenes.write_counterparts import read_swaps
from vse.encoders.base import Encoder
from vse.encoders.similarity import normalise
from vse.errors import CollectionError
from vse.io.progress import Progress
from vse.search.arithmetic import PICTURE, PLAIN, WAYS, WEIGHTS, Means, Way, described, means_of
from vse.search.caption_swap import captions_swapped, in_caption
from vse.search.query import Parts, Picture, Term, Text
from vse.search.vectors import IMAGE, TEXT, vectors_of

# Of a query picture - minus + plus: which parts an ablation leaves in, as weights of (picture, minus, plus).
NO_SUBTRACTION = "no subtraction"
ABLATIONS: dict[str, tuple[float, float, float]] = {
    NO_SUBTRACTION: (1, 0, 1),
    "no addition": (1, -1, 0),
    "the new word alone": (0, 0, 1),
    "the source picture alone": (1, 0, 0),
}
RANDOM_WORD = "a random word"
_CHUNK = 1024  # queries compared with every candidate at a time


@dataclass(frozen=True)
class ArithmeticMetrics:
    """Shares between 0 and 1 over `queries`; None for what the truth of the task does not tell.

    `exact_at_1`, `exact_at_5`: the very counterpart is the first answer, or among the first five. `truth_at_1`: the
    first answer shows the new thing and no longer the old one. `kept`: the share of the source's other facts that
    the first answer keeps.
    """

    exact_at_1: float | None
    exact_at_5: float | None
    truth_at_1: float
    kept: float | None
    queries: int
    candidates: int

    def to_json(self) -> dict[str, float]:
        """Without what is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class WordSwap(Protocol):
    """Words that a query exchanges; `name` is the kind of swap that it is counted with."""

    @property
    def name(self) -> str: ...

    @property
    def minus(self) -> str: ...

    @property
    def plus(self) -> str: ...


class SwapTruth(Protocol):
    """What is known of the answers: a query is the row of a swap, an answer that of a candidate."""

    def is_true(self, query: int, answer: int) -> bool:
        """Whether the answer shows the new thing and not the old one."""

    def share_kept(self, query: int, answer: int) -> float | None:
        """The share (0 to 1) of what else the query's picture shows that the answer shows too; None where unknown."""


@dataclass(frozen=True)
class SceneSwapTruth:
    """Emoji Scenes: every fact of every candidate is known."""

    swaps: tuple[Swap, ...]
    scenes: tuple[Scene, ...]  # of the candidates

    def is_true(self, query: int, answer: int) -> bool:
        return answers_swap(self.scenes[answer], self.swaps[query])

    def share_kept(self, query: int, answer: int) -> float | None:
        return share_kept(self.scenes[answer], self.swaps[query])


@dataclass(frozen=True, eq=False)
class ArithmeticTask:
    """Q swaps over N candidate pictures under one encoder; every vector is computed once."""

    swaps: tuple[WordSwap, ...]
    truth: SwapTruth
    candidates: np.ndarray  # (N, D)
    sources: np.ndarray  # (Q,) rows
    targets: np.ndarray | None  # (Q,) rows of the exact counterparts, where there are such
    means: Means
    embed_texts: Callable[[Sequence[str]], np.ndarray]
    captions: tuple[tuple[str, ...], ...] = ()  # of each source, the best first
    notes: tuple[str, ...] = ()  # what is not asked, in sentences

    def words(self, way: Way) -> tuple[np.ndarray, np.ndarray]:
        """(Q, D) minus and (Q, D) plus, as the way embeds them."""
        pairs = [(swap.minus, swap.plus) for swap in self.swaps]
        sentences: list[tuple[str, str] | None] = [None] * len(pairs)
        if way.in_caption:
            sentences = [in_caption(own, *pair) for own, pair in zip(self.captions, pairs, strict=True)]
        vectors = _embedded(way.embed(self.embed_texts), [word for pair in pairs for word in pair])
        spoken = _embedded(self.embed_texts, [text for pair in sentences if pair for text in pair])
        vectors = vectors.reshape(len(pairs), 2, -1)
        vectors[[pair is not None for pair in sentences]] = spoken.reshape(-1, *vectors.shape[1:])
        return vectors[:, 0], vectors[:, 1]

    def pictures(self, way: Way) -> np.ndarray:
        """(Q, D): the sources, with their captions where the way describes them."""
        pictures = self.candidates[self.sources]
        if not way.described:
            return pictures
        said = [captions_swapped(own, [s.minus], [s.plus]) for own, s in zip(self.captions, self.swaps, strict=True)]
        vectors = iter(_embedded(self.embed_texts, [text for texts in said for text in texts]))
        return np.stack(
            [
                described(picture, np.array([next(vectors) for _ in texts]))
                for picture, texts in zip(pictures, said, strict=True)
            ]
        )

    def operands(self, way: Way) -> np.ndarray:
        """(Q, 3, D): picture, minus and plus of each swap, as the way embeds them."""
        return np.stack([self.pictures(way), *self.words(way)], axis=1)


def _embedded(embed: Callable[[Sequence[str]], np.ndarray], texts: Sequence[str]) -> np.ndarray:
    """(N, D) unit rows of N texts, each distinct one encoded once; (0,) for none."""
    distinct = sorted(set(texts))
    if not distinct:
        return np.zeros(0, np.float32)
    row = {text: index for index, text in enumerate(distinct)}
    return normalise(embed(distinct))[[row[text] for text in texts]]


def captions_best_first(
    encoder: Encoder, collection: Collection, sources: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """The captions of each picture, given by its id, the nearest to the picture first."""
    if not collection.captions:
        return ((),) * len(sources)
    images, texts = (vectors_of(encoder, collection, modality) for modality in (IMAGE, TEXT))
    rows: dict[str, list[int]] = {}
    for row, item_id in enumerate(texts.item_ids):
        rows.setdefault(item_id, []).append(row)
    scores = {
        item_id: np.asarray(texts.vectors[own], np.float32) @ np.asarray(images.vectors[collection.rows[item_id]])
        for item_id, own in rows.items()
    }
    order = {item_id: [rows[item_id][i] for i in np.argsort(-score)] for item_id, score in scores.items()}
    return tuple(tuple(collection.captions[row] for row in order.get(source, ())) for source in sources)


def arithmetic_task(
    encoder: Encoder, counterparts: Collection, distractors: Collection | None = None
) -> ArithmeticTask:
    """Candidates are the counterparts' pictures, then the distractors'.

    Raises:
        CollectionError: when the collection has no swaps, or it is not known what the distractors show.
    """
    swaps = read_swaps(counterparts)
    if distractors and not scenes_of(distractors.annotations):
        raise CollectionError(f"{distractors.name} has no known truth, so its pictures cannot stand among the answers.")
    collections = [counterparts, *([distractors] if distractors else [])]
    images = [np.asarray(vectors_of(encoder, each, IMAGE).vectors, dtype=np.float32) for each in collections]
    last = collections[-1]
    captions = vectors_of(encoder, last, TEXT).vectors if last.captions else None
    candidates = np.concatenate(images)
    return ArithmeticTask(
        swaps=tuple(swaps),
        truth=SceneSwapTruth(
            tuple(swaps), tuple(scene for each in collections for scene in scenes_of(each.annotations))
        ),
        candidates=candidates,
        sources=np.array([counterparts.rows[swap.source.id] for swap in swaps]),
        targets=np.array([counterparts.rows[swap.target.id] for swap in swaps]),
        means=means_of(images[-1], captions),
        embed_texts=encoder.encode_texts,
        captions=captions_best_first(encoder, counterparts, [swap.source.id for swap in swaps]),
    )


def query_vectors(
    task: ArithmeticTask,
    way: Way,
    weights: tuple[float, float, float] = (1, -1, 1),
    plus: np.ndarray | None = None,
    operands: np.ndarray | None = None,
) -> np.ndarray:
    """(Q, D): picture, minus and plus word of each swap, weighed and combined as the way does it.

    `operands` are `task.operands(way)` where they were computed already, `plus` (Q, D) other words to add.
    """
    stacked = task.operands(way) if operands is None else operands
    if plus is not None:
        stacked = np.stack([stacked[:, 0], stacked[:, 1], plus], axis=1)
    used = [index for index, weight in enumerate(weights) if weight]
    terms = tuple(Term(weights[i], (Picture("source"), Text("minus"), Text("plus"))[i]) for i in used)
    kinds = tuple((PICTURE, "text", "text")[i] for i in used)
    method = way.method(task.means)
    chosen = np.array([weights[i] for i in used], dtype=np.float64)
    return np.stack([method(Parts(terms, chosen, vectors, kinds)) for vectors in stacked[:, used]])


def nearest(task: ArithmeticTask, queries: np.ndarray, k: int = 5) -> np.ndarray:
    """(Q, k) rows of the nearest candidates, best first, each query's own picture left out."""
    found = []
    for begin in range(0, len(queries), _CHUNK):
        scores = queries[begin : begin + _CHUNK] @ task.candidates.T
        scores[np.arange(len(scores)), task.sources[begin : begin + _CHUNK]] = -np.inf
        best = np.sort(np.argpartition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        found.append(np.take_along_axis(best, order, axis=1))
    return np.concatenate(found)


def measure(task: ArithmeticTask, top: np.ndarray, rows: np.ndarray | None = None) -> ArithmeticMetrics:
    """The figures of (Q, k) answers, over some of the queries or all.

    Raises:
        ValueError: for no queries.
    """
    rows = np.arange(len(task.swaps)) if rows is None else rows
    if not len(rows):
        raise ValueError("got no queries to measure arithmetic with")
    hits = None if task.targets is None else top[rows] == task.targets[rows, None]
    first = [(int(row), int(top[row, 0])) for row in rows]
    kept = [share for pair in first if (share := task.truth.share_kept(*pair)) is not None]
    return ArithmeticMetrics(
        exact_at_1=None if hits is None else float(hits[:, 0].mean()),
        exact_at_5=None if hits is None else float(hits[:, :5].any(axis=1).mean()),
        truth_at_1=float(np.mean([task.truth.is_true(*pair) for pair in first])),
        kept=float(np.mean(kept)) if kept else None,
        queries=len(rows),
        candidates=len(task.candidates) - 1,
    )


Curve = tuple[tuple[float, ArithmeticMetrics], ...]


@dataclass(frozen=True)
class ArithmeticReport:
    """All the figures of a way; `ways` are those of every way at its own scale, `curves` at every weight of WEIGHTS."""

    way: str
    overall: ArithmeticMetrics
    by_swap: dict[str, ArithmeticMetrics]
    ablations: dict[str, ArithmeticMetrics]
    ablations_by_swap: dict[str, dict[str, ArithmeticMetrics]]
    ways: dict[str, ArithmeticMetrics]
    curves: dict[str, Curve]
    notes: tuple[str, ...] = ()

    @property
    def curve(self) -> Curve:
        """That of the way itself."""
        return self.curves[self.way]

    def to_json(self) -> dict[str, Any]:
        groups = {"by_swap": self.by_swap, "ablations": self.ablations, "ways": self.ways}
        return {
            "way": self.way,
            "overall": self.overall.to_json(),
            **{group: {name: m.to_json() for name, m in values.items()} for group, values in groups.items()},
            "ablations_by_swap": {
                name: {swap: m.to_json() for swap, m in values.items()}
                for name, values in self.ablations_by_swap.items()
            },
            "curves": {
                way: [{"weight": weight, **m.to_json()} for weight, m in curve] for way, curve in self.curves.items()
            },
            "notes": list(self.notes),
        }


def _other_words(swaps: Sequence[WordSwap]) -> np.ndarray:
    """(Q,) for each query the row of another whose plus word is neither of its own words, drawn from a fixed seed."""
    rng = np.random.default_rng(0)
    chosen = []
    for swap in swaps:
        rows = [row for row, other in enumerate(swaps) if other.plus not in (swap.minus, swap.plus)]
        chosen.append(int(rng.choice(rows or range(len(swaps)))))
    return np.array(chosen)


def _ablated(task: ArithmeticTask, way: Way, operands: np.ndarray) -> dict[str, np.ndarray]:
    """(Q, k) answers of each ablation."""
    found = {
        name: nearest(task, query_vectors(task, way, weights, operands=operands)) for name, weights in ABLATIONS.items()
    }
    random_plus = operands[_other_words(task.swaps), 2]
    found[RANDOM_WORD] = nearest(task, query_vectors(task, way, plus=random_plus, operands=operands))
    return found


def _curve(task: ArithmeticTask, way: Way, operands: np.ndarray) -> Curve:
    """A way's figures at every weight of its words."""
    return tuple(
        (weight, measure(task, nearest(task, query_vectors(task, replace(way, scale=weight), operands=operands))))
        for weight in WEIGHTS
    )


def arithmetic_report(
    task: ArithmeticTask, way_name: str = PLAIN, progress: Progress | None = None
) -> ArithmeticReport:
    """Score a way and its ablations, and every way at its own scale and at every weight of WEIGHTS."""
    names = np.array([swap.name for swap in task.swaps])
    rows = {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}
    tops, curves, ablated = {}, {}, {}
    for number, (name, way) in enumerate(WAYS.items(), start=1):
        operands = task.operands(way)
        tops[name] = nearest(task, query_vectors(task, way, operands=operands))
        curves[name] = _curve(task, way, operands)
        if name == way_name:
            ablated = _ablated(task, way, operands)
        if progress:
            progress(number, len(WAYS))

    def by_swap(top: np.ndarray) -> dict[str, ArithmeticMetrics]:
        return {name: measure(task, top, chosen) for name, chosen in rows.items()}

    return ArithmeticReport(
        way=way_name,
        overall=measure(task, tops[way_name]),
        by_swap=by_swap(tops[way_name]),
        ablations={name: measure(task, found) for name, found in ablated.items()},
        ablations_by_swap={name: by_swap(found) for name, found in ablated.items()},
        ways={name: measure(task, top) for name, top in tops.items()},
        curves=curves,
        notes=task.notes,
    )
