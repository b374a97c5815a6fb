"""Names of splits: people write val, dev and validation for one and the same."""

from __future__ import annotations

_ALSO = {"val": "dev", "valid": "dev", "validation": "dev", "training": "train", "testing": "test"}
# Folders whose name says which split their pictures are of.
SPLIT_FOLDERS = frozenset({"train", "dev", "test", *_ALSO})


def one_name(split: str) -> str:
    """The name that all names of a split share."""
    return _ALSO.get(split.lower(), split.lower())
