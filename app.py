"""Start the demo: `python app.py`, then open the address that it prints."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.photographs.open_folder import Desk
    from demo.shared.access import Access
    from demo.shared.models import Service


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Search pictures with words and words with pictures, offline.")
    parser.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default: GRADIO_SERVER_PORT, else the first free from 7860)")
    parser.add_argument("--model", help="a bundled model's name or a model folder (default: the one that fits)")
    clip = parser.add_mutually_exclusive_group()
    clip.add_argument("--clip", metavar="NAME", help="the CLIP beside it: a name, a folder or ARCHITECTURE/TAG")
    clip.add_argument("--no-clip", action="store_true", help="no CLIP at all")
    parser.add_argument("--collection", help="a bundled collection's name or a folder of pictures (default: scenes)")
    parser.add_argument("--images", metavar="DIR", help="a folder of your own photographs, to be searched in the page")
    parser.add_argument("--mcp", action="store_true", help="also offer the endpoints as MCP tools, for assistants")
    parser.add_argument("--share", action="store_true", help="also make a public link, through Gradio's servers")
    return parser.parse_args(arguments)


def access_of(options: argparse.Namespace) -> Access:
    from demo.shared.access import Access

    return Access(options.host, options.share)


def service_of(options: argparse.Namespace) -> Service:
    """The models and the collection that were chosen; nothing is loaded yet.

    Raises:
        CollectionError: when the collection cannot be read.
    """
    from demo.shared.models import Service
    from demo.shared.offers import TURNED_OFF, bundled_clip
    from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_MODEL, MODELS

    model, collection = options.model or MODELS / DEFAULT_MODEL, options.collection or COLLECTIONS / DEFAULT_COLLECTION
    if options.no_clip:
        return Service(model, collection, why_no_clip=TURNED_OFF, offer=None, access=access_of(options))
    return Service(model, collection, options.clip or bundled_clip(), access=access_of(options))


def desk_of(options: argparse.Namespace) -> Desk:
    """Where photographs are searched, with the folder that was named; nothing is read yet.

    Raises:
        CollectionError: when there is no such folder.
    """
    from demo.photographs.open_folder import Desk

    desk = Desk(options.model, access_of(options))
    if options.images is not None:
        desk.open(options.images, start=False)
    return desk


def serve(options: argparse.Namespace) -> None:
    """Open the page at once, load the model behind it, and serve until interrupted.

    Raises:
        VSEError: when the collection or the model cannot be loaded.
        OSError: when the port is taken.
    """
    from demo.page.mcp import mcp_options
    from demo.page.page import build, launch_options

    began = time.perf_counter()
    tools = mcp_options() if options.mcp else {}
    service, desk = service_of(options), desk_of(options)
    blocks = build(service, desk)
    _, address, shared = blocks.launch(
        server_name=options.host,
        server_port=options.port,
        share=options.share or None,  # None leaves it to GRADIO_SHARE
        quiet=True,
        prevent_thread_lock=True,
        **launch_options(service, desk),
        **tools,
    )
    for each in filter(None, (address, shared)):
        print(f"Visual-semantic search is at {each}", flush=True)
    if desk.run is not None:
        desk.run.start()  # only now, so that the page does not wait for it
    try:
        searcher = service.searcher()
        seconds = time.perf_counter() - began
        print(
            f"Ready in {seconds:.0f} s: {len(searcher.collection):,} pictures, model {searcher.encoder.name}.",
            flush=True,
        )
        blocks.block_thread()
    finally:
        desk.close()
        blocks.close(verbose=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 2 when it cannot start, with one sentence on standard error."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops it: what visitors brought is removed
    from demo.shared.uploads import own_upload_folder
    from vse.errors import VSEError

    try:
        with own_upload_folder():
            serve(options)
    except (VSEError, OSError) as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
