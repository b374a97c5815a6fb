"""Visual-semantic embedding: pictures and words side by side in one space.

In short:

    from vse import load_model
    model = load_model("scenes-vse")
    model.encode_texts(["a dog on the beach"])  # (1, D) float32, unit rows
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vse.errors import VSEError

if TYPE_CHECKING:
    from vse.data import load_collection
    from vse.encoders.registry import from_pretrained, load_model
    from vse.interop.hub import push_to_hub
    from vse.search.searcher import Searcher

__version__ = "0.2.0"
__all__ = ["Searcher", "VSEError", "from_pretrained", "load_collection", "load_model", "push_to_hub"]

# Names that need torch are imported when first used, so that `import vse` stays quick.
_LAZY = {
    "load_model": "vse.encoders.registry",
    "from_pretrained": "vse.encoders.registry",
    "push_to_hub": "vse.interop.hub",
    "load_collection": "vse.data",
    "Searcher": "vse.search.searcher",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'vse' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)
