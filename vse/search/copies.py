"""Answers as copies of their files in a folder of their own, which the next answers may replace."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vse.data import Collection
from vse.data.readers.picture_files import is_inside
from vse.errors import WriteError
from vse.io.atomic import Kind, check_folder, replace_folder

ANSWERS = "answers.json"  # what was asked, and which file is which answer


def _written(folder: Path) -> list[str]:
    answers = json.loads((folder / ANSWERS).read_text("utf-8"))["answers"]
    return [ANSWERS, *(answer["file"] for answer in answers)]


COPIES = Kind("answers that this program copied", _written)


def check_copies(folder: Path, collection: Collection | None = None) -> None:
    """Before any work.

    Raises:
        WriteError: for a folder that holds anything but copies, or in which the collection itself lies.
    """
    check_folder(folder, COPIES)
    if collection is not None and any(is_inside(folder, collection.files).values()):
        raise WriteError(f"'{folder}' holds pictures of {collection.name}: give the path of another folder.")


def copy_answers(
    folder: Path, collection: Collection, answers: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> list[Path]:
    """Copy the pictures of answers into a folder, which appears whole or not at all; the copies, best first.

    Names begin with the rank, so that they sort by it and none is there twice; times of change are kept.

    Args:
        answers: each with its `id` and `rank`, and whatever else `ANSWERS` is to tell of it; of JSON's types.
        about: what `ANSWERS` tells beside them, such as the query.

    Raises:
        WriteError: as `check_copies`, and when a picture cannot be copied.
        CollectionError: for a picture that is a link out of its collection.
    """
    check_copies(folder, collection)
    digits = len(str(len(answers)))
    sources = [collection.file(answer["id"]) for answer in answers]
    names = [f"{answer['rank']:0{digits}}-{path.name}" for answer, path in zip(answers, sources, strict=True)]
    rows = [{"file": name, **answer} for name, answer in zip(names, answers, strict=True)]
    with replace_folder(folder, COPIES) as new:
        for source, name in zip(sources, names, strict=True):
            try:
                shutil.copyfile(source, new / name)
                before = source.stat()
                os.utime(new / name, ns=(before.st_atime_ns, before.st_mtime_ns))
            except OSError as error:
                raise WriteError(
                    f"'{source}' cannot be copied to '{folder}' ({error.strerror or error}); nothing was written there."
                ) from error
        text = json.dumps({**about, "answers": rows}, ensure_ascii=False, indent=1) + "\n"
        (new / ANSWERS).write_bytes(text.encode("utf-8", "backslashreplace"))
    return [folder / name for name in names]
