"""Vectors of texts by doc2vec's weights (Le & Mikolov 2014), inferred without gensim.

Training draws negatives at random. Here the text's vector goes up the objective's expectation over them, which needs
no chance: the same text has the same vector.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vse.errors import TextError
from vse.io.progress import batched
from vse.modalities.text.tokenizer import tokenize
from vse.words.table import WordVectors

STEPS, RATE = 60, 0.5
_BATCH = 256  # texts at a time
COUNTS = "counts"


def infer(found: WordVectors, text: str) -> np.ndarray:
    """(D,) float32 of one text, as `infer_many`."""
    row: np.ndarray = infer_many(found, [text])[0]
    return row


def infer_many(found: WordVectors, texts: Sequence[str]) -> np.ndarray:
    """(T, D) float32; of a model of both modes each row is the vector of PV-DM and behind it that of PV-DBOW.

    Raises:
        TextError: for vectors that are not doc2vec's, and for a text without a known word.
    """
    modes = [mode for mode in ("dm", "dbow") if f"{mode}.output" in found.more]
    if not modes:
        raise TextError(f"{found.name} has no weights to infer a text's vector with: take vectors of doc2vec.")
    known = [[found.index[word] for word in tokenize(text) if word in found.index] for text in texts]
    if lost := next((text for text, ids in zip(texts, known, strict=True) if not ids), None):
        raise TextError(f"{found.name} knows no word of {lost[:60]!r}: use words of the captions it was trained on.")
    negatives = found.about["settings"]["negative"]
    frequency = found.more[COUNTS].astype(np.float64) ** found.about["settings"]["ns_exponent"]
    noise = (negatives * frequency / frequency.sum()).astype(np.float32)
    window = found.about["settings"]["window"]
    parts = []
    for batch in batched(known, _BATCH):
        rows = [_inferred(found, mode, batch, noise, window) for mode in modes]
        parts.append(np.concatenate(rows, axis=1))
    return np.concatenate(parts)


def _inferred(found: WordVectors, mode: str, texts: list[list[int]], noise: np.ndarray, window: int) -> np.ndarray:
    """(T, D): each vector after STEPS steps of the mean gradient over the words of its text."""
    output = found.more[f"{mode}.output"].astype(np.float32)
    owners = np.repeat(np.arange(len(texts)), [len(ids) for ids in texts])
    targets = np.concatenate([np.array(ids) for ids in texts])
    context, sizes = np.zeros((len(targets), output.shape[1]), np.float32), np.ones(len(targets), np.float32)
    if mode == "dm":  # the input is the mean of the text's vector and those of the words around
        context, sizes = _contexts(found.vectors, texts, window)
    vectors = np.zeros((len(texts), output.shape[1]), np.float32)
    lengths = np.bincount(owners).astype(np.float32)[:, None]
    for _ in range(STEPS):
        inputs = (vectors[owners] + context) / sizes[:, None]
        scores = inputs @ output.T
        gradient = -(noise * _sigmoid(scores)) @ output
        gradient += (1 - _sigmoid(scores[np.arange(len(targets)), targets]))[:, None] * output[targets]
        summed = np.zeros_like(vectors)
        np.add.at(summed, owners, gradient)
        vectors += RATE * summed / lengths
    return vectors


def _contexts(words: np.ndarray, texts: list[list[int]], window: int) -> tuple[np.ndarray, np.ndarray]:
    """The sums of the vectors of the words around each word, and how many they are with the text's own vector."""
    sums, sizes = [], []
    for ids in texts:
        for at in range(len(ids)):
            around = [*ids[max(at - window, 0) : at], *ids[at + 1 : at + 1 + window]]
            sums.append(words[around].sum(axis=0))
            sizes.append(1 + len(around))
    return np.stack(sums).astype(np.float32), np.array(sizes, np.float32)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))
