"""From which score on an answer fits, measured on photographs with captions or labels; and where a model's own lie.

A query is asked twice: of the whole collection, and of what is left without all that has to do with it. What answers
it the first time, up to the first wrong answer, fits, and the best of the second time does not. Both are asked of all
pictures, of every fourth and of every sixteenth, since the best of many scores is higher by chance: a cut rises with
the level of a collection, which queries of a cohort tell, and with the number of words. Half of the queries give the
cut and the other half its figures.

What answers a query is known where the truth is; elsewhere it is told by the captions: half of the query's words of
content or more stand in those of an answer, and none in those of what has nothing to do with it. A label is taken as a
caption.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.encoders.base import Encoder
from vse.encoders.calibration import MOST_WORDS, Calibration, Cut, Domain, Figures, level_of
from vse.errors import CollectionError
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction
from vse.evaluation.queries import known_relevance, measured_modalities
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities import IMAGE, TEXT
from vse.search.unlike import other_models, unlike
from vse.search.vectors import vectors_of
from vse.words.content_words import content_of

RIGHT = 0.5  # relevance from which on something answers a query
FEWEST = 20  # queries of each half
MOST_PICTURES = 400  # of each collection whose pictures are another model's
COHORT = 64  # queries that tell how high scores are in a collection, at most an eighth of what there is
_PARTS = {"all": 1, "a quarter": 4, "a sixteenth": 16}  # of the candidates one in so many
_FIRST = 10
_WORDS = {"1 word": (1, 1), "2 or 3 words": (2, 3), "4 words or more": (4, MOST_WORDS)}


def calibrate(
    encoder: Encoder,
    collection: Collection,
    name: str = "",
    labelled: Sequence[Collection] = (),
    progress: Progress | None = None,
) -> Calibration:
    """What an encoder's scores are worth, and where its own pictures lie, of pictures that it did not learn from.

    Args:
        collection: with captions, or with labels.
        name: of the collection, as the figures name it.
        labelled: more collections, whose labels are asked as short queries.

    Raises:
        CollectionError: for a collection with neither captions nor labels, or with too few.
    """
    is_labelled = isinstance(collection.annotations, Labels)
    if not is_labelled:
        measured_modalities(collection, encoder)
    labelled = (collection, *labelled) if is_labelled else tuple(labelled)
    read = {id(each): _pictures(encoder, each, progress) for each in (collection, *labelled)}
    own = read[id(collection)]
    spread = np.isin(np.arange(len(collection)), _spread(len(collection)))  # these pictures are the cohort
    cohorts = {IMAGE: own[spread]}
    labels = {id(each): _Labelled.of(encoder, each) for each in labelled}
    if labels:
        single = np.concatenate([each.names[each.words == 1] for each in labels.values()])
        cohorts[TEXT] = single[_spread(len(single))]
    asked: dict[Direction, list[Asked]] = {}
    if not is_labelled:
        texts, owners = vectors_of(encoder, collection, TEXT, progress).vectors, collection.owners(TEXT)
        texts = np.asarray(texts, dtype=np.float32)
        cohorts.setdefault(TEXT, texts[spread[owners]][_spread(int(spread[owners].sum()))])
        asked = _of_captions(encoder, collection, own, texts, spread, cohorts)
    for each in labelled:
        kept = ~spread if each is collection else np.ones(len(each), dtype=bool)
        queries = labels[id(each)].asked(encoder, each.name, read[id(each)], kept, cohorts[TEXT])
        asked.setdefault(TEXT_TO_IMAGE, []).append(queries)
    found = {direction.name: cut_of(queries) for direction, queries in asked.items()}
    cuts, kinds = {way: cut for way, (cut, _) in found.items()}, {way: each for way, (_, each) in found.items()}
    return Calibration(
        name or collection.name,
        cuts,
        {},
        Domain.of(own),
        kinds,
        {each: rows for each, rows in cohorts.items() if len(rows)},
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """Queries of one kind, asked of one collection.

    scores: (Q, N), higher is better.
    relevance: (Q, N), from 0 for candidates that have nothing to do with a query to 1; from 0.5 on they answer it.
    learn: (Q,) bool, the queries that give the cut; the others give the figures.
    words: (Q,) int, the words of content of each query; 1 where it is none of words.
    cohort: (C, N), the scores of queries that tell the level of the collection, if there are any.
    """

    name: str
    scores: np.ndarray
    relevance: np.ndarray
    learn: np.ndarray
    words: np.ndarray
    cohort: np.ndarray

    def sizes(self) -> Iterable[_Observed]:
        """What is observed among all candidates, and among a part of them where enough queries have an answer there."""
        for part, step in _PARTS.items():
            columns = slice(step // 2, None, step)
            if not self.scores[:, columns].size:
                return
            found = self._among(part, columns)
            if step == 1 or min(found.learn.sum(), (~found.learn).sum()) >= FEWEST:
                yield found

    def _among(self, part: str, columns: slice) -> _Observed:
        scores, relevance = self.scores[:, columns], self.relevance[:, columns]
        right, foreign = relevance >= RIGHT, relevance == 0
        useful = right.any(axis=1) & foreign.any(axis=1)
        cohort = self.cohort[:, columns]
        level = level_of(cohort.max(axis=1)) if len(cohort) else 0.0
        scores, right, foreign = scores[useful], right[useful], foreign[useful]
        first = np.argsort(-scores, axis=1, kind="stable")[:, :_FIRST]
        return _Observed(
            part=part,
            first=np.take_along_axis(scores, first, axis=1),
            right=np.take_along_axis(right, first, axis=1),
            unfitting=np.where(foreign, scores, -np.inf).max(axis=1, initial=-np.inf),
            words=np.clip(self.words[useful], 1, MOST_WORDS),
            learn=self.learn[useful],
            level=level,
        )


@dataclass(frozen=True, eq=False)
class _Observed:
    """Of Q queries the scores of the first ten answers, whether each is right, and the best unfitting.

    first: (Q, 10). right: (Q, 10) bool. unfitting: (Q,). words: (Q,). learn: (Q,) bool.
    part, level: of the candidates.
    """

    part: str
    first: np.ndarray
    right: np.ndarray
    unfitting: np.ndarray
    words: np.ndarray
    learn: np.ndarray
    level: float

    def features(self, scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(S, 3): the S scores of some queries, whose rows are given, the logarithms of their words, and the level."""
        return np.stack([scores, np.log2(self.words[rows]), np.full(len(rows), self.level)], axis=1)

    def figures(self, cut: Cut, low: int = 1, high: int = MOST_WORDS) -> np.ndarray:
        """(6,) counts of the half that gave no cut, and of queries of so many words; what `_percent` reads."""
        rows = ~self.learn & (self.words >= low) & (self.words <= high)
        least = np.array([cut.at(int(words), self.level) for words in self.words[rows]])
        above, right = self.first[rows] >= least[:, None], self.right[rows]
        return np.array(
            [above[:, 0].sum(), (self.unfitting[rows] >= least).sum(), rows.sum(), (above & right).sum(), above.sum(),
             right.sum()]
        )  # fmt: skip


