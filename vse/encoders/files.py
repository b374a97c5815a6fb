"""The files that the folders of every kind of model hold, beside what is of the kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vse.errors import CheckpointError
from vse.io.configs import read_json

METRICS, HISTORY, CARD = "metrics.json", "history.json", "README.md"


def object_of(data: Any, where: object) -> dict[str, Any]:
    """What came, a JSON object.

    Raises:
        CheckpointError: for anything else; `where` it was found begins the message.
    """
    if not isinstance(data, dict):
        raise CheckpointError(f"{where} holds {str(data)[:60]!r}, expected an object; copy the file again.")
    return data


def read_metrics(folder: Path) -> dict[str, Any]:
    """The figures that come with a model; none where there is no file of them.

    Raises:
        CheckpointError: when the file is damaged.
    """
    path = folder / METRICS
    return object_of(read_json(path), path) if path.exists() else {}


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The record of a model's training, an entry an epoch; none where there is no file of it.

    Raises:
        CheckpointError: when the file is damaged.
    """
    path = folder / HISTORY
    found = read_json(path) if path.exists() else []
    if not isinstance(found, list):
        raise CheckpointError(f"{path} holds {str(found)[:60]!r}, expected a list; copy the file again.")
    return [object_of(each, path) for each in found]
