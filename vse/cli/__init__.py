"""The command line: one module a group of commands, each with `add` (its options) and functions that run it.

Heavy imports wait until a command runs, so that --help is quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from vse.errors import VSEError


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
    from vse.cli import arithmetic, build, compare, download
    from vse.cli import evaluate as measure
    from vse.cli import index as photos
    from vse.cli import search as explore
    from vse.cli import study as frozen
    from vse.cli import train as training

    about = "Train, measure and explore visual-semantic embeddings."
    top = argparse.ArgumentParser(prog="python -m vse", description=about)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    for module in (explore, photos, measure, compare, arithmetic, training, frozen, build, download):
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 for success, 2 for a mistake the user can mend, told in one sentence, 130 when interrupted."""
    from vse.cli.download import fetch_models

    options = parser().parse_args(arguments)
    try:
        fetch_models(options)
        options.run_command(options)
    except VSEError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    return 0
