"""The page as Gradio knows it, with what comes from a browser looked at first."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..shared.uploads import NOT_KEPT, is_uploaded, paths_in

UNREAD = "A value is missing, or came in a form that is not read here: send each as this app's API page says."


class Blocks(gr.Blocks):
    """A page that takes no path from a browser but that of an upload, whichever of its events it comes to.

    Gradio looks only at those that name themselves a file, and would fetch an address or write a traceback.
    """

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **options: Any) -> Any:
        """
        Raises:
            gr.Error: one sentence for what is not there and for what is not the visitor's.
        """
        if not all(is_uploaded(path) for path in paths_in(inputs)):
            raise gr.Error(NOT_KEPT, print_exception=False)
        if len(inputs) > len(block_fn.inputs):  # which Gradio would leave out without a word
            more = f"{len(inputs)} values came and {len(block_fn.inputs)} at most are read here"
            raise gr.Error(f"{more}: send each as this app's API page says.", print_exception=False)
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **options)
        except ValueError as error:
            raise gr.Error(UNREAD, print_exception=False) from error
