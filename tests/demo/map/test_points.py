from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.map import points

CLIENT = TestClient(Starlette(routes=[points.route()]))


def test_points_are_kept_by_browsers_under_an_address_that_changes_with_them():
    first, again, other = map(points.address_of_points, ('{"a":1}', '{"a":1}', '{"a":2}'))
    assert first == again != other
    answer = CLIENT.get(first)
    assert answer.json() == {"a": 1}
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert CLIENT.get(other, headers={"accept-encoding": "identity"}).text == '{"a":2}'
    assert points.address_of_points("") == ""


def test_the_latest_points_are_kept_and_others_are_gone(monkeypatch):
    monkeypatch.setattr(points, "_KEPT", 2)
    first, second, _, third = map(points.address_of_points, ("[1]", "[2]", "[1]", "[3]"))
    assert [CLIENT.get(each).status_code for each in (first, second, third)] == [200, 404, 200]
    assert CLIENT.get("map/points/..%2Fapp.json").status_code == 404