def cut_of(asked: Sequence[Asked]) -> tuple[Cut, dict[str, Figures]]:
    """The cut of one direction, with its figures, and those of each kind of query.

    Each kind and each size of a collection has the same weight. The figures of the cut are over all candidates of each.

    Raises:
        CollectionError: for too few queries that some candidates answer and some have nothing to do with.
    """
    seen = [list(each.sizes()) for each in asked]
    counts = [(int(whole.learn.sum()), int((~whole.learn).sum())) for whole, *_ in seen]
    if min(map(sum, zip(*counts, strict=True))) < FEWEST:
        raise CollectionError(
            f"{sum(map(sum, counts))} queries came that something in the collection answers and something has nothing "
            f"to do with: {2 * FEWEST} or more are needed, so give a collection with more captioned pictures."
        )
    fitting, unfitting = [], []
    for each in (size for sizes in seen for size in sizes):
        rows, places = np.nonzero(np.logical_and.accumulate(each.right, axis=1) & each.learn[:, None])
        if len(rows):
            fitting.append(each.features(each.first[rows, places], rows))
            unfitting.append(each.features(each.unfitting[each.learn], np.flatnonzero(each.learn)))
    measured = platt(fitting, unfitting)
    cut = Cut(*measured, precision=0, recall=0, right_above=0, right_found=0, queries=0)
    kinds: dict[str, Figures] = {}
    for one, sizes in zip(asked, seen, strict=True):
        groups = _WORDS if (one.words > 1).any() else {"": (1, MOST_WORDS)}
        for title, (low, high) in groups.items():
            for each in dict.fromkeys((sizes[0], sizes[-1])):
                found = _percent(each.figures(cut, low, high))
                if found["queries"] >= FEWEST:
                    kinds[", ".join(filter(None, (one.name, title, each.part)))] = Figures(**found)
    whole = np.sum([sizes[0].figures(cut) for sizes in seen], axis=0)
    return Cut(*measured, **_percent(whole)), kinds


