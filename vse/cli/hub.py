"""push: a model to the Hugging Face Hub."""

from __future__ import annotations

import argparse

from vse.io.hub import HUB


def add(commands: argparse._SubParsersAction) -> None:
    push = commands.add_parser("push", help="put a model on the Hugging Face Hub, with its card and figures")
    push.add_argument("model", help="a bundled model's name or a model folder")
    push.add_argument("repository", metavar="USER/NAME", help=f"where; it is then loaded as {HUB}USER/NAME")
    push.add_argument("--license", default="", metavar="ID", help="the Hub's identifier, such as mit")
    learnt = "a data set of the Hub that it learnt from; may be repeated"
    push.add_argument("--dataset", action="append", default=[], metavar="USER/NAME", help=learnt)
    push.add_argument("--private", action="store_true", help="a new repository is seen by its owner alone")
    push.add_argument("--message", default="", help="of the commit (Add NAME)")
    push.set_defaults(run_command=run_push)


def run_push(options: argparse.Namespace) -> None:
    from vse.interop.hub import push_to_hub

    address = push_to_hub(
        options.model, options.repository, license=options.license, datasets=options.dataset, private=options.private,
        message=options.message,
    )  # fmt: skip
    print(f"written to {address}; load it as {HUB}{options.repository}")
