"""words nearest: the words nearest to a word or to a sum of words."""

from __future__ import annotations

import argparse
from functools import partial


def add(commands: argparse._SubParsersAction) -> None:
    nearest = commands.add_parser("nearest", help="the words nearest to a word, or to a sum such as king - man + woman")
    nearest.add_argument("file", help="word vectors: a file, or the name of those that are here, such as skip-gram")
    nearest.add_argument("sum", help='"king - man + woman"')
    nearest.add_argument("-k", type=int, default=10, help="how many words (10)")
    nearest.set_defaults(run_command=run_nearest)


def run_nearest(options: argparse.Namespace) -> None:
    from vse.words.fasttext import vector_of
    from vse.words.shipped import words_of
    from vse.words.sums import read_sum, sum_vector

    found = words_of(options.file)
    terms = read_sum(options.sum)
    for word, cosine in found.nearest(
        sum_vector(terms, partial(vector_of, found)), options.k, [term.word for term in terms]
    ):
        print(f"{cosine:6.3f}  {word}")
