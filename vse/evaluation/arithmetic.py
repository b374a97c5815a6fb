"""The arithmetic score of an encoder on counterparts: by swap, with ablations and a curve over the weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

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
from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import PICTURE, WAYS, Means, Way, means_of
from vse.search.caption_swap import in_caption
from vse.search.query import Parts, Picture, Term, Text
from vse.search.vectors import IMAGE, TEXT, vectors_of

SCALES = tuple(round(0.1 * step, 1) for step in range(21))
# Of a query picture - minus + plus: which parts an ablation leaves in, as weights of (picture, minus, plus).
NO_SUBTRACTION = "no subtraction"
ABLATIONS: dict[str, tuple[float, float, float]] = {
    NO_SUBTRACTION: (1, 0, 1),
    "no addition": (1, -1, 0),
    "the new word alone": (0, 0, 1),
    "the source picture alone": (1, 0, 0),
}
RANDOM_WORD = "a random word"


@dataclass(frozen=True)
class ArithmeticMetrics:
    """Shares between 0 and 1 over `queries`.

    `exact_at_1`, `exact_at_5`: the very counterpart is the first answer, or among the first five. `truth_at_1`: the
    first answer shows the new thing and no longer the old one. `kept`: the share of the source's other facts that
    the first answer keeps.
    """

    exact_at_1: float
    exact_at_5: float
    truth_at_1: float
    kept: float
    queries: int
    candidates: int

    def to_json(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True, eq=False)
class ArithmeticTask:
    """Q swaps over N candidate pictures under one encoder; every vector is computed once."""

    swaps: tuple[Swap, ...]
    scenes: tuple[Scene, ...]  # of the candidates
    candidates: np.ndarray  # (N, D)
    sources: np.ndarray  # (Q,) rows
    targets: np.ndarray  # (Q,) rows
    means: Means
    embed_texts: Callable[[Sequence[str]], np.ndarray]
    captions: tuple[tuple[str, ...], ...] = ()  # of each source, the best first

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


def _embedded(embed: Callable[[Sequence[str]], np.ndarray], texts: Sequence[str]) -> np.ndarray:
    """(N, D) unit rows of N texts, each distinct one encoded once; (0,) for none."""
    distinct = sorted(set(texts))
    if not distinct:
        return np.zeros(0, np.float32)
    row = {text: index for index, text in enumerate(distinct)}
    return normalise(embed(distinct))[[row[text] for text in texts]]


def _best_first(encoder: Encoder, collection: Collection, swaps: Sequence[Swap]) -> tuple[tuple[str, ...], ...]:
    """The captions of each swap's source, the nearest to the picture first."""
    if not collection.captions:
        return ((),) * len(swaps)
    images, texts = (vectors_of(encoder, collection, modality) for modality in (IMAGE, TEXT))
    rows: dict[str, list[int]] = {}
    for row, item_id in enumerate(texts.item_ids):
        rows.setdefault(item_id, []).append(row)
    scores = {
        item_id: np.asarray(texts.vectors[own], np.float32) @ np.asarray(images.vectors[collection.rows[item_id]])
        for item_id, own in rows.items()
    }
    order = {item_id: [rows[item_id][i] for i in np.argsort(-score)] for item_id, score in scores.items()}
    return tuple(tuple(collection.captions[row] for row in order.get(swap.source.id, ())) for swap in swaps)


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
        scenes=tuple(scene for each in collections for scene in scenes_of(each.annotations)),
        candidates=candidates,
        sources=np.array([counterparts.rows[swap.source.id] for swap in swaps]),
        targets=np.array([counterparts.rows[swap.target.id] for swap in swaps]),
        means=means_of(images[-1], captions),
        embed_texts=encoder.encode_texts,
        captions=_best_first(encoder, counterparts, swaps),
    )


def query_vectors(
    task: ArithmeticTask, way: Way, weights: tuple[float, float, float] = (1, -1, 1), plus: np.ndarray | None = None
) -> np.ndarray:
    """(Q, D): picture, minus and plus word of each swap, weighed and combined as the way does it."""
    minus, own_plus = task.words(way)
    plus = own_plus if plus is None else plus
    used = [index for index, weight in enumerate(weights) if weight]
    terms = tuple(Term(weights[i], (Picture("source"), Text("minus"), Text("plus"))[i]) for i in used)
    kinds = tuple((PICTURE, "text", "text")[i] for i in used)
    method = way.method(task.means)
    stacked = np.stack([task.candidates[task.sources], minus, plus], axis=1)[:, used]
    chosen = np.array([weights[i] for i in used], dtype=np.float64)
    return np.stack([method(Parts(terms, chosen, vectors, kinds)) for vectors in stacked])


