"""What programs read about an endpoint: its docstring, told to "Use via API" and to MCP, and the shape of its answer.

A docstring's Args are a line each, as Gradio reads them; what follows its Returns: is added to the description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.utils import get_function_description

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_WHOLE: Schema = {"type": "integer"}
_RATED = {"percentile": _NUMBER, "rank_in_other": _WHOLE, "shared": {"type": "boolean"}}


def _one(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields}


def _many(of: Schema) -> Schema:
    return {"type": "array", "items": of}


_PICTURE = {"id": _TEXT, "score": _NUMBER, "rank": _WHOLE, "captions": _many(_TEXT), "image": _TEXT}
_CAPTION = {"text": _TEXT, "score": _NUMBER, "rank": _WHOLE, "id": _TEXT}
_SIDE = _one(
    model=_TEXT, images=_many(_one(**_PICTURE, **_RATED)), captions=_many(_one(**_CAPTION, **_RATED)), problem=_TEXT
)
_POINT = _one(id=_TEXT, kind=_TEXT, x=_NUMBER, y=_NUMBER, text=_TEXT)
_QUALITY = _one(trustworthiness=_NUMBER, neighbours_kept=_NUMBER, of_nearest=_WHOLE)
PICTURES = _many(_one(**_PICTURE))

ANSWERS: Mapping[str, Schema] = {
    "search_text": PICTURES,
    "search_image": _one(captions=_many(_one(**_CAPTION)), images=PICTURES),
    "arithmetic": _one(query=_TEXT, description=_TEXT, answers=PICTURES),
    "compare": _one(query=_TEXT, models=_many(_SIDE), shared=_WHOLE),
    "map_points": _one(
        model=_TEXT, collection=_TEXT, layout=_TEXT, quality=_QUALITY, gap=_NUMBER, points=_many(_POINT)
    ),
}


def description_of(function: Callable[..., Any]) -> str:
    """What an endpoint does and what it gives, in one paragraph."""
    does, _, gives = get_function_description(function)
    return f"{does} Returns {' '.join(gives)}" if gives else does


def parameters_of(function: Callable[..., Any]) -> dict[str, str]:
    """What each parameter means, by its name."""
    return get_function_description(function)[1]


def told(component: Any, about: str, example: Any) -> Any:
    """The component, described to programs; Gradio takes its documentation from these methods of each one."""
    known, about = component.api_info(), f"{about[:1].upper()}{about[1:]}."
    component.api_info = lambda: {**known, "additional_description": about}
    component.example_inputs = lambda: example
    return component


def answer_of(name: str) -> gr.JSON:
    """The component of an endpoint's answer, described by the answer's shape."""
    answer = gr.JSON(label="result")
    vars(answer)["api_info"] = lambda: ANSWERS[name]
    return answer
