"""A folder of one's own photographs: indexed once, kept up to date, searchable while it is still being indexed.

Everything that is kept lies in the cache folder; nothing is ever written into the folder of the photographs.
"""

from vse.search.folders.as_collection import collection_of, photo_vectors, without_unreadable
from vse.search.folders.captions import Captioned, captioned, captions_alone, rows_for
from vse.search.folders.duplicates import FOLDS, Group, Look, find_duplicates, fold, looks_of
from vse.search.folders.indexing import Report, Spread, Step, index_photos
from vse.search.folders.reading import folder_of
from vse.search.folders.thumbnails import thumbnail
from vse.search.stores.sqlite import DamagedStoreError, Skipped, Store, StoreError
from vse.search.tags import Tag, TagWords, tags

__all__ = [
    "FOLDS",
    "Captioned",
    "DamagedStoreError",
    "Group",
    "Look",
    "Report",
    "Skipped",
    "Spread",
    "Step",
    "Store",
    "StoreError",
    "Tag",
    "TagWords",
    "captioned",
    "captions_alone",
    "collection_of",
    "find_duplicates",
    "fold",
    "folder_of",
    "index_photos",
    "looks_of",
    "photo_vectors",
    "rows_for",
    "tags",
    "thumbnail",
    "without_unreadable",
]
