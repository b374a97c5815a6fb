"""evaluate and bench."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import add_collection, add_device, add_json, add_model, at_least, write_json
from vse.io.paths import COLLECTIONS

if TYPE_CHECKING:
    from vse.data import Collection
    from vse.encoders.base import Encoder
    from vse.maps.bench import MapRow


def add(commands: argparse._SubParsersAction) -> None:
    measured = "recall both ways, how true the answers are where that is known, and of labels how well they are found"
    evaluate = commands.add_parser("evaluate", help=measured)
    add_model(evaluate)
    add_collection(evaluate)
    evaluate.add_argument("--split", default="test", help="which pictures (test)")
    evaluate.add_argument("--tags", action="store_true", help="measure the tags of the pictures instead")
    spelling = "measure captions with misspelt words and words in new forms beside those as they are"
    evaluate.add_argument("--spelling", action="store_true", help=spelling)
    writing = "measure the captions that the model writes for pictures, and of Emoji Scenes for sums"
    evaluate.add_argument("--captions", action="store_true", help=writing)
    dishes = "measure on so many dishes drawn now, and on sums of them, instead of a collection; of a model of recipes"
    evaluate.add_argument("--dishes", type=at_least(2), metavar="COUNT", help=dishes)
    spoken = "measure captions of Emoji Scenes read aloud, by voice, speed and noise (needs espeak-ng and flite)"
    evaluate.add_argument("--spoken", action="store_true", help=spoken)
    points = "measure whether what a name is lost with is the thing itself; of Emoji Scenes (needs the emoji font)"
    evaluate.add_argument("--pointing", action="store_true", help=points)
    ordered = "measure whether the general is told from the special, and what follows from what; of Emoji Scenes"
    evaluate.add_argument("--order", action="store_true", help=ordered)
    add_device(evaluate)
    add_json(evaluate)
    evaluate.set_defaults(run_command=run_evaluate)
    bench = commands.add_parser("bench", help="time encoding and searching on this machine")
    add_model(bench, "--model")
    add_collection(bench, "--collection")
    drawn = "time searching alone, among so many vectors drawn at random, and its memory; several numbers for a curve"
    bench.add_argument("--photos", type=at_least(1), nargs="+", default=[], metavar="COUNT", help=drawn)
    bench.add_argument("--dim", type=at_least(1), default=512, help="with --photos: numbers of a vector (512)")
    beside = "with --photos: other libraries on the same vectors, faiss (exact) and usearch (approximate)"
    bench.add_argument("--engines", nargs="+", choices=("faiss", "usearch"), default=[], help=beside)
    stores = "time stores of vectors alone, each with --photos photographs (100,000): exact, lance, postgresql://..."
    bench.add_argument("--stores", nargs="+", metavar="STORE", help=stores)
    maps = "time laying out so many photographs alone, as a whole and by a sample, and how true the maps are"
    bench.add_argument("--maps", type=at_least(20), nargs="+", metavar="COUNT", help=maps)
    against = "time indexing alone, beside a CLIP: an architecture of open_clip with random weights, such as ViT-B-32"
    bench.add_argument("--against", metavar="CLIP", help=f"{against}, or any model")
    bench.add_argument("--images", type=Path, metavar="DIR", help="with --against: these photographs, not drawn ones")
    bench.add_argument("--count", type=at_least(1), default=256, help="with --against: how many are drawn (256)")
    runtimes = "time ways of running a CNN alone: torch's, ONNX Runtime, OpenVINO; a name of torchvision, or timm/NAME"
    bench.add_argument("--runtimes", metavar="BACKBONE", help=runtimes)
    bench.add_argument("--size", type=at_least(1), default=192, help="with --runtimes: pixels a side (192)")
    add_device(bench)
    add_json(bench)
    bench.set_defaults(run_command=run_bench)


def run_evaluate(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.evaluation.report import measure, measured_table
    from vse.evaluation.spelling import evaluate_spelling, spelling_table
    from vse.evaluation.tags import evaluate_tags, tags_line

    encoder = load_model(options.model)
    if options.dishes:
        from vse.evaluation.recipes import evaluate_recipes, recipes_table

        figures = evaluate_recipes(encoder, options.dishes)
        print(recipes_table(figures))
        write_json(options.json, figures.to_json())
        return
    collection = load_collection(options.collection, options.split)
    if options.tags:
        tags = evaluate_tags(encoder, collection)
        print(tags_line(tags))
        write_json(options.json, tags.to_json())
        return
    if options.spelling:
        rows = evaluate_spelling(encoder, collection)
        print(spelling_table(rows))
        write_json(options.json, [row.to_json() for row in rows])
        return
    if options.captions:
        _run_captions(options, encoder, collection)
        return
    if options.spoken:
        _run_spoken(options, encoder, collection)
        return
    if options.pointing:
        _run_pointing(options, encoder, collection)
        return
    if options.order:
        from vse.evaluation.order import evaluate_order, facts_table, order_table

        ways = evaluate_order(encoder, collection)
        print(f"{order_table(ways)}\n\n{facts_table(ways)}")
        write_json(options.json, {title: each.to_json() for title, each in ways.items()})
        return
    found = measure(encoder, collection)
    print(measured_table(found))
    write_json(options.json, found.to_json())


def _run_captions(options: argparse.Namespace, encoder: Encoder, collection: Collection) -> None:
    from vse.data import load_collection
    from vse.data.scenes.annotations import scenes_of
    from vse.evaluation import written
    from vse.io.progress import progress_bar
    from vse.training.captioner import learnt_captions

    with progress_bar("writing captions", "picture") as progress:
        if not scenes_of(collection.annotations):
            learnt = load_collection(options.collection)
            rows = [row for row, item in enumerate(learnt.items) if item.split == "train" != options.split]
            likeness = written.likeness_by_length(encoder, collection, learnt.of_rows(rows) if rows else None, progress)
            print(written.likeness_table(likeness))
            write_json(options.json, {name: row.to_json() for name, row in likeness.items()})
            return
        pictures = written.truth_by_length(encoder, collection, learnt_captions(encoder), progress)
    print(written.truth_table(pictures))
    sums = written.sums_by_length(encoder, load_collection(COLLECTIONS / "counterparts"), collection)
    print(f"\n{written.sums_table(sums)}")
    told = {
        "pictures": {name: row.to_json() for name, row in pictures.items()},
        "sums": {name: row.to_json() for name, row in sums.items()},
    }
    write_json(options.json, told)


def _run_spoken(options: argparse.Namespace, encoder: Encoder, collection: Collection) -> None:
    from vse.data.scenes.language.spoken import has_synthesisers
    from vse.evaluation import speech
    from vse.io.progress import progress_bar
    from vse.modalities import SPEECH

    rows = {}
    if SPEECH in collection.modalities:
        rows["the recordings that ship"] = speech.measure_shipped(encoder, collection)
    if has_synthesisers() or not rows:
        with progress_bar("reading captions aloud", "way") as progress:
            rows |= speech.measure_ways(encoder, collection, progress=progress)
    print(speech.heard_table(rows))
    write_json(options.json, speech.to_json(rows))


def _run_pointing(options: argparse.Namespace, encoder: Encoder, collection: Collection) -> None:
    from vse.evaluation import pointing
    from vse.io.progress import progress_bar

    with progress_bar("pointing", "picture") as progress:
        found = pointing.evaluate_pointing(encoder, collection, progress=progress)
    print(f"{pointing.pointing_table(found)}\n\n{pointing.kinds_table(found)}")
    write_json(options.json, {title: each.to_json() for title, each in found.items()})


def run_bench(options: argparse.Namespace) -> None:
    from vse.evaluation.bench.latency import bench
    from vse.evaluation.tables import figure

    if options.against:
        run_against(options)
        return
    if options.runtimes:
        run_runtimes(options)
        return
    if options.stores:
        run_stores(options)
        return
    if options.maps:
        run_maps(options)
        return
    if options.photos:
        run_scale(options)
        return
    rows = bench(options.model, options.collection)
    for name, milliseconds in rows.items():
        print(f"{name:40} {figure(milliseconds, 2):>8} ms")
    write_json(options.json, rows)


def run_against(options: argparse.Namespace) -> None:
    from tempfile import TemporaryDirectory

    import torch

    from vse.encoders.devices import CPU, OF_ONNX, chosen_device
    from vse.encoders.registry import load_model
    from vse.evaluation.bench.indexing import ROUNDS, draw_photographs, indexing_speeds
    from vse.evaluation.tables import figure
    from vse.io.progress import progress_bar
    from vse.modalities.image.drawn import SIZE

    encoders = [load_model(options.model), _rival(options.against)]
    names = [each.name for each in encoders]
    if chosen_device(None) in OF_ONNX:  # beside the same model without it; the rival is run by torch
        encoders.insert(1, load_model(options.model, CPU))
        names[:1] = [f"{names[0]}, {chosen_device(None)}", names[0]]
    with TemporaryDirectory() as drawn:
        folder = options.images or Path(drawn)
        if options.images is None:
            draw_photographs(folder, options.count)
        with progress_bar("indexing", "round") as progress:
            speeds = indexing_speeds(encoders, folder, progress=progress, names=names)
    what = f"{options.images}" if options.images else f"{options.count} drawn JPEG files of {SIZE[0]} x {SIZE[1]}"
    print(f"indexing {what}; {ROUNDS} rounds in turn, the median (least to most); {torch.get_num_threads()} threads")
    for speed in speeds:
        rounds = f"({figure(min(speed.rounds))} to {figure(max(speed.rounds))})"
        print(f"{speed.name:40} {figure(speed.median):>8} photographs a second {rounds}")
    ratios = [speed.median / speeds[-1].median for speed in speeds[:-1]]
    for speed, ratio in zip(speeds, ratios, strict=False):
        print(f"{speed.name} indexes {figure(ratio, 2)} times as many a second")
    found = {"photographs": what, "models": [speed.to_json() for speed in speeds], "ratio": ratios[0]}
    write_json(options.json, found)


def run_stores(options: argparse.Namespace) -> None:
    from vse.evaluation.bench.stores import measure, stores_table
    from vse.io.progress import progress_bar

    rows = [
        row
        for photos in options.photos or [100_000]
        for row in measure(
            options.model, options.collection, options.stores, photos, lambda title: progress_bar(title, "photo")
        )
    ]
    print(stores_table(rows))
    write_json(options.json, {"rows": [row.to_json() for row in rows]})


def run_maps(options: argparse.Namespace) -> None:
    import numpy as np

    from vse.evaluation.bench.stores import drawn
    from vse.io.progress import progress_bar
    from vse.maps.bench import measure
    from vse.search.searcher import Searcher

    images = Searcher.open(options.model, options.collection).images
    vectors = drawn(images.rows(range(len(images))), max(options.maps), np.random.default_rng(0))
    with progress_bar("laying out", "map") as progress:
        rows = measure(vectors, options.maps, progress=progress)
    print(maps_table(rows))
    write_json(options.json, {"rows": [row.to_json() for row in rows]})


def maps_table(rows: Sequence[MapRow]) -> str:
    """Markdown."""
    from vse.evaluation.tables import figure, percent, table

    head = ["photographs", "laid out by", "time", "trustworthiness", "neighbours kept"]
    cells = [
        [
            f"{row.photos:,}",
            "all of them" if row.fitted == row.photos else f"{row.fitted:,}, the others placed",
            f"{figure(row.seconds, 0)} s",
            figure(row.trustworthiness, 3),
            f"{percent(row.neighbours, 0)} %",
        ]
        for row in rows
    ]
    return "\n".join(table(head, cells))


def run_scale(options: argparse.Namespace) -> None:
    import torch

    from vse.evaluation.bench.latency import REPEATS
    from vse.evaluation.bench.scale import measure, scale_table
    from vse.io.progress import progress_bar

    with progress_bar("searching", "index") as progress:
        rows = measure(options.photos, options.dim, options.engines, progress)
    print(
        f"one search among vectors of {options.dim} numbers, the median of {REPEATS}; {torch.get_num_threads()} threads"
    )
    print(scale_table(rows))
    write_json(options.json, {"rows": [row.to_json() for row in rows]})


def run_runtimes(options: argparse.Namespace) -> None:
    import torch

    from vse.evaluation.bench.runtimes import BATCH, ROUNDS, Ground, measure, runtimes_table
    from vse.io.progress import progress_bar

    with progress_bar("making ready", "runtime") as progress:
        rows = measure(Ground(options.runtimes, options.size), progress=progress)
    print(f"{options.runtimes}, {options.size} x {options.size} pixels, batches of {BATCH}, the median of {ROUNDS} "
          f"rounds; {torch.get_num_threads()} threads")  # fmt: skip
    print(runtimes_table(rows))
    write_json(options.json, [row.to_json() for row in rows])


def _rival(name: str) -> Encoder:
    """A model by name or folder, run by torch; of an architecture alone, one with random weights."""
    from vse.encoders.devices import chosen_device, torch_device
    from vse.encoders.registry import list_models, load_model

    device = torch_device(chosen_device(None))
    if "/" in name or "@" in name or name in list_models() or Path(name).is_dir():
        return load_model(name, device)
    from vse.encoders.clip.encoder import random_clip

    return random_clip(name, device)
