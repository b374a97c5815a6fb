"""What tests let two processes do, as torchrun starts them: torchrun ... -m tests.training.processes FOLDER.

Each step's weights and gradients are written to FOLDER/RANK/NAME.safetensors; then three runs are trained, the last of
which loses its second process. Started again, both go on with that run.
"""

from __future__ import annotations

import os
import signal
import sys
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import normalize

from vse.encoders.joint import JointModel
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.errors import TrainingError
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training import trainer as train_module
from vse.training.config import TrainConfig, train_config
from vse.training.distributed import Group, is_restarted, joined
from vse.training.run import train
from vse.training.sources import scene_set
from vse.training.sources.base import Batch, part
from vse.training.trainer import Trainer

ITEMS, TEXTS, WORDS, DIM = 8, 4, 12, 8
MODEL = ModelConfig(
    dim=DIM,
    image=ImageConfig(widths=(4, 6, 8), blocks=(1, 1), grid=2, size=16),
    text=TextConfig(word_dim=6, hidden=5, word_dropout=0.0),
)
DROPPING = replace(MODEL, text=replace(MODEL.text, word_dropout=0.2))
RUN = train_config({
    "scenes": 12, "epochs": 2, "batch_size": 8, "validation_scenes": 6, "ema_decay": 0.8, "warmup_epochs": 1.0,
    "counterpart": 0.3, "word_prediction": 0.2,
})  # fmt: skip


@dataclass(frozen=True)
class Built:
    """A model as training sees it: a VSE, or towers without a batch norm."""

    model: ModelConfig | None = None
    similarity: str = "cosine"
    start = None

    def build(self) -> JointModel:
        return Plain() if self.model is None else VSE(self.model, WORDS)


class Plain(JointModel):
    """Towers without a batch norm, a linear backbone of the pictures' one, and a logit scale that is learnt."""

    dim = DIM

    def __init__(self) -> None:
        super().__init__()
        self.backbone, self.image = nn.Linear(3 * 16 * 16, 10), nn.Linear(10, DIM)
        self.words, self.text = nn.Embedding(WORDS, 10, padding_idx=0), nn.Linear(10, DIM)
        self.scale = nn.Parameter(torch.tensor(10.0))

    def feature_width(self, modality: str) -> int:
        return 10

    def features(self, modality: str, inputs: Any) -> Tensor:
        if modality == "image":
            return self.backbone(inputs.flatten(1)).tanh()
        return self.words(inputs[0]).sum(1) / inputs[1][:, None]

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        return normalize((self.image if modality == "image" else self.text)(features), dim=-1)

    def pretrained(self) -> list[nn.Parameter]:
        return list(self.backbone.parameters())

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        self.backbone.requires_grad_(learns)

    def logit_scale(self) -> Tensor:
        return self.scale


