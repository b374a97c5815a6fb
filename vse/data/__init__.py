"""Where pictures and captions come from: bundled collections by name, folders by path in any layout with a reader."""

from vse.data.collection import Collection, list_collections, load_collection
from vse.data.scenes.annotations import SceneTruth

__all__ = ["Collection", "SceneTruth", "list_collections", "load_collection"]
