"""Start the page: `python app.py`, `vse-app` or `vse app`; it prints the address to open.

What a machine can have in the way (proxies, a temporary folder of somebody else's, a port that is taken) is met before
Gradio is imported, which reads its environment then.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import DEFAULT_STORE, add_choice, add_device, add_store, choice_of, on_device
from vse.errors import VSEError

if TYPE_CHECKING:
    from .photographs.open_folder import OpenFolder
    from .shared.access import Access
    from .shared.jobs import Encoders
    from .shared.models import Service

ABOUT = "Search pictures with words and words with pictures, offline."
_NUMBERS = ("GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS", "GRADIO_NODE_NUM_PORTS")  # Gradio reads them when imported
# Sends nothing, keeps no record of every answer, and makes no statistics of those at each next one.
_GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}
_LAST_PORT = 65535


class StartError(VSEError):
    """The page cannot start on this machine as it is set up."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=ABOUT)
    add_options(parser)
    return parser.parse_args(arguments)


def add(commands: argparse._SubParsersAction) -> None:
    """`vse app`, which the command line finds by the entry point."""
    command = commands.add_parser("app", help="the page, in a browser")
    add_options(command)
    command.set_defaults(run_command=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default: GRADIO_SERVER_PORT, else the first free from 7860)")
    parser.add_argument("--model", help="a bundled model's name or a model folder (default: the one that fits)")
    clip = parser.add_mutually_exclusive_group()
    clip.add_argument("--clip", metavar="NAME", help="the CLIP beside it: a name, a folder or ARCHITECTURE/TAG")
    clip.add_argument("--no-clip", action="store_true", help="no CLIP at all")
    parser.add_argument("--collection", help="a bundled collection's name or a folder of pictures (default: scenes)")
    several = "a folder of your own photographs, to be searched in the page; may be repeated, to search several as one"
    parser.add_argument("--images", metavar="DIR", action="append", default=[], help=several)
    add_choice(parser, " in a folder of photographs")
    add_device(parser)
    add_store(parser)
    parser.add_argument("--mcp", action="store_true", help="also offer the endpoints as MCP tools, for assistants")
    parser.add_argument("--share", action="store_true", help="also make a public link, through Gradio's servers")


def prepare(options: argparse.Namespace) -> None:
    """Meet what the machine has in the way; environment variables of this process are set where that helps.

    Raises:
        StartError: when somebody has to decide; the message says what to set.
        InstallationError: when a package is missing or its version does not fit.
    """
    from vse.io.installed import check_installed, keep_numba_s_cache

    check_installed()
    keep_numba_s_cache()
    if options.images and options.store != DEFAULT_STORE:
        raise StartError("--store keeps a collection: give the folder as --collection DIR, not as --images DIR.")
    os.environ |= {name: value for name, value in _GRADIO.items() if name not in os.environ}
    for name in _NUMBERS:
        value = os.environ.get(name)
        if value is not None and not (value.isdecimal() and int(value) <= _LAST_PORT):
            raise StartError(f"{name} is {value!r}: set it to a number up to {_LAST_PORT}, or unset it.")
    _check_address(options)
    _check_uploads()


def _check_address(options: argparse.Namespace) -> None:
    """Raises StartError when nobody could listen there."""
    host = options.host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    port = int(os.environ.get("GRADIO_SERVER_PORT", 0)) if options.port is None else options.port
    if not 0 <= port <= _LAST_PORT:
        raise StartError(f"The port {port} came, but ports go from 1 to {_LAST_PORT}: choose another with --port.")
    try:
        kind, *_, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            what = "is taken" if error.errno == errno.EADDRINUSE else "is not for you to use"
            raise StartError(f"The port {port} {what}: choose another with --port, or name none.") from error
        raise StartError(f"{host!r} is no address of this machine ({error.strerror}): change --host.") from error
    local = ["localhost", "127.0.0.1", "::1", host]
    for name in ("no_proxy", "NO_PROXY"):  # Gradio asks itself, and no proxy knows the way
        os.environ[name] = ",".join([*filter(None, [os.environ.get(name)]), *local])


