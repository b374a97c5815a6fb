"""The joint space laid in a plane: UMAP, kept with the measures of what it keeps of the space.

Its central type is `projection.Projection`; `show` draws it in a notebook. Imports `vse.search` and below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vse.maps.notebook import figure, show

__all__ = ["figure", "show"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'vse.maps' has no attribute {name!r}")
    from vse.maps import notebook

    return getattr(notebook, name)
