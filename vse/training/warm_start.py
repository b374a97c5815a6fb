"""Going on from a trained model with a larger one, so that what was learnt is not learnt again."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from vse.errors import TrainingError

QUIET = 0.3  # of a new part's random start, so that it does not drown what was learnt


def warm_started(trained: Mapping[str, Tensor], fresh: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights to start a larger model with: those of the trained one, and the fresh ones where it has none.

    A matrix (rows, columns) that has more columns than the trained one keeps that one as its first columns.

    Raises:
        TrainingError: for a tensor that fits neither way, or that the larger model does not have.
    """
    lost = sorted(trained.keys() - fresh.keys())
    if lost:
        raise TrainingError(f"The model to start from has {', '.join(lost[:5])}, which the new architecture lacks.")
    return {
        name: _started(name, trained[name], tensor) if name in trained else tensor for name, tensor in fresh.items()
    }


def _started(name: str, trained: Tensor, fresh: Tensor) -> Tensor:
    if trained.shape == fresh.shape:
        return trained
    fits = trained.ndim == fresh.ndim == 2 and len(trained) == len(fresh) and trained.shape[1] < fresh.shape[1]
    if not fits:
        came, wanted = tuple(trained.shape), tuple(fresh.shape)
        raise TrainingError(f"{name} is {came} in the model to start from and cannot become {wanted}.")
    larger = QUIET * fresh
    larger[:, : trained.shape[1]] = trained
    return larger
