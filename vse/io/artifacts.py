"""What is costly to make and can be kept: it ships, else it is in the cache, else it is made now and cached."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from vse.errors import FingerprintError, VSEError
from vse.io.atomic import restore_folder

T = TypeVar("T")
_log = logging.getLogger(__name__)


def get_or_make(
    what: str,
    cached: Path,
    load: Callable[[Path], T],
    make: Callable[[], T],
    save: Callable[[T, Path], object],
    *,
    shipped: Iterable[Path] = (),
    fits: Callable[[T], bool] = lambda found: True,
) -> T:
    """What ships, else what is cached, else what is made now and cached.

    What cannot be read is made again, with a warning, and the new one takes its place in the cache; so does one that
    another model made or that does not fit, without. A cache that cannot be written costs only time.

    Args:
        what: what it is, for the warnings: "The map".
        cached: the file or folder where it is cached.
        load: reads such a file or folder; raises VSEError, OSError or ValueError for one that is damaged.
        make: makes it; what it raises is the caller's, and nothing is kept.
        save: writes it, whole or not at all, over what stands there.
        shipped: where it may ship; looked at first.
        fits: whether one that was read is what is asked for.
    """
    for path in (*shipped, cached):
        try:
            restore_folder(path)
            if os.path.lexists(path) and fits(found := load(path)):
                return found
        except FingerprintError:
            continue
        except (VSEError, OSError, ValueError) as error:
            _log.warning("%s in %s is damaged and is made again: %s", what, path, error)
    made = make()
    try:
        save(made, cached)
    except (VSEError, OSError) as error:
        _log.warning("%s could not be kept in %s (%s); next time it is made again.", what, cached, error)
    return made
