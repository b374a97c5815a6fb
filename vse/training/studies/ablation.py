"""What each choice of a visual-semantic embedding brings: every combination trained on frozen features, several seeds.

The losses, the features of the pictures, and what the words begin with are crossed; all else stays the same. Figures
are of the dev split after the last epoch, so that none is chosen by what it is measured with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from vse.data import Collection
from vse.encoders.files import object_of
from vse.encoders.vse.config import ModelConfig
from vse.errors import CheckpointError, TrainingError
from vse.evaluation.tables import figure, table
from vse.io.atomic import write_text
from vse.io.configs import read_json
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training import state
from vse.training.config import TrainConfig, settings, train_config
from vse.training.kinds.vse import VSEPlan
from vse.training.objectives import ranking_losses, title_of
from vse.training.sources.features import FeatureSource, FeatureValidation
from vse.training.sources.photo_set import photo_set
from vse.training.trainer import Trainer
from vse.words.vectors import dimensions

FEATURES = ("last layer", "full network")
RANDOM, GLOVE = "random", "GloVe"
WORDS = (RANDOM, GLOVE)
# Settings that differ from a run's own, for the losses that have them.
OF_LOSSES = {"warmup_epochs": 4.0, "temperature": 0.05}
RESULT = "result.json"


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
class Setup:
    """What all runs share. `rows` holds, by the features' name, those of the train and of the dev pictures.

    `word_vectors` holds, by what the words may begin with, the file of it; from random ones words have `word_dim`.
    """

    train: Collection
    dev: Collection
    rows: dict[str, tuple[np.ndarray, np.ndarray]]
    word_vectors: Mapping[str, str]
    word_dim: int
    epochs: int = 8
    dim: int = 256
    hidden: int = 256
    min_count: int = 3


def usual_losses() -> tuple[str, ...]:
    """Those with which both towers learn."""
    return tuple(name for name, loss in ranking_losses().items() if not loss.fixed_pictures)


def choices(
    seeds: int,
    losses: Sequence[str] | None = None,
    features: Sequence[str] = FEATURES,
    words: Sequence[str] = WORDS,
    settings: Sequence[str] = ("",),
) -> list[Choice]:
    """Every combination of these, seed by seed; where none is named, of the losses with which pictures learn too."""
    losses = losses or usual_losses()
    each = product(range(seeds), losses, features, words, settings)
    return [Choice(loss, kind, begun, seed, given) for seed, loss, kind, begun, given in each]


def configurations(choice: Choice, setup: Setup) -> tuple[ModelConfig, TrainConfig]:
    """The model and the run of a choice: VSE++'s with frozen features, smaller."""
    width, loss = setup.rows[choice.features][0].shape[1], ranking_losses()[choice.loss]
    vectors = "" if choice.words == RANDOM else setup.word_vectors[choice.words]
    word_dim = dimensions(vectors) if vectors else setup.word_dim
    model = ModelConfig(
        name=choice.slug,
        dim=width if loss.fixed_pictures else setup.dim,
        similarity=loss.similarity,
        image=_image(choice.loss, width),
        text=TextConfig(word_dim, setup.hidden, bidirectional=False, word_dropout=0.0),
    )
    run: dict[str, Any] = {"learning_rate": 1e-3, "weight_decay": 0.0, "ema_decay": 0.95}
    run |= {"min_count": setup.min_count, "word_vectors": vectors}
    known = {each.name for each in fields(loss.Config)}
    run |= {name: value for name, value in OF_LOSSES.items() if name in known}
    model, changes = changed(model, choice.settings)
    run |= {"seed": choice.seed, "epochs": setup.epochs, "loss": choice.loss, **changes}
    return model, train_config(run, source="features")


def _image(loss: str, width: int) -> ImageConfig:
    """The pictures' side: features, mapped into the space, or as they are where the loss wants that."""
    if ranking_losses()[loss].fixed_pictures:
        return ImageConfig("features", (width,), pooling="mean", map="none")
    return ImageConfig(backbone="features", widths=(width,))


