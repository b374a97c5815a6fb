"""From which score on an answer fits, measured on a collection with captions; and where the model's own pictures lie.

A query is asked twice: of the whole collection, and of what is left without all that has to do with it. What answers
it among the first ten the first time fits, and the best score of the second time does not. The first half of the items
gives the cut and the second half its figures. What answers a query is known where the truth is; elsewhere it is told
by the captions: half of the query's words of content or more stand in those of an answer, and none in those of what
has nothing to do with it.
"""

from __future__ import annotations

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.encoders.calibration import Calibration, Cut, Domain
from vse.errors import CollectionError
from vse.evaluation.metrics import Direction
from vse.evaluation.queries import known_relevance, owners_of
from vse.evaluation.report import score_matrices
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities import IMAGE, TEXT
from vse.search.unlike import other_models, unlike
from vse.search.vectors import vectors_of
from vse.words.content_words import content_of

RIGHT = 0.5  # relevance from which on something answers a query
FEWEST = 20  # queries of each half
MOST_PICTURES = 400  # of each collection whose pictures are another model's
_FIRST = 10


def calibrate(
    encoder: Encoder, collection: Collection, name: str = "", progress: Progress | None = None
) -> Calibration:
    """What an encoder's scores are worth, and where its own pictures lie, of captioned pictures it did not learn from.

    Args:
        name: of the collection, as the figures name it.

    Raises:
        CollectionError: for one without captions, or with too few.
    """
    cuts = {}
    for direction, scores in score_matrices(encoder, collection, progress=progress).items():
        owners = owners_of(collection, [direction.query])[direction.query]
        cuts[direction.name] = cut_of(scores, relevance_of(collection, direction), owners)
    own = vectors_of(encoder, collection, IMAGE).vectors if IMAGE in encoder.modalities else None
    return Calibration(name or collection.name, cuts, {}, None if own is None else Domain.of(own))


def cut_of(scores: np.ndarray, relevance: np.ndarray, owners: np.ndarray) -> Cut:
    """The cut of one direction.

    Args:
        scores: (Q, N), higher is better.
        relevance: (Q, N), from 0 for candidates that have nothing to do with a query to 1; from 0.5 on they answer it.
        owners: (Q,) int, the item of each query, all queries of which are in the same half.

    Raises:
        CollectionError: for too few queries that some candidates answer and some have nothing to do with.
    """
    right, foreign = relevance >= RIGHT, relevance == 0
    useful = right.any(axis=1) & foreign.any(axis=1)
    is_first = owners < np.median(np.unique(owners))
    learn, test = useful & is_first, useful & ~is_first
    if min(learn.sum(), test.sum()) < FEWEST:
        raise CollectionError(
            f"{int(useful.sum())} queries came that something in the collection answers and something has nothing to "
            f"do with: {2 * FEWEST} or more are needed, so give a collection with more captioned pictures."
        )
    best, unfitting = scores.max(axis=1), np.where(foreign, scores, -np.inf).max(axis=1)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :_FIRST]
    shown, answers = np.take_along_axis(scores, first, axis=1), np.take_along_axis(right, first, axis=1)
    score, slope = platt(shown[learn][answers[learn]], unfitting[learn])
    told, wrongly = (best[test] >= score).sum(), (unfitting[test] >= score).sum()
    above, true = shown[test] >= score, answers[test]
    return Cut(
        score=score,
        slope=slope,
        share=float(100 * (scores >= score).mean()),
        precision=float(100 * told / max(told + wrongly, 1)),
        recall=float(100 * told / test.sum()),
        right_above=float(100 * (above & true).sum() / max(above.sum(), 1)),
        right_found=float(100 * (above & true).sum() / max(true.sum(), 1)),
        queries=int(test.sum()),
    )


