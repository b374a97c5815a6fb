"""Training by several processes, on one machine or on many, as torchrun starts them: what they tell each other.

Each process reads its part of every batch. Vectors are gathered with their gradients, and gradients are averaged, so
that a step is that of one process with the whole batch. The first process alone reads and writes the run's folder,
measures and prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, distributed, nn

from vse.encoders.devices import best_device
from vse.errors import TrainingError

OWN_STORE = "TORCH_DISABLE_SHARE_RDZV_TCP_STORE"  # of torchrun: 1, and each start has a store of its own
T = TypeVar("T")
_PATIENCE = timedelta(days=30)  # the others wait while the first process measures, or one of a machine draws pictures


def is_first() -> bool:
    """Whether this process is the one that prints."""
    return os.environ.get("RANK", "0") == "0"


def is_restarted() -> bool:
    """Whether torchrun has started this process again, after one had ended (--max-restarts)."""
    return os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") != "0"


@dataclass(frozen=True)
class Group:
    """The processes of a run: which of how many this one is, and which of those of its machine."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def first(self) -> bool:
        return self.rank == 0

    def gathered(self, rows: Tensor) -> Tensor:
        """(n, ...) of this process -> (size * n, ...) of all, its own first, through which gradients go to all."""
        return rows if self.size == 1 else gather(rows).roll(-self.rank * len(rows), 0)

    def averaged(self, parameters: Iterable[nn.Parameter], loss: Tensor) -> Tensor:
        """Make each gradient the mean of all processes' in one message, and return the mean of the loss.

        One that no process has stays None, as that of a frozen backbone does.
        """
        if self.size == 1:
            return loss
        learning = [each for each in parameters if each.requires_grad]
        there = torch.tensor([float(each.grad is not None) for each in learning], device=loss.device)
        grads = [torch.zeros_like(each) if each.grad is None else each.grad for each in learning]
        message = torch.cat([loss.reshape(1), there, *(grad.flatten() for grad in grads)])
        with _told():
            distributed.all_reduce(message)
        loss, there, *means = (message / self.size).split([1, len(there), *(grad.numel() for grad in grads)])
        for parameter, has_one, mean in zip(learning, there.tolist(), means, strict=True):
            parameter.grad = mean.view_as(parameter) if has_one else None
        return loss.squeeze()

    def any(self, here: bool) -> bool:
        """Whether it is so in any process."""
        return here if self.size == 1 else bool(gather(torch.tensor([here])).any())

    def from_first(self, work: Callable[[], T]) -> T:
        """What the first process makes of some work, told to the others, however long they wait for it.

        Raises:
            SystemExit: in the others, when the work failed; the first process says why.
        """
        if self.size == 1:
            return work()
        if not self.first:
            told = self._broadcast(None)
            if told is None:
                raise SystemExit(2)
            return cast(T, told[0])
        try:
            found = work()
        except Exception:
            self._broadcast(None)
            raise
        self._broadcast((found,))
        return found

    def _broadcast(self, told: tuple[Any] | None) -> tuple[Any] | None:
        message = [told]
        with _told():
            distributed.broadcast_object_list(message)
        return message[0]

    def synchronise(self, *modules: nn.Module) -> None:
        """Give all processes the weights of the first, which processors of several kinds would round otherwise."""
        if self.size > 1:
            with _told():
                for module in modules:
                    for tensor in module.state_dict().values():
                        distributed.broadcast(tensor, 0)

    @contextmanager
    def one_of_a_machine_first(self) -> Iterator[None]:
        """Of each machine one process does this, and then the others, for which it has filled the cache."""
        if self.local_rank:
            self._wait()
        yield
        if not self.local_rank:
            self._wait()

    def _wait(self) -> None:
        if self.size > 1:
            with _told():
                distributed.barrier()


