from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from vse.errors import CollectionError, FingerprintError
from vse.io.artifacts import get_or_make
from vse.io.atomic import write_text


def read(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    if text == "another model":
        raise FingerprintError("another model made it")
    if not text:
        raise CollectionError("it is empty")
    return int(text)


def get(cached: Path, value: int, shipped: Iterable[Path] = ()) -> int:
    """A number below ten, which `value` makes."""
    return get_or_make(
        "The number",
        cached,
        read,
        lambda: value,
        lambda made, path: write_text(path, str(made)),
        shipped=shipped,
        fits=lambda found: found < 10,
    )


def test_it_is_made_once_and_then_read(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    cached = tmp_path / "a" / "number"
    assert [get(cached, 1), get(cached, 2)] == [1, 1]
    assert cached.read_text() == "1"
    assert caplog.text == ""


def test_what_ships_comes_first_and_costs_no_cache(tmp_path: Path):
    shipped, cached = tmp_path / "shipped", tmp_path / "cached"
    shipped.write_text("7")
    assert get(cached, 1, [tmp_path / "none", shipped]) == 7
    assert not cached.exists()
    cached.write_text("8")
    assert get(cached, 1, [shipped]) == 7
    shipped.write_text("70")
    assert get(cached, 1, [shipped]) == 8


@pytest.mark.parametrize("damaged", [b"", b"x", b"\xff"], ids=["refused", "no number", "no text"])
def test_what_is_damaged_is_made_again_and_it_is_said(damaged: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    cached = tmp_path / "number"
    cached.write_bytes(damaged)
    assert get(cached, 3) == 3
    assert f"The number in {cached} is damaged and is made again" in caplog.text
    caplog.clear()
    assert get(cached, 4) == 3
    assert caplog.text == ""


@pytest.mark.parametrize("other", ["another model", "12"])
def test_what_is_of_another_is_made_again_without_a_word(other: str, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    cached = tmp_path / "number"
    cached.write_text(other)
    assert [get(cached, 3), get(cached, 4)] == [3, 3]
    assert caplog.text == ""


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        assert [get(tmp_path / "file" / "number", 1), get(tmp_path / "file" / "number", 2)] == [1, 2]
    assert "The number could not be kept in" in caplog.text


def test_what_stops_the_making_leaves_nothing(tmp_path: Path):
    def stop() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get_or_make("The number", tmp_path / "number", read, stop, lambda made, path: write_text(path, str(made)))
    assert list(tmp_path.iterdir()) == []
