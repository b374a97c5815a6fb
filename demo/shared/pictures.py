"""Where pictures are served, and serving those of a collection by id: no address holds a path of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from vse.data import Collection
from vse.data.readers.picture_files import is_inside
from vse.errors import CollectionError, ImageError, SpeechError
from vse.io.hashing import fingerprint_of
from vse.modalities import SPEECH
from vse.modalities.image.webp import small_webp
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.decoding import read_waveform

PREFIX, PHOTOS, RECORDINGS = "pictures", "photos", "recordings"
THUMBNAIL, SMALLEST = 512, 128  # pixels, the longer side
_SMALL = 150_000  # bytes; up to here a file may be sent as it is
_TYPES = {"WEBP": "image/webp", "PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "AVIF": "image/avif"}
_TELLING = ("exif", "xmp", "comment", "XML:com.adobe.xmp", "Raw profile type exif")  # where and by whom it was taken
_HEADERS = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Photographs(Collection):
    """The photographs of a folder, which are served by names that tell nothing, see demo/photographs/routes.py.

    keys: id -> the name that a browser knows a photograph by, which changes with its content.
    labels: the label of each photograph that has one, by id.
    parts: where they are those of several folders, these by the names that ids begin with.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Collection] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that change with the photographs and their captions; no file is looked at."""
        described = [repr((self.keys[item.id], item.captions)).encode() for item in self.items]
        return fingerprint_of(described, digits=16)


def address(collection: Collection, item_id: str) -> str:
    """Where a picture is served, relative to the page; it changes when the picture does, so it may be cached."""
    return pattern(collection).replace("*", name(collection, item_id))


def smallest(collection: Collection, item_id: str) -> str:
    """Where it is served as small as a button shows one, where that is less to load."""
    small = address(collection, item_id)
    return small if is_keyed(collection) else f"{small}&size={SMALLEST}"


def large(collection: Collection, item_id: str) -> str:
    """Where it is served as large as the page shows one."""
    return f"{PHOTOS}/large/{name(collection, item_id)}" if is_keyed(collection) else address(collection, item_id)


def words(collection: Collection, item_id: str) -> str:
    """Where the words that fit it are served, as {"tags": [{"word", "score"}]}; empty where none are."""
    return f"{PHOTOS}/words/{name(collection, item_id)}" if is_keyed(collection) else ""


def pattern(collection: Collection) -> str:
    """The addresses of all pictures of a collection, with a star for their names."""
    return f"{PHOTOS}/small/*" if isinstance(collection, Photographs) else f"{PREFIX}/*?v={collection.key[:8]}"


def label(collection: Collection, item_id: str) -> str:
    """The label of a picture, where it has one."""
    return collection.labels.get(item_id, "") if isinstance(collection, Photographs) else ""


def is_keyed(collection: Collection) -> bool:
    """Whether what addresses call its pictures is something else than their ids."""
    return isinstance(collection, Photographs)


def name(collection: Collection, item_id: str) -> str:
    """What the address of a picture calls it."""
    return collection.keys[item_id] if isinstance(collection, Photographs) else quote(item_id, safe="")


def route(served: Collection, *beside: Collection) -> Route:
    """The route that answers `address` of some collections; an address that names none means the first."""

    def picture(request: Request) -> Response:
        version = request.query_params.get("v")
        collection = next((each for each in beside if each.key[:8] == version), served)
        try:
            is_smallest = request.query_params.get("size") == str(SMALLEST)
            return _response(collection.file(request.path_params["item_id"]), is_smallest)
        except (CollectionError, ImageError, OSError):
            return PlainTextResponse("There is no such picture.", status_code=404)

    return Route(f"/{PREFIX}/{{item_id:path}}", picture)


def recording(collection: Collection, item_id: str) -> str:
    """Where an item's spoken caption is served; empty where it has none."""
    has = not is_keyed(collection) and collection.item(item_id).inputs.get(SPEECH)
    return f"{RECORDINGS}/{quote(item_id, safe='')}?v={collection.key[:8]}" if has else ""


def recordings_route(collection: Collection) -> Route:
    """The route that answers `recording`."""

    def sound(request: Request) -> Response:
        try:
            path = collection.item(request.path_params["item_id"]).inputs[SPEECH][0]
            if collection.home is not None and not is_inside(collection.home, [path])[path]:
                raise OSError(f"{path} is a link out of its folder")
            read_waveform(path, SpeechConfig.rate)  # nothing else is served, whatever it is called
            return FileResponse(path, media_type="audio/wav", headers=_HEADERS)
        except (CollectionError, SpeechError, KeyError, OSError):
            return PlainTextResponse("There is no such recording.", status_code=404)

    return Route(f"/{RECORDINGS}/{{item_id:path}}", sound)


def _response(path: Path, is_smallest: bool) -> Response:
    stat = path.stat()
    if is_smallest:
        return Response(_smallest(path, stat.st_mtime_ns), media_type="image/webp", headers=_HEADERS)
    kind = _as_it_is(path, stat.st_mtime_ns) if stat.st_size <= _SMALL else None
    if kind:
        return FileResponse(path, media_type=kind, headers=_HEADERS)
    return Response(_thumbnail(path, stat.st_mtime_ns), media_type="image/webp", headers=_HEADERS)


@lru_cache(maxsize=65536)
def _as_it_is(path: Path, changed: int) -> str | None:
    """The media type of a file that may be sent itself: what it holds is such a picture, and nothing beside it.

    Its name says nothing: a link in a collection's folder may be called like a picture and lead anywhere.
    """
    try:
        with Image.open(path, formats=list(_TYPES)) as image:
            told = bool(image.getexif()) or any(name in image.info for name in _TELLING)
            return None if told else _TYPES.get(image.format or "")
    except (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning, SyntaxError, ValueError):
        return None  # whether it can be shown after all, making it small will tell


@lru_cache(maxsize=512)
def _thumbnail(path: Path, changed: int) -> bytes:
    """A small WebP of a picture that is large, or of a kind that browsers do not show."""
    return small_webp(path, THUMBNAIL)


@lru_cache(maxsize=512)
def _smallest(path: Path, changed: int) -> bytes:
    return small_webp(path, SMALLEST)
