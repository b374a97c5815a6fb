"""words: what concerns words alone. Each module adds one command under it."""

from __future__ import annotations

import argparse

from vse.cli.words import evaluate, nearest, train, translate


def add(commands: argparse._SubParsersAction) -> None:
    words = commands.add_parser("words", help="word vectors: learn them, measure them, ask them")
    under = words.add_subparsers(dest="words_command", metavar="COMMAND", required=True)
    for module in (train, evaluate, nearest, translate):
        module.add(under)
