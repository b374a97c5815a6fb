"""Ranking losses: pure functions of score matrices, so that a test can compute them by hand.

Everywhere `scores` is (B, B) float, row i the pictures, column j the captions, and the diagonal the
true pairs. `ignore` is an optional (B, B) bool matrix of pairs that are not negatives (a caption that
happens to be true of another picture of the batch); its diagonal does not matter.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def _hinges(scores: Tensor, margin: float, ignore: Tensor | None) -> tuple[Tensor, Tensor]:
    """The margin violations of every negative: against its picture (rows) and against its caption (columns)."""
    positive = scores.diagonal()
    skip = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    if ignore is not None:
        skip = skip | ignore
    captions = (margin + scores - positive[:, None]).clamp(min=0).masked_fill(skip, 0)
    images = (margin + scores - positive[None, :]).clamp(min=0).masked_fill(skip, 0)
    return captions, images


def sum_of_hinges(scores: Tensor, margin: float = 0.2, ignore: Tensor | None = None) -> Tensor:
    """Every contrastive pair, both ways (Kiros et al. 2014, eq. 2), as a mean over the batch."""
    captions, images = _hinges(scores, margin, ignore)
    return (captions.sum() + images.sum()) / len(scores)


def hardest_negative(scores: Tensor, margin: float = 0.2, ignore: Tensor | None = None) -> Tensor:
    """Only the hardest caption of each picture and picture of each caption (VSE++, Faghri et al. 2018, eq. 6)."""
    captions, images = _hinges(scores, margin, ignore)
    return (captions.amax(dim=1).sum() + images.amax(dim=0).sum()) / len(scores)


def order_violation(scores: Tensor, margin: float = 0.05, ignore: Tensor | None = None) -> Tensor:
    """The ranking loss of order embeddings (Vendrov et al. 2015, eq. 5): the sum of hinges over `order_scores`."""
    return sum_of_hinges(scores, margin, ignore)


def warmed_up(scores: Tensor, margin: float = 0.2, ignore: Tensor | None = None, hardness: float = 1.0) -> Tensor:
    """From the sum of hinges (`hardness` 0) to the hardest negative (1).

    The hardest negative alone often collapses at the start of training; VSE++'s own code warms up too.
    The sum is divided by the number of violations so that both ends are of one magnitude.
    """
    captions, images = _hinges(scores, margin, ignore)
    violations = ((captions > 0).sum(dim=1).clamp(min=1), (images > 0).sum(dim=0).clamp(min=1))
    soft = (captions.sum(dim=1) / violations[0]).sum() + (images.sum(dim=0) / violations[1]).sum()
    hard = captions.amax(dim=1).sum() + images.amax(dim=0).sum()
    return ((1 - hardness) * soft + hardness * hard) / len(scores)


def info_nce(scores: Tensor, temperature: float | Tensor = 0.07, ignore: Tensor | None = None) -> Tensor:
    """The symmetric cross-entropy of CLIP (Radford et al. 2021), for comparison."""
    logits = scores / temperature
    if ignore is not None:
        off_diagonal = ~torch.eye(len(scores), dtype=torch.bool, device=scores.device)
        logits = logits.masked_fill(ignore & off_diagonal, float("-inf"))
    target = torch.arange(len(scores), device=scores.device)
    return (torch.nn.functional.cross_entropy(logits, target) + torch.nn.functional.cross_entropy(logits.T, target)) / 2


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


SCORES = {"cosine": cosine_scores, "order": order_scores}
