"""The settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vse.encoders.clip.config import ClipConfig
from vse.encoders.vse.config import ModelConfig
from vse.io.configs import one_of

CHOICES = ("rsum", "true")


LOSSES = ("sum", "hardest", "order", "infonce")


@dataclass(frozen=True)
class TrainConfig:
    """A run. `scenes` counts the base scenes; with `counterparts` each brings a second that differs in one fact.

    `arithmetic` weighs the loss that picture - old + new should land on the counterpart.
    `start_from` is a model folder to go on from, with its vocabulary, instead of random weights; with `grow` into an
    architecture of the run's own, see `vse.training.warm_start`.
    `choose` says which weights are kept: those of the best dev "rsum", or of the most first answers that are "true".
    `words` weighs the loss of predicting from a picture which words its captions use, see
    `vse.training.objectives.word_prediction`.
    `paraphrase` weighs the same ranking loss between two captions of each picture. `dropout` is the share of a
    picture's features that each step leaves out.
    `same_place` is the share of batches whose scenes are all of one place, so that the place tells no two apart.
    `warmup_epochs` go from the sum of hinges to the hardest negative. Rates are AdamW's.

    With `collection`, a folder of captioned photographs with the splits train and dev, a run is not on Emoji Scenes:
    `scenes`, `counterparts`, `editions`, `arithmetic`, `mask_true_negatives`, `dev_scenes` and `same_place` have no
    say, and these have. `backbone_weights`: a file, or "download" for the library's own. `frozen_epochs`: until the
    towers have settled the backbone stays as it is; then it learns at `backbone_rate` of the rate, but for its first
    `frozen_layers` convolutions. `word_vectors`: a file of vectors that words begin with. `min_count`: rarer words are
    unknown ones. `augment`: how much the pictures' crops, proportions and colours change, from 0; 1 is usual.
    `crop_size`: pixels that a crop is scaled to, where they are not to be those that the model reads: crops show
    things larger, so training on fewer pixels brings them back to the size they have in whole photographs (Touvron et
    al. 2019).
    """

    seed: int = 0
    scenes: int = 20_000
    counterparts: bool = True
    epochs: int = 30
    batch_size: int = 128
    captions_per_image: int = 2
    editions: int = 2
    loss: str = "hardest"
    margin: float = 0.2
    temperature: float = 0.07
    warmup_epochs: float = 3.0
    arithmetic: float = 0.0
    mask_true_negatives: bool = True
    rate: float = 2e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    average: float = 0.999
    dev_scenes: int = 1000
    start_from: str = ""
    same_place: float = 0.0
    grow: bool = False
    words: float = 0.0
    paraphrase: float = 0.0
    dropout: float = 0.0
    choose: str = "rsum"
    collection: str = ""
    backbone_weights: str = ""
    frozen_epochs: float = 0.0
    frozen_layers: int = 0
    backbone_rate: float = 0.1
    word_vectors: str = ""
    min_count: int = 1
    augment: float = 1.0
    crop_size: int = 0

    def __post_init__(self) -> None:
        one_of("loss", self.loss, LOSSES)
        one_of("choose", self.choose, CHOICES)


TOWERS: dict[str, type[ModelConfig] | type[ClipConfig]] = {"vse": ModelConfig, "clip": ClipConfig}


# What training differs in from TrainConfig's own defaults, by the towers.
TRAINING_DEFAULTS: dict[str, dict[str, Any]] = {
    "vse": {},
    "clip": {"loss": "infonce", "rate": 1e-3, "weight_decay": 0.1, "clip_norm": 1.0},
}


def towers_name(model: ModelConfig | ClipConfig) -> str:
    """ "vse" or "clip"."""
    return next(name for name, kind in TOWERS.items() if isinstance(model, kind))
