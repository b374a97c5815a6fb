"""The first n layers of a trained CNN copied and the rest trained anew (Yosinski et al. 2014).

The copied layers stay frozen or learn on (fine-tuned); with none copied all is trained from scratch, and with all of
them only the classifier is new. Copied norms keep their statistics, which a few photographs do not know better, and
new ones learn theirs; so copied weights learn slowly, for under statistics that stay quick ones are led astray.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.modules.batchnorm import _NormBase

from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.decoding import open_image
from vse.modalities.image.preprocess import Preprocess
from vse.training.studies.transfer.labelled import Labelled


@dataclass(frozen=True)
class CopyTraining:
    """A run: AdamW with a short linear warm-up, then a cosine to zero; half of the photographs of a batch mirrored.

    copied_rate: the learning rate of copied layers that learn on, as a share of that of new ones.
    """

    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 1e-3
    copied_rate: float = 0.1
    weight_decay: float = 0.01
    seeds: int = 1


@dataclass(frozen=True)
class CopiedRow:
    """So many convolutions copied. frozen, fine_tuned: accuracy in percent on the photographs to measure on, mean and
    deviation over the seeds, 0 of one seed; with none copied both are of the same runs."""

    copied: int
    frozen: tuple[float, float]
    fine_tuned: tuple[float, float]


class Copied(nn.Module):
    """A CNN whose first convolutions are copied, with a new linear classifier: (N, 3, H, W) -> (N, labels).

    Args:
        trained: what is copied from.
        fresh: the same CNN with random weights, which is changed.
        count: of convolutions that are copied, with the norms after each.
        frozen: whether they stay as they are.
    """

    def __init__(self, trained: Backbone, fresh: Backbone, count: int, frozen: bool, labels: int) -> None:
        super().__init__()
        self.network = fresh.network.requires_grad_(True)
        self.classifier = nn.Linear(fresh.channels, labels)
        self.settled: list[nn.Module] = []  # norms that keep their statistics
        self.copied: list[nn.Parameter] = []
        weights, seen = trained.network.state_dict(), 0
        for name, module in self.network.named_modules():  # in the order of the pictures' way through it
            seen += isinstance(module, nn.Conv2d)
            own = dict(module.named_parameters(recurse=False)) | dict(module.named_buffers(recurse=False))
            if not own or seen > count:
                continue
            module.load_state_dict({each: weights[f"{name}.{each}"] for each in own if f"{name}.{each}" in weights},
                                   strict=not isinstance(module, _NormBase))  # fmt: skip
            module.requires_grad_(not frozen)
            self.copied += module.parameters(recurse=False)
            if isinstance(module, _NormBase):
                self.settled.append(module)

    def train(self, mode: bool = True) -> Copied:
        super().train(mode)
        for norm in self.settled:
            norm.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.classifier(self.network(images).mean(dim=(2, 3))))


def pixels_of(photographs: Labelled, preprocess: Preprocess) -> np.ndarray:
    """(N, size, size, 3) uint8."""
    least = 2 * preprocess.size
    return np.stack([preprocess.uint8(open_image(item.image_path, at_least=least)) for item in
                     photographs.collection.items])  # fmt: skip


def accuracy_of(
    model: nn.Module, images: Callable[[np.ndarray], Tensor], rows: np.ndarray, labels: np.ndarray
) -> float:
    """In percent, of the photographs in those rows."""
    model.eval()
    with torch.inference_mode():
        found = [model(images(part)).argmax(dim=1).numpy() for part in np.array_split(rows, -(-len(rows) // 64))]
    return 100 * float(np.mean(np.concatenate(found) == labels[rows]))


def run(model: Copied, pixels: np.ndarray, photographs: Labelled, preprocess: Preprocess, how: CopyTraining,
        seed: int) -> float:  # fmt: skip
    """Train on one half of the photographs; the accuracy on the other after the last epoch."""
    rng, labels, train = np.random.default_rng(seed), photographs.of, photographs.train

    def images(rows: np.ndarray, mirrored: np.ndarray | None = None) -> Tensor:
        chosen = pixels[rows]
        if mirrored is not None:
            chosen[mirrored] = chosen[mirrored][:, :, ::-1]
        return torch.from_numpy(preprocess.normalise(chosen)).to(memory_format=torch.channels_last)

    copied = set(model.copied)
    groups = [
        {"params": [each for each in model.parameters() if each not in copied], "lr": how.learning_rate},
        {"params": [each for each in copied if each.requires_grad], "lr": how.learning_rate * how.copied_rate},
    ]
    optimiser = torch.optim.AdamW([group for group in groups if group["params"]], weight_decay=how.weight_decay)
    batches = max(1, len(train) // how.batch_size)
    steps = how.epochs * batches
    warmup = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warmup, 0.5 * (1 + float(np.cos(np.pi * step / steps))))
    )
    for _ in range(how.epochs):
        model.train()
        for rows in np.array_split(rng.permutation(train), batches):
            loss = cross_entropy(model(images(rows, rng.random(len(rows)) < 0.5)), torch.from_numpy(labels[rows]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return accuracy_of(model, images, photographs.test, labels)


def compared(
    trained: Backbone,
    build: Callable[[], Backbone],
    photographs: Labelled,
    counts: Sequence[int],
    how: CopyTraining,
    progress: Progress | None = None,
) -> list[CopiedRow]:
    """A row a number of copied convolutions.

    Args:
        build: the CNN with random weights, anew at each call, of torch's random numbers.
    """
    preprocess = trained.preprocess
    pixels, rows, done = pixels_of(photographs, preprocess), [], 0
    total = how.seeds * sum(2 if count else 1 for count in counts)
    for count in counts:
        found: dict[bool, list[float]] = {True: [], False: []}
        for frozen in (True, False) if count else (False,):
            for seed in range(how.seeds):
                torch.manual_seed(seed)
                model = Copied(trained, build(), count, frozen, len(photographs.names))
                found[frozen].append(run(model, pixels, photographs, preprocess, how, seed))
                done += 1
                if progress:
                    progress(done, total)
        rows.append(CopiedRow(count, _spread(found[True] or found[False]), _spread(found[False])))
    return rows


def _spread(values: list[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def evenly(convolutions: int, steps: int) -> list[int]:
    """From none to all, in so many steps: 52 in 4 is 0, 13, 26, 39, 52."""
    return sorted({round(convolutions * step / steps) for step in range(steps + 1)})


def convolutions_of(backbone: Backbone) -> int:
    return sum(isinstance(module, nn.Conv2d) for module in backbone.network.modules())


def copied_table(rows: Sequence[CopiedRow]) -> str:
    """Markdown."""

    def cell(found: tuple[float, float]) -> str:
        return f"{figure(found[0])} ± {figure(found[1])}" if found[1] else figure(found[0])

    return "\n".join(table(
        ["convolutions copied", "frozen", "fine-tuned"],
        [[str(row.copied), cell(row.frozen) if row.copied else "", cell(row.fine_tuned)] for row in rows],
    ))  # fmt: skip


def rows_from(data: Sequence[dict[str, Any]]) -> list[CopiedRow]:
    """What `asdict` made of rows, and JSON of these."""
    return [CopiedRow(row["copied"], tuple(row["frozen"]), tuple(row["fine_tuned"])) for row in data]
