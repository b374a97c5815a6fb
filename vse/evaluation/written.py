"""How good the captions are that a model writes: by truth where it is known, else beside what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.language.parse import parse
from vse.data.scenes.world.scene import Mention, Scene, Statement, facts, is_held_out, satisfies
from vse.data.scenes.world.swaps import Swap
from vse.data.scenes.write_counterparts import read_swaps
from vse.encoders.base import LENGTHS, Encoder, captions_of
from vse.errors import CollectionError
from vse.evaluation.arithmetic import arithmetic_task, query_vectors
from vse.evaluation.tables import figure, table
from vse.io.installed import from_extra
from vse.io.paths import DEFAULT_WAY
from vse.io.progress import Progress
from vse.modalities.text.tokenizer import tokenize
from vse.search.arithmetic import name_of_way, way_named
from vse.search.vectors import IMAGE, TEXT, vectors_of

NEAREST, A_PERSON = "the nearest caption instead", "a person's first caption, beside the others"


@dataclass(frozen=True)
class TruthOfWritten:
    """Captions written for pictures of Emoji Scenes; shares in percent.

    true: the caption makes a statement, and all of it is true of the picture. held_out: the same of the pictures that
    show what training never showed. said: of the facts of a picture (its place, time and weather, of each group kind,
    number, colour, size and action, and how they stand), how many a true caption says. new: the captions that `seen`
    does not hold; None where no captions were given to compare with.
    """

    true: float
    held_out: float | None
    said: float
    new: float | None
    captions: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TruthOfSums:
    """Captions written for the vectors of picture - word + word; shares in percent.

    says_new: the caption says the new thing and not the old one. true: all that it says is true of the exact
    counterpart. says_old: it says the old thing.
    """

    says_new: float
    says_old: float
    true: float
    sums: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def facts_said(statement: Statement) -> int:
    """How many facts a statement tells; one that is said of "several" counts as the number."""
    told = sum(getattr(statement, name) is not None for name in ("place", "time", "weather", "relation"))
    for mention in (statement.subject, statement.other):
        if mention is not None:
            details = (mention.count or mention.several, mention.colour, mention.size, mention.action)
            told += 1 + sum(map(bool, details))
    return told


def facts_shown(scene: Scene) -> int:
    """How many facts of a scene a statement could tell."""
    return sum(value is not None for value in facts(scene).values())


def true_of(scene: Scene, text: str) -> Statement | None:
    """What a sentence says, read so that it is true of the scene; None where it cannot be read so."""
    return next((statement for statement in parse(text) if satisfies(scene, statement)), None)


def truth_of_written(
    scenes: Sequence[Scene], texts: Sequence[str], seen: frozenset[tuple[str, ...]] = frozenset()
) -> TruthOfWritten:
    """One caption a scene; `seen` are the captions that were learnt from, as `tokenize` gives their words."""
    said = [true_of(scene, text) for scene, text in zip(scenes, texts, strict=True)]
    true = np.array([statement is not None for statement in said])
    unseen = np.array([is_held_out(scene) for scene in scenes])
    told = [
        facts_said(statement) / facts_shown(scene)
        for scene, statement in zip(scenes, said, strict=True)
        if statement is not None
    ]
    new = [tuple(tokenize(text)) not in seen for text in texts]
    return TruthOfWritten(
        true=float(100 * true.mean()),
        held_out=float(100 * true[unseen].mean()) if unseen.any() else None,
        said=float(100 * np.mean(told)) if told else 0.0,
        new=float(100 * np.mean(new)) if seen else None,
        captions=len(texts),
    )


def says(statement: Statement, fact: str, scene: Scene) -> bool:
    """Whether a statement tells what a fact, by its name in `facts`, is in a scene; a group has many names."""
    role, _, attribute = fact.partition(".")
    if not attribute:
        return bool(getattr(statement, fact) == getattr(scene, fact))
    group = scene.subject if role == "subject" else scene.other
    assert group is not None

    def tells(mention: Mention | None) -> bool:
        if mention is None or not satisfies(_alone(scene, role), Statement(subject=Mention(mention.noun))):
            return False
        return attribute == "kind" or getattr(mention, attribute) == getattr(group, attribute)

    return tells(statement.subject) or tells(statement.other)


def _alone(scene: Scene, role: str) -> Scene:
    return replace(scene, subject=getattr(scene, role), other=None, relation=None)


def truth_of_sums(swaps: Sequence[Swap], texts: Sequence[str]) -> TruthOfSums:
    """One caption a swap."""
    new, old, true = [], [], []
    for swap, text in zip(swaps, texts, strict=True):
        read = parse(text)
        olds = [says(statement, swap.fact, swap.source) for statement in read]
        news = [says(statement, swap.fact, swap.target) for statement in read]
        new.append(any(n and not o for n, o in zip(news, olds, strict=True)))
        old.append(not new[-1] and any(o and not n for n, o in zip(news, olds, strict=True)))
        true.append(true_of(swap.target, text) is not None)
    share = lambda found: float(100 * np.mean(found))  # noqa: E731
    return TruthOfSums(says_new=share(new), says_old=share(old), true=share(true), sums=len(texts))


def written_for(
    encoder: Encoder, vectors: np.ndarray, length: str, progress: Progress | None = None, chunk: int = 64
) -> list[str]:
    """The caption that the model writes for each vector.

    Raises:
        CheckpointError: when it has not learnt to write.
    """
    texts: list[str] = []
    for start in range(0, len(vectors), chunk):
        texts += [found[0].text for found in captions_of(encoder, vectors[start : start + chunk], 1, length)]
        if progress:
            progress(len(texts), len(vectors))
    return texts


def nearest_captions(encoder: Encoder, vectors: np.ndarray, collection: Collection) -> list[str]:
    """Of a collection's captions the nearest to each vector: what a model without a decoder can say."""
    rows = np.asarray(vectors_of(encoder, collection, TEXT).vectors, np.float32)
    scores = encoder.similarity.scores(vectors, rows, a_is=IMAGE, b_is=TEXT)
    return [collection.captions[int(row)] for row in scores.argmax(axis=1)]


