"""The tower's laws: padding and company change nothing, and named words are those of the likeliest states."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vse.errors import ConfigError
from vse.modalities.base import load_modality
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.tower import SpeechTower

TINY = SpeechConfig(bands=6, channels=(5, 7), hidden=4)


def test_a_batch_gives_each_what_it_gives_alone():
    torch.manual_seed(0)
    kind = load_modality("speech")
    tower = kind.tower(TINY, 8, 0).eval()
    rng = np.random.default_rng(0)
    sounds = [kind.read(rng.normal(size=length) / 4, TINY, True) for length in (16_000, 900, 7_777)]
    assert [len(each) for each in sounds] == [98, 4, 47]
    with torch.inference_mode():
        together = tower(kind.collate(sounds, TINY))
        alone = torch.cat([tower(kind.collate([each], TINY)) for each in sounds])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))


def test_words_are_named_once_however_long_they_last():
    tower = SpeechTower(TINY, 8, ("red", "dog"))
    states = torch.zeros(1, 6, 8)
    # The logits of no word, red and dog at each of six states; the last is padding.
    logits = torch.eye(3)[torch.tensor([0, 1, 1, 0, 2, 1])][None]
    tower.naming = torch.nn.Identity()
    tower.naming.forward = lambda _: logits  # type: ignore[method-assign]
    assert tower.named(states, torch.tensor([5])) == [("red", "dog")]


def test_a_configuration_that_does_not_fit_is_refused():
    with pytest.raises(ConfigError, match="highest = 9000; expected 0 to 8,000"):
        SpeechConfig(highest=9000)


def test_a_place_has_the_words_that_were_likely_there():
    tower = SpeechTower(TINY, 8, ("red", "dog"))
    # How likely no word, red and dog are at each of five states; the fifth of the second recording is padding.
    first = [[0.8, 0.1, 0.1], [0.2, 0.6, 0.2], [0.1, 0.5, 0.4], [0.1, 0.3, 0.6], [0.6, 0.2, 0.2]]
    second = [[0.8, 0.1, 0.1]] * 4 + [[0.1, 0.9, 0.0001]]
    tower.naming = torch.nn.Identity()
    tower.naming.forward = lambda _: torch.tensor([first, second]).log()  # type: ignore[method-assign]
    likely, counts = tower.likely_words(torch.zeros(2, 5, 8), torch.tensor([5, 4]))
    assert counts.tolist() == [2, 1]
    # Red at the second and third states: 0.6 + 0.5 of 1.7 in all; dog at the fourth: 0.6 of 0.9.
    expected = torch.tensor([[[1.1 / 1.7, 0.6 / 1.7], [1 / 3, 2 / 3]], [[0.0, 0.0], [0.0, 0.0]]])
    torch.testing.assert_close(likely, expected, atol=1e-3, rtol=0)