def nearest(task: ArithmeticTask, queries: np.ndarray, k: int = 5) -> np.ndarray:
    """(Q, k) rows of the nearest candidates, best first, each query's own picture left out."""
    scores = queries @ task.candidates.T
    scores[np.arange(len(queries)), task.sources] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def measure(task: ArithmeticTask, top: np.ndarray, rows: np.ndarray | None = None) -> ArithmeticMetrics:
    """The figures of (Q, k) answers, over some of the queries or all.

    Raises:
        ValueError: for no queries.
    """
    rows = np.arange(len(task.swaps)) if rows is None else rows
    if not len(rows):
        raise ValueError("got no queries to measure arithmetic with")
    hits = top[rows] == task.targets[rows, None]
    first = [(task.scenes[top[row, 0]], task.swaps[row]) for row in rows]
    return ArithmeticMetrics(
        exact_at_1=float(hits[:, 0].mean()),
        exact_at_5=float(hits[:, :5].any(axis=1).mean()),
        truth_at_1=float(np.mean([answers_swap(scene, swap) for scene, swap in first])),
        kept=float(np.mean([share_kept(scene, swap) for scene, swap in first])),
        queries=len(rows),
        candidates=len(task.candidates) - 1,
    )


@dataclass(frozen=True)
class ArithmeticReport:
    """All the figures of a way; `ways` are those of the other ways at their own scale."""

    way: str
    overall: ArithmeticMetrics
    by_swap: dict[str, ArithmeticMetrics]
    ablations: dict[str, ArithmeticMetrics]
    ablations_by_swap: dict[str, dict[str, ArithmeticMetrics]]
    ways: dict[str, ArithmeticMetrics]
    curve: list[tuple[float, float, float]]

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
            "lambda": [list(point) for point in self.curve],
        }


def _other_words(swaps: Sequence[Swap]) -> np.ndarray:
    """(Q,) for each query the row of another whose plus word is neither of its own words, drawn from a fixed seed."""
    rng = np.random.default_rng(0)
    chosen = []
    for swap in swaps:
        rows = [row for row, other in enumerate(swaps) if other.plus not in (swap.minus, swap.plus)]
        chosen.append(int(rng.choice(rows or range(len(swaps)))))
    return np.array(chosen)


def _ablated(task: ArithmeticTask, way: Way) -> dict[str, np.ndarray]:
    """(Q, k) answers of each ablation."""
    found = {name: nearest(task, query_vectors(task, way, weights)) for name, weights in ABLATIONS.items()}
    random_plus = task.words(way)[1][_other_words(task.swaps)]
    found[RANDOM_WORD] = nearest(task, query_vectors(task, way, plus=random_plus))
    return found


def arithmetic_report(task: ArithmeticTask, way_name: str = DEFAULT_WAY) -> ArithmeticReport:
    """Score a way, its ablations, the other ways, and this way at every scale from 0 to 2."""
    way = WAYS[way_name]
    names = np.array([swap.name for swap in task.swaps])
    rows = {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}

    def by_swap(top: np.ndarray) -> dict[str, ArithmeticMetrics]:
        return {name: measure(task, top, chosen) for name, chosen in rows.items()}

    top = nearest(task, query_vectors(task, way))
    ablated = _ablated(task, way)
    curve = []
    for scale in SCALES:
        at_scale = measure(task, nearest(task, query_vectors(task, replace(way, scale=scale))))
        curve.append((scale, at_scale.exact_at_1, at_scale.truth_at_1))
    return ArithmeticReport(
        way=way_name,
        overall=measure(task, top),
        by_swap=by_swap(top),
        ablations={name: measure(task, found) for name, found in ablated.items()},
        ablations_by_swap={name: by_swap(found) for name, found in ablated.items()},
        ways={name: measure(task, nearest(task, query_vectors(task, each))) for name, each in WAYS.items()},
        curve=curve,
    )
