from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import open_clip
import pytest
from PIL import Image

from tests.conftest import TINY_CLIP, FakeEncoder, tiny_clip
from tests.photo_folders import listing, write_photos
from vse.cli import main
from vse.encoders.clip.encoder import random_clip
from vse.encoders.clip.folder import save_clip_folder
from vse.errors import CheckpointError, CollectionError
from vse.evaluation.bench import indexing as bench_indexing
from vse.evaluation.bench.indexing import Speed, draw_photographs, indexing_speeds
from vse.io.paths import cache_folder
from vse.modalities.image.drawn import SIZE
from vse.search.folders.encoding import BATCH


class Clocked(FakeEncoder):
    """Lets the clock run `seconds` for every batch; the clock stands still otherwise."""

    clock = 0.0

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(name)
        self.name, self.seconds = name, seconds

    def encode_images(self, images, progress: object = None) -> np.ndarray:
        Clocked.clock += self.seconds
        return super().encode_images(images)


@pytest.fixture
def tiny_architecture(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(open_clip, "list_models", lambda: ["ViT-tiny"])
    monkeypatch.setattr(open_clip, "get_model_config", lambda _: TINY_CLIP)
    return "ViT-tiny"


def test_drawn_photographs_are_jpeg_files_that_differ_and_are_the_same_again(tmp_path: Path):
    for name in ("one", "two"):
        draw_photographs(tmp_path / name, 3)
    files = sorted((tmp_path / "one").iterdir())
    assert [file.name for file in files] == ["00000.jpg", "00001.jpg", "00002.jpg"]
    assert len({file.read_bytes() for file in files}) == 3
    assert [file.read_bytes() for file in files] == [(tmp_path / "two" / file.name).read_bytes() for file in files]
    for file in files:
        assert 50_000 < file.stat().st_size < 200_000
        with Image.open(file) as image:
            assert (image.format, image.size, image.mode) == ("JPEG", SIZE, "RGB")


def test_speeds_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of 2 batches, 2 seconds a batch are 4 in all."""
    write_photos(folder := tmp_path / "photos", BATCH + 8)
    monkeypatch.setattr(bench_indexing.time, "perf_counter", lambda: Clocked.clock)
    quick, slow = Clocked("quick", 0.5), Clocked("slow", 2.0)
    steps: list[tuple[int, int]] = []
    before = listing(folder)
    speeds = indexing_speeds([quick, slow], folder, 2, lambda *step: steps.append(step))
    assert speeds == [Speed("quick", (40.0, 40.0)), Speed("slow", (10.0, 10.0))]
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert len(quick.encoded) == 1 + 2 * 2  # a warm-up of one batch, then everything anew in each round
    assert listing(folder) == before
    assert not cache_folder().exists()
    assert Speed("x", (1.0, 9.0, 2.0)).median == 2.0


def test_a_folder_without_photographs_is_told(tmp_path: Path):
    with pytest.raises(CollectionError, match="holds no photograph that can be read"):
        indexing_speeds([FakeEncoder()], tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(CollectionError, match="holds no photograph that can be read"):
        indexing_speeds([FakeEncoder()], tmp_path)


def test_a_clip_of_random_weights_encodes_pictures(tiny_architecture: str):
    clip = random_clip(tiny_architecture)
    assert (clip.name, clip.dim) == ("ViT-tiny, random weights", 8)
    rows = clip.encode_images([np.full((20, 30, 3), 9, np.uint8), np.zeros((20, 30, 3), np.uint8)])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_unknown_architectures_are_told_with_near_ones():
    with pytest.raises(CheckpointError, match=r"knows no architecture 'ViT-B-33'; did you mean .*ViT-B-32"):
        random_clip("ViT-B-33")
    with pytest.raises(CheckpointError, match="knows no architecture 'zzz'; try ViT-B-32"):
        random_clip("zzz")


def test_the_command_gives_both_speeds_and_their_ratio(
    tmp_path: Path, model_folder: Path, tiny_architecture: str, capsys: pytest.CaptureFixture[str]
):
    arguments = ["bench", "--model", str(model_folder), "--count", "3", "--json", str(tmp_path / "b.json")]
    assert main([*arguments, "--against", tiny_architecture]) == 0
    told = json.loads((tmp_path / "b.json").read_text())
    assert told["photographs"] == "3 drawn JPEG files of 640 x 480"
    assert [each["model"] for each in told["models"]] == ["tiny", "ViT-tiny, random weights"]
    first, second = (each["photographs_per_second"] for each in told["models"])
    assert told["ratio"] == pytest.approx(first / second)
    out = capsys.readouterr().out
    assert "indexing 3 drawn JPEG files of 640 x 480; 3 rounds in turn, the median (least to most); " in out
    assert f"tiny indexes {told['ratio']:.2f} times as many a second" in out


def test_the_command_takes_a_folder_of_photographs_and_any_model(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
):
    save_clip_folder(tmp_path / "clip", tiny_clip())
    write_photos(tmp_path / "photos", 4)
    arguments = ["bench", "--model", str(model_folder), "--images", str(tmp_path / "photos"), "--against"]
    assert main([*arguments, str(tmp_path / "clip")]) == 0
    assert f"indexing {tmp_path / 'photos'}; 3 rounds" in capsys.readouterr().out
    assert main([*arguments, "ViT-B-23"]) == 2
    assert "error: open_clip knows no architecture 'ViT-B-23'" in capsys.readouterr().err
