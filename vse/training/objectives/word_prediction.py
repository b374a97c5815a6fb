"""Predicting from a picture which words its captions use, beside the ranking loss of training.

The ranking loss is met by whatever tells the pictures of a batch apart, which the place often does alone; this one
asks for every thing that is spoken of. It takes captions only. After Joulin et al. 2016, "Learning visual features
from large weakly supervised data".
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from vse.training.objectives.base import Context, Embedded, Objective
from vse.training.sources.base import Batch

RARE = -3.5  # the bias at first: a word is said of about one picture in thirty


def word_loss(logits: Tensor, used: Tensor) -> Tensor:
    """The binary cross-entropy of (n, V), summed over words, for each word that is used.

    Args:
        used: (B, V) of a batch of which the logits are of the first n items: a share of all words used counts for them.
    """
    items = len(logits)
    summed = binary_cross_entropy_with_logits(logits, used[:items], reduction="sum")
    return summed / (used.sum() * items / len(used))


@dataclass(frozen=True)
class WordPredictionConfig:
    """`weight`: of this loss beside the ranking loss."""

    weight: float = 0.0


class WordPrediction(Objective):
    """The target "words" is (B, V) float: 1 for a word that a caption of the picture uses."""

    Config = WordPredictionConfig
    title = "word prediction"
    needs = ("words",)

    def __init__(self, config: WordPredictionConfig, context: Context) -> None:
        super().__init__(config, context)
        head = nn.Linear(context.model.feature_width("image"), context.widths["words"])
        nn.init.constant_(head.bias, RARE)
        self.heads["words"] = head

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        return word_loss(self.heads["words"](embedded.features["image"]), batch.targets["words"])
