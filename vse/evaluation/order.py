"""Whether a model knows the general from the special: captions above captions, and above their pictures.

Of Emoji Scenes it is known what follows from what (`vse.data.scenes.world.entailment`), so that two questions can be
scored: which of two captions is the more general one, and whether a caption follows from another, or from a picture.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.language.ladder import drawn_ladder, generalised, said_otherwise, say
from vse.data.scenes.language.parse import parse
from vse.data.scenes.world.scene import Scene, Statement, satisfies
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix
from vse.encoders.base import Encoder
from vse.encoders.similarity import ORDER, normalise
from vse.errors import CollectionError
from vse.evaluation.tables import figure, table
from vse.modalities import IMAGE, TEXT
from vse.search.ladder import climb, truth_of, violations

_CLIMBED, _TRUE = 200, 0.9  # ladders, and how many of their phrases should be true
_RUNGS, _LESS = 8, 3  # captions that each say less, and captions that say one fact less, of each scene
_REVERSED = 0.25  # of what does not follow, the share where only the special one follows from the general one
ORDERED, COSINE_TELLS, WORDS = "violation of the order", "cosine", "number of words"
FACTS = ("noun", "count", "colour", "size", "action", "place", "time", "weather", "relation", "thing")
Pair = tuple[str, str]


@dataclass(frozen=True)
class OrderFigures:
    """How well one way to tell works, in percent; None where it cannot tell.

    above: how often the more general of two captions is told, of `pairs`; by_fact: of captions that differ in one
    fact, with how many there are. follows, of_pictures: how often it is rightly told whether a caption follows from
    another, or from a picture, and the area under the ROC curve, see `told_apart`; half of them do. below: how often a
    picture lies below its caption, and not above it. ladders: how many phrases of ladders are true of the picture that
    they were climbed from, and how many a ladder has. limits: see `vse.search.ladder.Limits`.
    """

    above: float
    pairs: int
    by_fact: Mapping[str, tuple[float, int]]
    follows: tuple[float, float] | None = None
    of_pictures: tuple[float, float] | None = None
    below: float | None = None
    ladders: tuple[float, float] | None = None
    limits: tuple[float, float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fact_between(special: Statement, general: Statement) -> str:
    """What a statement with one fact less leaves away, or says less exactly."""
    for name in ("place", "time", "weather"):
        if getattr(special, name) != getattr(general, name):
            return name
    if (special.subject is None, special.other is None) != (general.subject is None, general.other is None):
        return "thing"
    for one, two in ((special.subject, general.subject), (special.other, general.other)):
        if one != two and one and two:
            names = [name for name in ("noun", "colour", "size", "action") if getattr(one, name) != getattr(two, name)]
            return names[0] if names else "count"
    return "relation"


@dataclass(frozen=True)
class Questions:
    """About scenes: pairs of captions, the special one first, and captions beside pictures.

    above: the general one says less. by_fact: by what it says less. follows: whether it does, and of which scene.
    of_pictures: (scene, caption, whether it is true).
    """

    above: list[Pair] = field(default_factory=list)
    by_fact: list[tuple[str, Pair]] = field(default_factory=list)
    follows: list[tuple[int, Pair, bool]] = field(default_factory=list)
    of_pictures: list[tuple[int, str, bool]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Each that is asked about, once."""
        pairs = [*self.above, *(pair for _, pair in self.by_fact), *(pair for _, pair, _ in self.follows)]
        return list(dict.fromkeys([*(text for pair in pairs for text in pair), *(t for _, t, _ in self.of_pictures)]))


def questions(scenes: Sequence[Scene]) -> Questions:
    """Drawn from each scene: the same for the same scenes."""
    asked = Questions()
    for number, scene in enumerate(scenes):
        rng = random.Random(f"order:{scene.id}:{scene.seed}")
        rungs = list(dict.fromkeys(drawn_ladder(rng, scene, _RUNGS)))
        foreign = drawn_ladder(rng, scenes[number - 1], _RUNGS)
        texts = {each: say(each, rng) for each in rungs}
        asked.above.extend((texts[a], texts[b]) for row, a in enumerate(rungs) for b in rungs[row + 1 :])
        special = rng.choice(rungs[:-1] or rungs)
        for less in rng.sample(generalised(special), min(_LESS, len(generalised(special)))):
            asked.by_fact.append((fact_between(special, less), (texts[special], say(less, rng))))
        for row, general in enumerate(rungs[1:]):
            special = rng.choice(rungs[: row + 1])
            pair = texts[special], texts[general]
            wrong = rng.choice((said_otherwise(rng, general), said_otherwise(rng, general), rng.choice(foreign)))
            if not satisfies(scene, wrong):
                asked.of_pictures.extend([(number, pair[1], True), (number, say(wrong, rng), False)])
                other = pair[::-1] if rng.random() < _REVERSED else (pair[0], say(wrong, rng))
                asked.follows.extend([(number, pair, True), (number, other, False)])
    return asked


