"""words train: learn word vectors; words graph: a graph for node2vec."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from vse.cli.options import at_least
from vse.errors import TextError


def add(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser("train", help="learn word vectors from captions, texts or a graph", fill=_fill)
    train.set_defaults(run_command=run_train)
    graph = commands.add_parser("graph", help="which things of Emoji Scenes come together, as a graph for node2vec")
    graph.add_argument("--count", type=at_least(1), default=20_000, help="of how many training scenes (20,000)")
    graph.add_argument("--seed", type=at_least(0), default=0, help="(0)")
    graph.add_argument("--to", type=Path, required=True, help="the file to write: node, node, weight; tabs between")
    graph.set_defaults(run_command=run_graph)


def _fill(train: argparse.ArgumentParser) -> None:
    from vse.words.lab.methods import METHODS
    from vse.words.lab.settings import MODES, Settings

    train.add_argument("method", choices=METHODS)
    corpus = (
        "a collection, text files (.txt, .gz), or scenes:COUNT, captions of so many training scenes of Emoji Scenes, "
        "in Spanish scenes-es:COUNT; of node2vec a graph: lines of node, node and weight with tabs between"
    )
    train.add_argument("corpus", nargs="+", help=corpus)
    train.add_argument("--split", help="of a collection (all of it)")
    train.add_argument("--to", type=Path, required=True, help="the file to write: .txt, .vec, .bin, or .safetensors, "
                       "which keeps all that was learnt")  # fmt: skip
    defaults = Settings()
    for each in fields(Settings):
        default = getattr(defaults, each.name)
        reading = {"choices": MODES} if each.name == "mode" else {"type": type(default)}
        train.add_argument(f"--{each.name.replace('_', '-')}", default=default, help=f"({default})", **reading)


def run_train(options: argparse.Namespace) -> None:
    from vse.data.corpora import open_corpus
    from vse.io.atomic import check_file
    from vse.io.progress import progress_bar
    from vse.words.lab.methods import NODE2VEC, train
    from vse.words.lab.node2vec import read_graph
    from vse.words.lab.settings import Settings
    from vse.words.table import check_ending, keeps_more, save_words

    check_ending(options.to)
    check_file(options.to)  # before any work
    settings = Settings(**{each.name: getattr(options, each.name) for each in fields(Settings)})
    if options.method == NODE2VEC and (len(options.corpus) > 1 or options.split):
        raise TextError("node2vec learns from one graph: give a single file, and no --split.")
    if options.method == NODE2VEC:
        corpus = read_graph(Path(options.corpus[0]))
    else:
        corpus = open_corpus(options.corpus, options.split, settings.seed)
    with progress_bar(options.method, "epoch") as progress:
        found = train(options.method, corpus, settings, progress)
    written = [options.to]
    if keeps_more(options.to, found):
        written.append(options.to.with_name(f"{options.to.name}.safetensors"))
    for path in written:
        save_words(path, found)
    losses = [f"{each:.4g}" for each in found.about.get("losses", [])]
    print(
        f"{len(found):,} words of {found.dim} numbers in {found.about['seconds']} s: {' and '.join(map(str, written))}"
    )
    print(f"losses by epoch: {' '.join(losses) or 'not told by this method'}")


def run_graph(options: argparse.Namespace) -> None:
    from vse.data.scenes.graph import cooccurrence_graph
    from vse.io.atomic import write_text

    edges = cooccurrence_graph(options.count, options.seed)
    write_text(options.to, "".join(f"{a}\t{b}\t{weight}\n" for (a, b), weight in sorted(edges.items())))
    print(f"{len(edges):,} edges written to {options.to}")
