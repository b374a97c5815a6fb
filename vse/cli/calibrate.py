"""calibrate."""

from __future__ import annotations

import argparse

from vse.cli.options import add_collection, add_device, add_json, write_json


def add(commands: argparse._SubParsersAction) -> None:
    measured = "measure from which score on an answer fits, and which pictures are a model's own; kept with the model"
    command = commands.add_parser("calibrate", help=measured)
    command.add_argument("model", help="a bundled model's name or a model folder, which is written to")
    add_collection(command)
    command.add_argument("--split", help="which pictures: best of a split that the model did not learn from (all)")
    more = "learn from this collection too, as one with the first; may be repeated"
    command.add_argument("--with", dest="more", metavar="COLLECTION", action="append", default=[], help=more)
    labels = "also ask the labels of this folder with labels.tsv, of its split test, as short queries; may be repeated"
    command.add_argument("--labels", metavar="COLLECTION", action="append", default=[], help=labels)
    also = "also tell how many pictures of this collection are found unlike the model's own; may be repeated"
    command.add_argument("--against", metavar="COLLECTION", action="append", default=[], help=also)
    add_device(command)
    add_json(command)
    command.set_defaults(run_command=run_calibrate)


def run_calibrate(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from vse.data import load_collection
    from vse.data.collection import joined
    from vse.encoders.base import EncoderBase
    from vse.encoders.registry import load_model, model_folder
    from vse.evaluation.calibrate import calibrate, calibration_table, share_unlike
    from vse.io.progress import progress_bar

    folder = model_folder(options.model)
    loaded = [load_collection(each, options.split) for each in (options.collection, *options.more)]
    collection = joined(loaded, mixed=True)
    labelled = [load_collection(each, "test") for each in options.labels]
    others = [load_collection(each) for each in options.against]
    encoder = load_model(folder)
    with progress_bar(f"reading {collection.name}", "input") as progress:
        name = " ".join(filter(None, [collection.name, options.split]))
        found = calibrate(encoder, collection, name, labelled, progress)
    if isinstance(encoder, EncoderBase):
        encoder.calibration = found
    found.save(folder, encoder.fingerprint)
    for other in others:
        with progress_bar(f"reading {other.name}", "picture") as progress:
            found = replace(found, unlike={**found.unlike, other.name: share_unlike(encoder, other, progress)})
    found.save(folder, encoder.fingerprint)
    print(f"{calibration_table(found)}\nkept in {folder}")
    write_json(options.json, found.to_json())