def evaluate_order(encoder: Encoder, collection: Collection) -> dict[str, OrderFigures]:
    """By the way to tell: the model's own, and how many words there are, which knows nothing of meaning.

    A model of the order similarity tells by the violation. One of the cosine tells what follows by how near it is; as
    the cosine is the same both ways, what is farther from the mean of all captions is taken for the more general.

    Raises:
        CollectionError: for a collection that is no Emoji Scenes, where nobody knows what follows from what.
    """
    scenes = scenes_of(collection.annotations)
    if len(scenes) < 2:
        raise CollectionError(f"What follows from what in {collection.name} is not known: measure the order on Emoji "
                              "Scenes.")  # fmt: skip
    asked, ordered = questions(scenes), encoder.similarity.non_negative
    vectors = dict(zip(asked.texts, encoder.encode_texts(asked.texts, strict=False), strict=True))
    mean = normalise(np.mean(list(vectors.values()), axis=0))
    pictures = encoder.encode_images([item.image_path for item in collection.items])

    def score(special: np.ndarray, general: np.ndarray) -> np.ndarray:
        return (ORDER if ordered else encoder.similarity).pairs(special, general, a_is=IMAGE, b_is=TEXT)

    def above(pairs: Sequence[Pair]) -> np.ndarray:
        special, general = (np.stack([vectors[pair[side]] for pair in pairs]) for side in (0, 1))
        return score(special, general) - score(general, special) if ordered else special @ mean - general @ mean

    def fewer_words(pairs: Sequence[Pair]) -> np.ndarray:
        return np.array([len(a.split()) - len(b.split()) for a, b in pairs])

    special, general = (np.stack([vectors[pair[side]] for _, pair, _ in asked.follows]) for side in (0, 1))
    follows, wanted = score(special, general), np.array([is_true for *_, is_true in asked.follows])
    beside = pictures[[number for number, _, _ in asked.of_pictures]]
    captions = np.stack([vectors[text] for _, text, _ in asked.of_pictures])
    of_pictures, true = score(beside, captions), np.array([is_true for *_, is_true in asked.of_pictures])
    ladders, ladder_limit = climbed(encoder, pictures, scenes) if ordered else (None, 0.0)
    own = OrderFigures(
        **_told(asked, above),
        follows=told_apart(follows, wanted, [n for n, *_ in asked.follows]),
        of_pictures=told_apart(of_pictures, true, [number for number, *_ in asked.of_pictures]),
        below=share((of_pictures - score(captions, beside))[true]) if ordered else None,
        ladders=ladders,
        limits=(-best_threshold(follows, wanted), picture_limit(vectors, pictures, scenes), ladder_limit)
        if ordered
        else None,
    )
    return {ORDERED if ordered else COSINE_TELLS: own, WORDS: OrderFigures(**_told(asked, fewer_words))}


def climbed(encoder: Encoder, pictures: np.ndarray, scenes: Sequence[Scene]) -> tuple[tuple[float, float], float]:
    """How many phrases of the ladders of even scenes are true, in percent, how many there are of a picture, and up to
    which violation the ladders went: the largest up to which _TRUE of those of odd scenes are true."""
    found: list[list[tuple[float, bool]]] = []
    for row, scene in enumerate(scenes[: 2 * _CLIMBED]):
        rungs = climb(encoder, pictures[row], np.inf)
        found.append([(rung.violation, bool(truth_of(rung.text, [scene])[0])) for rung in rungs])

    def up_to(limit: float, ladders: Sequence[list[tuple[float, bool]]]) -> list[bool]:
        kept = (takewhile(lambda rung: rung[0] <= limit, ladder) for ladder in ladders)
        return [is_true for ladder in kept for _, is_true in ladder]

    limit = max(
        (each for each in sorted({at for ladder in found[1::2] for at, _ in ladder})
         if np.mean(up_to(each, found[1::2]) or [True]) >= _TRUE),
        default=0.0,
    )  # fmt: skip
    true = up_to(limit, found[::2])
    return (float(100 * np.mean(true or [True])), len(true) / len(found[::2])), limit


