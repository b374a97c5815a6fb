"""evaluate and bench."""

from __future__ import annotations

import argparse

from vse.cli.options import add_collection, add_json, add_model, write_json


def add(commands: argparse._SubParsersAction) -> None:
    measured = "recall both ways, and where the truth is known how true the answers are"
    evaluate = commands.add_parser("evaluate", help=measured)
    add_model(evaluate)
    add_collection(evaluate)
    evaluate.add_argument("--split", default="test", help="which pictures (test)")
    add_json(evaluate)
    evaluate.set_defaults(run_command=run_evaluate)
    bench = commands.add_parser("bench", help="time encoding and searching on this machine")
    add_model(bench, "--model")
    add_collection(bench, "--collection")
    bench.add_argument("--photos", type=_count, default=0, help="also search so many vectors drawn at random (0)")
    add_json(bench)
    bench.set_defaults(run_command=run_bench)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"got {number}, expected 0 or more")
    return number


def run_evaluate(options: argparse.Namespace) -> None:
    from vse.collections import load_collection
    from vse.encoder import load_model
    from vse.report import evaluate_encoder, evaluation_table

    encoder = load_model(options.model)
    collection = load_collection(options.collection, options.split)
    evaluation = evaluate_encoder(encoder, collection)
    print(evaluation_table(evaluation))
    write_json(options.json, evaluation.to_json())


def run_bench(options: argparse.Namespace) -> None:
    from vse.bench import bench

    rows = bench(options.model, options.collection, options.photos)
    for name, milliseconds in rows.items():
        print(f"{name:40} {milliseconds:8.2f} ms")
    write_json(options.json, rows)
