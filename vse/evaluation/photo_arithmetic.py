"""Arithmetic on photographs: picture - word + word, judged by the captions of the answer or by its label.

After SIMAT (Couairon et al. 2022, "Embedding Arithmetic of Multimodal Queries for Image Retrieval"), with the words of
people in place of an oracle. A query is a picture most of whose captions say the old word and none the new one; an
answer is right when its captions say the new word and not the old one. Of a labelled picture the label is the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.encoders.base import Encoder, unknown_words
from vse.errors import CollectionError, TextError
from vse.evaluation.arithmetic import ArithmeticTask, captions_best_first
from vse.evaluation.photo_swaps import LABEL_SWAPS, WORD_SWAPS, forms
from vse.io.progress import Progress
from vse.modalities.text.tokenizer import tokenize
from vse.search.arithmetic import means_of
from vse.search.vectors import IMAGE, TEXT, vectors_of
from vse.words.content_words import content_words

LEAST_QUERIES = 20  # of a swap of words
LEAST_ANSWERS = 10  # right ones of a swap of words; pictures of a label that is asked for or with
_NAMED = 8  # swaps and words that a note names


@dataclass(frozen=True)
class PhotoSwap:
    """A query: the picture of row `source`, minus a word, plus a word; `name` is the kind of the two."""

    name: str
    minus: str
    plus: str
    source: int

    @property
    def title(self) -> str:
        return f"{self.minus} -> {self.plus}"


@dataclass(frozen=True, eq=False)
class CaptionTruth:
    """What captions say: `said` holds every word of a picture's captions, `content` those that tell what is in it."""

    swaps: tuple[PhotoSwap, ...]
    said: tuple[frozenset[str], ...]
    content: tuple[frozenset[str], ...]

    def is_true(self, query: int, answer: int) -> bool:
        swap, said = self.swaps[query], self.said[answer]
        return not said.isdisjoint(forms(swap.plus)) and said.isdisjoint(forms(swap.minus))

    def share_kept(self, query: int, answer: int) -> float | None:
        """Of the content words of the query's captions besides those exchanged; None where there are none."""
        swap = self.swaps[query]
        others = self.content[swap.source] - forms(swap.minus) - forms(swap.plus)
        return len(others & self.content[answer]) / len(others) if others else None


@dataclass(frozen=True, eq=False)
class LabelTruth:
    """One label a picture; what else it shows is not known."""

    swaps: tuple[PhotoSwap, ...]
    labels: tuple[str, ...]

    def is_true(self, query: int, answer: int) -> bool:
        return self.labels[answer] == self.swaps[query].plus

    def share_kept(self, query: int, answer: int) -> float | None:
        return None


@dataclass(frozen=True)
class _Asked:
    """The queries of one pair of words, and how many pictures answer them right."""

    swaps: tuple[PhotoSwap, ...]
    answers: int


def photo_task(encoder: Encoder, collection: Collection, progress: Progress | None = None) -> ArithmeticTask:
    """Candidates are the collection's pictures. Swaps that are not asked, and why, are told in the task's notes.

    Raises:
        CollectionError: for a collection with neither captions nor labels, and for one without enough queries.
        TextError: when the model knows the words of none of them.
        ImageError: for a picture that cannot be read.
    """
    labels = collection.annotations.of_pictures if isinstance(collection.annotations, Labels) else None
    if labels is None and not collection.captions:
        raise CollectionError(
            f"{collection.name} has neither captions nor labels, so arithmetic cannot be scored on it: give a "
            "collection that has either."
        )
    said = _said(collection)
    pairs = list(_asked_of_labels(labels) if labels else _asked_of_captions(collection, said))
    least = LEAST_ANSWERS if labels else LEAST_QUERIES
    some = [each for each in pairs if each.swaps]
    enough = [each for each in some if len(each.swaps) >= least and each.answers >= LEAST_ANSWERS]
    if not enough:
        what = "label" if labels else "swap of words"
        raise CollectionError(
            f"{collection.name} has no {what} with at least {least} queries and {LEAST_ANSWERS} right answers: give a "
            "larger collection, or another split."
        )
    few = [each for each in some if each not in enough]
    known = [each for each in enough if not _unknown(encoder, each)]
    strangers = sorted({word for each in enough for word in _unknown(encoder, each)})
    if not known:
        raise TextError(
            f"The model knows the words of none of the swaps that {collection.name} holds "
            f"({_listed(strangers)}): take a model that was trained on photographs."
        )
    swaps = tuple(swap for each in known for swap in each.swaps)
    images = np.asarray(vectors_of(encoder, collection, IMAGE, progress).vectors, dtype=np.float32)
    ids = [item.id for item in collection.items]
    return ArithmeticTask(
        swaps=swaps,
        truth=LabelTruth(swaps, labels) if labels else CaptionTruth(swaps, said, _content(collection)),
        candidates=images,
        sources=np.array([swap.source for swap in swaps]),
        targets=None,
        means=means_of(images, vectors_of(encoder, collection, TEXT).vectors if collection.captions else None),
        embed_texts=lambda texts: encoder.encode(TEXT, texts, strict=False),
        captions=captions_best_first(encoder, collection, [ids[swap.source] for swap in swaps]),
        notes=tuple(_notes(len(known), few, least, len(enough) - len(known), strangers)),
    )


def _said(collection: Collection) -> tuple[frozenset[str], ...]:
    """The words of each picture's captions."""
    return tuple(frozenset(word for text in item.captions for word in tokenize(text)) for item in collection.items)


def _content(collection: Collection) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(content_words(item.captions)) for item in collection.items)


def _asked_of_captions(collection: Collection, said: Sequence[frozenset[str]]) -> Iterable[_Asked]:
    """For each swap of words the pictures of which most captions say the old one, and none the new one."""
    spoken = [[frozenset(tokenize(text)) for text in item.captions] for item in collection.items]
    for kind, pairs in WORD_SWAPS.items():
        for minus, plus in pairs:
            old, new = forms(minus), forms(plus)
            rows = [
                row
                for row, texts in enumerate(spoken)
                if 2 * sum(not text.isdisjoint(old) for text in texts) > len(texts) and said[row].isdisjoint(new)
            ]
            answers = sum(not words.isdisjoint(new) and words.isdisjoint(old) for words in said)
            yield _Asked(tuple(PhotoSwap(kind, minus, plus, row) for row in rows), answers)


def _asked_of_labels(labels: Sequence[str]) -> Iterable[_Asked]:
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(label, []).append(row)
    for kind, pairs in LABEL_SWAPS.items():
        for minus, plus in pairs:
            swaps = tuple(PhotoSwap(kind, minus, plus, row) for row in rows.get(minus, ()))
            yield _Asked(swaps, len(rows.get(plus, ())))


def _unknown(encoder: Encoder, asked: _Asked) -> set[str]:
    """The words of a swap that the model does not know."""
    swap = asked.swaps[0]
    return {unknown.word for text in (swap.minus, swap.plus) for unknown in unknown_words(encoder, text)}


def _notes(asked: int, few: Sequence[_Asked], least: int, unknown: int, strangers: Sequence[str]) -> Iterable[str]:
    yield f"Asked: {asked} swaps, each direction counted as one."
    if few:
        told = _listed([f"{each.swaps[0].title} {len(each.swaps)}" for each in few])
        queries = sum(len(each.swaps) for each in few)
        yield (
            f"Left out: {len(few)} swaps ({queries:,} queries) with fewer than {least} queries or {LEAST_ANSWERS} "
            f"right answers ({told})."
        )
    if unknown:
        yield f"Left out: {unknown} swaps with words that the model does not know ({_listed(strangers)})."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
