"""How many of a picture's tags are true of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.evaluation.metrics import TEXT_TO_IMAGE
from vse.evaluation.queries import relevance
from vse.evaluation.tables import figure
from vse.io.progress import Progress
from vse.modalities import IMAGE
from vse.modalities.text.tokenizer import tokenize
from vse.search.tags import TagWords
from vse.search.vectors import vectors_of
from vse.words.content_words import content_words


@dataclass(frozen=True)
class TagEvaluation:
    """The first k tags of each picture, of `words` to choose from.

    precision: the share of the tags that are true, in percent; where each picture has one label, the share of pictures
    whose label is among the tags, since no more than one can be right.
    """

    precision: float
    k: int
    pictures: int
    words: int
    of_labels: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_tags(
    encoder: Encoder, collection: Collection, k: int = 5, progress: Progress | None = None
) -> TagEvaluation:
    """Tags are chosen among the words of the captions, or among the labels.

    A word is true of a picture when a caption that uses it is: one of its own, or, where it is known which captions are
    true of which pictures, any.

    Raises:
        CollectionError: when there are neither captions nor labels.
    """
    of_labels = isinstance(collection.annotations, Labels)
    words, true = _labels(collection.annotations) if of_labels else _words(collection)
    vectors = np.asarray(vectors_of(encoder, collection, IMAGE, progress).vectors, dtype=np.float32)
    chosen = TagWords.of(encoder, words, vectors)
    rows = {word: row for row, word in enumerate(words)}
    right = [[true[rows[tag.word], i] for tag in chosen.tags(vector, k)] for i, vector in enumerate(vectors)]
    share = np.mean([any(each) for each in right]) if of_labels else np.mean([np.mean(each) for each in right])
    return TagEvaluation(float(100 * share), k, len(collection), len(chosen.words), of_labels)


def _labels(labels: Any) -> tuple[list[str], np.ndarray]:
    words = sorted(set(labels.of_pictures))
    return words, np.array(words)[:, None] == np.array(labels.of_pictures)[None]


def _words(collection: Collection) -> tuple[list[str], np.ndarray]:
    """The words to choose from, and (W, N) bool: which are true of which pictures."""
    words = list(content_words(collection.captions))
    if not words:
        raise CollectionError(f"{collection.name} has no captions and no labels to take tags from.")
    rows = {word: row for row, word in enumerate(words)}
    uses = np.zeros((len(words), len(collection.captions)), bool)
    for caption, text in enumerate(collection.captions):
        uses[[rows[word] for word in set(tokenize(text)) if word in rows], caption] = True
    return words, uses.astype(np.float32) @ relevance(collection, TEXT_TO_IMAGE).astype(np.float32) > 0


def tags_line(found: TagEvaluation) -> str:
    """The figure in a sentence."""
    what = "pictures whose label is among the tags" if found.of_labels else "of the tags are true"
    return f"precision@{found.k} of tags: {figure(found.precision)} % {what} ({found.words} words to choose from)"
