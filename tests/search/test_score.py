from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import FakeEncoder, tiny_checkpoint
from vse.data import load_collection
from vse.encoders.similarity import COSINE, ORDER, normalise
from vse.encoders.vse.encoder import VSEEncoder
from vse.modalities.text.config import TextConfig
from vse.search.score import by_size, cuts_of, open_caption, open_score
from vse.search.searcher import Searcher


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(FakeEncoder(), load_collection(colours))


def test_a_score_is_the_sum_of_its_products(searcher: Searcher):
    # "red blue" is (0.7071, 0, 0.7071) and yellow (0.7071, 0.7071, 0).
    found = searcher.ask("red blue", 4)
    opened = open_score(searcher, found.query, searcher.vector_of("yellow"), "auto", found.resolved)
    np.testing.assert_allclose(opened.terms, [0.5, 0, 0], atol=1e-3)
    score = next(hit.score for hit in found.hits if hit.item_id == "yellow")
    assert opened.score == pytest.approx(score, abs=1e-6)
    order = by_size(opened.terms)
    assert order[0] == 0
    np.testing.assert_allclose(opened.running(order), [0.5, 0.5, 0.5], atol=1e-3)
    assert [(each.text, round(each.score, 2)) for each in opened.cuts] == [("red", 0.71), ("red blue", 0.5)]
    assert sum(each.shares[0] for each in opened.words) == pytest.approx(opened.score - opened.nothing)
    assert opened.nothing == pytest.approx(0, abs=1e-6)
    assert not opened.both_ways
    assert opened.maps is None


@pytest.mark.parametrize("similarity", [COSINE, ORDER], ids=lambda each: each.name)
@pytest.mark.parametrize(("a_is", "b_is"), [("text", "image"), ("image", "text"), ("image", "image")])
def test_terms_sum_to_the_score_of_every_similarity(similarity, a_is: str, b_is: str):
    a, b = normalise(np.abs(np.random.default_rng(0).normal(size=(2, 8))))
    terms = similarity.terms(a, b, a_is=a_is, b_is=b_is)
    whole = similarity.scores(a[None], b[None], a_is=a_is, b_is=b_is)[0, 0]
    assert terms.sum() == pytest.approx(whole, abs=1e-6)
    np.testing.assert_array_equal(terms, similarity.terms(b, a, a_is=b_is, b_is=a_is))


def test_a_sum_has_words_and_what_its_picture_scores_without_them(searcher: Searcher):
    found = searcher.ask("[yellow] - red + blue", 4)
    opened = open_score(searcher, found.query, searcher.vector_of("green"), "plain", found.resolved)
    assert [each.word for each in opened.words] == ["red", "blue"]
    assert opened.nothing == pytest.approx(0.5**0.5, abs=1e-3)
    assert (opened.text, opened.cuts) == ("", ())


def test_a_caption_is_opened_with_its_own_vector_and_no_model_run_for_it(searcher: Searcher):
    searcher.encoder.encoded.clear()
    opened = open_caption(searcher, "red", searcher.caption_vector("red", 0), searcher.vector_of("yellow"))
    assert opened.score == pytest.approx(0.5**0.5, abs=1e-3)
    assert [each.word for each in opened.words] == ["red"]
    assert searcher.encoder.encoded == ["texts"]  # of the cuts


def test_a_network_that_reads_forwards_alone_has_the_vector_of_each_cut_as_its_state():
    text = TextConfig(word_dim=6, hidden=5, max_words=6, bidirectional=False)
    encoder = VSEEncoder(tiny_checkpoint(text=text), "tiny")
    said = "a red dog on the beach"
    cuts = cuts_of(encoder, said, np.eye(8, dtype=np.float32)[0], COSINE)
    tower = encoder.checkpoint.model.text_tower
    with torch.inference_mode():
        states, _ = tower.recurrent(tower.vectors(torch.tensor([encoder.prepare("text", said)])))
        after = tower.embed(states[0]).numpy()
    np.testing.assert_allclose([each.vector for each in cuts], after, atol=1e-5)
    assert [each.text for each in cuts[:2]] == ["a", "a red"]
    assert not encoder.both_ways
    assert VSEEncoder(tiny_checkpoint(text=TextConfig(bidirectional=True)), "tiny").both_ways
