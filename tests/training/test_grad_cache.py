"""Gradients from chunks are those of the whole batch."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from tests.training.processes import ITEMS, STEPS, Built, Random
from vse.errors import ConfigError
from vse.training.config import train_config
from vse.training.grad_cache import GradCache
from vse.training.objectives import OBJECTIVES
from vse.training.trainer import Trainer


def gradients(name: str, chunk_size: int) -> dict[str, Tensor]:
    """Of a step with the settings of that name and towers without a batch norm."""
    settings = {"batch_size": ITEMS, "epochs": 2, "clip_norm": 1e6, **STEPS[name][1], "chunk_size": chunk_size}
    built = Built(similarity="order" if name == "order" else "cosine")
    trainer = Trainer(Path(), built, train_config(settings), Random(), None)  # type: ignore[arg-type]
    loss = trainer.step(trainer.source.batch(0, 2), 2)
    learning = {**dict(trainer.model.named_parameters()), **dict(trainer.heads.named_parameters())}
    found = {key: each.grad for key, each in learning.items() if each.grad is not None}
    return {**found, "loss": torch.tensor(loss)}


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("chunk_size", [1, 3, 100])
def test_gradients_from_chunks_are_those_of_the_whole_batch(name: str, chunk_size: int):
    whole, chunked = gradients(name, 0), gradients(name, chunk_size)
    assert whole.keys() == chunked.keys()
    for key, grad in whole.items():
        assert torch.allclose(chunked[key], grad, rtol=0, atol=1e-5), key


def loss_of(rows: Tensor) -> Tensor:
    return (rows @ rows.T).logsumexp(dim=1).sum()


def test_a_chunk_is_read_twice_with_the_same_random_numbers():
    tower, inputs = nn.Linear(4, 3), torch.randn(10, 4, generator=torch.Generator().manual_seed(0))

    def dropping(modality: str, rows: Tensor) -> tuple[Tensor]:
        return (dropout(tower(rows), 0.5),)

    torch.manual_seed(1)
    cache = GradCache(dropping, 4)
    (rows,) = cache("image", inputs)
    loss_of(rows).backward()
    assert tower.weight.grad is None
    cache.backward(tower)
    found, tower.weight.grad = tower.weight.grad, None
    ((_, chunks, seeds, _),) = cache.calls
    again = []
    for seed, chunk in zip(seeds, chunks, strict=True):
        torch.manual_seed(seed)
        again += dropping("image", chunk)
    torch.testing.assert_close(torch.cat(again), rows)
    loss_of(torch.cat(again)).backward()
    torch.testing.assert_close(found, tower.weight.grad)


def test_running_means_see_each_chunk_once():
    norm, inputs = nn.BatchNorm1d(2, momentum=0.5), torch.randn(8, 2, generator=torch.Generator().manual_seed(0))
    once = nn.BatchNorm1d(2, momentum=0.5)
    for chunk in inputs.split(4):
        once(chunk)
    cache = GradCache(lambda modality, rows: (norm(rows),), 4)
    (rows,) = cache("image", inputs)
    loss_of(rows).backward()
    cache.backward(norm)
    assert torch.equal(norm.running_mean, once.running_mean)
    assert int(norm.num_batches_tracked) == 2


def test_a_tower_that_does_not_learn_is_left_alone():
    frozen = nn.Linear(2, 2).requires_grad_(False)
    cache = GradCache(lambda modality, rows: (frozen(rows),), 4)
    (rows,) = cache("image", torch.ones(8, 2))
    loss_of(rows).backward()
    cache.backward(frozen)
    assert frozen.weight.grad is None


def test_a_chunk_has_a_size():
    with pytest.raises(ConfigError, match=r"chunk.size"):
        train_config({"chunk_size": -1})
