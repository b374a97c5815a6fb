"""index: a folder of one's own photographs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import add_choice, add_json, choice_of, write_json

if TYPE_CHECKING:
    from vse.search.folders import Report, Step


def add(commands: argparse._SubParsersAction) -> None:
    index = commands.add_parser("index", help="index a folder of your own photographs; again for what is new")
    index.add_argument("model", help="a bundled model's name, a model folder, or a CLIP")
    index.add_argument("folder", type=Path, help="the folder, with its subfolders; nothing is written into it")
    add_choice(index)
    add_json(index)
    index.set_defaults(run_command=run_index)


def run_index(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model
    from vse.io.progress import progress_bar
    from vse.search.folders import index_photos

    encoder = load_model(options.model)
    choice = choice_of(options)
    with progress_bar(f"indexing {options.folder.name}", "photo") as bar:

        def show(step: Step) -> None:
            bar(step.done, step.total)

        try:
            report = index_photos(encoder, options.folder, show, choice=choice)
        except KeyboardInterrupt:
            bar.close()
            of = f" of {bar.total:,}" if bar.total else ""
            print(f"stopped: {bar.done:,}{of} done and kept; the same command goes on from there", file=sys.stderr)
            raise
    _tell(report, options)


def _tell(report: Report, options: argparse.Namespace) -> None:
    print(
        f"{report.searchable:,} photographs can be searched: {report.encoded:,} encoded, {report.recognised:,} known "
        f"by their content, {report.kept:,} unchanged; {report.dropped:,} are gone"
    )
    if report.skipped:
        print(f"{len(report.skipped):,} cannot be read and are skipped:")
    for each in report.skipped:
        print(f"  {each.path}: {each.reason}")
    if report.passed_over:
        print(f"{len(report.passed_over):,} folders of the system are left out, such as {report.passed_over[0]}; "
              "--include NAME brings them in")  # fmt: skip
    skipped = [{"path": each.path, "reason": each.reason} for each in report.skipped]
    counts = ("searchable", "encoded", "recognised", "kept", "dropped", "left")
    write_json(options.json, {**{name: getattr(report, name) for name in counts}, "skipped": skipped})
