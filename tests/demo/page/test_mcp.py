"""The endpoints as MCP tools, and what programs read about them."""

from __future__ import annotations

import asyncio
import gc
import inspect
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import pytest

from demo.page import page
from demo.page.api_docs import description_of, parameters_of
from demo.page.mcp import MissingToolsError, mcp_options
from demo.shared.models import Service
from demo.shared.view import Endpoint
from tests.conftest import FakeEncoder, tiny_checkpoint
from tests.demo_fixtures import running
from vse.data import load_collection
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.io import installed
from vse.search.searcher import Searcher

NAMES = {"search_text", "search_image", "search_speech", "arithmetic", "compare", "map_points"}
NAMES |= {"words_nearest", "words_analogy", "words_clusters"}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # event loops that Gradio leaves open
def test_every_parameter_and_every_answer_is_described(colours: Path, monkeypatch: pytest.MonkeyPatch):
    registered: list[Endpoint] = []
    monkeypatch.setattr(page, "add_endpoints", registered.extend)
    page.build(Service.of(Searcher.open(FakeEncoder(), load_collection(colours))))
    assert {each.function.__name__ for each in registered} >= NAMES
    for endpoint in registered:
        told = parameters_of(endpoint.function)
        for name in set(inspect.signature(endpoint.function).parameters) - {"request"}:
            assert len(told[name].split()) >= 3, name
        description = description_of(endpoint.function)
        assert " Returns " in description
        assert "Args:" not in description
        shape = endpoint.answer
        for name in (shape["items"] if shape["type"] == "array" else shape)["properties"]:
            assert f'"{name}"' in description
    gc.collect()  # here, where it is expected, and not in the middle of another test


@pytest.mark.parametrize(("found", "told"), [(None, "The package mcp is not installed"), ("2.0.1", "mcp 2.0.1 is ")])
def test_without_the_package_in_a_version_that_fits_it_is_said_how_to_get_it(
    found: str | None, told: str, monkeypatch: pytest.MonkeyPatch
):
    def version(name: str) -> str:
        if found is None:
            raise PackageNotFoundError(name)
        return found

    monkeypatch.setattr(installed, "version", version)
    end = r'run pip install "vse-explorer\[mcp\]", or pip install "mcp>=1\.21,<2", or leave --mcp out\.$'
    with pytest.raises(MissingToolsError, match=f"^--mcp: {told}.*: {end}"):
        mcp_options()


@pytest.mark.skipif(find_spec("mcp") is None, reason="mcp is not installed")
def test_an_assistant_sees_the_endpoints_and_nothing_else(scenes_folder: Path, tmp_path: Path):
    texts = load_collection(scenes_folder).captions
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint(texts=texts))
    arguments = ["--mcp", "--model", str(tmp_path / "tiny"), "--no-clip", "--collection", str(scenes_folder)]
    with running(arguments, tmp_path) as address:
        listed, found, refused = asyncio.run(asked(f"{address}gradio_api/mcp/"))
    assert {each.name for each in listed} >= NAMES
    assert all(not each.name.startswith("on_") for each in listed)
    text = next(each for each in listed if each.name == "search_text")
    assert text.inputSchema["required"] == ["query"]
    assert text.inputSchema["properties"]["k"]["description"] == "how many pictures, from 1 to 48"
    assert found.content[0].text.count("'rank'") == 2
    assert refused.isError
    assert refused.content[0].text == "The text is empty: type at least one word."


async def asked(address: str):
    """The tools, the answer to a good question, and that to a bad one."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        listed = (await session.list_tools()).tools
        found = await session.call_tool("search_text", {"query": "a dog", "k": 2})
        return listed, found, await session.call_tool("search_text", {"query": ""})
