"""The page as Gradio serves it, without what is Gradio's own in its head and in its address."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup
from starlette.types import ASGIApp, Receive, Scope, Send

from ..shared.components import script
from ..shared.templating import render

PAGE = "frontend/index.html"
_PARAMETERS = ("page", "deep_link")
_OF_GRADIO = re.compile(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>", re.DOTALL)


def own_head(title: str, description: str) -> None:
    """Whoever is sent a link is told what this page is called, and not Gradio's name, picture and address."""
    from gradio.routes import templates

    env = templates.env
    if env.loader is None:
        return
    source, _, _ = env.loader.get_source(env, PAGE)
    theme = Markup(script("page/static/theme.js"))  # ours; before anything is painted
    head = render("page/head.html.jinja", title=title, description=description, theme=theme)
    own = _OF_GRADIO.sub("", source).replace("</head>", f"{head}</head>", 1)
    env.loader = ChoiceLoader([DictLoader({PAGE: own}), env.loader])


class OwnAddress:
    """Keeps from Gradio the parameters of the page's address that it takes for its own, and fails on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/" and scope["query_string"]:
            given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            kept = [(name, value) for name, value in given if name not in _PARAMETERS]
            scope = {**scope, "query_string": urlencode(kept).encode()}
        await self.app(scope, receive, send)
