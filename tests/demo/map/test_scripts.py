from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.map import scripts


def test_plotly_is_the_installed_one_packed_where_it_can_be():
    client = TestClient(Starlette(routes=scripts.routes()))
    content = scripts.plotly_path().read_bytes()
    plain = client.get(scripts.plotly_address(), headers={"accept-encoding": "identity"})
    assert plain.content == content
    assert "content-encoding" not in plain.headers
    packed = client.get(scripts.plotly_address(), headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == content
    assert int(packed.headers["content-length"]) < len(content) / 3
    assert packed.headers["content-type"].startswith("text/javascript")
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_map_s_own_script_is_one_function_and_its_address_changes_with_it(monkeypatch):
    client = TestClient(Starlette(routes=scripts.routes()))
    before, text = scripts.own_address(), client.get(scripts.own_address()).text
    assert text.startswith("function openMap(element, props, trigger, watch) {")
    assert "openMap(element, props, trigger, watch);" in scripts.OPEN
    monkeypatch.setattr(scripts, "_own_text", lambda: text + " ")
    assert scripts.own_address() != before
