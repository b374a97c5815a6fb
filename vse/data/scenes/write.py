"""Writing Emoji Scenes to a folder, as a collection that `load_collection` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from vse.data.readers.items_jsonl import ABOUT as ABOUT_FILE
from vse.data.readers.items_jsonl import ITEMS
from vse.data.scenes.drawing.render import render
from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Scene
from vse.io.atomic import Kind, replace_folder

QUALITY = 82
ABOUT = {
    "title": "Emoji Scenes",
    "credit": "Composed from glyphs of Noto Color Emoji, © Google, SIL Open Font License 1.1",
    "licence": "pictures and captions: CC0 1.0, as far as the glyphs' licence leaves it open",
}


SWAPS_FILE = "swaps.jsonl"  # of a collection of counterparts


def _written(folder: Path) -> set[str]:
    """The files of a collection of scenes, as `write_scenes` and `write_counterparts` name them."""
    about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
    lines = [json.loads(line) for line in (folder / ITEMS).read_text(encoding="utf-8").splitlines()]
    if about.get("title") != ABOUT["title"] or not all("scene" in line for line in lines):
        return set()
    spoken = (each["file"] for line in lines for each in line.get("speech", ()))
    return {ITEMS, ABOUT_FILE, SWAPS_FILE, *(f"images/{line['id']}.webp" for line in lines), *spoken}


SCENES = Kind("a collection of Emoji Scenes", _written)


def scene_line(scene: Scene, image: str, split: str) -> str:
    """A line of items.jsonl."""
    captions = write_captions(scene)
    described = {key: value for key, value in scene.to_json().items() if key != "id"}
    return json.dumps(
        {
            "id": scene.id,
            "image": image,
            "split": split,
            "captions": [caption.text for caption in captions],
            "scene": described,
            "statements": [caption.statement.to_json() for caption in captions],
        },
        ensure_ascii=False,
    )


def write_collection(folder: Path, split: str = "test", count: int = 1000, seed: int = 0) -> None:
    """Draw `count` scenes of a split; the folder appears whole or not at all.

    Raises:
        FontMissingError: when the emoji font is not installed.
        WriteError: when the folder holds anything but Emoji Scenes.
        ValueError: for a split that there is not.
    """
    write_scenes(folder, sample_scenes(split, count, seed), split)


def write_scenes(
    folder: Path, scenes: list[Scene], split: str, quality: int = QUALITY, swaps: Sequence[str] = ()
) -> None:
    """Draw the scenes given; `quality` is WebP's, from 0 to 100, and `swaps` the lines of SWAPS_FILE if there is one.

    Raises:
        FontMissingError, WriteError: as `write_collection`.
    """
    with replace_folder(folder, SCENES) as work:
        (work / "images").mkdir()
        lines = []
        for scene in tqdm(scenes, desc=f"drawing {split} scenes", unit="scene"):
            image = f"images/{scene.id}.webp"
            render(scene).save(work / image, "WEBP", quality=quality, method=6)
            lines.append(scene_line(scene, image, split))
        if swaps:
            (work / SWAPS_FILE).write_text("\n".join(swaps) + "\n", encoding="utf-8")
        (work / ITEMS).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (work / ABOUT_FILE).write_text(json.dumps(ABOUT, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
