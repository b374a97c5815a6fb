"""How long encoding and searching take on this machine; printed, never asserted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.modalities.image.decoding import open_image
from vse.search.searcher import Searcher

WARM_UP, REPEATS = 5, 50


def median_ms(work: Callable[[int], object]) -> float:
    """The median milliseconds of `work(i)` over REPEATS calls after a warm-up."""
    for i in range(WARM_UP):
        work(i)
    times = []
    for i in range(REPEATS):
        start = time.perf_counter()
        work(i)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def encode_ms(encoder: Encoder, collection: Collection) -> tuple[float, float]:
    """The median milliseconds one caption and one decoded picture take; both come from the collection, one a call."""
    captions = collection.captions or ("a picture",)
    opened = [open_image(item.image_path) for item in collection.items[: WARM_UP + REPEATS]]
    text = median_ms(lambda i: encoder.encode_texts([captions[i % len(captions)]], strict=False))
    return text, median_ms(lambda i: encoder.encode_images([opened[i % len(opened)]]))


def bench(model: str, collection: str) -> dict[str, float]:
    """Milliseconds by name: loading, one caption, one picture (decoding apart), one search, whole queries."""
    start = time.perf_counter()
    searcher = Searcher.open(model, collection)
    loading = 1000 * (time.perf_counter() - start)
    encoder, items = searcher.encoder, searcher.collection.items
    captions = searcher.collection.captions or ("a picture",)
    caption_ms, picture_ms = encode_ms(encoder, searcher.collection)
    vectors = np.asarray(searcher.images.vectors[: WARM_UP + REPEATS], dtype=np.float32)
    paths = [item.image_path for item in items]
    return {
        "load model, collection and vectors": loading,
        "encode one caption": caption_ms,
        "encode one picture, decoded": picture_ms,
        "encode one picture, from its file": median_ms(lambda i: encoder.encode_images([paths[i % len(paths)]])),
        "search by a vector": median_ms(lambda i: searcher.nearest_images(vectors[i % len(vectors)])),
        "words -> pictures": median_ms(lambda i: searcher.search_text(captions[i % len(captions)])),
        "picture -> captions": median_ms(lambda i: searcher.search_image(paths[i % len(paths)])),
    }
