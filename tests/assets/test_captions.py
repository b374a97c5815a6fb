"""The decoders that ship, as they ship."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.language.parse import parse
from vse.encoders.base import captions_of
from vse.encoders.registry import load_model
from vse.evaluation.written import true_of
from vse.io.paths import ASSETS, MODELS
from vse.search.searcher import Searcher


@pytest.fixture(scope="module")
def scenes() -> Searcher:
    return Searcher.open("scenes-vse", "scenes")


def test_short_captions_are_as_true_as_the_documentation_says(scenes: Searcher):
    shown = scenes_of(scenes.collection.annotations)[:150]
    vectors = np.asarray(scenes.images.vectors[:150], np.float32)
    texts = [each[0].text for each in captions_of(scenes.encoder, vectors, length="short")]
    true = 100 * np.mean([true_of(scene, text) is not None for scene, text in zip(shown, texts, strict=True)])
    said = json.loads((ASSETS / "captions.json").read_text(encoding="utf-8"))["pictures"]["short"]["true"]
    assert true == pytest.approx(said, abs=4)


def test_a_sum_says_the_new_thing(scenes: Searcher):
    for query, noun in (("[scene-0766]", "dog"), ("[scene-0766] - dog + rabbit", "rabbit")):
        (statement,) = parse(scenes.describe(query)[0].text)
        assert statement.subject is not None
        assert statement.subject.noun == noun


def test_a_photograph_s_words_come_back():
    model = load_model("photos-vse")
    vectors = model.encode_texts(["two dogs run on the beach", "a plate of food on a table"])
    first, second = (each[0].text.lower() for each in captions_of(model, vectors))
    assert "dog" in first
    assert any(word in second for word in ("plate", "food", "table"))


@pytest.mark.parametrize("name", ["scenes-vse", "photos-vse"])
def test_a_decoder_is_small(name: str):
    assert (MODELS / name / "captioner.safetensors").stat().st_size < 4_000_000
    sources = json.loads((MODELS / name / "captioner.json").read_text(encoding="utf-8"))["sources"]
    assert all("/" not in each for each in sources)