def _percent(counts: np.ndarray) -> dict[str, Any]:
    told, wrongly, queries, both, above, right = map(int, counts)
    return {
        "precision": 100 * told / max(told + wrongly, 1),
        "recall": 100 * told / max(queries, 1),
        "right_above": 100 * both / max(above, 1),
        "right_found": 100 * both / max(right, 1),
        "queries": queries,
    }


def platt(
    fitting: Sequence[np.ndarray], unfitting: Sequence[np.ndarray], steps: int = 50
) -> tuple[float, float, float, float]:
    """Platt scaling by Newton's method, with the number of words and the level of the collection as further features.

    Args:
        fitting, unfitting: groups of (Q, 3), scores, logarithms of words and levels; each group has the same weight.

    Returns what a `Cut` begins with: the score at which an answer to a query of one word fits as likely as not at level
    0, the slope there, and by how much higher that score is for each doubling of the words, and for the level. As in
    the paper, the targets lie a little inside 0 and 1, so that scores that a threshold separates have a slope, too.

    Raises:
        CollectionError: where those that fit do not score higher.
    """
    if not sum(map(len, fitting)) or not sum(map(len, unfitting)):
        raise CollectionError("No query is answered right: train the model first.")
    features = np.concatenate([*fitting, *unfitting]).astype(np.float64)
    weight = np.concatenate(
        [np.full(len(each), 0.5 / len(each) / len(side)) for side in (fitting, unfitting) for each in side]
    )
    counts = [sum(map(len, side)) for side in (fitting, unfitting)]
    target = np.repeat([1 - 1 / (counts[0] + 2), 1 / (counts[1] + 2)], counts)
    centre, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    x = np.concatenate([(features - centre) / spread, np.ones((len(features), 1))], axis=1)
    found = np.zeros(4)
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        curvature = (x * (weight * chance * (1 - chance))[:, None]).T @ x + 1e-12 * np.eye(4)
        step = np.linalg.solve(curvature, x.T @ (weight * (target - chance)))
        found += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    slope, *others = found[:3] / spread
    if slope <= 0:
        raise CollectionError("What answers the queries scores no higher than what does not: train the model first.")
    score = -(found[3] - (slope, *others) @ centre) / slope
    words, level = (float(-each / slope) for each in others)
    return float(score), float(slope), words, level


