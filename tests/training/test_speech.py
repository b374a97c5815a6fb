"""Learning to hear, on tones in the place of speech: no synthesiser is needed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.conftest import tiny_checkpoint
from vse.encoders.vse.encoder import VSEEncoder
from vse.encoders.vse.speech import ids_of, through_text
from vse.errors import ConfigError, TrainingError
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.modality import collate_speech
from vse.training.speech import SpeechTraining, _flat_start, learn_to_hear
from vse.training.speech_sounds import heard_otherwise, in_a_room, noise, nothing_said

TINY = SpeechConfig(bands=8, channels=(12, 16), hidden=16, dropout=0.0)
WORDS = ("red", "green", "blue")


def spoken(count: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Each colour is a tone in two bands of its own, held for 20 frames; (texts, (N, 60, 8) padded with NaN)."""
    rng = np.random.default_rng(seed)
    texts, rows = [], np.full((count, 60, 8), np.nan, np.float16)
    for row in range(count):
        said = rng.choice(3, size=rng.integers(1, 3), replace=False)
        texts.append(" ".join(WORDS[each] for each in said))
        rows[row, : 20 * len(said)] = -9
        for at, each in enumerate(said):
            rows[row, 20 * at : 20 * at + 18, 2 * each : 2 * each + 2] = 1
    return texts, rows


def test_a_tower_learns_to_name_words_and_lands_on_their_text(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "vse.training.speech.heard_otherwise", lambda sound, *_: (sound.astype(np.float32), (0, len(sound)))
    )
    encoder = VSEEncoder(tiny_checkpoint(texts=["red green blue"]), "tiny")
    before = encoder.encode_texts(["red green"])
    texts, sounds = spoken(96)
    training = SpeechTraining(epochs=12, batch_size=16, learning_rate=0.02, precision="float32")
    seen: list[tuple[int, int]] = []
    tower, about = learn_to_hear(encoder, texts, sounds, TINY, training, lambda a, b, _: seen.append((a, b)))
    assert seen[-1] == (72, 72)
    assert about["captions"] == 96
    np.testing.assert_array_equal(encoder.encode_texts(["red green"]), before)
    texts, sounds = spoken(20, seed=1)
    inputs = collate_speech([row[np.isfinite(row[:, 0])].astype(np.float32) for row in sounds], TINY)
    with torch.inference_mode():
        states, counts = tower.states(inputs)
        named = tower.named(states, counts)
        vectors = through_text(
            tower, states, counts, encoder.checkpoint.model, ids_of(tower, encoder.checkpoint.vocabulary)
        ).numpy()
    assert np.mean([" ".join(words) == text for words, text in zip(named, texts, strict=True)]) > 0.8
    assert np.mean(np.sum(vectors * encoder.encode_texts(texts), axis=1) > 0.95) > 0.8


def test_too_few_recordings_and_settings_that_do_not_fit_are_refused():
    texts, sounds = spoken(3)
    with pytest.raises(TrainingError, match="3 captions were read aloud, fewer than a batch of 48"):
        learn_to_hear(VSEEncoder(tiny_checkpoint(), "tiny"), texts, sounds, TINY, SpeechTraining())
    with pytest.raises(ConfigError, match="flat = 0"):
        SpeechTraining(flat=0)


def test_letters_take_as_long_as_any_other_at_the_start():
    begins, ids = _flat_start(["a", "dog"], torch.tensor([5, 7]), (10, 80))
    # 1 + 1.5 and 3 + 1.5 of 7 parts, each of 10 frames.
    np.testing.assert_allclose(begins, [10, 35, 80])
    assert ids.tolist() == [0, 5, 7, 0]


def test_a_sound_is_heard_otherwise_each_time_and_stays_finite():
    rng = np.random.default_rng(0)
    sound = spoken(1)[1][0, :20].astype(np.float32)
    for _ in range(50):
        found, (start, stop) = heard_otherwise(sound, rng, 100, other=sound)
        assert np.isfinite(found).all()
        assert 0 <= start < stop <= len(found)
        assert np.isfinite(nothing_said(sound, rng)).all()
    assert noise((30, 8), rng).mean() == pytest.approx(1)


def test_the_echoes_of_a_room_have_the_power_that_is_asked_for_and_fade():
    click = np.zeros((400, 1), np.float32)
    click[0] = 1
    echo = in_a_room(click, seconds=0.5, echoes=0.5, frames_a_second=100)
    assert echo[0, 0] == 1
    assert echo[1:].sum() == pytest.approx(0.5, rel=1e-3)
    assert echo[51, 0] / echo[1, 0] == pytest.approx(1e-6, rel=1e-3)  # 60 dB after half a second
