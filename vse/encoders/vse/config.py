"""What a model and a training run are made of; frozen, and JSON in and out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from vse.errors import CheckpointError

C = TypeVar("C")

OWN_BACKBONES = ("small_resnet", "features")  # all others are of torchvision or timm
POOLINGS = ("mean", "grid", "grid_max", "generalised")
SENTENCES = ("last", "mean")
CELLS = ("gru", "lstm")
SIMILARITIES = ("cosine", "order")
CHOICES = ("rsum", "true")
LOSSES = ("sum", "hardest", "order", "infonce")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise CheckpointError(f"The configuration says {name} = {value!r}; expected one of {', '.join(allowed)}.")


@dataclass(frozen=True)
class ImageConfig:
    """The image tower: a CNN, pooled to `grid` x `grid` cells, then an affine map.

    The backbone "small_resnet" has `widths` channels a stage and `blocks` in each; "features" is none, but rows of
    `widths[-1]` features come in; any other name is one of `vse.modalities.image.backbones.build`.
    The pooling "grid_max" takes, beside the means over the cells, the maxima of `detectors` over the whole picture,
    and "generalised" what `vse.modalities.image.pooling.GeneralisedPooling` makes of them.
    """

    backbone: str = "small_resnet"
    widths: tuple[int, ...] = (24, 48, 96, 160, 256)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    pooling: str = "grid"
    grid: int = 3
    detectors: int = 256
    size: int = 96
    fit: str = "crop"

    def __post_init__(self) -> None:
        _one_of("pooling", self.pooling, POOLINGS)


@dataclass(frozen=True)
class TextConfig:
    """The text tower: word embeddings, then a recurrent net; its last state is the sentence, or the mean of all."""

    word_dim: int = 128
    hidden: int = 256
    cell: str = "gru"
    bidirectional: bool = True
    word_dropout: float = 0.05
    max_words: int = 40
    pooling: str = "last"

    def __post_init__(self) -> None:
        _one_of("cell", self.cell, CELLS)
        _one_of("pooling", self.pooling, SENTENCES)


@dataclass(frozen=True)
class ModelConfig:
    """Two towers into one space of `dim` dimensions."""

    name: str = "vse"
    dim: int = 256
    similarity: str = "cosine"
    image: ImageConfig = field(default_factory=ImageConfig)
    text: TextConfig = field(default_factory=TextConfig)

    def __post_init__(self) -> None:
        _one_of("similarity", self.similarity, SIMILARITIES)


_NEEDED = (
    ("model_cfg", "vision_cfg", "image_size"),
    ("model_cfg", "text_cfg", "context_length"),
    ("preprocess_cfg", "mean"),
    ("preprocess_cfg", "std"),
)


def _scenes_clip() -> dict[str, Any]:
    return read_json(Path(__file__).parents[1] / "clip/scenes_clip.json")


@dataclass(frozen=True)
class ClipConfig:
    """A CLIP of open_clip, with at most `merges` byte pairs learnt from the captions.

    `open_clip` is what open_clip_config.json holds, "model_cfg" and "preprocess_cfg"; the number of tokens in it
    does not matter.
    """

    open_clip: dict[str, Any] = field(default_factory=_scenes_clip)
    merges: int = 1000

    def __post_init__(self) -> None:
        """
        Raises:
            CheckpointError: when a part that training reads is missing.
        """
        for names in _NEEDED:
            value: Any = self.open_clip
            for name in names:
                value = value.get(name) if isinstance(value, dict) else None
            if value is None:
                raise CheckpointError(f"The CLIP's configuration has no {'.'.join(names)}; see scenes_clip.json.")

    @property
    def similarity(self) -> str:
        return "cosine"


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
        _one_of("loss", self.loss, LOSSES)
        _one_of("choose", self.choose, CHOICES)


TOWERS: dict[str, type[ModelConfig] | type[ClipConfig]] = {"vse": ModelConfig, "clip": ClipConfig}
# What training differs in from TrainConfig's own defaults, by the towers.
TRAINING_DEFAULTS: dict[str, dict[str, Any]] = {
    "vse": {},
    "clip": {"loss": "infonce", "rate": 1e-3, "weight_decay": 0.1, "clip_norm": 1.0},
}


def towers_name(model: ModelConfig | ClipConfig) -> str:
    """ "vse" or "clip"."""
    return next(name for name, kind in TOWERS.items() if isinstance(model, kind))


def to_json(config: Any) -> dict[str, Any]:
    return asdict(config)


def from_json(kind: type[C], data: dict[str, Any], where: str = "the configuration") -> C:
    """The dataclass `kind` from JSON.

    Raises:
        CheckpointError: for a key that `kind` does not have, so that a misspelt option is not ignored.
    """
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    extra = sorted(set(data) - set(known))
    if extra:
        raise CheckpointError(f"{where} has {', '.join(extra)}, which {kind.__name__} does not know; remove it.")
    nested = {"image": ImageConfig, "text": TextConfig}
    values = {}
    for name, value in data.items():
        if name in nested and isinstance(value, dict):
            value = from_json(nested[name], value, f"{where}: {name}")
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def read_json(path: Path) -> Any:
    """
    Raises:
        CheckpointError: when the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; a model is a folder that holds it.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path} is not valid JSON ({error}); copy the file again.") from error
