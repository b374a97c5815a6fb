"""Several trained models as one: the average of their weights (Wortsman et al. 2022, "Model soups").

Runs that went on from one model lie in one valley of the loss, and between them is often better than at any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from vse.encoders.vse.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from vse.errors import TrainingError
from vse.modalities.text.vocabulary import Vocabulary
from vse.training.state import BEST

_WORDS = "text_tower.embedding.weight"


def average(run: Path, folders: Sequence[Path], shares: Sequence[float] | None = None) -> Path:
    """Write the average of VSEs as the best model of a run, to be exported as any other; its folder.

    The words are those of the first; of a word that another does not know the first's vector counts for it.

    Args:
        shares: of each, of any sum; equal ones if not given.

    Raises:
        CheckpointError: when a folder holds no VSE.
        TrainingError: for fewer than two models, shares that are not one each, or other architectures.
        WriteError: when the run's folder holds other things.
    """
    shares = [1.0] * len(folders) if shares is None else shares
    if len(folders) < 2 or len(shares) != len(folders) or min(shares) < 0 or sum(shares) <= 0:
        raise TrainingError(f"{len(folders)} models came with the shares {', '.join(f'{each:g}' for each in shares)}; "
                            "give two models or more, and a share of each that is not negative.")  # fmt: skip
    found = [load_checkpoint(folder) for folder in folders]
    first, total = found[0], sum(shares)
    weights = [_with_words_of(first, each) for each in found]
    for folder, other in zip(folders, weights, strict=True):
        if {name: tensor.shape for name, tensor in other.items()} != {n: t.shape for n, t in weights[0].items()}:
            raise TrainingError(f"{folder} has another architecture than {folders[0]}; only equal ones are averaged.")
    averaged = {
        name: sum(share / total * each[name] for share, each in zip(shares, weights, strict=True))
        if tensor.is_floating_point()
        else tensor
        for name, tensor in weights[0].items()
    }
    first.model.load_state_dict(averaged)
    names = [folder.parent.name if folder.name == BEST else folder.name for folder in folders]
    training = {"average_of": dict(zip(names, shares, strict=True)), **first.training}
    save_checkpoint(run / BEST, replace(first, training=training, metrics={}, card=""))
    return run / BEST


def _with_words_of(first: Checkpoint, other: Checkpoint) -> dict[str, Tensor]:
    """The other's weights, with the rows of its word vectors in the order of the first's words."""
    weights = {name: tensor.clone() for name, tensor in other.model.state_dict().items()}
    if other.vocabulary.words != first.vocabulary.words:
        weights[_WORDS] = _reordered(weights[_WORDS], other.vocabulary, first)
    return weights


def _reordered(vectors: Tensor, vocabulary: Vocabulary, first: Checkpoint) -> Tensor:
    rows = {word: row for row, word in enumerate(vocabulary.words)}
    found = first.model.state_dict()[_WORDS].clone()
    if vectors.shape[1] != found.shape[1]:
        return vectors  # of another architecture, which is told
    known = [(row, rows[word]) for row, word in enumerate(first.vocabulary.words) if word in rows]
    to, of = torch.tensor(known).T
    found[to] = vectors[of]
    return found
