"""Predicting from a picture which words its captions use, beside the ranking loss of training.

The ranking loss is met by whatever tells the pictures of a batch apart, which the place often does alone; this one
asks for every thing that is spoken of. It takes captions only. After Joulin et al. 2016, "Learning visual features
from large weakly supervised data".
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

RARE = -3.5  # the bias at first: a word is said of about one picture in thirty


class WordPrediction(nn.Linear):
    """Features of a picture (N, F) -> a logit for each word (N, V); used in training only."""

    def __init__(self, features: int, words: int) -> None:
        super().__init__(features, words)
        nn.init.constant_(self.bias, RARE)


def words_used(ids: Tensor, vocabulary: int) -> Tensor:
    """(N, C, L) int64 word ids of C captions a picture, padded with 0 -> (N, V) float, 1 for a word that is used."""
    used = torch.zeros(len(ids), vocabulary).scatter_(1, ids.flatten(1), 1.0)
    used[:, 0] = 0
    return used


def word_loss(logits: Tensor, used: Tensor) -> Tensor:
    """The binary cross-entropy of (N, V), summed over words, for each word that is used."""
    return binary_cross_entropy_with_logits(logits, used, reduction="sum") / used.sum()
