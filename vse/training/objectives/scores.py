"""Score matrices of two lists of vectors, as tensors that gradients go through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def cosine_scores(images: Tensor, captions: Tensor) -> Tensor:
    """(B, D) and (C, D) unit rows -> (B, C)."""
    return images @ captions.T


def order_scores(images: Tensor, captions: Tensor) -> Tensor:
    """(B, D) and (C, D) non-negative rows -> (B, C): minus the order violation (Vendrov et al. 2015, eq. 3).

    A caption is more abstract than its picture: every coordinate of it should be at most the picture's.
    """
    scores: Tensor = _OrderScores.apply(images, captions)
    return scores


class _OrderScores(torch.autograd.Function):
    """Keeps what exceeds, (B, C, D), once; autograd alone keeps it three times over and takes four times as long."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, captions: Tensor) -> Tensor:
        excess = (captions[None] - images[:, None]).clamp_(min=0)
        ctx.save_for_backward(excess)
        return -torch.linalg.vecdot(excess, excess)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        (excess,) = ctx.saved_tensors
        of_images = torch.einsum("bc,bcd->bd", 2 * grads[0], excess)
        of_captions = torch.einsum("bc,bcd->cd", -2 * grads[0], excess)
        return of_images, of_captions


Score = Callable[[Tensor, Tensor], Tensor]
SCORES: dict[str, Score] = {"cosine": cosine_scores, "order": order_scores}
