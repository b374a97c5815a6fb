"""What each choice of a visual-semantic embedding brings: every combination trained on frozen features, several seeds.

The losses, the features of the pictures, and what the words begin with are crossed; all else stays the same. Figures
are of the dev split after the last epoch, so that none is chosen by what it is measured with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vse.data import Collection
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.io.atomic import write_text
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training.config import TrainConfig
from vse.training.kinds.vse import VSEPlan
from vse.training.sources.features import FeatureBatches, FeatureDev
from vse.training.sources.photographs import photo_set
from vse.training.state import CONFIG
from vse.training.trainer import Trainer

FEATURES = ("last layer", "full network")
WORDS = ("random", "GloVe")
# The order violation is of squared differences, so its usual margin is smaller (Vendrov et al. 2015).
LOSSES: dict[str, dict[str, Any]] = {
    "sum": {"loss": "sum", "margin": 0.2},
    "hardest": {"loss": "hardest", "margin": 0.2, "warmup_epochs": 4.0},
    "order": {"loss": "order", "margin": 0.05},
    "infonce": {"loss": "infonce", "temperature": 0.05},
}
RESULT = "result.json"
C = TypeVar("C", TextConfig, TrainConfig)


@dataclass(frozen=True)
class Choice:
    """One combination with its seed, and with settings that are otherwise than usual, see `changed`."""

    loss: str
    features: str
    words: str
    seed: int
    settings: str = ""

    @property
    def slug(self) -> str:
        parts = [self.loss, self.features, self.words, str(self.seed), *self.settings.split()]
        return "-".join(parts).replace(" ", "_").lower()


@dataclass(frozen=True)
class Ground:
    """What all runs share. `rows` holds, by the features' name, those of the train and of the dev pictures."""

    train: Collection
    dev: Collection
    rows: dict[str, tuple[np.ndarray, np.ndarray]]
    word_vectors: str
    word_dim: int
    epochs: int = 8
    dim: int = 256
    hidden: int = 256
    min_count: int = 3


def choices(
    seeds: int,
    losses: Sequence[str] = tuple(LOSSES),
    features: Sequence[str] = FEATURES,
    words: Sequence[str] = WORDS,
    settings: str = "",
) -> list[Choice]:
    """Every combination of these, seed by seed."""
    return [Choice(*each, seed, settings) for seed in range(seeds) for each in product(losses, features, words)]


def configurations(choice: Choice, ground: Ground) -> tuple[ModelConfig, TrainConfig]:
    """The model and the run of a choice: VSE++'s with frozen features, smaller."""
    width = ground.rows[choice.features][0].shape[1]
    model = ModelConfig(
        name=choice.slug,
        dim=ground.dim,
        similarity="order" if choice.loss == "order" else "cosine",
        image=ImageConfig(backbone="features", widths=(width,)),
        text=TextConfig(ground.word_dim, ground.hidden, bidirectional=False, word_dropout=0.0),
    )
    run: dict[str, Any] = {"rate": 1e-3, "weight_decay": 0.0, "average": 0.95, "warmup_epochs": 0.0}
    run |= {"captions_per_image": 2, "counterparts": False, "mask_true_negatives": False, "min_count": ground.min_count}
    run |= {"word_vectors": ground.word_vectors if choice.words == "GloVe" else ""}
    training = TrainConfig(seed=choice.seed, epochs=ground.epochs, **{**run, **LOSSES[choice.loss]})
    return changed(model, training, choice.settings)


def changed(model: ModelConfig, training: TrainConfig, settings: str) -> tuple[ModelConfig, TrainConfig]:
    """Both with settings such as "paraphrase=0.4 text.pooling=mean": of the training, or after a dot of the text tower.

    Raises:
        TrainingError, CheckpointError: for a setting that there is not, or a value that is not of its kind.
    """
    for setting in settings.split():
        name, _, value = setting.partition("=")
        field = name.removeprefix("text.")
        if field != name:
            model = replace(model, text=_with(model.text, field, value, setting))
        else:
            training = _with(training, field, value, setting)
    return model, training


