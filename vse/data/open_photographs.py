"""Photographs for those who have none at hand: those of COCO's validation set that may be shared, from COCO's address.

Lin et al. 2014, "Microsoft COCO: Common Objects in Context". Of its 5,000 photographs 862 have a recorded licence that
lets anyone share them with the photographer's name (CC BY), or no known restrictions. Which they are ships as a table,
made by `python -m vse.data.open_photographs captions_val2017.json`; photographs and captions come from COCO's server.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from PIL import Image

from vse.data.collection import Collection, load_collection
from vse.data.readers.items_jsonl import ABOUT, ITEMS
from vse.errors import CollectionError, DownloadError, NotServedError
from vse.io.atomic import Kind, check_folder, replace_folder
from vse.io.configs import parse_json
from vse.io.download import Remote, fetch
from vse.io.paths import ASSETS, cache_folder
from vse.io.progress import Progress, Shows, silent

ADDRESS = "http://images.cocodataset.org"
TABLE = ASSETS / "open-photographs.tsv"
CREDITS = "credits.tsv"
LICENCES = {4: "CC BY 2.0", 7: "no known copyright restrictions"}
TERMS = (
    "862 photographs of COCO's validation set with five captions each, some 130 MB (Lin et al. 2014). They may be "
    "shared with the photographer's name (CC BY 2.0; five have no known restrictions), and credits.tsv lists them. The "
    "captions are CC BY 4.0."
)
_ANNOTATIONS, _CAPTIONS = "annotations/annotations_trainval2017.zip", "annotations/captions_val2017.json"
_AT_ONCE = 8  # downloads: each waits for the server most of its time

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photograph:
    """One of the table: its number in COCO, its size in pixels, its licence, and where it was published."""

    id: int
    width: int
    height: int
    licence: str
    page: str

    @property
    def name(self) -> str:
        """Its file."""
        return f"{self.id:012}.jpg"


def photographs(table: Path = TABLE) -> tuple[Photograph, ...]:
    """Those that ship in the table.

    Raises:
        CollectionError: when the table cannot be read.
    """
    try:
        _, *rows = table.read_text(encoding="utf-8").splitlines()
        return tuple(Photograph(int(i), int(w), int(h), *rest) for i, w, h, *rest in (row.split("\t") for row in rows))
    except (OSError, ValueError, TypeError) as error:
        raise CollectionError(f"{table} is no table of photographs ({error}); install the project again.") from error


def get_photographs(
    to: str | Path, shows: Shows = silent, address: str = ADDRESS, wanted: Sequence[Photograph] | None = None
) -> Collection:
    """The photographs in the folder `to`, with COCO's captions, and credits.tsv.

    What came is kept in the cache folder until all is there, so that a call that was stopped goes on. A photograph that
    the server has no more, or that is not the one of the table, is left out and told.

    Args:
        to: a new or an empty folder, or one that this wrote.
        shows: opens a progress for each step.
        address: the server; another must have the same paths.
        wanted: all of the table if not given.

    Raises:
        WriteError: when the folder holds other things.
        DownloadError: when the network, the server or the disk refuses.
    """
    check_folder(to, PHOTOGRAPHS)  # before any work
    wanted = photographs() if wanted is None else wanted
    cache = cache_folder() / "downloads" / "photographs"
    with shows("captions") as progress:
        captions = _captions(f"{address}/{_ANNOTATIONS}", cache / "captions.json", progress)
    with shows("photographs") as progress:
        faults = _fetched(wanted, address, cache, progress)
    kept = [each for each in wanted if each not in faults and captions.get(each.id)]
    if not kept:
        raise DownloadError(f"{address} has none of the photographs: {next(iter(faults.values()), 'no captions')}.")
    try:
        with replace_folder(Path(to), PHOTOGRAPHS) as work:
            (work / "images").mkdir()
            for each in kept:
                (work / "images" / each.name).write_bytes((cache / each.name).read_bytes())
            (work / ITEMS).write_text("".join(map(_line, kept, map(captions.get, (p.id for p in kept)))), "utf-8")
            (work / CREDITS).write_text(_table(kept), "utf-8")
            about = {"title": "Photographs", "credit": "COCO val2017, see credits.tsv", "licence": "CC BY 2.0"}
            (work / ABOUT).write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise DownloadError(f"{to} cannot be written ({error.strerror or error}): make room or choose another folder; "
                            "what was downloaded is kept.") from error  # fmt: skip
    for file in cache.iterdir():
        with suppress(OSError):
            file.unlink()
    if faults:
        first = next(iter(faults.values()))
        _log.warning("%d of %d photographs are left out; the first: %s", len(faults), len(wanted), first)
    return load_collection(to)


def _fetched(
    wanted: Sequence[Photograph], address: str, cache: Path, progress: Progress | None
) -> dict[Photograph, str]:
    """What is wrong with those that cannot be had; the others lie in the cache, whole."""
    faults, done = {}, 0

    def get(each: Photograph) -> str:
        path = cache / each.name
        try:
            fetch(f"{address}/val2017/{each.name}", path)
        except NotServedError as error:
            return str(error)
        with suppress(OSError, SyntaxError), Image.open(path) as picture:
            picture.load()
            if picture.size == (each.width, each.height):
                return ""
        path.unlink(missing_ok=True)
        return f"{each.name} is not the picture of {each.width} x {each.height} pixels that was expected."

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for each, fault in zip(wanted, pool.map(get, wanted), strict=True):
                if fault:
                    faults[each] = fault
                done += 1
                if progress:
                    progress(done, len(wanted))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return faults


def _captions(url: str, cached: Path, progress: Progress | None) -> dict[int, list[str]]:
    """The captions of each photograph, by its number: of 240 MB of zip file only the piece that holds them is read."""
    if not cached.is_file():
        try:
            with zipfile.ZipFile(io.BufferedReader(Remote(url, progress), 1 << 18)) as zipped:
                data = zipped.read(_CAPTIONS)
        except (zipfile.BadZipFile, KeyError) as error:
            raise DownloadError(f"{url} is not COCO's zip file of captions ({error}): try another address.") from error
        cached.parent.mkdir(parents=True, exist_ok=True)
        cached.write_bytes(data)
    found: dict[int, list[str]] = {}
    for each in parse_json(cached.read_text("utf-8"))["annotations"]:
        found.setdefault(each["image_id"], []).append(" ".join(each["caption"].split()))
    return found


def _line(each: Photograph, captions: Sequence[str] | None) -> str:
    credit = f"{each.page} ({each.licence})"
    line = {"id": str(each.id), "image": f"images/{each.name}", "captions": captions, "credit": credit}
    return json.dumps(line, ensure_ascii=False) + "\n"


def _table(rows: Sequence[Photograph]) -> str:
    head = [field.name for field in fields(Photograph)]
    return "".join("\t".join(map(str, row)) + "\n" for row in (head, *map(astuple, rows)))


def _written(folder: Path) -> list[str]:
    rows = photographs(folder / CREDITS)
    return [CREDITS, ITEMS, ABOUT, "images", *(f"images/{row.name}" for row in rows)]


PHOTOGRAPHS = Kind("photographs that this program downloaded", _written)


def open_ones(annotations: Path) -> Iterator[Photograph]:
    """Those of COCO's annotation file whose recorded licence is one of LICENCES, by their numbers."""
    for each in sorted(parse_json(annotations.read_text("utf-8"))["images"], key=lambda image: image["id"]):
        if each["license"] in LICENCES:
            published = PurePosixPath(urlsplit(each["flickr_url"]).path).name.partition("_")[0]
            page = f"https://www.flickr.com/photo.gne?id={published}"
            yield Photograph(each["id"], each["width"], each["height"], LICENCES[each["license"]], page)


if __name__ == "__main__":
    TABLE.write_text(_table(list(open_ones(Path(sys.argv[1])))), encoding="utf-8")
