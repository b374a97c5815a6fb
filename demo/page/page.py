"""The page: its head, its tabs, and what launching it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from ..about.tab import about_text
from ..arithmetic import tab as arithmetic_tab
from ..arithmetic.handlers import TAB
from ..compare import tab as compare_tab
from ..evaluate import tab as evaluate_tab
from ..map import plotly_js as plotly_file
from ..map import tab as map_tab
from ..map.handlers import TAB as MAP_TAB
from ..map.handlers import TITLE as MAP_TITLE
from ..model_switch import tab as switch
from ..photographs import routes as photos_routes
from ..photographs import tab as photos_tab
from ..photographs.handlers import TAB as PHOTOS_TAB
from ..photographs.open_folder import Desk
from ..search import tab as search_tab
from ..search.tab import AT_ONCE
from ..shared import pictures
from ..shared import render as view
from ..shared.components import PACKAGE, script
from ..shared.models import Service
from .api import add_endpoints
from .blocks import Blocks
from .theme import ANSWERS, MEASURES, STYLE, theme

TITLE = "VSE Explorer"
MARK = Path(__file__).parent / "static/mark.svg"
MAP_STYLE = PACKAGE / "map/static/map.css"
UPLOADS_LIVE = 3600  # seconds
UPLOAD_LIMIT = "20mb"
SESSIONS = 500  # pages whose state is kept, some 215 KB each; one that was left for longer begins anew


def build(service: Service, desk: Desk | None = None) -> gr.Blocks:
    """The page around a service, and a desk for photographs where one is given; nothing is loaded or served yet."""
    with Blocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(UPLOADS_LIVE // 4, UPLOADS_LIVE)
    ) as blocks:
        with gr.Row(elem_id="head"):
            gr.HTML(view.page_head(service.collection), apply_default_css=False, elem_id="masthead")
            shared = switch.build(service)
        with gr.Tabs(elem_id="tabs", selected=PHOTOS_TAB if desk and desk.run else None) as tabs:
            with gr.Tab("Search", id="search", elem_id="search"):
                search = search_tab.build(service, shared)
            if desk is not None:
                photographs = photos_tab.build(desk, blocks, tabs)
            with gr.Tab("Arithmetic", id=TAB):
                sums = arithmetic_tab.build(service, tabs, shared)
            with gr.Tab(MAP_TITLE, id=MAP_TAB):
                maps = map_tab.build(service, tabs, shared, search, sums)
            with gr.Tab("Compare", id="compare") as tab:
                compare_tab.build(service, tab, shared)
            with gr.Tab("Evaluate", id="evaluate") as tab:
                evaluate_tab.build(service, tab, shared)
            with gr.Tab("About", id="about"):
                gr.Markdown(about_text(), elem_id="about", sanitize_html=False)  # all of it is written here
        opened = shared.opening.wire(blocks)
        opened.then(None, js=open_tab(tabs), queue=False, api_visibility="private")
        add_endpoints(service, AT_ONCE, maps)
        if desk is not None and desk.run is not None:
            photos_tab.add_endpoint(photographs)
    return blocks


def open_tab(tabs: gr.Tabs) -> str:
    """The script that opens the tab of the page's address, and keeps the address up with the tab in front."""
    names = {tab.id: tab.label for tab in tabs.children if isinstance(tab, gr.Tab)}
    return script("page/static/open_tab.js").replace("TABS", json.dumps(names), 1)


def launch_options(service: Service, desk: Desk | None = None) -> dict[str, Any]:
    """What `Blocks.launch` needs for this page; in Gradio 6 the look belongs there."""
    routes = [pictures.route(service.collection), plotly_file.route(), *(photos_routes.routes(desk) if desk else ())]
    return {
        "theme": theme(),
        "css_paths": [STYLE, ANSWERS, MEASURES, MAP_STYLE, photos_tab.STYLE],
        "favicon_path": MARK,
        "max_file_size": UPLOAD_LIMIT,
        "state_session_capacity": SESSIONS,
        "app_kwargs": {"routes": routes},
        "footer_links": ["api", "settings"],
        "run_history": False,
        "ssr_mode": False,
    }
