"""Flickr8k by download: two zip files, checked and unpacked into a folder that `vse.data` reads.

Hodosh, Young and Hockenmaier, "Framing image description as a ranking task" (JAIR 2013). The makers' own address no
longer answers; the copy here is the one that most public code takes, the files of a GitHub release by J. Brownlee, laid
out as the makers' files were. No SHA-256 of them is stated anywhere that was looked at. The MD5s are those that the R
package torchvision checks (https://github.com/mlverse/torchvision, R/dataset-flickr.R).
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vse.data import Collection, load_collection
from vse.errors import CollectionError, DownloadError
from vse.io.atomic import replace_folder
from vse.io.download import fetch
from vse.io.paths import cache_folder
from vse.io.progress import Progress, Shows, silent

ADDRESS = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k"
TERMS = (
    "Flickr8k: 8,091 photographs with five captions each, 1.1 GB (Hodosh, Young and Hockenmaier 2013). The photographs "
    "belong to the Flickr users who took them; use them for research and teaching, not for commerce."
)
SPLITS = ("train", "dev", "test")
_TEXTS = ("Flickr8k.token.txt", *(f"Flickr_8k.{split}Images.txt" for split in SPLITS), "readme.txt")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Archive:
    """A zip file of the copy; `md5` is what it hashes to, hexadecimal."""

    name: str
    md5: str


TEXT = Archive("Flickr8k_text.zip", "bf6c1abcb8e4a833b7f922104de18627")
PHOTOGRAPHS = Archive("Flickr8k_Dataset.zip", "f18a1e2920de5bd84dae7cf08ec78978")


def get_flickr8k(to: str | Path, shows: Shows = silent, address: str = ADDRESS) -> Collection:
    """Flickr8k in the folder `to`: `images`, Flickr8k.token.txt, and the lists of the makers' splits.

    A folder that holds it already is left alone. The zip files come into the cache folder, where a download that
    broke off goes on, and are removed once they are unpacked. `to` appears whole or not at all.

    Args:
        to: a new or an empty folder.
        shows: opens a progress of bytes for each step.
        address: where both files are; another copy must have the very same files.

    Raises:
        CollectionError: when the folder holds other things.
        DownloadError: when the network, the server or the disk refuses, or the files are other ones.
    """
    folder = Path(to)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        if held := _held(folder):
            return held
        raise CollectionError(f"{folder} holds other things than Flickr8k; give the path of a new folder.")
    found = {archive: _fetched(archive, address, shows) for archive in (TEXT, PHOTOGRAPHS)}
    try:
        with replace_folder(folder) as work:
            (work / "images").mkdir()
            for archive, path in found.items():
                with shows(f"unpacking {archive.name}") as progress:
                    _unpack(path, work, progress)
            if _held(work) is None:
                raise DownloadError(f"What {address} gave is whole but not Flickr8k; leave out the address.")
    except OSError as error:
        raise DownloadError(
            f"{folder} cannot be written ({error.strerror or error}): make room or choose another folder; what was "
            "downloaded is kept."
        ) from error
    for path in found.values():
        path.unlink(missing_ok=True)
    return load_collection(folder)


def _fetched(archive: Archive, address: str, shows: Shows) -> Path:
    with shows(archive.name) as progress:
        to = cache_folder() / "downloads" / "flickr8k" / archive.name
        return fetch(f"{address.rstrip('/')}/{archive.name}", to, progress=progress, md5=archive.md5)


def _held(folder: Path) -> Collection | None:
    """What a folder holds, when it is all of Flickr8k."""
    try:
        collection = load_collection(folder / _TEXTS[0])
    except CollectionError:
        return None
    return collection if {item.split for item in collection.items}.issuperset(SPLITS) else None


def _unpack(archive: Path, folder: Path, progress: Progress | None) -> None:
    """The photographs and texts of a zip file, by their bare names: nothing can land outside of `folder`.

    Resource forks of macOS, which both files carry, are passed over.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            wanted = [(info, to) for info in zipped.infolist() if (to := _place(info, folder)) is not None]
            total, done = sum(info.file_size for info, _ in wanted), 0
            for info, to in wanted:
                with zipped.open(info) as source, to.open("wb") as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        done += len(chunk)
                if progress:
                    progress(done, total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        archive.unlink(missing_ok=True)
        raise DownloadError(f"{archive.name} is damaged ({error}); it was thrown away, try again.") from error


def _place(info: zipfile.ZipInfo, folder: Path) -> Path | None:
    """Where a member goes, or None."""
    path = PurePosixPath(info.filename)
    if info.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
        return None
    if path.name in _TEXTS:
        return folder / path.name
    return folder / "images" / path.name if path.suffix.lower() == ".jpg" else None