def _check_uploads() -> None:
    """Raises StartError when there is no folder for uploads that can be written to."""
    named = os.environ.get("GRADIO_TEMP_DIR")
    try:
        folder = Path(named or tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        name, what = ("GRADIO_TEMP_DIR", named) if named else ("TMPDIR", "the temporary folder")
        raise StartError(f"{what} cannot be written to ({error.strerror}): set {name} to a folder that can.") from error


@contextmanager
def _no_proxies() -> Iterator[None]:
    """Without any proxy: Gradio's clients, made when it is imported, refuse kinds that they cannot speak to."""
    before = {name: os.environ[name] for name in ("no_proxy", "NO_PROXY")}
    os.environ |= dict.fromkeys(before, "*")
    try:
        yield
    finally:
        os.environ |= before


def access_of(options: argparse.Namespace) -> Access:
    from .shared.access import Access

    return Access(options.host, options.share)


def service_of(options: argparse.Namespace) -> Service:
    """The models and the collection that were chosen; nothing is loaded yet.

    Raises:
        CollectionError: when the collection cannot be read, and for a store that there is not.
    """
    from vse.data import load_collection
    from vse.data.scenes.annotations import scenes_of
    from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_MODEL, MODELS, photo_model
    from vse.search.stores.base import store_named

    from .shared.models import Service
    from .shared.offers import TURNED_OFF, UNFIT_CLIP, bundled_clip

    access = access_of(options)
    store_named(options.store)  # before any work
    collection = load_collection(options.collection or COLLECTIONS / DEFAULT_COLLECTION)
    is_drawn = bool(scenes_of(collection.annotations))
    model = options.model or (MODELS / DEFAULT_MODEL if is_drawn else photo_model())
    if options.no_clip:
        return Service(model, collection, why_no_clip=TURNED_OFF, offer=None, access=access, store=options.store)
    if not options.clip and not is_drawn and bundled_clip() is not None:
        return Service(model, collection, why_no_clip=UNFIT_CLIP, access=access, store=options.store)
    return Service(model, collection, options.clip or bundled_clip(), access=access, store=options.store)


def services_beside(served: Service, options: argparse.Namespace) -> dict[str, Service]:
    """The bundled collections with a model of their own, by name, without the one that is served.

    None where the app was started with a collection or a model of somebody's choice.
    """
    from vse.io.paths import COLLECTIONS, MODELS, RECIPES

    from .shared.models import Service
    from .shared.offers import MISSING_OF_RECIPES, OF_RECIPES, OPEN_CLIP, TURNED_OFF, bundled_clip

    name, model = RECIPES
    is_here = (MODELS / model).is_dir() and (COLLECTIONS / name).is_dir()
    if options.collection or options.model or not is_here:
        return {}
    return {
        name: Service(
            MODELS / model,
            COLLECTIONS / name,
            clip=None if options.no_clip else options.clip or bundled_clip(name=OF_RECIPES),
            why_no_clip=TURNED_OFF if options.no_clip else MISSING_OF_RECIPES,
            offer=None if options.no_clip else OPEN_CLIP,
            access=served.access,
            encoders=served.encoders,
        )
    }


def open_folder_of(options: argparse.Namespace, encoders: Encoders | None = None) -> OpenFolder:
    """Where photographs are opened, with the folders that were named; nothing is read yet.

    `encoders` are where models are shared with the collection that is served.

    Raises:
        CollectionError: when there is no such folder.
    """
    from .photographs.open_folder import OpenFolder

    open_folder = OpenFolder(options.model, access_of(options), choice_of(options), encoders)
    if options.images:
        open_folder.open(*options.images, start=False)
    return open_folder


def serve(options: argparse.Namespace) -> None:
    """Open the page at once, load the model behind it, and serve until interrupted.

    Raises:
        VSEError: when the collection or the model cannot be loaded.
        OSError: when the port was taken in between.
    """
    began = time.perf_counter()
    with nullcontext() if options.share else _no_proxies():
        from .page.head import own_head
        from .page.mcp import mcp_options
        from .page.page import TITLE, build, launch_options
        from .photographs.getting import SETTING

        tools = mcp_options() if options.mcp else {}
        service = service_of(options)
        open_folder = open_folder_of(options, service.encoders)
        own_head(TITLE, ABOUT)
        beside = services_beside(service, options)
        blocks = build(service, open_folder, beside=beside)
        _, address, shared = blocks.launch(
            server_name=options.host,
            server_port=options.port,
            share=options.share or None,  # None leaves it to GRADIO_SHARE
            quiet=True,
            prevent_thread_lock=True,
            **launch_options(service, open_folder, has_tools=options.mcp, beside=beside),
            **tools,
        )
    for each in filter(None, (address, shared)):
        print(f"VSE Explorer is at {each}", flush=True)
    if open_folder.run is not None:
        open_folder.run.start()  # only now, so that the page does not wait for it
    elif os.environ.get(SETTING, "0") not in ("", "0"):
        open_folder.getting.start()
    try:
        searcher = service.searcher()
        seconds = time.perf_counter() - began
        print(
            f"Ready in {seconds:.0f} s: {len(searcher.collection):,} pictures, model {searcher.encoder.name}.",
            flush=True,
        )
        blocks.block_thread()
    finally:
        open_folder.close()
        blocks.close(verbose=False)


def run(options: argparse.Namespace) -> None:
    """Serve until interrupted.

    Raises:
        VSEError: when it cannot start; the message says why.
    """
    prepare(options)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops it: what visitors brought is removed
    from .shared.uploads import own_upload_folder

    try:
        with own_upload_folder(), on_device(options):
            serve(options)
    except OSError as error:
        raise StartError(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 2 when it cannot start, with one sentence on standard error."""
    try:
        run(parse(arguments))
    except VSEError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
