from __future__ import annotations

import gzip

from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.map import plotly_js as plotly_file


def test_the_script_is_the_installed_one_packed_where_it_can_be():
    client = TestClient(Starlette(routes=[plotly_file.route()]))
    content = plotly_file.script_path().read_bytes()
    plain = client.get(plotly_file.address(), headers={"accept-encoding": "identity"})
    assert plain.content == content
    assert "content-encoding" not in plain.headers
    packed = client.get(plotly_file.address(), headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == content
    assert int(packed.headers["content-length"]) == len(gzip.compress(content, 6, mtime=0)) < len(content) / 3
    assert packed.headers["content-type"].startswith("text/javascript")
