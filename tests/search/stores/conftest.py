"""Where stores are tried."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from tests.search.stores.test_base import SERVER, Place


@pytest.fixture
def place(name: str, tmp_path: Path) -> Place:
    """Where an index of some name may lie, of its own in each test."""
    if name == "postgresql":
        return lambda index: f"{os.environ[SERVER]}#{uuid.uuid5(uuid.NAMESPACE_URL, str(tmp_path))}/{index}"
    return lambda index: tmp_path / index
