from __future__ import annotations

import pytest

from demo.shared.access import Access, is_loopback

LOCAL = {"host": "127.0.0.1:7860"}


@pytest.mark.parametrize("host", [None, "127.0.0.1", "localhost", "::1", "127.3.2.1"])
def test_somebody_at_the_machine_may(host: str | None):
    assert Access(host).is_owner()
    assert Access(host).is_owner(LOCAL)
    assert Access(host).is_owner({"Host": "localhost:7860", "Origin": "http://localhost:7860"})
    assert Access(host).is_owner({"host": "[::1]:7860"})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_a_server_that_others_reach_has_nobody_at_it(host: str, monkeypatch: pytest.MonkeyPatch):
    assert not Access(host).is_owner(LOCAL)
    assert Access("").is_owner(LOCAL)  # no address at all is Gradio's own choice
    monkeypatch.setenv("GRADIO_SERVER_NAME", host)
    assert not Access().is_owner(LOCAL)
    assert Access().may_see_photographs({"host": "10.0.0.1:7860"})  # for it was started so


@pytest.mark.parametrize(
    ("name", "value"),
    [("SPACE_ID", "someone/demo"), ("GRADIO_SHARE", "True"), ("GRADIO_ROOT_PATH", "/demo"), ("COLAB_RELEASE_TAG", "1")],
)
def test_neither_a_space_nor_a_share_nor_what_stands_behind_a_proxy(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, value)
    assert not Access().is_owner(LOCAL)


def test_a_public_link_is_public():
    assert not Access(share=True).is_owner(LOCAL)
    assert Access(share=True).may_see_photographs({"host": "example.org"})


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "demo.example.org"},
        {"host": "127.0.0.1.example.org"},
        {"host": ""},
        {"host": "[nonsense"},
        {**LOCAL, "origin": "https://example.org"},
        {**LOCAL, "origin": "null"},
        {**LOCAL, "x-forwarded-for": "127.0.0.1"},
        {**LOCAL, "Forwarded": "for=10.0.0.1"},
        {**LOCAL, "X-Real-IP": "10.0.0.1"},
        {**LOCAL, "Via": "1.1 proxy"},
        {**LOCAL, "CF-Connecting-IP": "10.0.0.1"},
        {**LOCAL, "X-Forwarded-Proto": "https"},
        {**LOCAL, "X-Forwarded-Client-Cert": "By=a"},
        {**LOCAL, "True-Client-IP": "10.0.0.1"},
        {**LOCAL, "Referer": "https://example.org/"},
    ],
)
def test_a_request_from_elsewhere_is_refused(headers: dict[str, str]):
    assert not Access().is_owner(headers)
    assert not Access().may_see_photographs(headers)


def test_loopback_is_told_by_its_address():
    assert [is_loopback(each) for each in ("LOCALHOST", "[::1]", "127.0.0.1", "10.0.0.1", "a.localhost", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
