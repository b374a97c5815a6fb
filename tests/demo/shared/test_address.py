from __future__ import annotations

from itertools import product
from urllib.parse import parse_qsl

import pytest

from demo.shared.address import MODES, Page, mode_of, read, write


@pytest.mark.parametrize(
    "page",
    [
        Page(*each)
        for each in product(
            MODES,
            ("", "my pictures"),
            ("", 'a "dog" & 50% cat', "[scene-0042] - dog + 1.5*cat"),
            ("", "a/b #c?.png"),
            ("", "map", "about"),
        )
    ],
)
def test_an_address_reads_back_as_the_page_it_was_written_for(page: Page):
    assert read(dict(parse_qsl(write(page)))) == page


def test_what_is_as_usual_goes_without_saying():
    assert write(Page()) == ""
    assert write(Page("both", query="a dog", selection="x")) == "model=both&q=a%20dog&image=x"
    assert write(Page(query="a dog", tab="map")) == "q=a%20dog&tab=map"
    assert write(Page("clip", "flowers")) == "model=clip&collection=flowers"


def test_an_address_may_hold_anything():
    assert read({"tab": "kitchen", "q": "cats"}) == Page(query="cats")
    assert read({"model": "gpt", "q": "  a dog ", "__theme": "dark"}) == Page(query="a dog")
    assert [mode_of(value) for value in ("clip", "CLIP", None, 3, ["clip"])] == ["clip", "vse", "vse", "vse", "vse"]
