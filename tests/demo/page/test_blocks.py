from __future__ import annotations

import asyncio
import os

import gradio as gr
import pytest
from gradio.data_classes import PredictBodyInternal
from gradio.state_holder import SessionState

from demo.main import parse, prepare
from demo.page.blocks import Blocks


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> Blocks:
    """A page with an event, made with what Gradio is told before it starts."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare(parse([]))
    with Blocks(analytics_enabled=False) as blocks:
        answer, asked = gr.HTML("nothing"), gr.State("first")
        gr.Button("ask").click(lambda: ("answer", "second"), None, [answer, asked], api_name="ask")
    return blocks


def test_gradio_keeps_no_record_of_every_answer(blocks: Blocks):
    async def asked() -> None:
        for _ in range(20):
            body = PredictBodyInternal(fn_index=0, data=[], session_hash="me", request=None)
            assert (await queue.push(body, None, None))[0]  # type: ignore[arg-type]

    queue = blocks._queue
    asyncio.run(asked())
    assert queue.compute_analytics_summary(list(queue.event_analytics.values())) == {"functions": {}}
    if not hasattr(queue, "ANALYTICS_MAX_EVENTS"):
        pytest.skip("this version of Gradio keeps a record of every answer")
    assert len(queue.event_analytics) == 1


def test_a_visitor_costs_no_description_of_the_page(blocks: Blocks):
    session = SessionState(blocks)
    assert session.config_values.keys() == blocks.blocks.keys()
    assert not any(session.config_values.values())
    answer, asked = blocks.fns[0].outputs
    shown = asyncio.run(blocks.postprocess_data(blocks.fns[0], [gr.HTML("x" * 1000, visible=False), "mine"], session))
    assert shown[0]["value"] == "x" * 1000
    assert shown[0]["visible"] is False
    assert not any(session.config_values.values())
    assert session[asked._id] == "mine"
    assert SessionState(blocks)[asked._id] == "first"
    described = {each["id"]: each["props"] for each in blocks.get_config_file()["components"]}
    assert described[answer._id]["value"] == "nothing"
