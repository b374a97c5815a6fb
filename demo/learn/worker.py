"""What runs in the process of a run that a visitor began: frames go through a pipe as they come."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vse.training.films.settings import FilmSettings

_NICE = 5  # answering other visitors comes first


def train(settings: FilmSettings, out: Connection) -> None:
    """Send a frame an epoch, {"frame"}, in the plane of what is there before the first step, and at last the whole
    film in its own plane, {"film"}; {"problem"} where something is in the way."""
    from vse.errors import VSEError

    try:
        _train(settings, out)
    except VSEError as error:
        _send(out, {"problem": str(error)})
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # nobody waits for it


def _train(settings: FilmSettings, out: Connection) -> None:
    import numpy as np
    import torch

    from vse.training.films.film import Film, frame, plane_of
    from vse.training.films.pictures import open_pairs
    from vse.training.films.run import snapshots

    if hasattr(os, "nice"):
        os.nice(_NICE)
    torch.set_num_threads(1)  # the matrices are small: more of them only wait for each other
    found, plane = [], None
    for each in snapshots(settings, open_pairs()):
        found.append(each)
        if plane is None:
            plane, _ = plane_of(np.concatenate([each.pictures, each.captions]))
        out.send({"frame": frame(each, plane)})
    out.send({"film": {**Film.of(settings, found).to_json(), "settings": asdict(settings)}})


def _send(out: Connection, message: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):
        out.send(message)