def changed(model: ModelConfig, given: str) -> tuple[ModelConfig, dict[str, Any]]:
    """Settings such as "paraphrase=0.4 dim=1024 text.pooling=mean": the model with its own, and the run's.

    The model's are `dim`, and after a dot those of its text tower; the loss and the features settle all else of it.

    Raises:
        TrainingError, CheckpointError: for a setting that there is not, or a value that is not of its kind.
    """
    known = {name: default for names in settings().values() for name, default in names.items()}
    run: dict[str, Any] = {}
    for setting in given.split():
        name, _, value = setting.partition("=")
        field = name.removeprefix("text.")
        if field != name:
            text = replace(model.text, **{field: _read(asdict(model.text), field, value, setting)})
            model = replace(model, text=text)
        elif name == "dim":
            model = replace(model, dim=_read({"dim": model.dim}, name, value, setting))
        else:
            run[name] = _read(known, name, value, setting)
    return model, run


def check(todo: Sequence[Choice]) -> None:
    """Tell before any work what is wrong with a choice; raises as `changed` and `state.check` do."""
    for choice in todo:
        similarity, image = ranking_losses()[choice.loss].similarity, _image(choice.loss, ImageConfig().widths[-1])
        usual = ModelConfig(similarity=similarity, image=image)
        model, changes = changed(usual, choice.settings)
        state.check(model, train_config({"loss": choice.loss, **changes}, source="features"))


def _read(known: dict[str, Any], name: str, value: str, setting: str) -> Any:
    """A value as the kind that the setting of that name holds."""
    if name not in known or not value:
        raise TrainingError(f"There is no setting {setting!r}; write one like paraphrase=0.4 or text.pooling=mean.")
    before = known[name]
    try:
        return {"true": True, "false": False}[value.lower()] if isinstance(before, bool) else type(before)(value)
    except (ValueError, KeyError) as error:
        raise TrainingError(f"The setting {setting!r} wants a value like {before!r}.") from error


def run_choice(folder: Path, choice: Choice, setup: Setup) -> dict[str, Any]:
    """Train one combination, or read what it came to; a run that was cut short goes on where it was.

    Returns:
        {"loss", "features", "words", "seed", "settings", "history": an entry an epoch, as a model's history.json}.
    """
    place = folder / choice.slug
    if (place / RESULT).is_file():
        found = object_of(read_json(place / RESULT), place / RESULT)
        if found.keys() >= {"history", *asdict(choice)}:
            return found
        raise CheckpointError(f"{place / RESULT} is no result of a run; remove {place} to train it again.")
    resume = (place / state.CONFIG).is_file()
    model, training = configurations(choice, setup)
    state.new_run(place, None if resume else model, None if resume else training, resume)
    trainable = VSEPlan(model, training).learn(setup.train.captions)
    rows, dev_rows = setup.rows[choice.features]
    source = FeatureSource(photo_set(setup.train, trainable, rows), training, trainable.preprocess)
    trainer = Trainer(place, trainable, training, source, FeatureValidation(dev_rows, setup.dev), quiet=True)
    if resume:
        trainer.state = state.load_state(place, trainer.modules, trainer.optimizer)
    trainer.run()
    result = {**asdict(choice), "history": list(trainer.state.history)}
    write_text(place / RESULT, json.dumps(result))
    return result


def run_all(
    folder: Path, setup: Setup, todo: Sequence[Choice], progress: Callable[[int, int], None]
) -> list[dict[str, Any]]:
    """Combinations one after the other; `progress` is called with (runs done, of so many)."""
    results: list[dict[str, Any]] = []
    for choice in todo:
        results.append(run_choice(folder, choice, setup))
        progress(len(results), len(todo))
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
        tuple(map(float, curves.mean(axis=0))),
        settings,
    )


def _spread(values: list[float]) -> tuple[float, float]:
    """Mean and sample standard deviation; of one value the deviation is 0."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return float(np.mean(values)), deviation


def ablation_table(rows: Sequence[Row]) -> str:
    """Markdown; with a column of settings where some are otherwise than usual."""
    changed = any(row.settings for row in rows)
    head = ["loss", "features", "words", *(["settings"] if changed else [])]
    head += ["R@1 picture -> captions", "R@1 caption -> pictures", "rsum"]
    cells = []
    for row in rows:
        spreads = (row.r1_image_to_text, row.r1_text_to_image, row.rsum)
        figures = [f"{figure(mean)} ± {figure(deviation)}" for mean, deviation in spreads]
        settings = f"`{row.settings}`" if row.settings else "as usual"
        cells.append([title_of(row.loss), row.features, row.words, *([settings] if changed else []), *figures])
    return "\n".join(table(head, cells))
