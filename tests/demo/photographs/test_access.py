from __future__ import annotations

import pytest

from demo.photographs.access import is_loopback, may_name_folders

LOCAL = {"host": "127.0.0.1:7860"}


@pytest.mark.parametrize("host", [None, "127.0.0.1", "localhost", "::1", "127.3.2.1"])
def test_somebody_at_the_machine_may(host: str | None):
    assert may_name_folders(host, False, {})
    assert may_name_folders(host, False, {}, LOCAL)
    assert may_name_folders(host, False, {}, {"Host": "localhost:7860", "Origin": "http://localhost:7860"})
    assert may_name_folders(host, False, {}, {"host": "[::1]:7860"})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", ""])
def test_a_server_that_others_reach_names_none(host: str):
    assert may_name_folders(host, False, {}) == (host == "")  # no address at all is Gradio's own choice
    assert not may_name_folders(host or None, False, {"GRADIO_SERVER_NAME": "0.0.0.0"})


@pytest.mark.parametrize(
    "environ",
    [{"SPACE_ID": "someone/demo"}, {"GRADIO_SHARE": "True"}, {"GRADIO_ROOT_PATH": "/demo"}, {"COLAB_RELEASE_TAG": "1"}],
)
def test_neither_a_space_nor_a_share_nor_what_stands_behind_a_proxy(environ: dict[str, str]):
    assert not may_name_folders(None, False, environ, LOCAL)


def test_a_public_link_is_public():
    assert not may_name_folders(None, True, {}, LOCAL)


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
    ],
)
def test_a_request_from_elsewhere_is_refused(headers: dict[str, str]):
    assert not may_name_folders(None, False, {}, headers)


def test_loopback_is_told_by_its_address():
    assert [is_loopback(each) for each in ("LOCALHOST", "[::1]", "127.0.0.1", "10.0.0.1", "a.localhost", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
