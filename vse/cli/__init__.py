"""The command line: one module a group of commands, each with `add` (its options) and functions that run it.

Heavy imports wait until a command runs, so that --help is quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from vse import __version__
from vse.cli.options import JSON, on_device
from vse.cli.output import sigterm_as_interrupt, steady_output
from vse.errors import VSEError
from vse.io.installed import check_installed, keep_numba_s_cache


class CommandParser(argparse.ArgumentParser):
    """One whose options may take heavy imports: `fill` adds those when the command is used."""

    def __init__(self, *arguments: Any, fill: Callable[[argparse.ArgumentParser], None] | None = None, **options: Any):
        super().__init__(*arguments, **options)
        self.fill = fill

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        fill, self.fill = self.fill, None
        if fill:
            fill(self)
        return super().parse_known_args(args, namespace)


def parser() -> argparse.ArgumentParser:
    from vse.cli import (
        arithmetic,
        axes,
        build,
        calibrate,
        compare,
        describe,
        download,
        export,
        film,
        hub,
        ladder,
        speech,
        transfer,
        words,
    )
    from vse.cli import evaluate as measure
    from vse.cli import index as photos
    from vse.cli import search as explore
    from vse.cli import study as frozen
    from vse.cli import train as training

    about = "Train, measure and explore visual-semantic embeddings."
    as_command = Path(sys.argv[0]).stem == "vse"
    top = argparse.ArgumentParser(prog="vse" if as_command else "python -m vse", description=about)
    top.add_argument("--version", action="version", version=f"VSE Explorer {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    for module in (
        explore,
        ladder,
        describe,
        speech,
        photos,
        measure,
        calibrate,
        compare,
        arithmetic,
        axes,
        training,
        export,
        hub,
        frozen,
        film,
        transfer,
        words,
        build,
        download,
    ):
        module.add(commands)
    for other in entry_points(group="vse.commands"):  # of installed packages above this one, such as the page
        other.load().add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 for success, 2 for a mistake the user can mend, told in one sentence, 130 when interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    with steady_output(), sigterm_as_interrupt():
        try:
            _run(given)
            sys.stdout.flush()
        except VSEError as error:
            return _told(str(error))
        except OSError as error:  # a disk that is full, a file that may not be read: what no command foresees
            where = f"{error.filename}: " if error.filename else ""
            return _told(f"{where}{error.strerror or error}; make room, choose another path or change its permissions.")
        except KeyboardInterrupt:
            _told("interrupted", "\n")
            return 130
    return 0


def _run(given: Sequence[str]) -> None:
    from vse.cli.download import fetch_models

    for argument in given:
        if "\0" in argument:
            raise VSEError(f"The argument {argument!r} has a zero byte in it: leave it out.")
    options = parser().parse_args(given)
    check_installed()
    keep_numba_s_cache()
    if getattr(options, "json", None) is not None:
        from vse.io.atomic import check_file

        check_file(options.json, JSON)  # before any work
    fetch_models(options)
    with on_device(options):
        options.run_command(options)


def _told(sentence: str, begin: str = "error: ") -> int:
    with suppress(OSError):  # nobody listens
        print(f"{begin}{sentence}", file=sys.stderr, flush=True)
    return 2
