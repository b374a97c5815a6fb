"""The pictures that training renders once."""

from __future__ import annotations

from multiprocessing.pool import ThreadPool
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vse.data.scenes.drawing import glyphs
from vse.data.scenes.drawing.render import render
from vse.data.scenes.world.sample import sample_scenes
from vse.errors import FontMissingError
from vse.modalities.image.preprocess import Preprocess
from vse.training.sources import rendering, scene_set


def test_rendering_that_broke_off_goes_on_and_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    try:
        glyphs.find_font()
    except FontMissingError:
        pytest.skip("the Noto Color Emoji font is not installed")
    monkeypatch.setattr(rendering, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(rendering, "_CHUNK", 2)
    threads = SimpleNamespace(Pool=ThreadPool)  # processes take seconds to start
    monkeypatch.setattr(rendering.multiprocessing, "get_context", lambda _: threads)
    scenes, preprocess = sample_scenes("train", 3, seed=0), Preprocess(16, "squash", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    found = scene_set.rendered(scenes, preprocess, "some")
    expected = np.stack([preprocess.uint8(render(scene)) for scene in scenes])
    np.testing.assert_array_equal(found, expected)
    assert not found.flags.writeable
    (whole,) = tmp_path.rglob("rows.npy")
    part = whole.read_bytes()[: -expected[0].nbytes]  # as if killed after the first two
    whole.unlink()
    whole.with_name("rows.part").write_bytes(part)
    np.testing.assert_array_equal(scene_set.rendered(scenes, preprocess, "some"), expected)
