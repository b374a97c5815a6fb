"""arithmetic."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vse.cli.options import add_device, add_json, add_model, write_json
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_WAY

if TYPE_CHECKING:
    from vse.data import Collection

ALL = "all"  # instead of the name of a split


def add(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("arithmetic", help="score picture - word + word on pictures whose truth is known")
    add_model(command)
    command.add_argument(
        "collection",
        nargs="?",
        default=COLLECTIONS / "counterparts",
        help="counterparts, or a folder: of such, of captioned or labelled photographs, or SIMAT's",
    )
    command.add_argument(
        "--distractors",
        default=COLLECTIONS / DEFAULT_COLLECTION,
        help="pictures that stand among the counterparts (scenes)",
    )
    command.add_argument("--way", default=DEFAULT_WAY, help=f"how it is done ({DEFAULT_WAY})")
    command.add_argument(
        "--split", default="test", help=f"of photographs, which, or {ALL}; of SIMAT, test or dev (test)"
    )
    add_device(command)
    add_json(command)
    command.set_defaults(run_command=run_arithmetic)


def run_arithmetic(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.data.scenes.annotations import scenes_of
    from vse.evaluation.simat import find_simat
    from vse.search.arithmetic import way_named

    if options.way != DEFAULT_WAY:
        way_named(options.way)
    if find_simat(options.collection):
        _run_simat(options)
        return
    collection = load_collection(options.collection)
    if scenes_of(collection.annotations):
        _run_counterparts(options, collection)
    else:
        _run_photographs(options, collection)


def _run_counterparts(options: argparse.Namespace, counterparts: Collection) -> None:
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.evaluation.analogies import analogy_report, analogy_table
    from vse.evaluation.arithmetic import arithmetic_report, arithmetic_task
    from vse.evaluation.arithmetic_table import arithmetic_tables
    from vse.search.arithmetic import name_of_way

    encoder = load_model(options.model)
    distractors = load_collection(options.distractors) if options.distractors else None
    task = arithmetic_task(encoder, counterparts, distractors)
    report = arithmetic_report(task, name_of_way(options.way, counterparts))
    print(arithmetic_tables(report))
    analogies = analogy_report(encoder)
    print(f"\n{analogy_table(analogies)}")
    write_json(options.json, {**report.to_json(), "analogies": analogies.to_json()})


def _run_photographs(options: argparse.Namespace, collection: Collection) -> None:
    from vse.encoders.registry import load_model
    from vse.evaluation.arithmetic import arithmetic_report
    from vse.evaluation.arithmetic_table import arithmetic_tables
    from vse.evaluation.photo_arithmetic import photo_task
    from vse.io.progress import progress_bar
    from vse.search.arithmetic import name_of_way

    if options.split != ALL:
        collection = collection.split(options.split)
    encoder = load_model(options.model)
    with progress_bar("encoding photographs", "photograph") as progress:
        task = photo_task(encoder, collection, progress)
    with progress_bar("scoring", "way") as progress:
        report = arithmetic_report(task, name_of_way(options.way, collection), progress)
    about = {
        "model": encoder.name,
        "collection": collection.name,
        "split": options.split,
        "photographs": len(collection),
    }
    print(f"{encoder.name} on {collection.name}, split {options.split}: {len(collection):,} photographs")
    print(arithmetic_tables(report))
    write_json(options.json, {"about": about, **report.to_json()})


def _run_simat(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.evaluation.simat import load_simat, simat_score, simat_table
    from vse.io.progress import progress_bar
    from vse.search.arithmetic import PLAIN

    encoder = load_model(options.model)
    way = PLAIN if options.way == DEFAULT_WAY else options.way
    task = load_simat(options.collection, options.split)
    with progress_bar("encoding crops", "crop") as progress:
        report = simat_score(encoder, task, way=way, progress=progress)
    print(simat_table(report))
    write_json(options.json, report.to_json())
