"""What this runs on: the versions that are installed, and the places that libraries write to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from vse.errors import VSEError
from vse.io.paths import CHECKOUT, cache_folder

DISTRIBUTION = "vse-explorer"


class InstallationError(VSEError):
    """A package that is missing, too old or too new."""


def requirements() -> list[str]:
    """What must be installed: `requirements.txt` of a checkout, else what the wheel says; extras are left out."""
    if CHECKOUT is not None:
        return (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").split()
    return [each for each in requires(DISTRIBUTION) or () if ";" not in each]


def check_installed(wanted: Iterable[str] | None = None) -> None:
    """Compare the versions that are installed with `requirements`.

    Raises:
        InstallationError: with the first package that does not fit, and the command that mends it.
    """
    for requirement in requirements() if wanted is None else wanted:
        name, bounds = re.fullmatch(r"([\w.-]+)(.*)", requirement).groups()  # type: ignore[union-attr]
        install = f'run pip install --upgrade "{requirement}"'
        try:
            found = version(name)
        except PackageNotFoundError as error:
            raise InstallationError(f"The package {name} is not installed: {install}.") from error
        from packaging.specifiers import SpecifierSet

        if not SpecifierSet(bounds).contains(found, prereleases=True):
            raise InstallationError(f"{name} {found} is installed, but {requirement} is needed: {install}.")


def install_extra(extra: str, requirement: str) -> str:
    """The end of a sentence: how to get what an extra of this project brings."""
    return f'run pip install "{DISTRIBUTION}[{extra}]", or pip install "{requirement}"'


@contextmanager
def from_extra(extra: str, requirement: str, what: str, error: type[VSEError] = InstallationError) -> Iterator[None]:
    """Imports of what an extra of this project brings.

    Raises:
        InstallationError: or `error`, beginning with `what`, where it is not installed.
    """
    try:
        yield
    except ImportError as missing:
        raise error(f"{what}: {install_extra(extra, requirement)}.") from missing


def keep_numba_s_cache() -> None:
    """UMAP's compiled code lies beside UMAP; where that folder is read-only, numba wants to be told of another."""
    found = find_spec("umap")
    beside = Path(found.origin).parent if found and found.origin else None
    if beside is not None and not os.access(beside, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))
