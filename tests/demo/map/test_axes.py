from __future__ import annotations

import json

import pytest

from demo.map.axes import ends_of, is_about_people
from demo.map.compute import Seen
from demo.map.handlers import MapEvents
from demo.shared.address import Page
from tests.demo.map.test_handlers import event, front, last, points_of, request, service, tab  # noqa: F401
from vse.errors import QueryError

ENDS = ["red", "blue", "[yellow]", "[green]"]


def test_four_ends_are_one_text():
    assert ends_of(" a |b c|[d]|e - f") == ("a", "b c", "[d]", "e - f")
    for wrong in ("", "a|b", "a|b|c|", "a|b|c|d|e", "a" * 3000 + "|b|c|d"):
        with pytest.raises(QueryError, match=r"^Two axes have four ends"):
            ends_of(wrong)


def test_only_ends_that_name_groups_of_people_call_for_a_warning():
    assert is_about_people(("a Man", "woman", "work", "sport"))
    assert not is_about_people(("mango", "day", "[man-1]", "x"))


def test_axes_from_the_form_are_drawn_told_and_in_the_address(tab: MapEvents):  # noqa: F811
    view = last(tab.on_tab(Seen(), Page(query="red"), front("Map"), request()))["view"]
    shown = last(tab.on_axes(view, Page(query="red"), event(ends=ENDS), request()))
    points = points_of(shown)
    assert points["axes"] == ENDS
    assert points["sides"][0]["layout"] == "axes"
    assert shown["points"]["address"] == "q=red&axes=red%7Cblue%7C%5Byellow%5D%7C%5Bgreen%5D"
    assert "the axes have no score" in shown["facts"]
    [[_, x, _]] = json.loads(shown["points"]["marks"])[0]["steps"]
    assert -1 <= x < 0  # red lies at the left
    link = {"tab": "map", "axes": "|".join(ENDS)}
    again = last(tab.on_tab(Seen(), Page(query="red"), front("Map"), request("other", **link)))
    assert (again["layout"], points_of(again)["axes"]) == ("axes", ENDS)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (["red", "red", "[yellow]", "[green]"], "Both ends of the axis are at the same place"),
        (["red", "", "[yellow]", "[green]"], "Two axes have four ends"),
        (["red", "[nothing]", "[yellow]", "[green]"], "No picture [nothing]"),
        ("red", "The form named no axes"),
    ],
)
def test_wrong_ends_leave_the_map_and_are_told(tab: MapEvents, ends: object, told: str):  # noqa: F811
    view = last(tab.on_tab(Seen(), Page(), front("Map"), request()))["view"]
    view = last(tab.on_axes(view, Page(), event(ends=ENDS), request()))["view"]
    shown = last(tab.on_axes(view, Page(), event(ends=ends), request()))
    assert told in shown["problem"]
    assert shown["points"] == {}


def test_the_endpoint_tells_the_places_by_axes(tab: MapEvents):  # noqa: F811
    found = tab.map_points(axes="|".join(ENDS))
    assert (found["layout"], found["quality"], found["gap"]) == ("axes", None, None)
    at = {each["id"]: each["x"] for each in found["points"] if each["kind"] == "picture"}
    assert at["red"] < at["green"] < at["blue"]
