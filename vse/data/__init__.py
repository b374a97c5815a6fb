"""Where pictures and captions come from: bundled collections by name, folders by path in any layout with a reader."""

from vse.data.annotations import Annotations
from vse.data.collection import Collection, list_collections, load_collection

__all__ = ["Annotations", "Collection", "list_collections", "load_collection"]