@contextmanager
def joined(device: str) -> Iterator[Group]:
    """The processes that torchrun started, joined while this is open unless they already are; else this one alone.

    All but the first are silent, but for what they raise.

    Args:
        device: of this process, see `own_device`.

    Raises:
        TrainingError: when they do not find each other.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Group()
        return
    is_joined = distributed.is_initialized()
    if not is_joined:
        _join(device)
    group = Group(distributed.get_rank(), distributed.get_world_size(), int(os.environ.get("LOCAL_RANK", "0")))
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            shown = sys.stderr if group.first else nowhere
            with redirect_stderr(shown):
                yield group
    finally:
        if not is_joined:
            distributed.destroy_process_group()


def _check_store() -> None:
    """
    Raises:
        TrainingError: where processes that torchrun starts again on several machines would look for each other where
            those before them were, for ever: torchrun keeps its store, and theirs with it, unless it is told not to.
    """
    restarts = os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0") != "0"
    if restarts and os.environ.get("GROUP_WORLD_SIZE", "1") != "1" and os.environ.get(OWN_STORE) != "1":
        raise TrainingError(f"With --max-restarts on several machines set {OWN_STORE}=1 on each before torchrun, or "
                            "the processes do not find each other again.")  # fmt: skip


def _join(device: str) -> None:
    _check_store()
    if device.startswith("cuda"):
        torch.cuda.set_device(device)
    try:
        distributed.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo", timeout=_PATIENCE)
    except (ValueError, RuntimeError) as error:
        raise TrainingError(
            f"The processes of this run do not find each other; start them with torchrun. ({error})"
        ) from None


def own_device(device: str) -> str:
    """The device of a process: one of several on a machine has a GPU of its own, or a share of the CPU.

    Raises:
        TrainingError: for fewer GPUs than processes, or a device that processes cannot share vectors from.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return device
    if device == "mps":
        raise TrainingError("Several processes train on cpu or cuda, and the device is mps; give --device cpu.")
    if device == "auto":
        device = "cuda" if best_device() == "cuda" else "cpu"
    if device != "cuda":
        return device
    here, there = int(os.environ.get("LOCAL_WORLD_SIZE", "1")), torch.cuda.device_count()
    if here > there:
        raise TrainingError(f"This machine has {there} GPUs for {here} processes; give torchrun --nproc-per-node "
                            f"{there}, or --device cpu.")  # fmt: skip
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def gather(rows: Tensor) -> Tensor:
    """(n, ...) of each process -> (size * n, ...), in the order of the processes; gradients go back to all of them."""
    found: Tensor = _Gather.apply(rows)
    return found


class _Gather(torch.autograd.Function):
    """What comes back to a process is the sum of what all processes' losses ask of its rows."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        ctx.count = len(rows)
        rows = rows.contiguous()
        parts = [torch.empty_like(rows) for _ in range(distributed.get_world_size())]
        with _told():
            distributed.all_gather(parts, rows)
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        summed = grads[0].clone(memory_format=torch.contiguous_format)
        with _told():
            distributed.all_reduce(summed)
        return summed.narrow(0, distributed.get_rank() * ctx.count, ctx.count)


class SyncBatchNorm(nn.BatchNorm2d):
    """A batch norm over the pictures of all processes; torch's own one is for GPUs only."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        variance, mean = torch.var_mean(x.float(), dim=(0, 2, 3), correction=0)
        variances, means = gather(torch.stack([variance, mean])[None]).unbind(dim=1)
        mean = means.mean(dim=0)
        variance = (variances + (means - mean) ** 2).mean(dim=0)
        count = len(means) * x.numel() / x.shape[1]
        with torch.no_grad():
            self.get_buffer("num_batches_tracked").add_(1)
            self.get_buffer("running_mean").lerp_(mean, cast(float, self.momentum))
            self.get_buffer("running_var").lerp_(variance * count / (count - 1), cast(float, self.momentum))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return (x * scale[:, None, None] + shift[:, None, None]).to(x.dtype)


def synchronise_norms(model: nn.Module) -> None:
    """Let the model's batch norms see the pictures of all processes; in place, and nothing else changes."""
    for module in model.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SyncBatchNorm


@contextmanager
def _told() -> Iterator[None]:
    """
    Raises:
        TrainingError: in place of what torch says when another process has gone.
    """
    try:
        yield
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise TrainingError(
            f"Another process of this run does not answer ({reason}). If it has ended, it says why; mend that, and go "
            "on with --resume."
        ) from error
