"""The endpoints for programs, which the views bring; everything else that the page calls is private."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import gradio as gr

from vse.io.paths import DEFAULT_WAY

from ..shared.components import AT_ONCE
from ..shared.models import VSE
from ..shared.question import CHOICES
from ..shared.view import Endpoint
from .api_docs import answer_of, description_of, parameters_of, told

_FILE = {"path": "picture.jpg", "url": "picture.jpg", "meta": {"_type": "gradio.FileData"}}

# Of every parameter: the component that describes it, and an example.
_PARAMETERS: dict[str, tuple[Callable[..., Any], Any]] = {
    "query": (gr.Textbox, "a dog on the beach"),
    "image": (partial(gr.Image, type="filepath"), _FILE),
    "picture": (partial(gr.Image, type="filepath"), _FILE),
    "sound": (partial(gr.Audio, type="filepath"), {**_FILE, "path": "speech.wav", "url": "speech.wav"}),
    "k": (partial(gr.Number, precision=0, minimum=1, maximum=CHOICES[-1]), 5),
    "way": (gr.Textbox, DEFAULT_WAY),
    "keep_operands": (gr.Checkbox, False),
    "model": (gr.Textbox, VSE),
    "layout": (gr.Textbox, "joint-centred"),
    "axes": (gr.Textbox, "day|night|small|big"),
    "length": (gr.Textbox, "medium"),
    "word": (gr.Textbox, "dog"),
    "item": (gr.Textbox, "scene-0042"),
    "places": (gr.Textbox, "features"),
    "vectors": (gr.Textbox, "joint"),
}


def add_endpoints(endpoints: Iterable[Endpoint]) -> None:
    """Register them with the Blocks that is being built; the components only describe them and are never shown."""
    with gr.Group(visible=False):
        for endpoint in endpoints:
            name = endpoint.function.__name__
            # Values are taken as they came, and checked by the handlers, whose errors say what to do.
            gr.Button(name).click(
                endpoint.function,
                inputs_of(endpoint),
                answer_of(endpoint.answer),
                api_name=name,
                api_description=description_of(endpoint.function),
                preprocess=False,
                concurrency_limit=AT_ONCE,
                concurrency_id="search",
            )


def inputs_of(endpoint: Endpoint) -> list[Any]:
    """A component for each parameter, with its default, its description and an example; the request Gradio gives."""
    function, examples = endpoint.function, endpoint.examples
    about = parameters_of(function)
    inputs = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "request":
            continue
        make, example = _PARAMETERS[parameter.name]
        value = None if parameter.default is parameter.empty else parameter.default
        component = make(value, label=parameter.name)
        inputs.append(told(component, about[parameter.name], examples.get(parameter.name, example)))
    return inputs
