"""describe and captioner: sentences that a model writes for pictures and sums, and teaching it to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_device, add_json, add_model, at_least, write_json
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_WAY

if TYPE_CHECKING:
    from vse.encoders.base import Encoder, Written
    from vse.errors import VSEError


def add(commands: argparse._SubParsersAction) -> None:
    describe = commands.add_parser("describe", help="a picture, or what a sum arrives at, in a sentence")
    asked = "a picture's path, words, or '[scene-0042] - dog + cat'; after -- if it starts with -"
    describe.add_argument("query", nargs="+", help=f"{asked}; several pictures are described one by one")
    add_model(describe, "--model")
    one = f"what pictures in the query are of: a bundled collection's name or a folder ({DEFAULT_COLLECTION})"
    describe.add_argument("--collection", default=COLLECTIONS / DEFAULT_COLLECTION, help=one)
    describe.add_argument("--upload", type=Path, metavar="FILE", help="what [upload] in the query stands for")
    describe.add_argument("--way", default=DEFAULT_WAY, help=f"how arithmetic is done ({DEFAULT_WAY})")
    describe.add_argument("--length", default="medium", help="of the caption: short, medium or long (medium)")
    describe.add_argument("-k", type=at_least(1), default=1, help="how many captions, the best first (1)")
    add_device(describe)
    add_json(describe)
    describe.set_defaults(run_command=run_describe)
    _add_captioner(commands)


def _add_captioner(commands: argparse._SubParsersAction) -> None:
    learn = commands.add_parser("captioner", help="teach a trained model to write captions", fill=_fill)
    learn.add_argument("model", type=Path, help="the model's folder, which the decoder is written into")
    given = "scenes:COUNT, captioned folders, and text files with a caption a line"
    learn.add_argument("source", nargs="+", help=f"what to learn from: {given}")
    learn.add_argument("--go-on", action="store_true", help="from the decoder that the model has")
    learn.add_argument("--split", default="train", help="of captioned folders (train)")
    learn.set_defaults(run_command=run_captioner)


def _fill(learn: argparse.ArgumentParser) -> None:
    from vse.training.captioner import SOURCES, CaptionerTraining

    for field in fields(CaptionerTraining):
        reading: dict[str, Any] = {"type": type(field.default), "metavar": type(field.default).__name__.upper()}
        if field.name == "learn_from":
            reading = {"choices": SOURCES}
        flag = f"--{field.name}".replace("_", "-")
        learn.add_argument(flag, default=field.default, help=f"({field.default})", **reading)


def run_describe(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.errors import VSEError

    encoder = load_model(options.model)
    rows: list[dict[str, Any]] = []
    failed = 0
    for query, found in _described(encoder, options):
        name = f"{query}: " if len(options.query) > 1 else ""
        if isinstance(found, VSEError):
            failed += 1
            print(f"{name}{found}")
            rows.append({"query": query, "error": str(found)})
            continue
        for written in found:
            print(f"{name}{written.text} ({written.score:.2f})")
        rows.append({"query": query, "captions": [asdict(each) for each in found]})
    write_json(options.json, {"model": encoder.name, "length": options.length, "described": rows})
    if failed:
        raise VSEError(f"{failed} of the {len(rows)} cannot be described, as told above.")


def _described(encoder: Encoder, options: argparse.Namespace) -> Iterator[tuple[str, list[Written] | VSEError]]:
    """Each query with what is written for it; where there are several, what cannot be read costs only itself."""
    from vse.cli.search import names_picture
    from vse.encoders.base import captions_of
    from vse.errors import CheckpointError, VSEError
    from vse.search.given import encoded
    from vse.search.searcher import Searcher

    searcher: Searcher | None = None
    upload = encoded(encoder, options.upload)
    for query in options.query:
        try:
            if names_picture(query):
                point = encoder.encode_images([query])
                yield query, captions_of(encoder, point, options.k, options.length)[0]
                continue
            searcher = searcher or Searcher.open(encoder, options.collection)
            yield query, searcher.describe(query, options.k, options.length, upload, options.way)
        except CheckpointError:
            raise
        except VSEError as error:
            if len(options.query) == 1:
                raise
            yield query, error


def run_captioner(options: argparse.Namespace) -> None:
    from vse.encoders.base import can_write
    from vse.encoders.registry import load_model, model_folder
    from vse.encoders.vse.captioner import CAPTIONER, save_captioner
    from vse.encoders.vse.encoder import VSEEncoder
    from vse.encoders.vse.parts import made_by
    from vse.errors import TrainingError
    from vse.io.progress import progress_bar
    from vse.training.captioner import CaptionerTraining, captioned, learn_to_write

    folder = model_folder(options.model)
    training = CaptionerTraining(**{f.name: getattr(options, f.name) for f in fields(CaptionerTraining)})
    encoder = load_model(folder)
    if not isinstance(encoder, VSEEncoder):
        raise TrainingError(f"{encoder.name} is no VSE: captions are written from the space of one.")
    found = captioned(
        encoder,
        options.source,
        options.split,
        training.seed,
        training.learn_from,
        lambda title: progress_bar(title, "row"),
    )
    with progress_bar("learning to write", "step") as bar:
        start = encoder.captioner if options.go_on and can_write(encoder) else None
        captioner, about = learn_to_write(found, encoder.dim, training, lambda done, of, loss: bar(done, of), start)
    about["sources"] = [Path(source).name for source in options.source]
    if start is not None:
        about["start_from"] = made_by(folder, CAPTIONER)
    save_captioner(folder, encoder.fingerprint, captioner, about)
    kept = ", ".join(f"{loss:.2f} read from {source}" for source, loss in about["kept_back"].items())
    print(f"{about['captions']:,} captions, {len(captioner.words):,} words; loss by word on captions kept back: {kept}")
    print(f"the decoder is in {folder}")
