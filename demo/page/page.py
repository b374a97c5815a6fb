"""The page: its head, its tabs, and what launching it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from ..model_switch import tab as switch
from ..photographs import routes as photo_routes
from ..photographs import tab as photographs
from ..photographs.handlers import IndexEvents
from ..photographs.open_folder import OpenFolder
from ..shared import address, pictures, score_script
from ..shared import render as view
from ..shared.collections import Collections
from ..shared.components import html, script
from ..shared.errors import reporting
from ..shared.models import Service
from ..shared.opening import Opening
from ..shared.templating import glossary_html, render
from ..shared.view import Parts, View
from ..views import VIEWS
from .address import build as follow_address
from .api import add_endpoints
from .blocks import Blocks
from .compressed import Compressed
from .head import OwnAddress
from .mcp import no_tools
from .theme import ANSWERS, MEASURES, STYLE, theme

TITLE = "VSE Explorer"
ONCE = "once"  # no view: what happens when the page is opened, and not again
MARK = Path(__file__).parent / "static/mark.svg"
UPLOADS_LIVE = 3600  # seconds
UPLOAD_LIMIT = "20mb"
SESSIONS = 500  # pages whose state is kept; one that was left for longer begins anew


def build(
    service: Service,
    open_folder: OpenFolder | None = None,
    views: Sequence[type[View]] = VIEWS,
    beside: Mapping[str, Service] | None = None,
) -> gr.Blocks:
    """The page around a service, others beside it by the names of their collections, and the open folder of
    photographs; nothing is loaded or served yet."""
    open_folder, shown, opening = open_folder or OpenFolder(), [each() for each in views], Opening()
    collections = Collections(service, open_folder, beside)
    index_events = IndexEvents(collections, open_folder)
    with Blocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(UPLOADS_LIVE // 4, UPLOADS_LIVE)
    ) as blocks:
        state = gr.State(address.Page())
        with gr.Row(elem_id="head"):
            gr.HTML(view.page_head(), apply_default_css=False, elem_id="masthead")
            indexed = photographs.build(index_events, state, opening)
            switched = (*switch.build(collections, state, indexed, opening), indexed)
            html("glossary", glossary_html(), script("page/static/gloss.js"))
            gr.HTML(render("page/theme.html.jinja"), apply_default_css=False, elem_id="theme")
        asks: list[Any] = []
        returns: list[Any] = []
        with gr.Tabs(elem_id="tabs", selected=first_view(shown, address.Page())) as tabs:
            opening.add(lambda request: opened_tab(shown, request), [tabs], ONCE)
            for each in shown:
                with gr.Tab(each.title, id=each.id, elem_id=f"tab-{each.id}") as tab:
                    page = Parts(collections, blocks, tabs, tab, state, switched, indexed, opening, asks, returns)
                    each.build(page)
        page.wire(shown)
        follow_address(shown, opening, page, lambda asked: view_of(shown, asked))
        endpoints = [endpoint for each in shown for endpoint in each.endpoints()]
        add_endpoints([*endpoints, *photographs.endpoints(index_events)])
    return blocks


def first_view(views: Sequence[View], page: address.Page) -> str:
    """The view that a page opens with whose address names none: the last one that would open."""
    return next(each.id for each in reversed(views) if each.opens(page))


def view_of(views: Sequence[View], page: address.Page) -> str:
    """The view that an address names, or opens with."""
    return page.tab if page.tab in [each.id for each in views] else first_view(views, page)


@reporting
def opened_tab(views: Sequence[View], request: gr.Request) -> Iterator[tuple[Any]]:
    """The view in front when the page is opened; one that the address names is clicked on in the browser.

    Of a view that the server brings to the front, Gradio tells its tab, but not those who listen to all tabs.
    """
    page = address.read(request.query_params)
    named = page.tab in [each.id for each in views]
    yield (gr.skip() if named else gr.Tabs(selected=first_view(views, page)),)


def launch_options(
    service: Service,
    open_folder: OpenFolder | None = None,
    views: Sequence[type[View]] = VIEWS,
    has_tools: bool = False,
    beside: Mapping[str, Service] | None = None,
) -> dict[str, Any]:
    """What `Blocks.launch` needs for this page, with tools for assistants or without.

    In Gradio 6 the look belongs there.
    """
    shown = [each() for each in views]
    others = [each.collection for each in (beside or {}).values()]
    routes = [pictures.route(service.collection, *others), pictures.recordings_route(service.collection)]
    routes += [score_script.route(), *photo_routes.routes(open_folder or OpenFolder())]
    routes += [route for each in shown for route in each.routes()]
    if not has_tools:
        routes.append(no_tools())
    return {
        "theme": theme(),
        "css_paths": [STYLE, ANSWERS, MEASURES, photographs.STYLE, *(style for each in shown for style in each.styles)],
        "favicon_path": MARK,
        "max_file_size": UPLOAD_LIMIT,
        "state_session_capacity": SESSIONS,
        "app_kwargs": {"routes": routes, "middleware": [Middleware(OwnAddress), Middleware(Compressed)]},
        "footer_links": ["api"],
        "run_history": False,
        "ssr_mode": False,
    }
