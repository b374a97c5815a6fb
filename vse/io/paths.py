"""Where things are: what ships with the project, what is used where nothing is named, and a user's caches."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vse.errors import VSEError

_PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = None if (_PACKAGE / "assets").is_dir() else _PACKAGE.parent  # the wheel has what ships inside of vse
ASSETS = (CHECKOUT or _PACKAGE) / "assets"
MODELS = ASSETS / "models"
COLLECTIONS = ASSETS / "collections"
INDEXES = ASSETS / "indexes"
PROJECTIONS = ASSETS / "projections"
WORDS = ASSETS / "words"
DEFAULT_MODEL = "scenes-vse"
DEFAULT_CLIP = "ViT-B-32/laion2b_s34b_b79k"  # of those that are downloaded
DEFAULT_COLLECTION = "scenes"
RECIPES = "recipes", "recipes-vse"  # the collection of Emoji Recipes, and the model that reads it
DEFAULT_WAY = "auto"  # of doing arithmetic: what suits the collection, see `vse.search.arithmetic.name_of_way`
PHOTO_MODEL = "photos-vse"
ORDER_MODEL = "scenes-order"  # of the order similarity, so that it knows the general from the special
BUNDLED = "bundled:"  # before a name: what ships, whatever folder stands here


def cache_folder() -> Path:
    """`VSE_CACHE`, else the platform's usual cache folder, else (nobody's home is known) a temporary one.

    Not created here.
    """
    chosen = os.environ.get("VSE_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    folder = Path(chosen) if chosen else Path(base) / "vse"
    try:
        return folder.expanduser()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"vse-{os.getuid()}"


def photo_model(models: Path = MODELS) -> Path:
    """The model for a folder of photographs: PHOTO_MODEL where it is bundled, else DEFAULT_MODEL."""
    return models / (PHOTO_MODEL if (models / PHOTO_MODEL).is_dir() else DEFAULT_MODEL)


def bundled_folder(name_or_path: str | Path, home: Path, marks: tuple[str, ...], error: type[VSEError]) -> Path | None:
    """What ships under a name; None for what is no such name, so a path.

    A text is a name when it has no separator. A Path is always a path.

    Args:
        home: the folder that all of a kind ship in.
        marks: files of which one is in each of them.

    Raises:
        error: for nothing but blanks, for a zero byte, and for a name under which a folder stands here, too.
    """
    if isinstance(name_or_path, Path):
        return None
    if not name_or_path.strip():
        raise error("The name is empty: give a name or a folder's path.")
    if "\0" in name_or_path:
        raise error(f"The name {name_or_path!r} has a zero byte in it: give a name or a folder's path.")
    name = name_or_path.removeprefix(BUNDLED)
    separators = {"/", os.sep, os.altsep}
    if name in ("", ".", "..") or separators & set(name):
        return None
    found = home / name
    if not any(os.path.isfile(found / mark) for mark in marks):
        return None
    if name == name_or_path and os.path.isdir(name) and not os.path.samefile(name, found):
        raise error(
            f"'{name}' may mean the bundled one or the folder of that name here: "
            f"give {BUNDLED}{name} for the one, ./{name} for the other."
        )
    return found
