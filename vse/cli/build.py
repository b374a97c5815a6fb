"""build: make what ships in assets/ again."""

from __future__ import annotations

import argparse
from pathlib import Path

from vse.cli.options import add_collection, at_least, check_picture, write_picture
from vse.modalities.base import MODALITIES


def add(commands: argparse._SubParsersAction) -> None:
    build = commands.add_parser("build", help="make a bundled asset again (needs the emoji font for pictures)")
    kinds = build.add_subparsers(dest="what", metavar="WHAT", required=True)
    scenes = kinds.add_parser("scenes", help="draw Emoji Scenes into a collection's folder")
    scenes.add_argument("to", type=Path, help="the folder to write")
    scenes.add_argument("--split", choices=("train", "dev", "test"), default="test", help="(test)")
    scenes.add_argument("--count", type=at_least(1), default=1000, help="how many (1000)")
    scenes.add_argument("--seed", type=at_least(0), default=0, help="(0)")
    scenes.set_defaults(run_command=run_scenes)
    counterparts = kinds.add_parser("counterparts", help="draw the counterparts that arithmetic is scored on")
    counterparts.add_argument("to", type=Path, help="the folder to write")
    counterparts.add_argument("--seed", type=at_least(0), default=0, help="(0)")
    counterparts.set_defaults(run_command=run_counterparts)
    recipes = kinds.add_parser("recipes", help="draw Emoji Recipes into a collection's folder")
    recipes.add_argument("to", type=Path, help="the folder to write")
    recipes.add_argument("--split", choices=("train", "dev", "test"), default="test", help="(test)")
    recipes.add_argument("--count", type=at_least(1), default=500, help="how many dishes (500)")
    recipes.add_argument("--seed", type=at_least(0), default=0, help="(0)")
    recipes.set_defaults(run_command=run_recipes)
    spoken = kinds.add_parser("spoken", help="captions read aloud for a collection of Emoji Scenes (needs espeak-ng)")
    spoken.add_argument("to", type=Path, help="the collection's folder, into which the recordings are written")
    spoken.add_argument("--count", type=at_least(1), default=50, help="how many (50)")
    spoken.set_defaults(run_command=run_spoken)
    sheet = kinds.add_parser("sheet", help="a contact sheet of a collection")
    sheet.add_argument("to", type=Path, help="the picture file to write")
    add_collection(sheet, "--collection")
    sheet.add_argument("--count", type=at_least(1), default=40, help="how many pictures (40)")
    sheet.add_argument("--skip", type=at_least(0), default=0, help="how many to leave out before (0)")
    sheet.set_defaults(run_command=run_sheet)
    index = kinds.add_parser("index", help="a model's vectors of a bundled collection")
    index.add_argument("model", help="a bundled model's name")
    index.add_argument("collection", help="a bundled collection's name")
    index.add_argument("--only", choices=tuple(MODALITIES), help="of one modality alone")
    index.set_defaults(run_command=run_index)
    maps = kinds.add_parser("map", help="a model's maps of a bundled collection")
    maps.add_argument("model", help="a bundled model's name")
    maps.add_argument("collection", help="a bundled collection's name")
    maps.add_argument("--to", type=Path, help="the folder to write below (where they ship)")
    maps.set_defaults(run_command=run_map)


def run_scenes(options: argparse.Namespace) -> None:
    from vse.data.scenes.write import write_collection

    write_collection(options.to, options.split, options.count, options.seed)
    print(f"{options.count} scenes written to {options.to}")


def run_recipes(options: argparse.Namespace) -> None:
    from vse.data.recipes.write import write_collection

    write_collection(options.to, options.split, options.count, options.seed)
    print(f"{options.count} dishes written to {options.to}")


def run_counterparts(options: argparse.Namespace) -> None:
    from vse.data.scenes.write_counterparts import write_counterparts

    write_counterparts(options.to, options.seed)
    print(f"counterparts written to {options.to}")


def run_spoken(options: argparse.Namespace) -> None:
    from vse.data.scenes.write_spoken import write_spoken

    written = write_spoken(options.to, options.count)
    print(f"{len(written)} captions read aloud in {written[0].parent}")


def run_sheet(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.data.contact_sheet import contact_sheet
    from vse.errors import CollectionError

    check_picture(options.to)
    collection = load_collection(options.collection)
    items = collection.items[options.skip : options.skip + options.count]
    if not items:
        raise CollectionError(f"{collection.name} has {len(collection):,} pictures: give a smaller --skip.")
    write_picture(options.to, contact_sheet([item.image_path for item in items]))
    print(f"{len(items)} pictures on {options.to}")


def run_index(options: argparse.Namespace) -> None:
    from vse.search.vectors import build_index

    for folder in build_index(options.model, options.collection, (options.only,) if options.only else ()):
        print(f"written to {folder}")


def run_map(options: argparse.Namespace) -> None:
    from vse.maps.points import build_maps
    from vse.maps.projection import title_of

    for built in build_maps(options.model, options.collection, options.to):
        measures = "; ".join(
            f"{title_of(kind)} {how.trustworthiness:.3f} trustworthy, {100 * how.neighbours:.1f}% of {how.k} kept"
            for kind, how in built.projection.quality.items()
        )
        print(f"written to {built.path}: {built.seconds:.1f} s, {built.size / 1000:.1f} kB\n  {measures}")
