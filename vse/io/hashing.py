"""Fingerprints: short names for what is made of exactly these parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def fingerprint_of(parts: Iterable[bytes | memoryview], digits: int = 32) -> str:
    """The first hexadecimal digits of the SHA-256 of the parts, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:digits]


def json_bytes(value: Any) -> bytes:
    """A value as JSON, the same for equal ones whatever the order of their keys."""
    return json.dumps(value, sort_keys=True).encode()


def hash_of(*texts: str) -> str:
    """The fingerprint of some lines of text."""
    return fingerprint_of(["\n".join(texts).encode()])
