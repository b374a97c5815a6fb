"""The bar that every long command shows."""

from __future__ import annotations

import pytest

from vse.io.progress import progress_bar


def test_a_bar_appears_with_the_first_news_and_goes_away(capsys: pytest.CaptureFixture[str]):
    with progress_bar("reading", "photo") as bar:
        assert capsys.readouterr().err == ""
        bar(2, 8)
        assert "reading:  25%" in capsys.readouterr().err
        assert (bar.done, bar.total) == (2, 8)
    assert capsys.readouterr().err.replace("\r", "").strip() == ""


def test_another_title_begins_at_its_own_beginning(capsys: pytest.CaptureFixture[str]):
    with progress_bar("one", "B") as bar:
        bar(3_000_000, 4_000_000)
        bar(1, 4, "two")
        shown = capsys.readouterr().err
        assert "one:  75%" in shown
        assert "3.00M/4.00M" in shown
        assert "two:  25%" in shown
        assert (bar.done, bar.total) == (1, 4)


def test_an_unknown_total_shows_what_is_done(capsys: pytest.CaptureFixture[str]):
    with progress_bar("fetching", "photo") as bar:
        bar(5, 0)
    assert "fetching: 5photo" in capsys.readouterr().err
