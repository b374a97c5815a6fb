"""The command line: one module a group of commands, each with `add` (its options) and functions that run it.

Heavy imports wait until a command runs, so that --help is quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vse.errors import VSEError


def parser() -> argparse.ArgumentParser:
    from vse.cli import arithmetic, build, compare, download
    from vse.cli import evaluate as measure
    from vse.cli import index as photos
    from vse.cli import search as explore
    from vse.cli import study as frozen
    from vse.cli import train as training

    about = "Train, measure and explore visual-semantic embeddings."
    top = argparse.ArgumentParser(prog="python -m vse", description=about)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
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
