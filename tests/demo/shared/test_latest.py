from __future__ import annotations

from demo.shared import latest as turns
from demo.shared.latest import Turns


def test_only_a_page_s_own_later_question_ends_its_turn():
    found = Turns()
    mine, theirs = found.take("me"), found.take("you")
    assert not found.is_over("me", mine)
    later = found.take("me")
    assert found.is_over("me", mine)
    assert not found.is_over("me", later)
    assert not found.is_over("you", theirs)


def test_the_oldest_pages_are_forgotten(monkeypatch):
    monkeypatch.setattr(turns, "_KEPT", 2)
    found = Turns()
    first, second = found.take("a"), found.take("b")
    found.take("a")
    found.take("c")
    assert list(found._last) == ["a", "c"]
    assert found.is_over("a", first)
    assert not found.is_over("b", second)


def test_what_a_page_asked_last_is_remembered_as_long_as_its_turn(monkeypatch):
    monkeypatch.setattr(turns, "_KEPT", 1)
    found = Turns()
    found.take("a", "first")
    found.take("a")
    assert found.asked("a", "otherwise") == "first"
    found.take("b")
    assert found.asked("a", "otherwise") == "otherwise"
