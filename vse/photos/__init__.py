"""A folder of one's own photographs: indexed once, kept up to date, searchable while it is still being indexed.

Everything that is kept lies in the cache folder; nothing is ever written into the folder of the photographs.
"""

from vse.photos.indexing import Report, Step, index_photos
from vse.photos.plain import collection_of, photo_vectors, without_unreadable
from vse.photos.reading import folder_of
from vse.photos.store import Skipped, Store, StoreError
from vse.photos.tags import Tag, TagWords, tags
from vse.photos.thumbnails import thumbnail

__all__ = [
    "Report",
    "Skipped",
    "Step",
    "Store",
    "StoreError",
    "Tag",
    "TagWords",
    "collection_of",
    "folder_of",
    "index_photos",
    "photo_vectors",
    "tags",
    "thumbnail",
    "without_unreadable",
]