def picture_limit(vectors: Mapping[str, np.ndarray], pictures: np.ndarray, scenes: Sequence[Scene]) -> float:
    """The violation up to which as many pictures lie below captions as captions are true of."""
    statements = {text: parse(text) for text in vectors}
    read = [text for text, each in statements.items() if len(each) == 1]
    true = truth_matrix(encode_scenes(scenes), encode_statements([statements[text][0] for text in read])).sum()
    found = violations(pictures, np.stack([vectors[text] for text in read]))
    return float(np.partition(found, true, axis=None)[true])


def share(differences: np.ndarray) -> float:
    """How many are above 0, in percent; those of 0 count half."""
    return float(100 * np.mean((np.sign(differences) + 1) / 2)) if len(differences) else 0.0


def _told(asked: Questions, above: Callable[[Sequence[Pair]], np.ndarray]) -> dict[str, Any]:
    by_fact: dict[str, list[Pair]] = defaultdict(list)
    for fact, pair in asked.by_fact:
        by_fact[fact].append(pair)
    return {
        "above": share(above(asked.above)),
        "pairs": len(asked.above),
        "by_fact": {fact: (share(above(by_fact[fact])), len(by_fact[fact])) for fact in FACTS if by_fact[fact]},
    }


def told_apart(scores: np.ndarray, true: Sequence[bool] | np.ndarray, scenes: Sequence[int]) -> tuple[float, float]:
    """How many of (P,) scores are on the right side of a threshold, and the area under the ROC curve, both in percent.

    The threshold for the even scenes is the one that tells the odd ones apart best, and the other way round.
    """
    wanted, odd = np.asarray(true), np.asarray(scenes) % 2 == 1
    right = 0
    for measured in (odd, ~odd):
        right += int(((scores >= best_threshold(scores[~measured], wanted[~measured])) == wanted)[measured].sum())
    ordered, false = np.sort(scores[~wanted]), (~wanted).sum()
    beaten = (np.searchsorted(ordered, scores[wanted], "left") + np.searchsorted(ordered, scores[wanted], "right")) / 2
    return 100 * right / len(scores), float(100 * beaten.mean() / false)


def best_threshold(scores: np.ndarray, true: np.ndarray) -> float:
    """The score from which on a pair is told to be true, so that most of them are told rightly: between two."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(np.where(true[order], 1, -1))
    last = int(right.argmax())
    return float(scores[order][last : last + 2].mean())


def order_table(found: Mapping[str, OrderFigures]) -> str:
    """As text for a terminal; also Markdown."""
    head = ["told by", "the more general of two captions", "what follows from a caption (area)"]
    head += ["what is true of a picture (area)", "a picture below its caption", "phrases of ladders that are true"]
    rows = []
    for title, each in found.items():
        two = (
            f"{figure(way[0])} ({figure(way[1])})" if way else figure(None) for way in (each.follows, each.of_pictures)
        )
        climbed = f"{figure(each.ladders[0])}, {figure(each.ladders[1])} a picture" if each.ladders else figure(None)
        rows.append([title, figure(each.above), *two, figure(each.below), climbed])
    return "\n".join(table(head, rows))


def facts_table(found: Mapping[str, OrderFigures]) -> str:
    """How often the more general of two captions is told where they differ in one fact, by what that is."""
    first = next(iter(found.values()))
    rows = [[fact, *(figure(each.by_fact[fact][0]) for each in found.values()), str(first.by_fact[fact][1])]
            for fact in first.by_fact]  # fmt: skip
    return "\n".join(table(["what the more general one leaves open", *found, "pairs"], rows))


def from_json(data: Mapping[str, Any]) -> dict[str, OrderFigures]:
    """The inverse of `OrderFigures.to_json`, by title."""
    return {title: OrderFigures(**each) for title, each in data.items()}
