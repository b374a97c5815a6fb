"""How vectors of the joint space are compared, and the best k of scores; numpy only."""

from __future__ import annotations

from typing import Protocol

import numpy as np

# The largest temporary array that `order` makes, in numbers: 512 KiB of float32, which stay in a core's cache.
_CHUNK = 128 * 1024


def normalise(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Scale vectors along `axis` to length 1; same shape, float32.

    Raises ValueError for a vector that is zero or not finite, and names the first one.
    """
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite and is refused below
        values = np.asarray(x, dtype=np.float32)
    # Dividing by the largest entry first keeps the squares of very large and very small vectors in range.
    largest = np.max(np.abs(values), axis=axis, keepdims=True, initial=0.0)
    bad = ~np.isfinite(largest) | (largest == 0)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        kind = "zero" if largest.reshape(-1)[at] == 0 else "not finite"
        raise ValueError(f"Vector {at} is {kind} and has no direction: give finite vectors that are not zero.")
    scaled = values / largest
    scaled /= np.sqrt(np.sum(scaled * scaled, axis=axis, keepdims=True))
    return scaled


def cosine(queries: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Cosine similarity of every query (Q, D) with every candidate (N, D): (Q, N) float32 in [-1, 1].

    Raises ValueError for other shapes, for different D, and as `normalise`.
    """
    _check_pair(queries, candidates, "queries", "candidates")
    scores = normalise(queries) @ normalise(candidates).T
    return np.clip(scores, -1.0, 1.0, out=scores)


def order(images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """Order similarity of every image (I, D) with every text (T, D): (I, T) float32, at most 0.

    S(text, image) = -|max(0, text - image)|^2, after Vendrov et al. 2015, "Order-Embeddings of Images and
    Language": a caption is more general than its picture, so none of its coordinates may exceed the picture's.
    It is not symmetric, and rows are used as they come (the paper takes absolute values and unit length).

    Memory beyond the result stays bounded. Raises ValueError for other shapes and for different D.
    """
    _check_pair(images, texts, "images", "texts")
    images, texts = np.asarray(images, dtype=np.float32), np.asarray(texts, dtype=np.float32)
    out = np.empty((len(images), len(texts)), dtype=np.float32)
    dim = max(1, images.shape[1])
    text_step = max(1, min(len(texts), _CHUNK // dim))
    image_step = max(1, _CHUNK // (dim * text_step))
    for top in range(0, len(images), image_step):
        for left in range(0, len(texts), text_step):
            block = texts[None, left : left + text_step] - images[top : top + image_step, None]
            np.maximum(block, 0, out=block)
            out[top : top + image_step, left : left + text_step] = -np.einsum("itd,itd->it", block, block)
    return out


class Similarity(Protocol):
    """How vectors are compared. It need not be symmetric, so that it asks what each side is: "image", "text", ...

    A pair has one score, whichever side asks: with the sides and what they are swapped, the scores are transposed.

    non_negative: whether it is one of vectors without negative coordinates, which a model has to make.
    """

    name: str
    non_negative: bool

    def scores(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        """Every row of `a` (A, D) with every row of `b` (B, D): (A, B) float32, larger is nearer.

        Raises ValueError for other shapes and for different D.
        """

    def pairs(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        """Each row of `a` (P, D) with the same row of `b` (P, D): (P,) float32, as in `scores`."""

    def terms(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        """What each dimension adds to the score of two unit vectors (D,): (D,) float32, whose sum it is."""


class Cosine:
    """The cosine, whatever the two sides are."""

    name, non_negative = "cosine", False

    def scores(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        return cosine(a, b)

    def pairs(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        return np.clip(np.einsum("pd,pd->p", normalise(a), normalise(b)), -1, 1)

    def terms(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        return np.asarray(a, np.float32) * np.asarray(b, np.float32)


class Order:
    """Whether a text is more general than what it is about, see `order`; the cosine where neither side is, or both."""

    name, non_negative = "order", True

    def scores(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        if (a_is == "text") == (b_is == "text"):
            return cosine(a, b)
        return order(a, b) if b_is == "text" else order(b, a).T

    def pairs(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        if (a_is == "text") == (b_is == "text"):
            return COSINE.pairs(a, b, a_is=a_is, b_is=b_is)
        general, special = (b, a) if b_is == "text" else (a, b)
        over = np.maximum(np.asarray(general, np.float32) - np.asarray(special, np.float32), 0)
        return -np.einsum("pd,pd->p", over, over)

    def terms(self, a: np.ndarray, b: np.ndarray, *, a_is: str, b_is: str) -> np.ndarray:
        if (a_is == "text") == (b_is == "text"):
            return COSINE.terms(a, b, a_is=a_is, b_is=b_is)
        general, special = (b, a) if b_is == "text" else (a, b)
        return -(np.maximum(np.asarray(general, np.float32) - np.asarray(special, np.float32), 0) ** 2)


COSINE, ORDER = Cosine(), Order()
# One line a similarity, by the name that a model's configuration has for it.
SIMILARITIES: dict[str, Similarity] = {each.name: each for each in (COSINE, ORDER)}


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Rows of the k largest of `scores` (N,), best first: (min(k, N),) int64; among equals the lower row first.

    Raises ValueError when `scores` is not 1-D or holds NaN, and when k is negative.
    """
    if k < 0:
        raise ValueError(f"k came as {k}: give 0 or more.")
    if np.ndim(scores) != 1 or np.isnan(scores).any():
        raise ValueError(f"Scores came with shape {np.shape(scores)}: give a 1-D array without NaN.")
    count = len(scores)
    rows = np.arange(count)
    if 0 < k < count:
        # A plain argpartition would choose freely among equals at the edge, so the edge is filled by row.
        edge = np.partition(scores, count - k)[count - k]
        above = np.flatnonzero(scores > edge)
        rows = np.concatenate([above, np.flatnonzero(scores == edge)[: k - len(above)]])
    # Reversed twice: a stable ascending sort of the reversed rows is descending with lower rows first.
    order_of_rows = np.argsort(scores[rows][::-1], kind="stable")[::-1]
    return rows[::-1][order_of_rows][:k]


def _check_pair(left: np.ndarray, right: np.ndarray, left_name: str, right_name: str) -> None:
    shapes = np.shape(left), np.shape(right)
    if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][1] != shapes[1][1]:
        raise ValueError(
            f"{left_name} came as {shapes[0]} and {right_name} as {shapes[1]}: give two 2-D arrays of equal width."
        )
