"""ablation and features: what needs no CNN while it learns, as its features are frozen."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import add_json, at_least, write_json
from vse.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np

    from vse.data import Collection
    from vse.modalities.image.backbones.build import Backbone


def add(commands: argparse._SubParsersAction) -> None:
    ablation = commands.add_parser("ablation", help="what each choice brings: losses x features x words, several seeds")
    _add_captioned(ablation)
    add_backbone(ablation)
    ablation.add_argument("--word-vectors", type=Path, required=True, metavar="FILE", help="of GloVe or word2vec")
    ablation.add_argument("--to", type=Path, required=True, help="a folder for the runs; done ones are not run again")
    ablation.add_argument("--seeds", type=at_least(1), default=3, help="(3)")
    ablation.add_argument("--epochs", type=at_least(1), default=8, help="(8)")
    of_losses = (
        "only these, with commas between, so that several may run side by side; all but squared_error, with which "
        "captions learn to say the pictures' features as they are, as in Word2VisualVec"
    )
    ablation.add_argument("--losses", help=of_losses)
    ablation.add_argument("--features", help="only these: last layer,full network")
    ablation.add_argument("--words", help="only these: random,GloVe, and those of --words-from")
    begun = "another beginning of the words, of any file of vectors, such as one of `words train`; may be repeated"
    ablation.add_argument("--words-from", action="append", default=[], metavar="NAME=FILE", help=begun)
    changed = (
        "settings that are otherwise than usual: dim=1024 paraphrase=0.4 text.pooling=mean; given several times each "
        "makes runs of its own, and with nothing behind it those with the usual settings"
    )
    ablation.add_argument("--with", dest="settings", nargs="*", action="append", metavar="NAME=VALUE", help=changed)
    add_json(ablation)
    ablation.set_defaults(run_command=run_ablation)
    features = commands.add_parser("features", help="frozen features and captions, as vsepp reads them")
    _add_captioned(features)
    add_backbone(features)
    features.add_argument("--kind", choices=("last", "full"), default="last", help="last layer, or full network (last)")
    features.add_argument("--raw", action="store_true", help="rows as the CNN gives them, not of length 1")
    features.add_argument("--to", type=Path, required=True, help="the folder to write")
    features.set_defaults(run_command=run_features)


def _add_captioned(command: argparse.ArgumentParser) -> None:
    command.add_argument("collection", help="a folder of captioned photographs with the splits train and dev")


def add_backbone(command: argparse.ArgumentParser) -> None:
    command.add_argument("--backbone", default="mobilenet_v2", help="of torchvision, or timm/NAME (mobilenet_v2)")
    command.add_argument("--weights", default="download", help="a file, or the library's own (download)")


def run_ablation(options: argparse.Namespace) -> None:
    from vse.io.progress import progress_bar
    from vse.training.objectives import ranking_losses
    from vse.training.studies.ablation import (
        FEATURES,
        GLOVE,
        RANDOM,
        Setup,
        ablation_table,
        check,
        choices,
        rows_of,
        run_all,
        usual_losses,
    )
    from vse.words.vectors import dimensions

    losses = _some("loss", options.losses, tuple(ranking_losses())) if options.losses else usual_losses()
    kinds = _some("kind of features", options.features, FEATURES)
    vectors = {GLOVE: str(options.word_vectors), **_named(options.words_from)}
    words = _some("beginning of the words", options.words, (RANDOM, *vectors))
    for name in words:
        if name != RANDOM:
            dimensions(vectors[name])  # so that a file that cannot be read is told before all the work
    settings = [" ".join(each) for each in options.settings or [[]]]
    todo = choices(options.seeds, losses, kinds, words, settings)
    check(todo)  # so that a wrong one is told before all the work
    backbone, (train, dev) = backbone_of(options), _splits(options.collection)
    rows = {name: _rows(name, backbone, train, dev) for name in kinds}
    setup = Setup(train, dev, rows, vectors, dimensions(options.word_vectors), options.epochs)
    with progress_bar("ablation", "run") as progress:
        found = rows_of(run_all(options.to, setup, todo, progress))
    print(ablation_table(found))
    about = {
        "collection": train.name,
        "backbone": backbone.name,
        "train": len(train),
        "dev": len(dev),
        "seeds": options.seeds,
        "epochs": options.epochs,
        "dim": setup.dim,
        "widths": {name: int(values[0].shape[1]) for name, values in rows.items()},
    }
    write_json(options.json, {"about": about, "rows": [asdict(row) for row in found]})


def _some(what: str, given: str | None, known: Sequence[str]) -> Sequence[str]:
    """Those of the known ones that are named, with commas between; all where none are."""
    asked = given.split(",") if given else known
    if unknown := sorted(set(asked) - set(known)):
        raise TrainingError(f"There is no {what} {', '.join(unknown)}; choose of {', '.join(known)}.")
    return asked


def _named(given: Sequence[str]) -> dict[str, str]:
    """NAME=FILE, ... as name -> file.

    Raises:
        TrainingError: when one is written otherwise.
    """
    found = {}
    for each in given:
        name, _, file = each.partition("=")
        if not name or not file:
            raise TrainingError(f"--words-from came as {each!r}; write NAME=FILE, such as skip-gram=words.txt.")
        found[name] = file
    return found


def run_features(options: argparse.Namespace) -> None:
    from vse.io.atomic import check_folder
    from vse.training.sources.features import PRECOMPUTED, write_precomputed
    from vse.training.studies.ablation import FEATURES

    check_folder(options.to, PRECOMPUTED)
    splits = _splits(options.collection)
    rows = _rows(FEATURES[options.kind == "full"], backbone_of(options), *splits)
    write_precomputed(options.to, dict(zip(("train", "dev"), zip(rows, splits, strict=True), strict=True)), options.raw)
    for split, each in zip(("train", "dev"), rows, strict=True):
        print(f"written to {options.to / split}_ims.npy, {each.shape[0]:,} x {each.shape[1]:,}, and {split}_caps.txt")


def _splits(folder: str) -> tuple[Collection, Collection]:
    from vse.training.sources.photographs import captioned

    return captioned(folder, "train"), captioned(folder, "dev")


def backbone_of(options: argparse.Namespace) -> Backbone:
    from vse.modalities.image.backbones.build import folded

    return folded(trained_backbone(options))


def trained_backbone(options: argparse.Namespace, size: int | None = None) -> Backbone:
    """With its norms as they come, at another size where one is given."""
    from vse.modalities.image.backbones.build import build_backbone
    from vse.modalities.image.backbones.weights import load_backbone

    if options.weights == "download":
        return build_backbone(options.backbone, download=True, size=size, fit="squash")
    return load_backbone(options.backbone, options.weights, size=size, fit="squash")


def _rows(name: str, backbone: Backbone, train: Collection, dev: Collection) -> tuple[np.ndarray, np.ndarray]:
    """The features of that name of both splits; those of the full network are standardised by the first."""
    from vse.data.features import collection_features, training_statistics
    from vse.io.progress import progress_bar
    from vse.modalities.image.backbones.features import Features, FullNetwork, LastLayer, LayerAverages

    features: Features
    if name == "last layer":
        features = LastLayer(backbone)
    else:
        with progress_bar("every layer of the train pictures", "photo") as progress:
            features = FullNetwork(backbone, training_statistics(LayerAverages(backbone), train, progress))
    found = []
    for collection, split in ((train, "train"), (dev, "dev")):
        with progress_bar(f"{name} of the {split} pictures", "photo") as progress:
            found.append(collection_features(features, collection, progress))
    return found[0], found[1]
