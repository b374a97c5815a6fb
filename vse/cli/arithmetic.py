"""arithmetic."""

from __future__ import annotations

import argparse

from vse.cli.options import add_json, add_model, write_json
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_WAY


def add(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("arithmetic", help="score picture - word + word where the exact answer is known")
    add_model(command)
    command.add_argument(
        "collection",
        nargs="?",
        default=COLLECTIONS / "counterparts",
        help="counterparts, a folder of them, or SIMAT's folder",
    )
    command.add_argument(
        "--distractors",
        default=COLLECTIONS / DEFAULT_COLLECTION,
        help="pictures that stand among the counterparts (scenes)",
    )
    command.add_argument("--way", default=DEFAULT_WAY, help=f"how it is done ({DEFAULT_WAY})")
    command.add_argument("--split", default="test", help="of SIMAT: test or dev (test)")
    add_json(command)
    command.set_defaults(run_command=run_arithmetic)


def run_arithmetic(options: argparse.Namespace) -> None:
    from vse.evaluation.simat import find_simat
    from vse.search.arithmetic import way_named

    way_named(options.way)
    if find_simat(options.collection):
        _run_simat(options)
    else:
        _run_counterparts(options)


def _run_counterparts(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.evaluation.analogies import analogy_report, analogy_table
    from vse.evaluation.arithmetic import arithmetic_report, arithmetic_task
    from vse.evaluation.arithmetic_table import arithmetic_tables

    encoder = load_model(options.model)
    distractors = load_collection(options.distractors) if options.distractors else None
    task = arithmetic_task(encoder, load_collection(options.collection), distractors)
    report = arithmetic_report(task, options.way)
    print(arithmetic_tables(report))
    analogies = analogy_report(encoder)
    print(f"\n{analogy_table(analogies)}")
    write_json(options.json, {**report.to_json(), "analogies": analogies.to_json()})


def _run_simat(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.evaluation.simat import load_simat, simat_score, simat_table
    from vse.io.progress import progress_bar

    encoder = load_model(options.model)
    task = load_simat(options.collection, options.split)
    with progress_bar("encoding crops", "crop") as progress:
        report = simat_score(encoder, task, way=options.way, progress=progress)
    print(simat_table(report))
    write_json(options.json, report.to_json())
