"""The page: its head, its tabs, and what launching it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from demo import arithmetic_tab, compare_tab, evaluate_tab, map_tab, pictures, plotly_file, search_tab, switch, view
from demo.api import add_endpoints
from demo.arithmetic_events import TAB
from demo.map_events import TAB as MAP_TAB
from demo.map_events import TITLE as MAP_TITLE
from demo.search_tab import AT_ONCE
from demo.service import Service
from demo.theme import MEASURES, STYLE, theme

TITLE = "Visual-semantic search"
ABOUT = Path(__file__).with_name("about.md")
MARK = Path(__file__).with_name("mark.svg")
MAP_STYLE = Path(__file__).with_name("map.css")
UPLOADS_LIVE = 3600  # seconds
UPLOAD_LIMIT = "20mb"


def build(service: Service) -> gr.Blocks:
    """The page around a service; nothing is loaded or served yet."""
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(UPLOADS_LIVE // 4, UPLOADS_LIVE)
    ) as blocks:
        with gr.Row(elem_id="head"):
            gr.HTML(view.page_head(service.collection), apply_default_css=False, elem_id="masthead")
            shared = switch.build(service, blocks)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Search", id="search", elem_id="search"):
                search = search_tab.build(service, blocks, shared)
            with gr.Tab("Arithmetic", id=TAB):
                sums = arithmetic_tab.build(service, blocks, tabs, shared)
            with gr.Tab(MAP_TITLE, id=MAP_TAB):
                maps = map_tab.build(service, tabs, shared, search, sums)
            with gr.Tab("Compare", id="compare") as tab:
                compare_tab.build(service, tab, shared)
            with gr.Tab("Evaluate", id="evaluate") as tab:
                evaluate_tab.build(service, tab, shared)
            with gr.Tab("About", id="about"):
                gr.Markdown(ABOUT.read_text(encoding="utf-8"), elem_id="about")
        add_endpoints(service, AT_ONCE, maps)
    return blocks


def launch_options(service: Service) -> dict[str, Any]:
    """What `Blocks.launch` needs for this page; in Gradio 6 the look belongs there."""
    return {
        "theme": theme(),
        "css_paths": [STYLE, MEASURES, MAP_STYLE],
        "favicon_path": MARK,
        "max_file_size": UPLOAD_LIMIT,
        "app_kwargs": {"routes": [pictures.route(service.collection), plotly_file.route()]},
        "footer_links": ["api", "settings"],
        "run_history": False,
        "ssr_mode": False,
    }
