"""The endpoints as MCP tools, and what programs read about them."""

from __future__ import annotations

import asyncio
import inspect
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import pytest

from demo.page.api import Api
from demo.page.api_docs import ANSWERS, description_of, parameters_of
from demo.page.mcp import MissingToolsError, mcp_options
from tests.conftest import tiny_checkpoint
from tests.demo_fixtures import running
from vse.data import load_collection
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.io import installed

ENDPOINTS = [Api.search_text, Api.search_image, Api.arithmetic, Api.compare, Api.map_points]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.__name__)
def test_every_parameter_and_every_answer_is_described(endpoint):
    told = parameters_of(endpoint)
    for name in list(inspect.signature(endpoint).parameters)[1:]:
        assert len(told[name].split()) >= 3, name
    description = description_of(endpoint)
    assert " Returns " in description
    assert "Args:" not in description
    answer = ANSWERS[endpoint.__name__]
    names = answer["items"]["properties"] if answer["type"] == "array" else answer["properties"]
    for name in names:
        assert f'"{name}"' in description


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
    assert {each.name for each in listed} >= {each.__name__ for each in ENDPOINTS}
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
