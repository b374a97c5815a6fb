"""transfer: which layers of a CNN serve other tasks, how much of it to copy, and how to prepare its features."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_json, at_least, write_json
from vse.cli.study import add_backbone, backbone_of, trained_backbone
from vse.errors import TrainingError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from vse.io.progress import Progress
    from vse.modalities.image.backbones.build import Backbone
    from vse.training.studies.transfer.labelled import Labelled


def add(commands: argparse._SubParsersAction) -> None:
    about = "what a CNN learnt is worth for other tasks: by layer, by how much is copied, by how features are prepared"
    kinds = commands.add_parser("transfer", help=about).add_subparsers(dest="study", metavar="STUDY", required=True)
    layers = kinds.add_parser("layers", help="every layer, frozen: linear probe, neighbours, and captions")
    _add_common(layers)
    layers.add_argument("--captioned", metavar="FOLDER", help="captioned photographs, for text towers on the layers")
    layers.add_argument("--word-vectors", type=Path, metavar="FILE", help="of GloVe, that those begin with")
    layers.add_argument("--to", type=Path, help="a folder for their runs; done ones are not run again")
    layers.add_argument("--every", type=at_least(1), default=3, help="of so many layers one gets a text tower (3)")
    layers.add_argument("--seeds", type=at_least(1), default=1, help="(1)")
    layers.add_argument("--epochs", type=at_least(1), default=4, help="of the text towers (4)")
    layers.set_defaults(run_command=run_layers)

    copied = kinds.add_parser("copied", help="the first layers copied and the rest trained anew, frozen or fine-tuned")
    _add_common(copied, several=False)
    most = "labels, those with the most photographs (0, all)"
    copied.add_argument("--labels", type=at_least(0), default=0, help=most)
    copied.add_argument("--size", type=at_least(32), default=96, help="of the pictures in pixels (96)")
    steps = "from no layer copied to all in so many steps (4)"
    copied.add_argument("--steps", type=at_least(1), default=4, help=steps)
    copied.add_argument("--epochs", type=at_least(1), default=20, help="(20)")
    copied.add_argument("--seeds", type=at_least(1), default=1, help="(1)")
    copied.set_defaults(run_command=run_copied)

    factors = kinds.add_parser("factors", help="how features are prepared: scale, PCA, augmentation, early stopping")
    _add_common(factors)
    factors.add_argument("--layer", default="", help="by its name, as `transfer layers` lists them (the last one)")
    factors.set_defaults(run_command=run_factors)

    scatter = kinds.add_parser("map", help="photographs in a plane, layer by layer: points for the page's Evaluate")
    _add_common(scatter, several=False)
    scatter.add_argument("--labels", required=True, metavar="LABEL,LABEL,...", help="the photographs of these")
    scatter.add_argument("--planes", type=at_least(2), default=10, help="of so many layers, evenly (10)")
    scatter.set_defaults(run_command=run_map)


def _add_common(command: argparse.ArgumentParser, several: bool = True) -> None:
    if several:
        command.add_argument("labelled", nargs="+", help="folders of labelled photographs, each with labels.tsv")
    else:
        command.add_argument("labelled", help="a folder of labelled photographs with labels.tsv")
    add_backbone(command)
    least = "photographs that a label needs in each half, to learn from and to measure on (8)"
    command.add_argument("--least", type=at_least(2), default=8, help=least)
    add_json(command)


def run_layers(options: argparse.Namespace) -> None:
    from vse.training.sources.photographs import captioned
    from vse.training.studies.transfer.layers import TextTraining, joined, layers_table, measured, trained
    from vse.words.vectors import dimensions

    given = {name: getattr(options, name) for name in ("captioned", "word_vectors", "to")}
    if any(given.values()) and not all(given.values()):
        raise TrainingError("Text towers need --captioned, --word-vectors and --to; give all three, or none.")
    backbone, collections = backbone_of(options), _collections(options)
    about: dict[str, Any] = {
        "backbone": backbone.name,
        "captioned": None,
        "labelled": [each.about() for each in collections],
    }
    sums: dict[str, tuple[float, float]] = {}
    if options.captioned:
        dimensions(options.word_vectors)  # so that a file that cannot be read is told before all the work
        train, dev = captioned(options.captioned, "train"), captioned(options.captioned, "dev")
        how = TextTraining(
            options.to, str(options.word_vectors), every=options.every, seeds=options.seeds, epochs=options.epochs
        )
        sums = trained(backbone, train, dev, how, _shows)
        counts = {"train": len(train), "dev": len(dev), "seeds": options.seeds, "epochs": options.epochs}
        about["captioned"] = {"name": train.name, **counts}
    rows = joined(measured(backbone, collections, _shows), sums)
    print(layers_table(rows))
    write_json(options.json, {"about": about, "rows": [asdict(row) for row in rows]})


def run_copied(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.io.progress import progress_bar
    from vse.modalities.image.backbones.build import build_backbone
    from vse.training.studies.transfer.copied import CopyTraining, compared, convolutions_of, copied_table, evenly
    from vse.training.studies.transfer.labelled import labelled

    photographs = labelled(load_collection(options.labelled), options.least, most=options.labels)
    trained = trained_backbone(options, options.size)
    how = CopyTraining(epochs=options.epochs, seeds=options.seeds)
    counts = evenly(convolutions_of(trained), options.steps)

    def build() -> Backbone:
        return build_backbone(options.backbone, trainable=True, size=options.size, fit="squash")

    with progress_bar("copied", "run") as progress:
        rows = compared(trained, build, photographs, counts, how, progress)
    print(copied_table(rows))
    about = {"backbone": trained.name, "labelled": photographs.about(), "size": options.size, **asdict(how)}
    write_json(options.json, {"about": about, "rows": [asdict(row) for row in rows]})


def run_factors(options: argparse.Namespace) -> None:
    from vse.training.studies.transfer.factors import factors_table, measured

    backbone, collections = backbone_of(options), _collections(options)
    rows = measured(backbone, collections, _shows, options.layer)
    print(factors_table(rows))
    about = {"backbone": backbone.name, "labelled": [each.about() for each in collections]}
    write_json(options.json, {"about": about, "rows": [asdict(row) for row in rows]})


def run_map(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.training.studies.transfer.labelled import labelled
    from vse.training.studies.transfer.scatter import planes_of, planes_table, to_json

    only = [each.strip() for each in options.labels.split(",")]
    photographs = labelled(load_collection(options.labelled), options.least, only)
    backbone = backbone_of(options)
    planes = planes_of(backbone, photographs, options.planes, _shows)
    print(planes_table(planes))
    names = [name for name in only if name in photographs.names]  # in the order asked for, so that kinds stay together
    about = {"backbone": backbone.name, "labelled": photographs.about(), "labels": names}
    of = [names.index(photographs.names[label]) for label in photographs.of]
    write_json(options.json, {"about": about, "of": of, "planes": [to_json(each) for each in planes]})


def _shows(title: str) -> AbstractContextManager[Progress | None]:
    from vse.io.progress import progress_bar

    return progress_bar(title, "")


def _collections(options: argparse.Namespace) -> list[Labelled]:
    from vse.data import load_collection
    from vse.training.studies.transfer.labelled import labelled

    found = [labelled(load_collection(each), options.least) for each in options.labelled]
    if len({each.name for each in found}) < len(found):
        raise TrainingError("Two folders of labelled photographs have one name; rename one.")
    return found