def platt(fitting: np.ndarray, unfitting: np.ndarray, steps: int = 50) -> tuple[float, float]:
    """Platt scaling by Newton's method: the score at which one that fits is as likely as not, and the slope there.

    Both (Q,) of any length, and both have the same weight. As in the paper, the targets lie a little inside 0 and 1,
    so that scores that a threshold separates have a slope, too.

    Raises:
        CollectionError: where those that fit do not score higher.
    """
    scores, counts = np.concatenate([fitting, unfitting]).astype(np.float64), [len(fitting), len(unfitting)]
    if not all(counts):
        raise CollectionError("No query is answered among its first ten: train the model first.")
    target = np.repeat([1 - 1 / (counts[0] + 2), 1 / (counts[1] + 2)], counts)
    weight = np.repeat([0.5 / counts[0], 0.5 / counts[1]], counts)
    centre, spread = scores.mean(), max(float(scores.std()), 1e-9)
    x = np.stack([(scores - centre) / spread, np.ones(len(scores))], axis=1)
    found = np.zeros(2)
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        curvature = (x * (weight * chance * (1 - chance))[:, None]).T @ x + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, x.T @ (weight * (target - chance)))
        found += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    slope, shift = found
    if slope <= 0:
        raise CollectionError("What answers the queries scores no higher than what does not: train the model first.")
    return float(centre - spread * shift / slope), float(slope / spread)


def relevance_of(collection: Collection, direction: Direction) -> np.ndarray:
    """(Q, N) float32: the truth as 0 and 1; where it is not known, how much of a text the other input's captions say.

    That is the share of the text's words of content that come in them; between other inputs, of the query's.
    """
    known = known_relevance(collection, direction)
    if known is not None:
        return known.astype(np.float32)
    if direction.candidate == TEXT != direction.query:
        return relevance_of(collection, direction.reverse).T
    texts = [[content_of(text) for text in item.captions] for item in collection.items]
    columns = {word: at for at, word in enumerate(sorted({word for each in texts for said in each for word in said}))}

    def words_of(modality: str) -> np.ndarray:
        """(N, words): a text has its own, all else those of all captions of its item."""
        whole = [set().union(*texts[owner]) for owner in collection.owners(modality)]
        rows = [said for each in texts for said in each] if modality == TEXT else whole
        found = np.zeros((len(rows), len(columns)), dtype=np.float32)
        for row, said in enumerate(rows):
            found[row, [columns[word] for word in said]] = 1
        return found

    asked = words_of(direction.query)
    return asked @ words_of(direction.candidate).T / np.maximum(asked.sum(axis=1, keepdims=True), 1)


def share_unlike(encoder: Encoder, collection: Collection, progress: Progress | None = None) -> float:
    """Percent of a collection's pictures, at most 400 spread over it, that are said to be unlike the model's own."""
    rows = np.unique(np.linspace(0, len(collection) - 1, min(len(collection), MOST_PICTURES)).astype(int))
    paths = [collection.items[row].image_path for row in rows]
    models = (encoder, *other_models(encoder))
    vectors = [model.encode_images(paths, progress) for model in models]
    told = [unlike(models, each) is not None for each in zip(*vectors, strict=True)]
    return 100 * sum(told) / len(told)


def calibration_table(calibration: Calibration) -> str:
    """The figures as text for a terminal; also Markdown."""
    head = ["direction", "score", "share of pairs", "precision", "recall", "right above", "right found", "queries"]
    rows = [
        [Direction.named(name).title, figure(cut.score, 3), f"{figure(cut.share, 2)} %", figure(cut.precision),
         figure(cut.recall), figure(cut.right_above), figure(cut.right_found), str(cut.queries)]
        for name, cut in calibration.cuts.items()
    ]  # fmt: skip
    lines = table(head, rows)
    if calibration.unlike:
        told = [[name, figure(share)] for name, share in calibration.unlike.items()]
        lines += ["", *table(["pictures of", "said to be unlike the model's own, %"], told)]
    return "\n".join(lines)
