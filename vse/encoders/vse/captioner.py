"""A decoder that writes a sentence for a vector of the joint space (Kiros et al. 2014, section 2.3).

A GRU reads the vector at each step beside the word it wrote last, and says which word may come next. How long a
caption is to be is said by the token it begins with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import linear, log_softmax

from vse.encoders.base import LENGTHS
from vse.encoders.vse.parts import part_files, read_part, save_part
from vse.errors import CheckpointError, ConfigError
from vse.io.configs import from_json, within
from vse.io.tensors import load_strictly

CAPTIONER = "captioner"  # the part of a model's folder
END = 0
_LONGEST = (5, 10)  # words of a short caption, and of a medium one
SPECIAL = ("<end>", *(f"<{length}>" for length in LENGTHS))
MAX_WORDS = 30


@dataclass(frozen=True)
class CaptionerConfig:
    """dim: of the joint space. hidden, word_dim: the GRU's states and the word vectors, which also judge the words."""

    dim: int
    hidden: int = 512
    word_dim: int = 128

    def __post_init__(self) -> None:
        within(1, 4096, dim=self.dim, hidden=self.hidden, word_dim=self.word_dim)


def begin(words: int) -> int:
    """The id of the token that a caption of so many words begins with."""
    return 1 + sum(words > longest for longest in _LONGEST)


class Captioner(nn.Module):
    """Vectors (N, dim) and the words so far, as ids (N, L) int64 -> logits (N, L, V) of the word after each.

    Args:
        words: by id; the first four are SPECIAL.
    """

    def __init__(self, config: CaptionerConfig, words: Sequence[str]) -> None:
        super().__init__()
        if tuple(words[: len(SPECIAL)]) != SPECIAL or len(words) <= len(SPECIAL):
            raise ConfigError(f"A captioner's words begin with {', '.join(SPECIAL)}, and others follow; copy it again.")
        self.config, self.words = config, tuple(words)
        self.embedding = nn.Embedding(len(words), config.word_dim)
        self.affine = nn.Linear(config.dim, config.word_dim)
        self.start = nn.Linear(config.dim, config.hidden)
        self.recurrent = nn.GRU(2 * config.word_dim, config.hidden, batch_first=True)
        self.head = nn.Linear(config.hidden, config.word_dim)
        self.skip = nn.Linear(config.dim, config.word_dim, bias=False)  # what the vector says, whatever is written yet
        nn.init.zeros_(self.skip.weight)
        self.bias = nn.Parameter(torch.zeros(len(words)))
        self.about: dict[str, Any] = {}  # how it learnt, and from what

    def forward(self, vectors: Tensor, ids: Tensor) -> Tensor:
        return self._logits(vectors, ids, self.first_state(vectors))[0]

    def first_state(self, vectors: Tensor) -> Tensor:
        """(N, dim) -> (1, N, hidden)."""
        return torch.tanh(self.start(vectors))[None]

    def _logits(self, vectors: Tensor, ids: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        read = self.affine(vectors)[:, None].expand(-1, ids.shape[1], -1)
        states, state = self.recurrent(torch.cat([self.embedding(ids), read], dim=-1), state)
        said = self.head(states) + self.skip(vectors)[:, None]
        return linear(said, self.embedding.weight, self.bias), state

    @torch.inference_mode()
    def write(
        self, vectors: np.ndarray, length: str = "medium", beam: int = 12, keep: int = 12
    ) -> list[list[tuple[str, float]]]:
        """Beam search: for each vector at most `keep` captions, the likeliest first, each with its log-likelihood.

        No word comes twice in a row, and no three words come twice.

        Args:
            vectors: (N, dim) float32.
            length: one of LENGTHS.
        """
        device = self.bias.device
        count, size = len(vectors), min(beam, len(self.words) - len(SPECIAL))
        points = torch.from_numpy(np.asarray(vectors, dtype=np.float32)).to(device).repeat_interleave(size, dim=0)
        state = self.first_state(points)
        written = torch.full((count * size, 1), 1 + LENGTHS.index(length), device=device)
        # All beams are the same at first, so only one of them may go on.
        scores = torch.zeros(count, size, device=device)
        scores[:, 1:] = -torch.inf
        found: list[list[tuple[str, float]]] = [[] for _ in range(count)]
        for step in range(1, MAX_WORDS + 2):
            logits, state = self._logits(points, written[:, -1:], state)
            steps = log_softmax(logits[:, -1].float(), dim=-1)
            steps[:, 1 : len(SPECIAL)] = -torch.inf
            if step == 1:
                steps[:, END] = -torch.inf
            self._forbid_repeats(steps, written)
            if step == MAX_WORDS + 1:
                ends = steps[:, END].clone()
                steps.fill_(-torch.inf)
                steps[:, END] = ends
            everything = (scores.reshape(-1, 1) + steps).reshape(count, -1)
            scores, best = everything.topk(size, dim=1)
            rows = (best // steps.shape[1] + torch.arange(count, device=device)[:, None] * size).reshape(-1)
            ids = (best % steps.shape[1]).reshape(-1)
            written, state = torch.cat([written[rows], ids[:, None]], dim=1), state[:, rows]
            done = (ids == END).reshape(count, size) & torch.isfinite(scores)
            for row, which in done.nonzero().tolist():
                text = " ".join(self.words[id] for id in written[row * size + which, 1:-1].tolist())
                found[row].append((text, float(scores[row, which])))
            scores = scores.masked_fill(done, -torch.inf)
            if all(len(each) >= keep for each in found) or not torch.isfinite(scores).any():
                break
        return [sorted(each, key=lambda pair: -pair[1])[:keep] for each in found]

    @staticmethod
    def _forbid_repeats(steps: Tensor, written: Tensor) -> None:
        """Take out, in place, the word written last, and any that would write three words a second time."""
        steps.scatter_(1, written[:, -1:], -torch.inf)
        for place in range(1, written.shape[1] - 2):
            same = (written[:, place : place + 2] == written[:, -2:]).all(dim=1)
            steps[same, written[same, place + 2]] = -torch.inf


def sentence(words: str) -> str:
    """Words as people read them: "A dog on a beach"."""
    return words[:1].upper() + words[1:]


def save_captioner(folder: Path, fingerprint: str, captioner: Captioner, about: Mapping[str, Any]) -> None:
    """Write the decoder into its model's folder; `about` is what is to be known of it."""
    told = {"config": asdict(captioner.config), **about, "words": list(captioner.words)}
    save_part(folder, CAPTIONER, fingerprint, told, captioner)


def load_captioner(folder: Path, fingerprint: str) -> Captioner:
    """The decoder of a model's folder, in eval mode.

    Raises:
        CheckpointError: when it is damaged, or was trained beside other weights.
    """
    about, tensors = read_part(folder, CAPTIONER, fingerprint)
    settings, weights = (folder / file for file in part_files(CAPTIONER))
    words = about.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise CheckpointError(f"{settings} has no list of words; copy it again.")
    try:
        captioner = Captioner(from_json(CaptionerConfig, about.get("config"), settings), words)
    except ConfigError as error:
        raise CheckpointError(str(error)) from error
    load_strictly(captioner, tensors, weights)
    captioner.about = about
    return captioner.eval()
