from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PIL import Image

from demo.shared.pictures import SMALLEST, THUMBNAIL, address, route
from vse.data import Collection, load_collection


def served(collection: Collection, item_id: str, **query: str):
    return route(collection).endpoint(SimpleNamespace(path_params={"item_id": item_id}, query_params=query))


def test_pictures_are_served_by_id_and_nothing_else_is(colours: Path):
    collection = load_collection(colours)
    assert Path(served(collection, "red").path) == colours / "images/red.png"
    for name in ("items.jsonl", "../items.jsonl", "images/red.png", str(colours / "images/red.png"), ""):
        assert served(collection, name).status_code == 404


def test_large_pictures_are_served_small(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "big.png")
    collection = load_collection(tmp_path)
    response = served(collection, "big.png")
    (tmp_path / "out.webp").write_bytes(response.body)
    with Image.open(tmp_path / "out.webp") as small:
        assert max(small.size) == THUMBNAIL
    (tmp_path / "out.webp").write_bytes(served(collection, "big.png", size=str(SMALLEST)).body)
    with Image.open(tmp_path / "out.webp") as smallest:
        assert smallest.size == (SMALLEST, SMALLEST * 3 // 4)
    (tmp_path / "big.png").unlink()
    assert served(collection, "big.png").status_code == 404


def test_an_address_is_quoted_and_changes_with_the_collection(tmp_path: Path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a b#c.png")
    before = address(load_collection(tmp_path), "a b#c.png")
    assert before.startswith("pictures/a%20b%23c.png?v=")
    os.utime(tmp_path / "a b#c.png", (1, 1))
    assert address(load_collection(tmp_path), "a b#c.png") != before


def test_nothing_outside_of_the_folder_is_served(colours: Path, tmp_path: Path):
    collection = load_collection(colours)
    private = tmp_path / "private.png"
    Image.new("RGB", (4, 4)).save(private)
    (colours / "images/red.png").unlink()
    (colours / "images/red.png").symlink_to(private)
    assert served(collection, "red").status_code == 404
    (colours / "images").rename(tmp_path / "moved")
    (colours / "images").symlink_to(tmp_path / "moved")
    assert served(collection, "green").status_code == 404


def test_a_collection_whose_folder_is_a_link_is_served(colours: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(colours)
    assert served(load_collection(tmp_path / "link"), "red").status_code == 200
