"""The lessons: questions about the models that are served, each answered by their scores and by what is true.

Nothing is known beforehand: which pictures and captions a lesson shows follows from what is true of them, and which
option is right from the scores of the model, or the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.world.scene import Group, Mention, Scene, Statement, facts, mention_holds, satisfies
from vse.data.scenes.world.world import INVERSE
from vse.errors import VSEError
from vse.maps.geometry import modality_gap, told_apart
from vse.modalities import IMAGE, TEXT
from vse.search.query import Query

from ..shared.address import Page, write
from ..shared.question import picture_query, words_query
from ..shared.scores import score
from ..shared.sum_examples import SWAPS, Swap, best_pair, exchange

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

DOG, BEACH = "dog", "beach"
QUERY = "a dog on the beach"
MARGIN = 0.2  # the one that is drawn in the text, see about_loss.svg
SHORT = 60  # characters of a caption that is read at a glance
ELSEWHERE = "This lesson needs pictures that are not in this collection: start the app with Emoji Scenes."


class LessonError(VSEError):
    """A collection does not hold what a lesson shows."""


@dataclass(frozen=True)
class Option:
    """One of the things to choose from; what it came to is only shown once a choice was made.

    text: the words on it. item, seen: the picture on it, and what it shows in words.
    score: the model's. note: what is told of it. found: the picture that it stands for.
    """

    text: str = ""
    item: Item | None = None
    seen: str = ""
    score: float | None = None
    note: str = ""
    found: Item | None = None


@dataclass(frozen=True)
class Lesson:
    """A question with its options, of which the one at `right` is right, and why that is so.

    lead: what to know beforehand. item, seen: the picture that the question is about, and what it shows in words.
    tries: what to try, each as its title and the parameters of the address that asks it.
    """

    lead: str
    question: str
    options: tuple[Option, ...]
    right: int
    because: str
    tries: tuple[tuple[str, str], ...]
    item: Item | None = None
    seen: str = ""


@dataclass(frozen=True)
class Topic:
    """What a lesson is about; `make` is given the VSE, and where there is one the CLIP, over the same collection."""

    id: str
    title: str
    make: Callable[..., Lesson]
    needs_clip: bool = False


def space(vse: Searcher) -> Lesson:
    """Which picture is nearest to words: one that they are true of, half true, or not at all."""
    scenes, scores = truth_of(vse.collection).scenes, scores_of_words(vse, QUERY)
    notes = {
        (True, True): f"It shows a {DOG}, and a {BEACH}.",
        (False, True): f"It shows a {BEACH}, but no {DOG}.",
        (True, False): f"It shows a {DOG}, but no {BEACH}.",
        (False, False): f"It shows neither a {DOG} nor a {BEACH}.",
    }
    best: dict[tuple[bool, bool], int] = {}
    for row in np.argsort(-scores, kind="stable").tolist():
        best.setdefault((shows(scenes[row], Mention(DOG)), scenes[row].place == BEACH), row)
    options = [pictured(vse, row, scores[row], notes[kind]) for kind, row in best.items()]
    is_true = max(best.items(), key=lambda each: scores[each[1]])[0] == (True, True)
    verdict = (
        "Nobody told it that there is a dog in that picture: it has learnt from other pictures what dogs look like."
        if is_true
        else "Here the model is mistaken: it has learnt from examples, and it does not always get it right."
    )
    return lesson(
        f"A model turns every picture into an arrow, which is nothing but a list of {vse.encoder.dim} numbers. "
        "To search, it turns your words into such an arrow too. First comes the picture whose arrow points "
        "most nearly the same way.",
        f"Which of these pictures comes first for “{QUERY}”?",
        options,
        f"The score says how nearly two arrows point the same way, and the highest score comes first. {verdict}",
        [("Search for these words", link(words_query(QUERY)))],
    )


def nearness(vse: Searcher) -> Lesson:
    """Which caption is nearest to a picture: one that is true of it, half true, or not at all."""
    truth = truth_of(vse.collection)
    notes = {
        (True, True): "True of the picture.",
        (True, False): "The right thing in the wrong place.",
        (False, True): "The wrong thing in the right place.",
        (False, False): "The wrong thing in the wrong place.",
    }
    row, captions = next(of_four_kinds(vse.collection, truth), (0, {}))
    need(captions)
    scores = scores_of_picture(vse, row)
    options = [Option(vse.collection.captions[at], score=scores[at], note=notes[kind]) for kind, at in captions.items()]
    nearest = max(captions, key=lambda kind: scores[captions[kind]])
    verdict = (
        "The arrow of the true caption points most nearly the same way as that of the picture."
        if nearest == (True, True)
        else "Here a caption that is not true lies nearest: the model is mistaken."
    )
    return about_picture(
        vse,
        row,
        "Captions are arrows in the same space, so a picture can find words as well. The score of a picture and "
        "a caption is 1 where both arrows point the same way, 0 where they have nothing in common, and below 0 "
        "where they point away from each other.",
        "Which of these captions is nearest to this picture?",
        options,
        f"{verdict} A score is not a probability: it only puts the answers in order.",
        [("See which captions this picture finds", link(picture_query(vse.collection.items[row].id)))],
    )


def arithmetic(vse: Searcher) -> Lesson:
    """What a sum finds with the minus, without it, and by its new word alone."""
    collection, known = vse.collection, [facts(scene) for scene in truth_of(vse.collection).scenes]
    made = [(swap, rows[0]) for swap in SWAPS if not swap.fails and (rows := best_pair(known, swap)) is not None]
    need(made)
    swap, row = next(((swap, row) for swap, row in made if len(set(firsts(vse, swap, row)[:2])) == 2), made[0])
    query = exchange(collection.items[row], swap.minus, swap.plus)
    told: dict[int, str] = {}
    ways = (
        "what the whole sum finds",
        f"what it finds without “−\u00a0{swap.minus}”",
        f"what “{swap.plus}” finds alone",
        f"what it finds without “+\u00a0{swap.plus}”",
    )
    for found, way in zip(firsts(vse, swap, row), ways, strict=True):
        told[found] = f"{told[found]}, and {way}" if found in told else way.capitalize()
    vector = vse.resolved(query).vector
    scores = vse.encoder.similarity.scores(vector[None], vse.images.vectors, a_is=IMAGE, b_is=IMAGE)[0]
    options = [pictured(vse, at, scores[at], f"{text}.") for at, text in told.items()]
    full, without = (known[at] for at in firsts(vse, swap, row)[:2])
    is_added, is_left = swap.after.items() <= full.items(), swap.before.items() <= full.items()
    result = (
        f"What comes first shows “{swap.plus}”, and “{swap.minus}” no more."
        if is_added and not is_left
        else "What comes first is not what the sum asks for: sums do not always come out."
    )
    minus = (
        f" Without the minus, “{swap.minus}” is still in the arrow, and in what comes first."
        if swap.before.items() <= without.items()
        else ""
    )
    return about_picture(
        vse,
        row,
        "Arrows can be added and taken away like numbers. Start from the arrow of this picture, take away the "
        f"arrow of “{swap.minus}”, and add the arrow of “{swap.plus}”: the arrow that comes out can search "
        "like any other.",
        f"Which picture comes first for this picture − {swap.minus} + {swap.plus}?",
        options,
        f"{result}{minus}",
        [
            ("Do this sum in Arithmetic", link(str(query), "arithmetic")),
            ("See it as a path on the map", link(str(query), "map")),
        ],
    )


def loss(vse: Searcher) -> Lesson:
    """Which wrong caption of a picture the hinge loss pushes away hardest."""
    truth, captions = truth_of(vse.collection), vse.collection.captions
    owners = vse.collection.owners(TEXT)
    telling = np.array(
        [len(text) <= SHORT and said.subject is not None for text, said in zip(captions, truth.statements, strict=True)]
    )
    for row in range(len(vse.collection)):
        scores = scores_of_picture(vse, row)
        own = max(np.flatnonzero(telling & (owners == row)).tolist(), key=lambda at: scores[at], default=-1)
        wrong = np.flatnonzero(telling & ~truth.matrix[row])
        if own < 0 or len(wrong) < 4:
            continue
        wrong = wrong[np.argsort(-scores[wrong], kind="stable")]
        edge = scores[own] - MARGIN
        places = [edge + (scores[wrong[0]] - edge) / 3, edge - MARGIN, scores[wrong[-1]]]
        chosen = [int(wrong[0]), *(int(wrong[np.abs(scores[wrong] - place).argmin()]) for place in places)]
        costs = [max(0.0, MARGIN + float(scores[at] - scores[own])) for at in chosen]
        if len({truth.statements[at] for at in chosen}) == len(chosen) and costs[0] > costs[1] > 0:
            break
    else:
        raise LessonError(ELSEWHERE)
    notes = [f"{score(cost)} above the line: pushed away." if cost else "Below the line: left alone." for cost in costs]
    options = [Option(captions[at], score=scores[at], note=note) for at, note in zip(chosen, notes, strict=True)]
    return about_picture(
        vse,
        row,
        f"Training shows the model a picture with its own caption, here “{captions[own].rstrip('.')}”, and with "
        f"captions of other pictures. Its own caption should score higher than any that is not true of it, by "
        f"{MARGIN} at least. A wrong caption that comes too close is pushed away from the picture, the harder "
        "the higher it scores.",
        "None of these captions is true of the picture. Which one would training push away hardest?",
        options,
        f"The picture's own caption scores {score(scores[own])}, so a wrong one comes too close where it scores above "
        f"{score(edge)}: that is the line. The one that scores highest is pushed hardest. It is the one most easily "
        "mistaken for the truth, and it is called the hardest negative.",
        [("See which captions this picture finds", link(picture_query(vse.collection.items[row].id)))],
    )


def gap(vse: Searcher) -> Lesson:
    """Whether pictures and captions are mixed in the space, or lie apart."""
    pictures, captions = (np.asarray(vse.index(each).vectors, np.float32) for each in (IMAGE, TEXT))
    told, apart = told_apart(pictures, captions), modality_gap(pictures, captions)
    options = (
        Option("Mostly yes: pictures and captions lie apart."),
        Option("Now and then: they lie apart only a little."),
        Option("No, that would be a guess: they are mixed."),
    )
    right = 0 if told >= 0.75 else 1 if told >= 0.6 else 2
    why = (
        "Training only asks that a picture is nearer to its own captions than to others. It does not ask that "
        "pictures and captions fill the same part of the space, and so they need not."
        if right < 2
        else "Here pictures and captions fill the same part of the space, which training does not ask for."
    )
    return Lesson(
        f"All {len(pictures):,} pictures and {len(captions):,} captions of this collection are arrows in one "
        "space. Imagine the middle of all pictures, and the middle of all captions.",
        "You are given an arrow and only see where it lies. Can you tell whether it is a picture or a caption?",
        options,
        right,
        "Say “picture” for whatever lies nearer to the middle of the pictures, and “caption” otherwise. Given as "
        f"many of each, you are right {100 * told:.0f} times in 100; a guess would be right 50 times. {why} The "
        f"distance between the two middles is called the modality gap. Here it is {apart:.2f}; 0 would be no gap, "
        "and 2 is the most there can be.",
        (("See both on the map", write(Page(tab="map"), layout="joint")),),
    )


def limits(vse: Searcher) -> Lesson:
    """Whether the model tells left from right."""
    collection, truth = vse.collection, truth_of(vse.collection)
    owners, captions, said = collection.owners(TEXT), [], []
    for at, statement in enumerate(truth.statements):
        mirrored = mirror(collection.captions[at])
        if statement.relation in ("left of", "right of") and mirrored != collection.captions[at]:
            false = replace(statement, relation=INVERSE[statement.relation])
            if not satisfies(truth.scenes[owners[at]], false):
                captions.append(at)
                said.append(mirrored)
    need(captions)
    index = vse.index(TEXT).vectors
    pictures = np.asarray(vse.images.vectors, np.float32)[owners[captions]]
    straight, other = (
        vse.encoder.similarity.pairs(pictures, np.asarray(each, np.float32), a_is=IMAGE, b_is=TEXT)
        for each in (index[captions], vse.encoder.encode_texts(said))
    )
    share = float((straight > other).mean())
    shown = min(range(len(captions)), key=lambda each: len(said[each]))
    row = int(owners[captions[shown]])
    options = [
        Option(collection.captions[captions[shown]], score=straight[shown], note="True of the picture."),
        Option(said[shown], score=other[shown], note="Not true of the picture."),
    ]
    nearer = "true" if straight[shown] > other[shown] else "wrong"
    here = f"The {nearer} caption is nearer here, by {abs(straight[shown] - other[shown]):.3f}"
    skill = (
        "so it does tell left from right, mostly"
        if share >= 0.75
        else "so it can hardly tell left from right: tossing a coin would give 50"
    )
    return about_picture(
        vse,
        row,
        "One arrow has to say everything: what there is, how many, of what colour and where. These two captions "
        "have the same words but for left and right, and only one is true.",
        "Which of the two captions does the model put nearer to this picture?",
        options,
        f"{here}. Of {len(captions):,} captions with left or right in them, the model prefers the true one in "
        f"{100 * share:.0f} of 100 cases, {skill}.",
        [("Search for the true caption", link(words_query(collection.captions[captions[shown]])))],
    )


def clip(vse: Searcher, other: Searcher) -> Lesson:
    """Which of two models finds a picture that a caption is true of, where just one of them does."""
    collection, truth = vse.collection, truth_of(vse.collection)
    first = [first_pictures(each) for each in (vse, other)]
    every = np.arange(len(collection.captions))
    is_true = [truth.matrix[each, every] for each in first]
    telling = [
        at
        for at, statement in enumerate(truth.statements)
        if statement.subject and statement.place and len(collection.captions[at]) <= SHORT
    ]
    one = [at for at in telling if is_true[0][at] != is_true[1][at]]
    need(telling)
    at = min(one or telling, key=lambda each: len(collection.captions[each]))
    names = [each.encoder.name for each in (vse, other)]
    verdicts = [bool(each[at]) for each in is_true]
    found = [collection.items[each[at]] for each in first]
    notes = [
        "Its first picture is a true answer." if each else "Its first picture is not a true answer."
        for each in verdicts
    ]
    options = [
        *(Option(f"Only {name}", note=note, found=item) for name, note, item in zip(names, notes, found, strict=True)),
        Option("Both of them"),
        Option("Neither of them"),
    ]
    right = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[verdicts[0], verdicts[1]]
    shares = [f"{100 * each.mean():.0f}" for each in is_true]
    query, text = words_query(collection.captions[at]), collection.captions[at]
    return Lesson(
        f"Two models are here. {names[0]} is a VSE, trained as in the lesson “What training does”. "
        f"{names[1]} is a CLIP: it learnt to pick the caption of each picture out of many captions. Both turn "
        "pictures and words into arrows, but each has a space of its own.",
        f"Both are asked for “{text}”. Which one's first picture is a true answer?",
        tuple(options),
        right,
        f"One query says little about a model. Asked for all {len(every):,} captions, {names[0]} puts a true answer "
        f"first {shares[0]} times in 100, and {names[1]} {shares[1]} times. Never compare a score of one model with a "
        "score of the other: their spaces differ.",
        (
            ("Ask both, side by side", write(Page(mode="both", query=query))),
            ("Compare their figures", write(Page(tab="compare"))),
        ),
    )


TOPICS = (
    Topic("space", "One space", space),
    Topic("nearness", "Near and far", nearness),
    Topic("arithmetic", "Arithmetic", arithmetic),
    Topic("loss", "What training does", loss),
    Topic("gap", "The modality gap", gap),
    Topic("limits", "Left and right", limits),
    Topic("clip", "Two models", clip, needs_clip=True),
)
IDS = tuple(each.id for each in TOPICS)


def lesson(
    lead: str, question: str, options: Sequence[Option], because: str, tries: Sequence[tuple[str, str]], **more: Any
) -> Lesson:
    """A lesson whose right option is the one of the highest score; the order of its options says nothing.

    Raises:
        LessonError: where there is nothing to choose from.
    """
    need(options[1:])
    shown = sorted(options, key=lambda each: each.item.id if each.item else each.text.lower())
    right = max(range(len(shown)), key=lambda at: shown[at].score or 0.0)
    return Lesson(lead, question, tuple(shown), right, because, tuple(tries), **more)


def about_picture(vse: Searcher, row: int, *given: Any) -> Lesson:
    """A lesson about the picture of a row."""
    item = vse.collection.items[row]
    return lesson(*given, item=item, seen=seen_in(truth_of(vse.collection).scenes[row]))


def need(found: object) -> None:
    """
    Raises:
        LessonError: where nothing was found.
    """
    if not found:
        raise LessonError(ELSEWHERE)


def truth_of(collection: Collection) -> SceneTruth:
    """
    Raises:
        LessonError: where the collection is no Emoji Scenes.
    """
    if not isinstance(collection.annotations, SceneTruth):
        raise LessonError(ELSEWHERE)
    return collection.annotations


def link(query: str, tab: str = "search") -> str:
    return write(Page(query=query, tab=tab))


def pictured(vse: Searcher, row: int, value: float, note: str) -> Option:
    """A picture to choose, with its score."""
    item, scene = vse.collection.items[row], truth_of(vse.collection).scenes[row]
    return Option(item=item, seen=seen_in(scene), score=value, note=note)


def seen_in(scene: Scene) -> str:
    """What a picture shows, fact by fact and in no sentence, as a caption would be half an answer."""

    def told(group: Group) -> str:
        count = str(group.count) if group.count > 1 else ""
        return " ".join(each for each in (count, group.size, group.colour, group.kind) if each)

    return ", ".join([*map(told, scene.groups), scene.place, scene.time, f"weather: {scene.weather}"])


def shows(scene: Scene, mention: Mention) -> bool:
    return any(mention_holds(group, mention) for group in scene.groups)


def scores_of_words(vse: Searcher, words: str) -> np.ndarray:
    """(I,): of every picture with these words."""
    vector = vse.encoder.encode_texts([words])
    return vse.encoder.similarity.scores(vector, vse.images.vectors, a_is=TEXT, b_is=IMAGE)[0]


def scores_of_picture(vse: Searcher, row: int) -> np.ndarray:
    """(T,): of every caption with a picture."""
    pictures, captions = vse.images.vectors[row : row + 1], vse.index(TEXT).vectors
    return vse.encoder.similarity.scores(pictures, captions, a_is=IMAGE, b_is=TEXT)[0]


def first_pictures(searcher: Searcher) -> np.ndarray:
    """(T,): the row of the picture that each caption finds first."""
    pictures, captions = searcher.images.vectors, searcher.index(TEXT).vectors
    return searcher.encoder.similarity.scores(captions, pictures, a_is=TEXT, b_is=IMAGE).argmax(axis=1)


def firsts(vse: Searcher, swap: Swap, row: int) -> tuple[int, ...]:
    """The rows of what comes first for a sum, for it without the minus, for its new word, and without the new word."""
    picture, minus, plus = exchange(vse.collection.items[row], swap.minus, swap.plus).terms
    sums = ((picture, minus, plus), (picture, plus), (plus,), (picture, minus))
    return tuple(vse.collection.rows[vse.ask(Query(terms), 1).hits[0].item_id] for terms in sums)


def of_four_kinds(collection: Collection, truth: SceneTruth) -> Iterator[tuple[int, dict[tuple[bool, bool], int]]]:
    """Pictures of one thing with four captions, by whether they name it and whether they name its place.

    Captions that say more than these two are left out; that which names both is the picture's own.
    """
    owners = collection.owners(TEXT)
    telling = {
        at: (said.subject, said.place)
        for at, said in enumerate(truth.statements)
        if said == Statement(said.subject, place=said.place) and len(collection.captions[at]) <= SHORT
    }
    for row, scene in enumerate(truth.scenes):
        found: dict[tuple[bool, bool], int] = {}
        for at, (subject, place) in telling.items():
            if scene.other is None and subject and place:
                kind = shows(scene, Mention(subject.noun)), place == scene.place
                if kind != (True, True) or (owners[at] == row and truth.matrix[row, at]):
                    found.setdefault(kind, at)
        if len(found) == 4:
            yield row, found


def mirror(text: str) -> str:
    """A caption with left and right exchanged."""
    return re.sub(r"\b(left|right)\b", lambda found: {"left": "right", "right": "left"}[found[0]], text)
