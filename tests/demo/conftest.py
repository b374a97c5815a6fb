"""What all tests of the page share."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.shared.uploads import FOLDER


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test brings lies in its own folder."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
