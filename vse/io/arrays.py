"""Arrays of files, read as numbers only: nothing is unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.lib.format import MAGIC_PREFIX

from vse.errors import CollectionError, VSEError


def read_array(
    path: Path, mmap: bool = False, error: type[VSEError] = CollectionError, advice: str = "copy the file again"
) -> np.ndarray:
    """The numbers of an .npy file, of any shape; with `mmap` they stay in it, read-only.

    Raises:
        error: when the file is missing or holds anything else.
    """
    try:
        with path.open("rb") as file:  # what is of another format is not handed to numpy, which would leave it open
            if file.read(len(MAGIC_PREFIX)) != MAGIC_PREFIX:
                raise ValueError("it begins otherwise")
        found: np.ndarray = np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)
    except FileNotFoundError:
        raise error(f"{path} is missing; {advice}.") from None
    except Exception as problem:  # a reader of headers and zip files meeting other bytes may raise anything
        reason = (str(problem).splitlines() or [""])[0] or type(problem).__name__
        raise error(f"{path} is no whole .npy file of numbers ({reason}); {advice}.") from problem
    if found.dtype.kind not in "biuf":
        raise error(f"{path} holds {found.dtype}, expected numbers; {advice}.")
    return found
