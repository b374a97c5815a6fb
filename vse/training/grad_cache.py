"""Large batches in little memory: gradients of a whole batch's loss, from chunks (Gao et al. 2021, "Scaling Deep
Contrastive Learning Batch Size under Memory Limited Setup").

The towers read the batch twice. First without a graph, chunk by chunk, for the vectors of all; the loss gives the
gradient of each vector. Then each chunk again, with the same random numbers, and its gradient goes on to the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from vse.training.sources.base import Inputs

Tower = Callable[[str, Inputs], tuple[Tensor, ...]]


@dataclass
class GradCache:
    """One step. `tower` takes a modality and some of its inputs and gives tensors of as many rows; `chunk_size` inputs
    go through it at a time."""

    tower: Tower
    chunk_size: int
    calls: list[tuple[str, list[Inputs], list[int], tuple[Tensor, ...]]] = field(default_factory=list)

    def __call__(self, modality: str, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the tower gives of all inputs, as leaves of the graph."""
        chunks, seeds, found = _split(inputs, self.chunk_size), [], []
        with torch.no_grad():
            for chunk in chunks:
                seeds.append(int(torch.randint(2**62, ())))
                torch.manual_seed(seeds[-1])
                found.append(self.tower(modality, chunk))
        leaves = tuple(torch.cat(parts).requires_grad_() for parts in zip(*found, strict=True))
        self.calls.append((modality, chunks, seeds, leaves))
        return leaves

    def backward(self, model: nn.Module) -> None:
        """After the loss's backward pass: the gradients of the weights, added to those that there are.

        Running means, such as those of a batch norm, are left as the first pass made them.
        """
        kept = {name: buffer.clone() for name, buffer in model.named_buffers()}
        for modality, chunks, seeds, leaves in self.calls:
            asked = [number for number, leaf in enumerate(leaves) if leaf.grad is not None]
            if not asked:
                continue
            grads = zip(*(leaves[number].grad.split(self.chunk_size) for number in asked), strict=True)  # type: ignore[union-attr]
            for chunk, seed, of_chunk in zip(chunks, seeds, grads, strict=True):
                torch.manual_seed(seed)
                outputs = self.tower(modality, chunk)
                learning = {number: grad for number, grad in zip(asked, of_chunk, strict=True)
                            if outputs[number].requires_grad}  # fmt: skip
                if learning:
                    torch.autograd.backward([outputs[number] for number in learning], list(learning.values()))
        with torch.no_grad():
            for name, buffer in model.named_buffers():
                buffer.copy_(kept[name])


def _split(inputs: Inputs, size: int) -> list[Inputs]:
    if isinstance(inputs, tuple):
        return list(zip(*(each.split(size) for each in inputs), strict=True))
    return list(inputs.split(size))
