"""The regions of a map: pictures that stand together in the plane, named by the word that fits them in the space."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vse.encoders.base import Encoder, known_words
from vse.maps.geometry import centred
from vse.maps.points import MOST_WORDS
from vse.maps.projection import WORD, Cloud, Projection
from vse.modalities import IMAGE
from vse.words.content_words import content_of
from vse.words.table import unit_rows

LEVELS = (12, 30)  # regions from afar, and when near
_FITS = 0.5  # cosine from which on a word names a region
_FEWEST = 6  # pictures that a region has at least on average
_STARTS, _ROUNDS = 4, 40
_SAMPLE = 10_000  # points that the middles are looked for among


@dataclass(frozen=True)
class Region:
    """A named group of pictures.

    name: a word that no other region of its level has. size: how many pictures.
    x, y: where its name stands, the median of its pictures' points.
    fit: the cosine of the word with the middle of the group, each without the mean of its kind.
    """

    name: str
    size: int
    x: float
    y: float
    fit: float


def regions_of(
    projection: Projection,
    clouds: Sequence[Cloud],
    levels: Sequence[int] = LEVELS,
    seed: int = 0,
    words: Cloud | None = None,
) -> tuple[tuple[Region, ...], ...]:
    """The regions of a map at each level, the largest first; none without words, or with too few pictures.

    Groups are those of the plane, as names are written on it; what they are called is asked of the space. A region
    that no word fits has no name, and is left out.

    Args:
        words: what names are chosen from; the words of the map if not given.
    """
    found = {cloud.modality: cloud for cloud in clouds}
    words = words or found.get(WORD)
    if IMAGE not in found or words is None:
        return ()
    rows = centred(found[IMAGE].vectors)
    counts = dict.fromkeys(min(level, len(rows) // _FEWEST, len(words.ids)) for level in levels)
    points = projection.of(IMAGE)
    return tuple(_named(points, groups_of(points, count, seed), rows, words) for count in counts if count > 1)


def everyday_words(encoder: Encoder) -> Cloud | None:
    """Frequent words of a model's vocabulary, for collections without captions; None for a model without one."""
    words = tuple(word for word in known_words(encoder) if word in content_of(word))[:MOST_WORDS]
    return Cloud(WORD, words, np.asarray(encoder.encode_texts(words), np.float32)) if words else None


def _named(points: np.ndarray, labels: np.ndarray, rows: np.ndarray, words: Cloud) -> tuple[Region, ...]:
    groups = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    groups = sorted((group for group in groups if len(group)), key=len, reverse=True)
    middles = np.stack([rows[group].mean(axis=0) for group in groups])
    named = names_of(middles, words.ids, centred(words.vectors))
    places = (np.median(points[group], axis=0) for group in groups)
    return tuple(
        Region(name, len(group), float(x), float(y), fit)
        for group, (x, y), (name, fit) in zip(groups, places, named, strict=True)
        if fit >= _FITS
    )


def names_of(middles: np.ndarray, words: Sequence[str], vectors: np.ndarray) -> list[tuple[str, float]]:
    """For each of middles (K, D) one of at least K words with vectors (W, D), and their cosine; no word twice.

    The best fit of all is settled first, then the best of what is left.

    Raises:
        ValueError: for fewer words than middles.
    """
    if len(words) < len(middles):
        raise ValueError(f"{len(middles)} middles and {len(words)} words came: give at least as many words.")
    scores = unit_rows(middles) @ unit_rows(vectors).T
    left, chosen = scores.copy(), [0] * len(middles)
    for _ in middles:
        row, word = np.unravel_index(np.argmax(left), left.shape)
        chosen[row] = int(word)
        left[row], left[:, word] = -np.inf, -np.inf
    return [(words[word], float(scores[row, word])) for row, word in enumerate(chosen)]


def groups_of(points: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """(N,) int64: the group of each of points (N, 2), 0 to count - 1, by k-means; some may be empty, and fewer
    come of fewer different points.

    Begun as k-means++ (Arthur and Vassilvitskii 2007) several times, of which the tightest is kept. By scipy, as
    importing scikit-learn takes longer than opening a map. Middles are looked for among a sample of many points.
    """
    from scipy.cluster.vq import kmeans2, vq

    points = np.asarray(points, np.float64)
    rng = np.random.default_rng(seed)
    some = points if len(points) <= _SAMPLE else points[rng.choice(len(points), _SAMPLE, replace=False)]
    count = min(count, len(np.unique(some, axis=0)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty", UserWarning)
        runs = [kmeans2(some, count, _ROUNDS, minit="++", rng=rng)[0] for _ in range(_STARTS)]
    middles = min(runs, key=lambda each: (vq(some, each)[1] ** 2).sum())
    return vq(points, middles)[0].astype(np.int64)
