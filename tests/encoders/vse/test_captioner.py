from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.modalities.text.test_letters import encoder
from vse.encoders.base import Written, can_write, captions_of
from vse.encoders.registry import load_model
from vse.encoders.vse.captioner import (
    CAPTIONER,
    MAX_WORDS,
    SPECIAL,
    Captioner,
    CaptionerConfig,
    begin,
    load_captioner,
    save_captioner,
)
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.encoders.vse.parts import has_part
from vse.errors import CheckpointError, ConfigError, TextError

WORDS = (*SPECIAL, "a", "dog", "cat", "in", "snow")


def small(dim: int = 4) -> Captioner:
    torch.manual_seed(3)
    return Captioner(CaptionerConfig(dim, hidden=6, word_dim=5), WORDS).eval()


def points(count: int, dim: int = 4) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((count, dim)).astype(np.float32)


def test_a_beam_as_wide_as_all_sentences_finds_the_likeliest():
    captioner, vectors = small(), points(1)

    def likelihood(text: str) -> float:
        ids = [1 + 1, *(WORDS.index(word) for word in text.split()), 0]
        with torch.inference_mode():
            logits = captioner(torch.from_numpy(vectors), torch.tensor([ids[:-1]]))[0]
        steps = logits.log_softmax(dim=-1)
        return float(sum(steps[at, id] for at, id in enumerate(ids[1:])))

    found = captioner.write(vectors, "medium", beam=5, keep=5)[0]
    for text, score in found:
        assert score == pytest.approx(likelihood(text), abs=1e-4)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_many_vectors_are_written_for_as_each_alone():
    captioner, vectors = small(), points(3)
    together = captioner.write(vectors, "short")
    alone = [captioner.write(vectors[row : row + 1], "short")[0] for row in range(3)]
    assert [[text for text, _ in each] for each in together] == [[text for text, _ in each] for each in alone]


def test_nothing_repeats_and_every_sentence_ends():
    captioner = small()
    with torch.no_grad():  # that would write for ever
        captioner.bias[0] = -50
    for text, _ in captioner.write(points(1), "long")[0]:
        words = text.split()
        assert len(words) <= MAX_WORDS
        assert all(one != other for one, other in pairwise(words))
        threes = [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
        assert len(threes) == len(set(threes))


def test_how_long_a_caption_is_to_be_is_said_by_where_it_begins():
    assert [SPECIAL[begin(words)] for words in (1, 5, 6, 10, 11, 30)] == [
        "<short>", "<short>", "<medium>", "<medium>", "<long>", "<long>"
    ]  # fmt: skip


def test_a_decoder_is_a_part_of_its_model_s_folder(tmp_path: Path):
    made = encoder("words")
    save_checkpoint(tmp_path, made.checkpoint)
    assert not can_write(load_model(tmp_path))
    with pytest.raises(CheckpointError, match="has not learnt to write captions"):
        captions_of(load_model(tmp_path), points(1, made.dim))
    first = small(made.dim)
    save_captioner(tmp_path, made.fingerprint, first, {"captions": 5})
    again = load_model(tmp_path)
    assert can_write(again)
    assert again.fingerprint == made.fingerprint
    found = captions_of(again, points(2, made.dim), k=2, length="short")
    assert all(isinstance(each, Written) and each.text[0].isupper() for row in found for each in row)
    for row, vector in zip(found, points(2, made.dim), strict=True):
        read = again.encode_texts([each.text for each in row], strict=False)
        assert [each.score for each in row] == pytest.approx(
            (read @ vector / np.linalg.norm(vector)).tolist(), abs=1e-5
        )
        alone = captions_of(again, vector[None], k=1, length="short")[0]
        assert alone[0].text == row[0].text
    with pytest.raises(TextError, match="short, medium, long, not 'endless'"):
        captions_of(again, points(1, made.dim), length="endless")


def test_a_decoder_of_other_weights_is_refused(tmp_path: Path):
    save_captioner(tmp_path, "other", small(), {})
    with pytest.raises(CheckpointError, match="was trained beside other weights"):
        load_captioner(tmp_path, "mine")


def test_words_that_are_none_are_refused():
    with pytest.raises(ConfigError, match="A captioner's words begin with <end>, <short>"):
        Captioner(CaptionerConfig(4), ("a", "b"))


def test_a_write_that_breaks_off_leaves_no_decoder_rather_than_a_mixed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    save_captioner(tmp_path, "mine", small(), {})
    assert has_part(tmp_path, CAPTIONER)

    def breaks(path: Path, text: str) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("vse.encoders.vse.parts.write_text", breaks)
    with pytest.raises(OSError, match="no space left"):
        save_captioner(tmp_path, "mine", small(), {})
    assert not has_part(tmp_path, CAPTIONER)
