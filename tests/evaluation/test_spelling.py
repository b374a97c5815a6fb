from __future__ import annotations

import random
from pathlib import Path

from vse.data import load_collection
from vse.encoders.registry import load_model
from vse.evaluation.metrics import TEXT_TO_IMAGE
from vse.evaluation.report import evaluate_encoder
from vse.evaluation.spelling import PREFIXES, SUFFIXES, WAYS, SpellingRow, evaluate_spelling, rewritten, spelling_table
from vse.modalities.text import spelling

CAPTIONS = ["A red dog, in the snow.", "Two cats on a sofa"]


def test_what_each_way_changes():
    assert rewritten(CAPTIONS, WAYS["as they are"]) == ["a red dog in the snow", "two cats on a sofa"]
    before = rewritten(CAPTIONS, WAYS["as they are"])
    for name, changes in (
        ("one word misspelt", {0, 1}),
        ("every word misspelt", {0, 1, 2, 3, 4}),
        ("every word in a new form", {3}),
    ):
        for seed in range(20):
            for old, new in zip(before, rewritten(CAPTIONS, WAYS[name], seed), strict=True):
                differ = sum(a != b for a, b in zip(old.split(), new.split(), strict=True))
                assert differ in changes, (name, new)
    assert rewritten(CAPTIONS, WAYS["every word misspelt"]) == rewritten(CAPTIONS, WAYS["every word misspelt"])


def test_the_new_forms_are_none_that_a_tower_learns_with():
    learnt = {spelling.inflected("snow", random.Random(seed)) for seed in range(3000)}
    assert not learnt & {f"snow{ending}" for ending in SUFFIXES}
    assert not learnt & {f"{beginning}snow" for beginning in PREFIXES}


def test_captions_as_they_are_are_measured_as_ever(scenes_folder: Path, scenes_model: Path):
    encoder, collection = load_model(scenes_model), load_collection(scenes_folder)
    rows = evaluate_spelling(encoder, collection)
    assert [row.written for row in rows] == list(WAYS)
    found = evaluate_encoder(encoder, collection)
    recall, truth = found.directions[TEXT_TO_IMAGE], found.truth[TEXT_TO_IMAGE]
    assert (rows[0].r1, rows[0].r10, rows[0].satisfied_at_1) == (recall.r1, recall.r10, truth.satisfied_at_1)


def test_the_table():
    assert (
        spelling_table([SpellingRow("as they are", 50, 75.25, None)]).splitlines()[-1]
        == "| as they are | 50.0 | 75.3 |"
    )
    assert spelling_table([SpellingRow("x", 1, 2, 3)]).splitlines()[0].endswith("| satisfied@1 |")
