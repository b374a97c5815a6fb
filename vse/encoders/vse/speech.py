"""A speech tower beside a trained model: the part of its folder by which it hears, see `vse.encoders.vse.parts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vse.encoders.vse.model import VSE
from vse.encoders.vse.parts import part_files, read_part, save_part
from vse.errors import CheckpointError, ConfigError
from vse.io.configs import from_json
from vse.io.tensors import load_strictly
from vse.modalities import SPEECH, TEXT
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.tower import SpeechTower
from vse.modalities.text.tower import TextTower
from vse.modalities.text.vocabulary import Vocabulary


def through_text(tower: SpeechTower, states: Tensor, lengths: Tensor, model: VSE, ids: Tensor) -> Tensor:
    """States of a speech tower -> (N, dim) unit rows: the model's text tower reads the words, as likely as each is.

    So what is not sure is not decided, and what was learnt of sentences in writing holds for speech.

    Args:
        ids: (W,) the rows that the tower's words have in the embedding of the text tower.
    """
    likely, counts = tower.likely_words(states, lengths)
    text: TextTower = model.text_tower
    likely, counts = likely[:, : text.config.max_words], counts.clamp(max=text.config.max_words)
    return model.embed_features(TEXT, text.read(likely @ text.embedding(ids), counts))


def ids_of(tower: SpeechTower, vocabulary: Vocabulary) -> Tensor:
    """(W,) int64: the words of a speech tower by their places in a vocabulary."""
    ids, _ = vocabulary.encode_batch(tower.words, 1, strict=False)
    return torch.from_numpy(ids[:, 0].astype("int64"))


def save_speech(folder: Path, fingerprint: str, tower: SpeechTower, about: Mapping[str, Any]) -> None:
    """Write the tower into its model's folder; `about` is what is to be known of it."""
    save_part(folder, SPEECH, fingerprint, {"config": asdict(tower.config), **about, "words": list(tower.words)}, tower)


def load_speech(folder: Path, fingerprint: str, dim: int) -> SpeechTower:
    """The tower of a model's folder, in eval mode.

    Args:
        fingerprint, dim: of the model.

    Raises:
        CheckpointError: when it is damaged, or was trained beside other weights.
    """
    about, tensors = read_part(folder, SPEECH, fingerprint)
    settings, weights = (folder / file for file in part_files(SPEECH))
    words = about.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise CheckpointError(f"{settings} has no list of words; copy it again.")
    try:
        tower = SpeechTower(from_json(SpeechConfig, about.get("config"), settings), dim, words)
    except ConfigError as error:
        raise CheckpointError(str(error)) from error
    load_strictly(tower, tensors, weights)
    return tower.eval()
