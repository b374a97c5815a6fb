"""Figures of spoken captions, on a world small enough to count by hand; nothing is synthesised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.errors import CollectionError
from vse.evaluation import speech
from vse.search.vectors import vectors_of


def test_a_recording_with_the_vector_of_its_text_scores_as_the_text(scenes_folder: Path, scenes_model: Path):
    from vse.encoders.registry import load_model

    encoder, collection = load_model(scenes_model), load_collection(scenes_folder)
    rows = speech.captions_asked(collection, 10)
    assert rows.tolist() == [0, 16, 32, 48, 64, 75, 91, 107, 123, 139]  # each of the five kinds twice
    texts = np.asarray(vectors_of(encoder, collection, "text").vectors, np.float32)
    found = speech.measured(encoder, collection, texts[rows], rows)
    assert found.satisfied == found.satisfied_written
    assert found.own_text_10 >= found.own_text_1 > 50  # a random tower may give two texts one vector
    assert found.cosine == pytest.approx(1, abs=1e-3)
    far = speech.measured(encoder, collection, -texts[rows], rows)
    assert far.own_text_10 == 0
    assert far.cosine == pytest.approx(-1, abs=1e-3)
    assert "| as written | " in speech.heard_table({"as written": found})


def test_what_is_true_must_be_known(colours: Path):
    with pytest.raises(CollectionError, match="colours is no Emoji Scenes, of which it is known what is true"):
        speech.measured(FakeEncoder(), load_collection(colours), np.zeros((0, 3)), [])


def test_noise_is_as_loud_as_it_says_and_a_room_keeps_what_comes_directly():
    rng = np.random.default_rng(0)
    tone = np.sin(np.arange(16_000, dtype=np.float32))
    noise = speech.noisy(tone, rng, decibels=10) - tone
    assert 20 * np.log10(np.std(tone) / np.std(noise)) == pytest.approx(10, abs=0.3)
    click = np.zeros(16_000, np.float32)
    click[0] = 1
    echo = speech.in_a_room(click, rng, seconds=0.4)
    assert echo[0] == pytest.approx(1, abs=1e-4)
    assert np.sum(echo[1:] ** 2) == pytest.approx(0.49, abs=0.02)  # 3 dB below
    # Between 40 and 60 dB down at the end, as so much noise is left of a decay of 60.
    assert np.abs(echo[6300:6400]).max() < 0.01 * np.abs(echo[1:100]).max()
    high = np.sin(2 * np.pi * 6000 * np.arange(16_000) / 16_000).astype(np.float32)
    assert np.std(speech.by_telephone(high, rng)[1000:-1000]) < 0.05
