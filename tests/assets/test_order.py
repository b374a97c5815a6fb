"""The model of the order similarity, as it ships: it knows the general from the special."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vse.data import Collection, load_collection
from vse.data.scenes.annotations import scenes_of
from vse.encoders.base import Encoder
from vse.encoders.registry import load_model
from vse.evaluation.order import ORDERED, WORDS, evaluate_order, facts_table, from_json, order_table
from vse.io.paths import ASSETS, DEFAULT_MODEL, INDEXES, MODELS, ORDER_MODEL, cache_folder
from vse.modalities import IMAGE
from vse.search.ladder import Limits, around, climb, limits_of, truth_of, violations
from vse.search.vectors import vectors_of

FOLDER = MODELS / ORDER_MODEL


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_model(FOLDER)


@pytest.fixture(scope="module")
def scenes() -> Collection:
    return load_collection("scenes")


def test_it_is_small_and_its_pictures_ship_with_it(encoder: Encoder, scenes: Collection):
    files = [path for folder in (FOLDER, INDEXES / ORDER_MODEL) for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3_000_000
    rows = [0, 499, 999]
    fresh = encoder.encode_images([scenes.items[row].image_path for row in rows])
    np.testing.assert_allclose(vectors_of(encoder, scenes, IMAGE).vectors[rows], fresh, atol=5e-3)
    assert not cache_folder().exists()


def test_the_figures_are_its_own(encoder: Encoder, scenes: Collection):
    told = from_json(json.loads((FOLDER / "order.json").read_text(encoding="utf-8")))
    found = evaluate_order(encoder, scenes.of_rows(range(60)))
    assert told[ORDERED].above > 95  # the goal
    assert found[ORDERED].above == pytest.approx(told[ORDERED].above, abs=3)
    assert found[ORDERED].above > found[WORDS].above
    for measured, stored in ((found[ORDERED].follows, told[ORDERED].follows),
                             (found[ORDERED].of_pictures, told[ORDERED].of_pictures)):  # fmt: skip
        assert measured is not None
        assert stored is not None
        assert measured[1] == pytest.approx(stored[1], abs=5)
    assert limits_of(encoder) == Limits(*told[ORDERED].limits)  # type: ignore[misc]


def test_the_tables_of_the_documentation_are_those_of_the_stored_figures():
    """`python -m vse evaluate MODEL scenes --order` stores them."""
    ours = from_json(json.loads((FOLDER / "order.json").read_text(encoding="utf-8")))
    theirs = from_json(json.loads((ASSETS / "order.json").read_text(encoding="utf-8")))
    found = {f"{model}, {title}": each for model, both in ((ORDER_MODEL, ours), (DEFAULT_MODEL, theirs))
             for title, each in both.items() if title != WORDS} | {WORDS: ours[WORDS]}  # fmt: skip
    text = (Path(__file__).resolve().parents[2] / "docs/order.md").read_text(encoding="utf-8")
    assert order_table(found) in text
    assert facts_table(found) in text


def test_each_of_a_dog_s_captions_lies_below_the_one_before_it(encoder: Encoder):
    chain = ["animal", "a dog", "a brown dog on a beach", "a brown dog on a beach at dusk"]
    vectors = encoder.encode_texts(chain)
    found = violations(vectors, vectors)
    for special in range(len(chain)):
        for general in range(special):
            assert found[special, general] < found[general, special]


def test_a_ladder_begins_with_what_is_true_and_a_phrase_has_its_pictures_below(encoder: Encoder, scenes: Collection):
    pictures = vectors_of(encoder, scenes, IMAGE).vectors
    known = scenes_of(scenes.annotations)
    first = [climb(encoder, pictures[row])[0] for row in range(20)]
    assert np.mean([truth_of(rung.text, [known[row]])[0] for row, rung in enumerate(first)]) > 0.9
    found = around(encoder, "a beach at night", pictures)
    assert {rung.text for rung in found.more_general} == {"a beach"}
    assert np.mean(truth_of("a beach at night", known)[[row for row, _ in found.pictures]]) > 0.9
