"""What a browser sends as a file: only uploads to this very app are read, and none of them outlives it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

FOLDER = "GRADIO_TEMP_DIR"  # the variable that tells Gradio where uploads go
PREFIX = "vse-uploads-"
NOT_KEPT = "The picture that you brought is no longer kept: bring it again."


def is_uploaded(path: object) -> bool:
    """Whether it is the path of a file that somebody uploaded; links are followed before it is looked at."""
    from gradio.utils import get_upload_folder

    if not isinstance(path, str):
        return False
    try:
        found = Path(path).resolve()
        return found.is_relative_to(Path(get_upload_folder()).resolve()) and found.is_file()
    except (OSError, RuntimeError, ValueError):  # a name too long, links in a circle, a null character
        return False


def address(path: str) -> str:
    """Where an upload is served, relative to the page."""
    return "gradio_api/file=" + quote(path)


def paths_in(value: Any) -> Iterator[object]:
    """The path of every file that a value from a browser names, however deep it lies."""
    if isinstance(value, Mapping):
        if value.get("path") is not None:
            yield value["path"]
        for each in value.values():
            yield from paths_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from paths_in(each)


@contextmanager
def own_upload_folder() -> Iterator[Path]:
    """A folder for the uploads of this process alone, in GRADIO_TEMP_DIR or the system's folder for such things.

    It is removed at the end with all that is in it, sent halfway or wholly; so are, at the start, those that
    processes left behind which ended otherwise.
    """
    before = os.environ.get(FOLDER)
    parent = Path(before or tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{PREFIX}*"):
        number = left.name.removeprefix(PREFIX).split("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    os.environ[FOLDER] = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(FOLDER)
        if before is not None:
            os.environ[FOLDER] = before


def _runs(process: int) -> bool:
    """Whether there is such a process; where asking would end it, it is taken to run."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
