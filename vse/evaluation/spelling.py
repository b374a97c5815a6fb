"""How well captions find their pictures when they are not written as a model learnt them: with slips, in new forms."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.evaluation.metrics import TEXT_TO_IMAGE
from vse.evaluation.queries import known_relevance, owners_of
from vse.evaluation.retrieval import evaluate_scores
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities.text.spelling import misspelt
from vse.modalities.text.tokenizer import tokenize
from vse.search.vectors import vectors_of
from vse.words.content_words import FUNCTION_WORDS

# None of these is among those that a tower learns with, see `vse.modalities.text.spelling.inflected`.
PREFIXES = ("over", "semi", "pre")
SUFFIXES = ("wise", "ful", "ness", "yard", "kin", "ward", "proof", "work")


def one_slip(words: list[str], rng: random.Random) -> list[str]:
    """One word misspelt, of those with three letters or more."""
    long = [at for at, word in enumerate(words) if len(word) > 2]
    chosen = rng.choice(long) if long else -1
    return [misspelt(word, rng) if at == chosen else word for at, word in enumerate(words)]


def slip_a_word(words: list[str], rng: random.Random) -> list[str]:
    """Every word of three letters or more misspelt."""
    return [misspelt(word, rng) if len(word) > 2 else word for word in words]


def new_forms(words: list[str], rng: random.Random) -> list[str]:
    """Every word that says what is seen in a form or compound that nobody has read: dogkin, oversnow."""

    def formed(word: str) -> str:
        return rng.choice(PREFIXES) + word if rng.random() < 0.25 else word + rng.choice(SUFFIXES)

    return [word if word in FUNCTION_WORDS else formed(word) for word in words]


# What people also type, and none of it a thing of Emoji Scenes.
STRANGERS = (
    "please", "show", "find", "me", "my", "nice", "really", "best", "favourite", "yesterday", "mortgage", "xylophone",
    "parliament", "algebra", "whisper", "quickly", "january", "berlin", "engineer", "tax", "verb", "justice", "memory",
    "expensive", "because", "famous", "invisible", "philosophy", "opinion", "seventeen",
)  # fmt: skip


def with_a_stranger(words: list[str], rng: random.Random) -> list[str]:
    """One word put in somewhere that says nothing of the picture."""
    at = rng.randint(0, len(words))
    return [*words[:at], rng.choice(STRANGERS), *words[at:]]


Way = Callable[[list[str], random.Random], list[str]]
WAYS: dict[str, Way] = {
    "as they are": lambda words, rng: words,
    "one word misspelt": one_slip,
    "every word misspelt": slip_a_word,
    "every word in a new form": new_forms,
    "with a word that says nothing here": with_a_stranger,
}


def rewritten(captions: Sequence[str], way: Way, seed: int = 0) -> list[str]:
    """Each caption written in that way; the same seed changes it alike."""
    return [" ".join(way(tokenize(text), random.Random(f"{seed}:{at}"))) for at, text in enumerate(captions)]


@dataclass(frozen=True)
class SpellingRow:
    """Caption -> pictures, the captions written in one way: recall and truth in percent, truth None where unknown."""

    written: str
    r1: float
    r10: float
    satisfied_at_1: float | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_spelling(encoder: Encoder, collection: Collection, progress: Progress | None = None) -> list[SpellingRow]:
    """A row for each of WAYS.

    Raises:
        CollectionError: for a collection without captions.
    """
    pictures = np.asarray(vectors_of(encoder, collection, "image").vectors, dtype=np.float32)
    owners = owners_of(collection, ("image", "text"))
    relevant = known_relevance(collection, TEXT_TO_IMAGE)
    rows = []
    for at, (written, way) in enumerate(WAYS.items()):
        texts = encoder.encode_texts(rewritten(collection.captions, way), strict=False)
        scores = {TEXT_TO_IMAGE: encoder.similarity.scores(texts, pictures, a_is="text", b_is="image")}
        found = evaluate_scores(scores, owners, {} if relevant is None else {TEXT_TO_IMAGE: relevant})
        recall, truth = found.directions[TEXT_TO_IMAGE], (found.truth or {}).get(TEXT_TO_IMAGE)
        rows.append(SpellingRow(written, recall.r1, recall.r10, truth.satisfied_at_1 if truth else None))
        if progress:
            progress(at + 1, len(WAYS))
    return rows


def spelling_table(rows: Sequence[SpellingRow]) -> str:
    """As text for a terminal; also Markdown."""
    has_truth = any(row.satisfied_at_1 is not None for row in rows)
    head = ["captions", "R@1 caption -> pictures", "R@10", *(["satisfied@1"] if has_truth else [])]
    cells = [
        [row.written, figure(row.r1), figure(row.r10)]
        + ([figure(row.satisfied_at_1)] if row.satisfied_at_1 is not None else [])
        for row in rows
    ]
    return "\n".join(table(head, cells))
