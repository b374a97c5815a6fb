"""Where pictures and captions come from: bundled collections by name, folders by path in any layout of `layouts`."""

from vse.collections.collection import Collection, list_collections, load_collection
from vse.collections.truth import SceneTruth

__all__ = ["Collection", "SceneTruth", "list_collections", "load_collection"]
