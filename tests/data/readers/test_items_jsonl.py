from __future__ import annotations

import json
from pathlib import Path

import pytest

from vse.data import load_collection
from vse.errors import CollectionError


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("scene", "place", "the moon"),
        ("scene", "weather", ["rain"]),
        ("scene", "colour", "red"),
        ("statements", "place", "nowhere"),
        ("statements", "relation", {"a": 1}),
        ("subject", "kind", "unicorn"),
        ("subject", "count", "many"),
        ("subject", "colour", 7),
    ],
)
def test_a_fact_that_the_world_does_not_know_is_told_with_its_line(
    part: str, key: str, value: object, scenes_folder: Path, tmp_path: Path
):
    lines = [json.loads(line) for line in (scenes_folder / "items.jsonl").read_text().splitlines()]
    changed = {
        "scene": lines[1]["scene"],
        "statements": lines[1]["statements"][0],
        "subject": lines[1]["scene"]["subject"],
    }
    changed[part][key] = value
    (tmp_path / "items.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(
        CollectionError,
        match=r"items\.jsonl, line 2: (the scene|a statement)[:]? (\w+ |or a statement )?(holds|has|says)",
    ):
        load_collection(tmp_path, images=scenes_folder)
