"""The recipe tower of Salvador et al. 2017, "Learning Cross-modal Embeddings for Cooking Recipes and Food Images"."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pack_padded_sequence

from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.text.vocabulary import UNKNOWN


class RecipeTower(nn.Module):
    """Ingredients and steps -> recurrent nets -> concatenated -> affine map -> unit vector (section 4.1 there).

    Inputs are ids of words, int64 and padded with 0: of the ingredients (N, I, W) and of the steps (N, S, L). A recipe
    has at least one line in each list, and a line at least one word. The vectors of steps are learnt with the rest, or
    they are those of a `skip` encoder that stays as it is.
    """

    def __init__(self, config: RecipeConfig, vocabulary_size: int, dim: int) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(vocabulary_size, config.word_dim, padding_idx=0)
        width = 0
        if config.parts != "instructions":
            self.ingredients = nn.LSTM(config.word_dim, config.hidden, batch_first=True, bidirectional=True)
            width += 2 * config.hidden
        if config.parts != "ingredients":
            if config.instructions == "skip":
                self.skip = SentenceEncoder(vocabulary_size, config.word_dim, config.sentence).requires_grad_(False)
            else:
                self.sentences = nn.GRU(config.word_dim, config.sentence, batch_first=True)
            self.instructions = nn.LSTM(config.sentence, config.hidden, batch_first=True)
            width += config.hidden
        self.affine = nn.Linear(width, dim)

    def features(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """-> (N, width): the last states, concatenated."""
        ingredients, steps = map(self._dropped, inputs)
        found = []
        if self.config.parts != "instructions":
            words = self.embedding(ingredients)
            there = (ingredients > 0)[..., None].to(words)
            lines = (words * there).sum(dim=2) / there.sum(dim=2).clamp(min=1)
            found.append(_last(self.ingredients, lines, (ingredients > 0).any(dim=2).sum(dim=1)))
        if self.config.parts != "ingredients":
            real = (steps > 0).any(dim=2)
            rows = steps[real]
            skip = self.config.instructions == "skip"
            sentences = self.skip(rows) if skip else read_rows(self.sentences, self.embedding, rows)
            lines = sentences.new_zeros(*real.shape, sentences.shape[1])
            lines[real] = sentences
            found.append(_last(self.instructions, lines, real.sum(dim=1)))
        return torch.cat(found, dim=1)

    def _dropped(self, ids: Tensor) -> Tensor:
        if not self.training:
            return ids
        chosen = (torch.rand(ids.shape, device=ids.device) < self.config.word_dropout) & (ids != 0)
        return ids.masked_fill(chosen, UNKNOWN)

    def embed(self, features: Tensor) -> Tensor:
        """(N, width) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def forward(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        return self.embed(self.features(inputs))


class SentenceEncoder(nn.Module):
    """Sentences as ids of words (N, L) int64, padded with 0 -> (N, size): the last state of a GRU over their words."""

    def __init__(self, vocabulary_size: int, word_dim: int, size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, word_dim, padding_idx=0)
        self.recurrent = nn.GRU(word_dim, size, batch_first=True)

    def forward(self, ids: Tensor) -> Tensor:
        return read_rows(self.recurrent, self.embedding, ids)


def read_rows(recurrent: nn.GRU, embedding: nn.Embedding, ids: Tensor) -> Tensor:
    """(N, L) int64, padded with 0 -> (N, size)."""
    return _last(recurrent, embedding(ids), (ids > 0).sum(dim=1))


def _last(recurrent: nn.RNNBase, rows: Tensor, lengths: Tensor) -> Tensor:
    """(N, L, D), of each row the first `lengths` -> (N, width): the last state, of both ways."""
    packed = pack_padded_sequence(rows, lengths.cpu(), batch_first=True, enforce_sorted=False)
    _, state = recurrent(packed)
    hidden = state[0] if isinstance(state, tuple) else state
    return torch.cat(tuple(hidden), dim=-1)