def _spread(count: int) -> np.ndarray:
    """The rows of a cohort among so many, from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(count // 8, COHORT)).astype(int))


def _pictures(encoder: Encoder, collection: Collection, progress: Progress | None) -> np.ndarray:
    return np.asarray(vectors_of(encoder, collection, IMAGE, progress).vectors, dtype=np.float32)


def _of_captions(
    encoder: Encoder,
    collection: Collection,
    pictures: np.ndarray,
    texts: np.ndarray,
    spread: np.ndarray,
    cohorts: dict[str, np.ndarray],
) -> dict[Direction, list[Asked]]:
    """Every caption and every picture that is not of the cohort; those of the first half of the items give the cut."""
    similarity, owners = encoder.similarity, collection.owners(TEXT)
    kept, said = ~spread, ~spread[owners]
    relevance = relevance_of(collection, TEXT_TO_IMAGE)
    words = np.array([len(content_of(text)) for text in collection.captions])
    is_first = np.arange(len(collection)) < len(collection) / 2
    of_texts = similarity.scores(pictures, texts, a_is=IMAGE, b_is=TEXT)
    cohort_texts = similarity.scores(pictures[kept], cohorts[TEXT], a_is=IMAGE, b_is=TEXT).T
    cohort_pictures = similarity.scores(cohorts[IMAGE], texts[said], a_is=IMAGE, b_is=TEXT)
    name, one = collection.name, np.ones(int(kept.sum()), dtype=int)
    backward = relevance_of(collection, IMAGE_TO_TEXT)[np.ix_(kept, said)]
    return {
        IMAGE_TO_TEXT: [Asked(name, of_texts[np.ix_(kept, said)], backward, is_first[kept], one, cohort_pictures)],
        TEXT_TO_IMAGE: [
            Asked(name, of_texts.T[np.ix_(said, kept)], relevance[np.ix_(said, kept)], is_first[owners][said],
                  words[said], cohort_texts)
        ],
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Labelled:
    """The labels of a collection that have words of content, each once; `rows` says which one each picture has.

    names: (L, D) unit rows. words: (L,) int. relevance: (L, L), of one label to another. rows: (N,) int, -1 for none.
    """

    names: np.ndarray
    words: np.ndarray
    relevance: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, encoder: Encoder, collection: Collection) -> _Labelled:
        """
        Raises:
            CollectionError: for a collection without labels.
        """
        if not isinstance(collection.annotations, Labels):
            raise CollectionError(f"{collection.name} has no labels; give a folder with labels.tsv.")
        owned = collection.annotations.of_pictures
        names = sorted(name for name in set(owned) if content_of(name))
        contents = [content_of(name) for name in names]
        relevance = np.array([[len(a & b) / len(a) for b in contents] for a in contents], dtype=np.float32)
        at = {name: row for row, name in enumerate(names)}
        return cls(
            names=np.asarray(encoder.encode(TEXT, names, strict=False), dtype=np.float32),
            words=np.array([len(each) for each in contents], dtype=int),
            relevance=relevance,
            rows=np.array([at.get(label, -1) for label in owned]),
        )

    def asked(self, encoder: Encoder, name: str, pictures: np.ndarray, kept: np.ndarray, cohort: np.ndarray) -> Asked:
        """Every label that is not of the cohort, of the pictures kept; every other one gives the cut."""
        kept, similarity = kept & (self.rows >= 0), encoder.similarity
        is_asked = ~(self.names[:, None] == cohort[None]).all(axis=2).any(axis=1)
        scores = similarity.scores(pictures[kept], self.names[is_asked], a_is=IMAGE, b_is=TEXT).T
        level = similarity.scores(pictures[kept], cohort, a_is=IMAGE, b_is=TEXT).T
        relevance = self.relevance[is_asked][:, self.rows[kept]]
        return Asked(name, scores, relevance, np.arange(len(scores)) % 2 == 0, self.words[is_asked], level)


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
    figures = ["precision", "recall", "right above", "right found", "queries"]
    rows = [
        [Direction.named(name).title, *(figure(each, 3) for each in (cut.score, cut.words, cut.level)), *_row(cut)]
        for name, cut in calibration.cuts.items()
    ]
    lines = table(["direction", "score", "twice the words", "level", *figures], rows)
    if kinds := [(name, kind, each) for name, found in calibration.kinds.items() for kind, each in found.items()]:
        rows = [[Direction.named(name).title, kind, *_row(each)] for name, kind, each in kinds]
        lines += ["", *table(["direction", "asked of", *figures], rows)]
    if calibration.unlike:
        told = [[name, figure(share)] for name, share in calibration.unlike.items()]
        lines += ["", *table(["pictures of", "said to be unlike the model's own, %"], told)]
    return "\n".join(lines)


def _row(found: Figures) -> list[str]:
    percentages = (found.precision, found.recall, found.right_above, found.right_found)
    return [*map(figure, percentages), str(found.queries)]