@dataclass
class Random:
    """Batches of eight random pictures with two captions each, all targets, and four things with captions alone."""

    steps_per_epoch: int = 4
    widths: dict[str, int] = field(default_factory=lambda: {"words": WORDS, "class": 3, "counterpart": 1})

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        random = torch.Generator().manual_seed(step)

        def drawn(most: int, *shape: int) -> Tensor:
            return torch.randint(most, shape, generator=random)

        def sentences(*things: int) -> Tensor:
            return 1 + drawn(WORDS - 1, *things, 5)

        def read(ids: Tensor) -> tuple[Tensor, Tensor]:
            return ids.reshape(-1, 5), torch.full((ids.numel() // 5,), 5)

        mine = part(ITEMS, rank, world, 2)
        images = torch.randn(ITEMS, 3, 16, 16, generator=random)
        captions, operands, texts = sentences(ITEMS, 2), sentences(2, ITEMS), sentences(TEXTS, 2)
        batch = Batch(mine.stop - mine.start, {"image": images[mine], "text": read(captions[mine])})
        batch.operands["text"] = read(operands[:, mine])
        batch.texts = read(texts[part(TEXTS, rank, world)])
        true = drawn(4, ITEMS, ITEMS, 2) == 0
        order = torch.arange(ITEMS).roll(-mine.start)
        batch.relevant = {("image", "text"): true[order][:, order], ("text", "text"): true[order][:, order]}
        targets = {"words": (drawn(3, ITEMS, WORDS) == 0).float(), "class": drawn(3, ITEMS)}
        batch.targets = {name: target[order] for name, target in targets.items()}
        batch.targets["entailment"] = (drawn(3, ITEMS, 3, ITEMS, 2) == 0)[order][:, :, order]
        batch.targets["counterpart"] = torch.arange(ITEMS).view(-1, 2).flip(1).reshape(-1)
        return batch


# By name: a model, and the settings of three steps from the middle of the first epoch on.
STEPS: dict[str, tuple[ModelConfig | None, dict[str, Any]]] = {
    "hinge_sum": (MODEL, {"loss": "hinge_sum"}),
    "hardest_negative": (MODEL, {"loss": "hardest_negative", "warmup_epochs": 1.0}),
    "order": (replace(MODEL, similarity="order"), {"loss": "order"}),
    "infonce": (MODEL, {"loss": "infonce"}),
    "squared_error": (MODEL, {"loss": "squared_error"}),
    "paraphrase": (MODEL, {"loss": "hinge_sum", "paraphrase": 0.5}),
    "counterpart": (MODEL, {"loss": "infonce", "counterpart": 0.5}),
    "word_prediction": (MODEL, {"loss": "infonce", "word_prediction": 0.5}),
    "semantic_class": (MODEL, {"loss": "infonce", "semantic_class": 0.5}),
    "entailment": (replace(MODEL, similarity="order"), {"loss": "order", "entailment": 0.5}),
    "logit scale": (None, {"loss": "infonce"}),
    "chunks": (None, {"loss": "infonce", "chunk_size": 3, "paraphrase": 0.5, "counterpart": 0.5}),
    "thawing": (None, {"loss": "infonce", "frozen_epochs": 1.0}),
}


def stepped(name: str, group: Group | None = None) -> dict[str, Tensor]:
    """Weights after three steps, the loss and the gradients of the first, the learning rate being small."""
    model, settings = STEPS[name]
    config = train_config({"batch_size": ITEMS, "epochs": 2, "learning_rate": 1e-3, "clip_norm": 1e6, **settings})
    built = Built(model, model.similarity) if model else Built()
    trainer = Trainer(Path(), built, config, Random(), None, quiet=True, group=group)  # type: ignore[arg-type]
    found: dict[str, Tensor] = {}
    for number in (2, 3, 4):  # the second epoch begins with 4
        rank, size = trainer.group.rank, trainer.group.size
        loss = trainer.step(trainer.source.batch(0, number, rank, size), number)
        learning = {**dict(trainer.model.named_parameters()), **dict(trainer.heads.named_parameters())}
        found[f"loss {number}"] = torch.tensor(loss)
        found |= {f"grad {number} {key}": each.grad.clone() for key, each in learning.items() if each.grad is not None}
    return found | {f"end {key}": each.clone() for key, each in trainer.averaged.state_dict().items()}


def noise(scenes: list, preprocess: Any, name: str) -> np.ndarray:
    """Stands in for drawing the scenes, which takes the emoji font."""
    shape = (len(scenes), preprocess.size, preprocess.size, 3)
    return np.random.default_rng(zlib.crc32(name.encode())).integers(0, 256, shape, dtype=np.uint8)


def told(group: Group) -> dict[str, Tensor]:
    """The seed of a step here, and gradients of which one process, both or none has one."""
    some = [nn.Parameter(torch.zeros(2)) for _ in range(3)]
    some[0].grad = torch.full((2,), 1.0 + group.rank)
    if group.first:
        some[1].grad = torch.full((2,), 4.0)
    loss = group.averaged(some, torch.tensor(float(group.rank)))
    assert some[2].grad is None
    grads = {f"grad {number}": each.grad for number, each in enumerate(some) if each.grad is not None}
    stepped("infonce", group)
    return {**grads, "loss": loss, "seed": torch.tensor(torch.initial_seed())}


def refused(group: Group) -> str:
    """What happens in this process when the first one fails."""

    def fail() -> None:
        raise TrainingError("There is nothing to train.")

    try:
        group.from_first(fail)
    except (TrainingError, SystemExit) as error:
        return repr(error)
    return ""


def killed(folder: Path, model: ModelConfig, config: TrainConfig, group: Group) -> None:
    """A run that saves its state after every step, and whose second process is killed in the second epoch."""
    step = Trainer.step

    def stops(self: Trainer, batch: Batch, number: int) -> float:
        if number == 4 and not group.first:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(self, batch, number)

    train_module.SAVE_EVERY, Trainer.step = -1.0, stops  # type: ignore[method-assign]
    train(folder, model, config)


def start(folder: Path, rank: int, port: int, restarts: int) -> None:
    """`main` in one of two processes that something else than torchrun starts."""
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port), "TORCHELASTIC_RESTART_COUNT": str(restarts),
    }  # fmt: skip
    main(folder)


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    scene_set.rendered = noise  # type: ignore[assignment]
    with joined("cpu") as group:
        if group.any(is_restarted()):
            train(folder / "killed", DROPPING, RUN)
            return
        mine = folder / str(group.rank)
        mine.mkdir(parents=True)
        for name in STEPS:
            save_file(stepped(name, group), mine / f"{name}.safetensors")
        save_file(told(group), mine / "told.safetensors")
        (mine / "refused.txt").write_text(refused(group))
        train(folder / "calm", MODEL, RUN)
        train(folder / "whole", DROPPING, RUN)
        try:
            killed(folder / "killed", DROPPING, RUN, group)
        except TrainingError as error:
            (mine / "ended.txt").write_text(str(error))
            raise SystemExit(2) from None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