def _with(config: C, field: str, value: str, setting: str) -> C:
    """A configuration with one field otherwise, its value read as the kind that the field holds."""
    if field not in {each.name for each in fields(config)} or not value:
        raise TrainingError(f"There is no setting {setting!r}; write one like paraphrase=0.4 or text.pooling=mean.")
    before = getattr(config, field)
    try:
        after: Any = {"true": True, "false": False}[value.lower()] if isinstance(before, bool) else type(before)(value)
    except (ValueError, KeyError) as error:
        raise TrainingError(f"The setting {setting!r} wants a value like {before!r}.") from error
    return replace(config, **{field: after})


def run_choice(folder: Path, choice: Choice, ground: Ground) -> dict[str, Any]:
    """Train one combination, or read what it came to; a run that was cut short goes on where it was.

    Returns:
        {"loss", "features", "words", "seed", "settings", "history": an entry an epoch, as a model's history.json}.
    """
    from vse.training.state import load_state, new_run

    place = folder / choice.slug
    if (place / RESULT).is_file():
        found: dict[str, Any] = json.loads((place / RESULT).read_text(encoding="utf-8"))
        return found
    resume = (place / CONFIG).is_file()
    model, training = configurations(choice, ground)
    new_run(place, None if resume else model, None if resume else training, resume)
    towers = VSEPlan(model, training).learn(ground.train.captions)
    rows, dev_rows = ground.rows[choice.features]
    lessons = FeatureBatches(photo_set(ground.train, towers, rows), training, towers.preprocess)
    trainer = Trainer(place, towers, training, lessons, FeatureDev(dev_rows, ground.dev), quiet=True)
    if resume:
        trainer.state = load_state(place, trainer.modules, trainer.optimizer)
    trainer.run()
    result = {**asdict(choice), "history": list(trainer.state.history)}
    write_text(place / RESULT, json.dumps(result))
    return result


def run_all(
    folder: Path, ground: Ground, todo: Sequence[Choice], told: Callable[[int, int], None]
) -> list[dict[str, Any]]:
    """Combinations one after the other; `told` is called with (runs done, of so many)."""
    results: list[dict[str, Any]] = []
    for choice in todo:
        results.append(run_choice(folder, choice, ground))
        told(len(results), len(todo))
    return results


@dataclass(frozen=True)
class Row:
    """A combination over its seeds: mean and standard deviation of each figure, and the rsum by epoch."""

    loss: str
    features: str
    words: str
    seeds: int
    r1_image_to_text: tuple[float, float]
    r1_text_to_image: tuple[float, float]
    rsum: tuple[float, float]
    curve: tuple[float, ...]
    settings: str = ""


def rows_of(results: Sequence[dict[str, Any]]) -> list[Row]:
    """One row a combination, the best rsum first."""
    groups: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for result in results:
        key = (result["loss"], result["features"], result["words"], result.get("settings", ""))
        groups.setdefault(key, []).append(result)
    rows = [_row(*key, found) for key, found in groups.items()]
    return sorted(rows, key=lambda row: -row.rsum[0])


def _row(loss: str, features: str, words: str, settings: str, results: list[dict[str, Any]]) -> Row:
    last = [result["history"][-1]["dev"] for result in results]
    curves = np.array([[entry["dev"]["rsum"] for entry in result["history"]] for result in results])
    return Row(
        loss,
        features,
        words,
        len(results),
        _spread([dev["image_to_text"]["r1"] for dev in last]),
        _spread([dev["text_to_image"]["r1"] for dev in last]),
        _spread([dev["rsum"] for dev in last]),
        tuple(round(float(value), 1) for value in curves.mean(axis=0)),
        settings,
    )


def _spread(values: list[float]) -> tuple[float, float]:
    """Mean and sample standard deviation; of one value the deviation is 0."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return round(float(np.mean(values)), 1), round(deviation, 1)


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = ["| loss | features | words | R@1 picture -> captions | R@1 caption -> pictures | rsum |"]
    lines.append("|---|---|---|---|---|---|")
    for row in rows:
        figures = [f"{mean:.1f} ± {deviation:.1f}" for mean, deviation in (row.r1_image_to_text, row.r1_text_to_image)]
        total = f"{row.rsum[0]:.1f} ± {row.rsum[1]:.1f}"
        loss = f"{row.loss}, {row.settings}" if row.settings else row.loss
        lines.append(f"| {loss} | {row.features} | {row.words} | {' | '.join(figures)} | {total} |")
    return "\n".join(lines)
