from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vse.data import Collection, load_collection
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE
from vse.evaluation.misses import Miss, misses_of
from vse.evaluation.queries import owners_of
from vse.evaluation.retrieval import both_ways, own, ranks_of_relevant

# Rows are red, green, blue, yellow; columns "red" and "a red square" of red, "green", "Red and green." of yellow.
SCORES = np.array(
    [
        [0.9, 0.2, 0.1, 0.3],  # red finds its own
        [0.5, 0.1, 0.4, 0.8],  # green: its own is third, after yellow's and red's
        [0.1, 0.1, 0.1, 0.1],  # blue has no captions, and so asks nothing
        [0.2, 0.7, 0.1, 0.7],  # yellow: its own ties with red's
    ]
)


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


def test_misses_by_hand(collection: Collection):
    order = [collection.rows[name] for name in ("red", "green", "blue", "yellow")]
    scores = np.empty_like(SCORES)
    scores[order] = SCORES
    captions = ("red", "a red square", "green", "Red and green.")
    scores = scores[:, [captions.index(each) for each in collection.captions]]
    assert misses_of(both_ways(IMAGE_TO_TEXT, scores), collection) == [
        Miss(IMAGE_TO_TEXT, "green", "green", "Red and green.", "yellow", "green", "green", 3, None, False),
        Miss(IMAGE_TO_TEXT, "yellow", "yellow", "a red square", "red", "Red and green.", "yellow", 2, None, False),
        Miss(TEXT_TO_IMAGE, "a red square", "red", "yellow", "yellow", "red", "red", 2, None, False),
        Miss(TEXT_TO_IMAGE, "Red and green.", "yellow", "green", "green", "yellow", "yellow", 2, None, False),
    ]


def test_whoever_is_not_missed_is_recalled(scenes_folder: Path):
    collection = load_collection(scenes_folder)
    assert collection.annotations is not None
    scores = np.random.default_rng(3).random((len(collection), len(collection.captions)))
    found = misses_of(both_ways(IMAGE_TO_TEXT, scores), collection)
    owners = owners_of(collection, ("image", "text"))
    for direction, matrix in both_ways(IMAGE_TO_TEXT, scores).items():
        expected = ranks_of_relevant(matrix, own(owners, direction))
        told = sorted(miss.rank for miss in found if miss.direction == direction)
        assert told == sorted(expected[expected > 1].tolist())
    assert [miss.rank for miss in found] == sorted((miss.rank for miss in found), reverse=True)


def test_truth_is_looked_up_by_row(collection: Collection):
    truth = np.zeros((4, 4), dtype=bool)
    owners = collection.caption_owners
    row, column = collection.rows["green"], collection.captions.index("Red and green.")
    truth[row, column] = True
    held_out_images = np.arange(4) == row
    held_out = {"image": held_out_images, "text": np.zeros(4, dtype=bool)}
    known = SimpleNamespace(
        relevance=lambda query, candidate: truth if query == "image" else truth.T, held_out=held_out.__getitem__
    )
    scores = np.zeros((4, 4))
    scores[np.arange(4)[:, None] != owners[None]] = 0.1
    scores[row, column] = 0.9
    scores[:, owners == row] -= 0.2  # its own caption is nowhere near
    found = {
        (miss.direction, miss.query): miss
        for miss in misses_of(both_ways(IMAGE_TO_TEXT, scores), replace(collection, annotations=known))
    }
    green = found[IMAGE_TO_TEXT, "green"]
    assert (green.answer, green.is_true, green.held_out) == ("Red and green.", True, True)
    said = found[TEXT_TO_IMAGE, "Red and green."]
    assert (said.answer, said.is_true, said.held_out) == ("green", True, False)
    assert found[TEXT_TO_IMAGE, "green"].is_true is False
