"""The settings of a training run, nested by what they configure, and by flat name as the command line gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from vse.errors import TrainingError
from vse.io.configs import from_json, one_of, within
from vse.training.objectives import OBJECTIVES, auxiliary_losses, ranking_losses
from vse.training.objectives.hardest_negative import HardestNegativeConfig
from vse.training.sources.config import SOURCES, PhotographsConfig, RecipesConfig, ScenesConfig, SourceConfig, counted

KEEP = ("rsum", "true")
PRECISIONS = ("float32", "bfloat16")
LOSS = "hardest_negative"
C = TypeVar("C")
_CHOOSES = {"photographs": "collection", "recipes": "recipes"}  # the setting that says what a run learns from


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW, gradients clipped to `clip_norm`, and an exponential moving average of the weights, which is kept.

    `precision` is that of the towers' products: "bfloat16" halves the time on processors that have it, and weights,
    losses and sums stay float32.
    """

    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    ema_decay: float = 0.999
    precision: str = "float32"

    def __post_init__(self) -> None:
        one_of("precision", self.precision, PRECISIONS)
        within(0, 100, learning_rate=self.learning_rate, weight_decay=self.weight_decay)
        within(0, 1_000_000, clip_norm=self.clip_norm)
        within(0, 1, ema_decay=self.ema_decay)


@dataclass(frozen=True)
class BackboneConfig:
    """How a CNN of torchvision or timm is trained.

    `backbone_weights`: a file, or "download" for the library's own. `frozen_epochs`: until the towers have settled the
    backbone stays as it is; then it learns at `backbone_rate` of the learning rate, but for its first `frozen_layers`
    convolutions. Where the run starts from a model, `backbone_mix` is the share of `backbone_weights` that is mixed
    into its backbone, which brings back what it has forgotten of them (Wortsman et al. 2022, WiSE-FT).
    """

    backbone_weights: str = ""
    backbone_mix: float = 0.0
    frozen_epochs: float = 0.0
    frozen_layers: int = 0
    backbone_rate: float = 0.1

    def __post_init__(self) -> None:
        within(0, 1, backbone_mix=self.backbone_mix)


@dataclass(frozen=True)
class VocabularyConfig:
    """The words of a text tower: `word_vectors` is a file of vectors that they begin with; words that come fewer than
    `min_count` times are unknown ones.

    Where the run starts from a model, its words stay, and with `word_vectors` those are added that it does not know.
    """

    word_vectors: str = ""
    min_count: int = 1

    def __post_init__(self) -> None:
        within(1, 1_000_000, min_count=self.min_count)


@dataclass(frozen=True)
class TrainConfig:
    """A run.

    `chunk_size`: so many inputs of a modality go through its tower at a time, in each process, so that large batches
    need little memory (`vse.training.grad_cache`); 0 is all of the batch at once. `feature_dropout` is the share of a
    picture's features that each step leaves out. `keep` says which weights are kept: those of the best "rsum" in
    validation, or of the most first answers that are "true". `start_from` is a model folder to go on from, with its
    vocabulary, instead of random weights; with `warm_start` into an architecture of the run's own, see
    `vse.training.warm_start`.
    `objectives` holds the settings of each, by its name in OBJECTIVES; one of them is a ranking loss.
    """

    seed: int = 0
    epochs: int = 30
    batch_size: int = 128
    chunk_size: int = 0
    captions_per_image: int = 2
    feature_dropout: float = 0.0
    keep: str = "rsum"
    start_from: str = ""
    warm_start: bool = False
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    backbone: BackboneConfig = field(default_factory=BackboneConfig)
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    source: SourceConfig = field(default_factory=ScenesConfig)
    objectives: Mapping[str, Any] = field(default_factory=lambda: {LOSS: HardestNegativeConfig()})

    def __post_init__(self) -> None:
        one_of("keep", self.keep, KEEP)
        within(0, 2**63 - 1, seed=self.seed)
        within(0, 1_000_000, epochs=self.epochs)
        within(0, 1_000_000, chunk_size=self.chunk_size)
        within(1, 1000, captions_per_image=self.captions_per_image)
        within(0, 1, feature_dropout=self.feature_dropout)

    @property
    def ranking(self) -> str:
        """The name of its ranking loss."""
        return next(name for name in ranking_losses() if name in self.objectives)

    @property
    def needs(self) -> frozenset[str]:
        """The targets that its objectives ask of a batch."""
        return frozenset(need for name in self.objectives for need in OBJECTIVES[name].needs)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any, where: str) -> TrainConfig:
        """The inverse of `to_json`.

        Raises:
            ConfigError: for a setting that there is not.
            TrainingError: when the settings are laid out otherwise, as those of older versions were.
        """
        try:
            source = {name: value for name, value in data["source"].items() if name != "kind"}
            found = from_json(SOURCES[data["source"]["kind"]], source, where)
            objectives: dict[str, Any] = {name: from_json(OBJECTIVES[name].Config, data["objectives"][name], where)
                          for name in data["objectives"]}  # fmt: skip
        except (KeyError, AttributeError, TypeError, ValueError):
            raise TrainingError(
                f"{where} was written by another version and cannot be resumed; start a new run, with --start-from and "
                "its best model to go on from its weights."
            ) from None
        rest = {name: value for name, value in data.items() if name not in ("source", "objectives")}
        return replace(from_json(cls, rest, where), source=found, objectives=objectives)


