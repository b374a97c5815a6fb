"""What programs read about an endpoint: its docstring, told to "Use via API" and to MCP, and the shape of its answer.

A docstring's Args are a line each, as Gradio reads them; what follows its Returns: is added to the description.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.utils import get_function_description


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


def answer_of(schema: dict[str, Any]) -> gr.JSON:
    """The component of an endpoint's answer, described by the answer's shape."""
    answer = gr.JSON(label="result")
    vars(answer)["api_info"] = lambda: schema
    return answer
