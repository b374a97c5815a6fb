"""The page as Gradio knows it, with what comes from a browser looked at first."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig

from ..shared.uploads import NOT_KEPT, is_uploaded, paths_in

UNREAD = "A value is missing, or came in a form that is not read here: send each as this app's API page says."


class Blocks(gr.Blocks):
    """A page that takes no path from a browser but that of an upload, whichever of its events it comes to.

    Gradio looks only at those that name themselves a file, and would fetch an address or write a traceback.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.default_config = Config(self)

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


class Config(BlocksConfig):
    """The page's components and events, of which each visitor gets a copy.

    With it, Gradio describes every component anew, for deep links, which this page has none of: that took 25 ms, in
    which nobody was answered, and 200 KB a visitor.
    """

    def __copy__(self) -> BlocksConfig:
        copied = super().__copy__()
        vars(copied)["config_for_block"] = lambda *args, **options: {}
        return copied
