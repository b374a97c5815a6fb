"""The one place that turns an error into what a visitor or a client reads: one sentence, no traceback."""

from __future__ import annotations

import functools
import html
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import gradio as gr

from vse.errors import VSEError

F = TypeVar("F", bound=Callable[..., Any])
UNEXPECTED = "Something went wrong here; the server's log says what. Please try again."

_log = logging.getLogger(__name__)


@contextmanager
def one_sentence() -> Iterator[None]:
    try:
        yield
    except gr.Error:
        raise
    except VSEError as error:
        # The page shows messages as HTML, and a message may quote what a visitor typed.
        raise gr.Error(html.escape(str(error), quote=False), print_exception=False) from error
    except Exception as error:
        _log.exception("A handler failed")
        raise gr.Error(UNEXPECTED, print_exception=False) from error


def reporting(handler: F) -> F:
    """A handler, or a generator of updates, whose errors reach the visitor as one sentence."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*args: Any, **options: Any) -> Iterator[Any]:
            with one_sentence():
                yield from handler(*args, **options)

        return cast(F, stream)

    @functools.wraps(handler)
    def call(*args: Any, **options: Any) -> Any:
        with one_sentence():
            return handler(*args, **options)

    return cast(F, call)
