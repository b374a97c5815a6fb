"""index, duplicates: a folder of one's own photographs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import add_choice, add_device, add_json, add_store, choice_of, share, write_json
from vse.io.paths import PHOTO_MODEL, photo_model

if TYPE_CHECKING:
    from vse.encoders.base import Encoder
    from vse.search.folders import Group, Report, Spread, Step


def add(commands: argparse._SubParsersAction) -> None:
    index = commands.add_parser("index", help="index a folder of your own photographs; again for what is new")
    index.add_argument("model", help="a bundled model's name, a model folder, or a CLIP")
    index.add_argument("folder", type=Path, help="the folder, with its subfolders; nothing is written into it")
    machines = "encode on a cluster of Ray, by its head's HOST:PORT; without one, in processes of this machine"
    index.add_argument("--ray", nargs="?", const="", metavar="ADDRESS", help=machines)
    add_choice(index)
    add_device(index)
    add_store(index)
    add_json(index)
    index.set_defaults(run_command=run_index)
    duplicates = commands.add_parser("duplicates", help="photographs that a folder has more than once, or nearly so")
    duplicates.add_argument("folder", type=Path, help="the folder, with its subfolders; nothing in it is changed")
    which = f"whose index of the folder is used, or made ({PHOTO_MODEL})"
    duplicates.add_argument("--model", default=photo_model(), help=which)
    cut = "from which cosine on two photographs are similar, 0 to 1 (0.92)"
    duplicates.add_argument("--similar", type=share, metavar="COSINE", help=cut)
    add_choice(duplicates)
    add_device(duplicates)
    add_json(duplicates)
    duplicates.set_defaults(run_command=run_duplicates)


def run_index(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.search.stores.base import store_named

    has_place = bool(store_named(options.store)[1])  # before any work
    spread = None
    if options.ray is not None:
        from functools import partial

        from vse.encoders.devices import chosen_device
        from vse.search.folders.on_ray import OnRay

        spread = OnRay(partial(load_model, options.model, chosen_device(None)), options.ray)
        spread.check()
    encoder = load_model(options.model)
    report = _indexed(encoder, options, spread)
    print(
        f"{report.searchable:,} photographs can be searched: {report.encoded:,} encoded, {report.recognised:,} known "
        f"by their content, {report.kept:,} unchanged; {report.dropped:,} are gone"
    )
    _print_left_out(report)
    if has_place:
        _fill(encoder, options)
    counts = ("searchable", "encoded", "recognised", "kept", "dropped", "left")
    write_json(options.json, {**{name: getattr(report, name) for name in counts}, "skipped": _skipped(report)})


def _fill(encoder: Encoder, options: argparse.Namespace) -> None:
    """The store of the folder's vectors, brought up to date; what was left out of the index is left out of it."""
    from vse.data import load_collection
    from vse.io.progress import progress_bar
    from vse.search.folders import Store, folder_of
    from vse.search.searcher import Searcher
    from vse.search.stores.engine import EngineIndex

    collection = load_collection(options.folder)
    if (folder := folder_of(collection)) is not None:
        known = Store.of(folder).files()
        collection = collection.of_rows([row for row, item in enumerate(collection.items) if item.id in known])
    with progress_bar("filling the store", "vector") as bar:
        searcher = Searcher.open(encoder, collection, bar, options.store)
    for modality, index in searcher.indexes.items():
        if isinstance(index, EngineIndex):
            print(f"{len(index):,} vectors of modality {modality} are in {index.where}")


def run_duplicates(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.io.progress import progress_bar
    from vse.search.folders import Store, find_duplicates
    from vse.search.folders.duplicates import LEAST_COSINE

    encoder = load_model(options.model)
    report = _indexed(encoder, options)
    least = LEAST_COSINE if options.similar is None else options.similar
    with progress_bar(f"comparing {options.folder.name}", "photo") as bar:
        groups = find_duplicates(encoder, options.folder, Store.of(options.folder), least, bar)
    _print_groups(groups, report.searchable)
    _print_left_out(report)
    told = [{"grade": group.grade, "paths": list(group.paths)} for group in groups]
    write_json(
        options.json,
        {"model": encoder.name, "similar": least, "photographs": report.searchable, "groups": told}
        | {"skipped": _skipped(report)},
    )


def _print_groups(groups: list[Group], photographs: int) -> None:
    """The grade of each group, then its paths, a line each; at the end how many there are."""
    from vse.search.folders.duplicates import GRADES

    for group in groups:
        print(f"{group.grade}:", *(f"  {path}" for path in group.paths), sep="\n")
    for grade in GRADES:
        sizes = [len(group.paths) for group in groups if group.grade == grade]
        plural = "" if len(sizes) == 1 else "s"
        print(f"{grade}: {len(sizes):,} group{plural}, {sum(sizes) - len(sizes):,} more than one of each")
    print(f"of {photographs:,} photographs; nothing was removed")


def _indexed(encoder: Encoder, options: argparse.Namespace, spread: Spread | None = None) -> Report:
    """The folder, its index brought up to date."""
    from vse.io.progress import progress_bar
    from vse.search.folders import index_photos

    choice = choice_of(options)
    with progress_bar(f"indexing {options.folder.name}", "photo") as bar:

        def show(step: Step) -> None:
            bar(step.done, step.total)

        try:
            return index_photos(encoder, options.folder, show, choice=choice, spread=spread)
        except KeyboardInterrupt:
            bar.close()
            of = f" of {bar.total:,}" if bar.total else ""
            print(f"stopped: {bar.done:,}{of} done and kept; the same command goes on from there", file=sys.stderr)
            raise


def _print_left_out(report: Report) -> None:
    if report.skipped:
        print(f"{len(report.skipped):,} cannot be read and are skipped:")
    for each in report.skipped:
        print(f"  {each.path}: {each.reason}")
    if report.passed_over:
        print(f"{len(report.passed_over):,} folders of the system are left out, such as {report.passed_over[0]}; "
              "--include NAME brings them in")  # fmt: skip


def _skipped(report: Report) -> list[dict[str, str]]:
    return [{"path": each.path, "reason": each.reason} for each in report.skipped]