def _plain(kind: type, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(flat name, default) of the settings in a dataclass and those inside it."""
    defaults = kind()
    for each in fields(kind):
        default = getattr(defaults, each.name)
        if is_dataclass(default):
            yield from _plain(type(default), prefix)
        elif isinstance(default, bool | int | float | str) and each.init:
            yield _flat(each.name, prefix), default


def _flat(name: str, prefix: str) -> str:
    """`weight` of the objective "paraphrase" is the setting paraphrase; of other fields the name stands before."""
    return name if not prefix else prefix if name == "weight" else f"{prefix}_{name}"


def settings() -> dict[str, dict[str, Any]]:
    """Every setting by its flat name, with its default, by what it is of."""
    run = {
        each.name: each.default for each in fields(TrainConfig) if isinstance(each.default, bool | int | float | str)
    }
    found = {"a run": {**run, "loss": LOSS}}
    found["the optimiser"] = dict(_plain(OptimiserConfig))
    found["Emoji Scenes"] = dict(_plain(ScenesConfig))
    found["Emoji Recipes (--recipes)"] = dict(_plain(RecipesConfig))
    found["photographs (--collection)"] = dict(_plain(PhotographsConfig))
    found["a backbone"] = dict(_plain(BackboneConfig))
    found["a vocabulary"] = dict(_plain(VocabularyConfig))
    for name, kind in ranking_losses().items():
        found[f"the loss {name}"] = dict(_plain(kind.Config))
    for name, other in auxiliary_losses().items():
        found[f"the objective {name}"] = dict(_plain(other.Config, name))
    return found


def train_config(given: Mapping[str, Any], source: str = "") -> TrainConfig:
    """A run's configuration from settings by flat name: learning_rate, loss, margin, same_place, paraphrase, ...

    Without `source` it is photographs where a collection is given, Emoji Recipes where their number is, and else Emoji
    Scenes.

    Raises:
        TrainingError: for a setting that there is not, or that has no say in such a run.
        ConfigError: for a value that is none of those that there are.
    """
    left = dict(given)
    loss = left.pop("loss", LOSS)
    one_of("loss", loss, tuple(ranking_losses()))
    objectives: dict[str, Any] = {loss: _taken(left, ranking_losses()[loss].Config)}
    for name, kind in auxiliary_losses().items():
        if left.get(name):
            objectives[name] = _taken(left, kind.Config, name)
        left.pop(name, None)
    source = source or next((kind for kind, name in _CHOOSES.items() if left.get(name)), "scenes")
    parts: dict[str, Any] = {
        "optimiser": _taken(left, OptimiserConfig),
        "backbone": _taken(left, BackboneConfig),
        "vocabulary": _taken(left, VocabularyConfig),
        "source": _taken(left, SOURCES[source]),
    }
    run: dict[str, Any] = {name: left.pop(name) for name in settings()["a run"] if name in left}
    for name in left:
        homes = [of for of, names in settings().items() if name in names]
        if not homes:
            raise TrainingError(f"There is no setting {name!r}; `python -m vse train --help` lists them.")
        raise TrainingError(f"{name} is a setting of {' and '.join(homes)}, which this run has not; leave it away.")
    return TrainConfig(**run, **parts, objectives=objectives)


def _taken(left: dict[str, Any], kind: type[C], prefix: str = "") -> C:
    """The dataclass from the settings that are its own, which are taken away."""
    values: dict[str, Any] = {}
    defaults = kind()
    for each in fields(kind):  # type: ignore[arg-type]
        default = getattr(defaults, each.name)
        if is_dataclass(default):
            values[each.name] = _taken(left, type(default), prefix)
        elif each.init and _flat(each.name, prefix) in left:
            values[each.name] = left.pop(_flat(each.name, prefix))
    return kind(**values)


def described(config: TrainConfig, start: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings as a model's folder holds them: names instead of paths, and in the place of the model that the run
    went on from the settings of that model's own run."""
    data = config.to_json()
    for section, name in (("source", "collection"), ("backbone", "backbone_weights"), ("vocabulary", "word_vectors")):
        if data[section].get(name):
            data[section][name] = Path(data[section][name]).name
    for name in ("more", "texts"):
        if data["source"].get(name):
            counts = counted(name, data["source"][name]).items()
            data["source"][name] = ",".join(f"{Path(path).name}:{count}" for path, count in counts)
    return data if start is None else {**data, "start_from": start}
