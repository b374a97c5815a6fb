"""What training minimises: a ranking loss over the batch, and optionally the arithmetic between counterparts."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from vse.training.config import TrainConfig
from vse.training.objectives.losses import SCORES, info_nce, order_violation, sum_of_hinges, warmed_up

Loss = Callable[[Tensor, Tensor | None], Tensor]


def ranking_loss(config: TrainConfig, hardness: float, logit_scale: Tensor | None = None) -> Loss:
    """The configured loss of a (B, B) score matrix and the pairs to ignore; `hardness` goes from 0 to 1.

    A `logit_scale` that the model learns takes the place of one over the configured temperature.
    """
    temperature = config.temperature if logit_scale is None else 1 / logit_scale
    if config.loss == "sum":
        return lambda scores, ignore: sum_of_hinges(scores, config.margin, ignore)
    if config.loss == "order":
        return lambda scores, ignore: order_violation(scores, config.margin, ignore)
    if config.loss == "infonce":
        return lambda scores, ignore: info_nce(scores, temperature, ignore)
    return lambda scores, ignore: warmed_up(scores, config.margin, ignore, hardness)


def matching_loss(
    images: Tensor, captions: Tensor, truth: Tensor | None, loss: Loss, similarity: str = "cosine"
) -> Tensor:
    """The mean ranking loss over the captions of each picture.

    Args:
        images: (B, D) unit rows.
        captions: (B, K, D) unit rows: K captions of each picture.
        truth: (B, B, K) bool: caption k of picture j is true of picture i and therefore no negative for it.
    """
    score = SCORES[similarity]
    losses = [
        loss(score(images, captions[:, k]), None if truth is None else truth[:, :, k]) for k in range(captions.shape[1])
    ]
    return torch.stack(losses).mean()


def paraphrase_loss(captions: Tensor, loss: Loss) -> Tensor:
    """Each caption should be nearer to the next one of its picture than to those of other pictures.

    Args:
        captions: (B, K, D) unit rows: K captions of each picture; of one caption the loss is 0.
    """
    count = captions.shape[1]
    if count == 1:
        return captions.new_zeros(())
    following = captions.roll(-1, dims=1)
    return torch.stack([loss(captions[:, k] @ following[:, k].T, None) for k in range(count)]).mean()


def arithmetic_loss(images: Tensor, minus: Tensor, plus: Tensor, partner: Tensor, loss: Loss) -> Tensor:
    """Picture - minus + plus should be nearest to its counterpart among all pictures of the batch but itself.

    Args:
        images, minus, plus: (B, D) unit rows.
        partner: (B,) int64: the row of each picture's counterpart.
    """
    queries = normalize(images - minus + plus, dim=-1)
    scores = queries @ images[partner].T  # column j is the counterpart of j, so the targets stand on the diagonal
    rows = torch.arange(len(images))
    itself = partner[None, :] == rows[:, None]
    return loss(scores, itself)