def truth_by_length(
    encoder: Encoder, collection: Collection, seen: frozenset[tuple[str, ...]] = frozenset(),
    progress: Progress | None = None,
) -> dict[str, TruthOfWritten]:  # fmt: skip
    """Of a collection of Emoji Scenes: what is written by length, and the caption nearest to each picture.

    Raises:
        CheckpointError: when the model has not learnt to write.
    """
    scenes, pictures = scenes_of(collection.annotations), _pictures(encoder, collection)
    found = {
        length: truth_of_written(scenes, written_for(encoder, pictures, length, progress), seen) for length in LENGTHS
    }
    return {**found, NEAREST: truth_of_written(scenes, nearest_captions(encoder, pictures, collection))}


def sums_by_length(
    encoder: Encoder, counterparts: Collection, nearest: Collection, way: str = DEFAULT_WAY
) -> dict[str, TruthOfSums]:
    """Of picture - word + word on counterparts: what is written for each sum, and the caption of a collection nearest.

    Raises:
        CheckpointError: when the model has not learnt to write.
        CollectionError: for a collection without swaps.
    """
    task, swaps = arithmetic_task(encoder, counterparts, nearest), read_swaps(counterparts)
    points = query_vectors(task, way_named(name_of_way(way, counterparts))).astype(np.float32)
    found = {length: truth_of_sums(swaps, written_for(encoder, points, length)) for length in LENGTHS}
    return {**found, NEAREST: truth_of_sums(swaps, nearest_captions(encoder, points, nearest))}


@dataclass(frozen=True)
class Likeness:
    """How like what people wrote of the same pictures: BLEU-4 of sacrebleu, 0 to 100, and CIDEr-D, 0 to 10."""

    bleu: float
    cider: float
    words: float
    captions: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def likeness(written: Sequence[str], references: Sequence[Sequence[str]]) -> Likeness:
    """Of one caption a picture; words are compared in lower case, without punctuation.

    Raises:
        InstallationError: where sacrebleu is not installed.
    """
    from vse.evaluation.cider import cider

    with from_extra("captions", "sacrebleu>=2.4", "BLEU is measured by sacrebleu, which is not installed"):
        from sacrebleu.metrics import BLEU
    plain = lambda text: " ".join(tokenize(text))  # noqa: E731
    most = max(map(len, references))
    rows: list[Any] = [[plain(texts[k]) if k < len(texts) else None for texts in references] for k in range(most)]
    bleu = BLEU(tokenize="none", force=True).corpus_score([plain(text) for text in written], rows).score
    words = np.mean([len(tokenize(text)) for text in written])
    return Likeness(float(bleu), cider(written, references), float(words), len(written))


def likeness_by_length(
    encoder: Encoder, collection: Collection, learnt: Collection | None, progress: Progress | None = None
) -> dict[str, Likeness]:
    """Of a captioned collection: what is written by length; the caption of `learnt` nearest to each picture; a person.

    The last row takes the first caption of each picture and compares it with the others.

    Raises:
        CheckpointError: when the model has not learnt to write.
        CollectionError: for a collection without captions.
    """
    references = [item.captions for item in collection.items]
    if not all(references):
        raise CollectionError(f"{collection.name} has pictures without captions: choose a captioned collection.")
    pictures = _pictures(encoder, collection)
    found = {length: likeness(written_for(encoder, pictures, length, progress), references) for length in LENGTHS}
    if learnt is not None:
        found[NEAREST] = likeness(nearest_captions(encoder, pictures, learnt), references)
    if all(len(each) > 1 for each in references):
        found[A_PERSON] = likeness([each[0] for each in references], [each[1:] for each in references])
    return found


def _pictures(encoder: Encoder, collection: Collection) -> np.ndarray:
    return np.asarray(vectors_of(encoder, collection, IMAGE).vectors, dtype=np.float32)


def truth_table(found: dict[str, TruthOfWritten]) -> str:
    head = ["captions of pictures", "true", "true of held-out pictures", "facts said", "never seen in training"]
    rows = [[name, *map(figure, (row.true, row.held_out, row.said, row.new))] for name, row in found.items()]
    return "\n".join(table(head, rows))


def sums_table(found: dict[str, TruthOfSums]) -> str:
    head = ["captions of sums", "say the new thing, not the old", "say the old", "true of the counterpart"]
    rows = [[name, *map(figure, (row.says_new, row.says_old, row.true))] for name, row in found.items()]
    return "\n".join(table(head, rows))


def likeness_table(found: dict[str, Likeness]) -> str:
    head = ["captions of pictures", "BLEU-4", "CIDEr-D", "words"]
    rows = [[name, figure(row.bleu), figure(row.cider, 3), figure(row.words)] for name, row in found.items()]
    return "\n".join(table(head, rows))
