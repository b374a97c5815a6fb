"""Spoken captions of photographs: the Flickr8k Audio Caption Corpus, and SPEECH-COCO.

Harwath & Glass, "Deep multimodal semantic embeddings for speech and images" (ASRU 2015): `wav2capt.txt` has a line
`name_0.wav picture.jpg #0` a recording, which lies in `wavs`. Havard, Besacier & Rosec, "SPEECH-COCO" (2017): `json`
has a file a recording, with `imgID`, `captionID`, `synthesisedCaption` and `wavFilename`, which lies in `wav`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vse.data.item import Item, Raw
from vse.data.readers.base import Contents
from vse.data.readers.flickr_tokens import read_flickr_tokens
from vse.data.readers.parsing import Faults, numbered_lines, read_json
from vse.data.readers.picture_files import absent, caption_text, names_in, picture_name, picture_root
from vse.errors import CollectionError
from vse.modalities import IMAGE, SPEECH, TEXT

FLICKR_AUDIO, FLICKR_WAVS, FLICKR_FOLDER = "wav2capt.txt", "wavs", "flickr_audio"
COCO_JSON, COCO_WAVS = "json", "wav"


@dataclass
class _Rows:
    """Recordings by the picture's name, in order, and captions that come with them."""

    speech: dict[str, list[Path]] = field(default_factory=dict)
    captions: dict[str, list[str]] = field(default_factory=dict)

    def items(
        self, root: Path, split: Callable[[str], str], captions: Mapping[str, tuple[str, ...]]
    ) -> tuple[Item, ...]:
        """Pictures, where they are there, with their recordings and their captions."""
        missing = set(absent([str(root / name) for name in self.speech]))
        found = []
        for name, recordings in self.speech.items():
            inputs: dict[str, tuple[Raw, ...]] = {}
            if str(root / name) not in missing:
                inputs[IMAGE] = (root / name,)
            if texts := captions.get(name, tuple(self.captions.get(name, ()))):
                inputs[TEXT] = texts
            found.append(Item(name, {**inputs, SPEECH: tuple(recordings)}, split(name)))
        return tuple(found)


def read_flickr_audio(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is its file name. Its captions and split are those of Flickr8k's own token file and lists, where
    these lie in the folder, or beside it where it is called flickr_audio; so do the pictures, which may be missing.

    Raises:
        CollectionError: when no line fits.
    """
    faults, rows = Faults(source), _Rows()
    for number, line in numbered_lines(source):
        with faults.row(number):
            parts = line.split()
            if len(parts) != 3 or not parts[2].startswith("#"):
                raise ValueError("expected name.wav, picture.jpg and #0")
            recording = source.parent / FLICKR_WAVS / picture_name(parts[0])
            rows.speech.setdefault(picture_name(parts[1]), []).append(recording)
    home = source.parent.parent if source.parent.name == FLICKR_FOLDER else source.parent
    tokens = next((each for place in (home, source.parent) for each in sorted(place.glob("*.token.txt"))), None)
    written = {item.id: item for item in read_flickr_tokens(tokens, images).items} if tokens else {}
    root = picture_root(home, list(rows.speech), images)
    items = rows.items(
        root,
        lambda name: written[name].split if name in written else "test",
        {name: item.captions for name, item in written.items()},
    )
    return Contents(source, items, notes=faults.notes(items))


def read_speech_coco(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is COCO's file name for it; its captions are those that were read aloud. Pictures may be missing.

    Args:
        source: the folder that holds `json` and `wav`, such as train2014.

    Raises:
        CollectionError: when no file fits.
    """
    faults, rows = Faults(source), _Rows()
    split = "val" if source.name.startswith("val") else "train" if source.name.startswith("train") else "test"
    for name in sorted(names_in(source / COCO_JSON, lambda entry: entry.name.endswith(".json"))):
        with faults.row(f"{COCO_JSON}/{name}"):
            data = _told(source / COCO_JSON / name)
            number, text = data.get("imgID"), caption_text(data.get("synthesisedCaption"))
            if not isinstance(number, int):
                raise ValueError("expected an object with 'imgID', 'synthesisedCaption' and 'wavFilename'")
            picture = f"COCO_{source.name}_{number:012d}.jpg"
            rows.speech.setdefault(picture, []).append(source / COCO_WAVS / picture_name(data.get("wavFilename")))
            captions = rows.captions.setdefault(picture, [])
            captions += [] if text in captions else [text]
    items = rows.items(picture_root(source, list(rows.speech), images), lambda _: split, {})
    return Contents(source, items, notes=faults.notes(items))


def _told(path: Path) -> dict[str, object]:
    try:
        data = read_json(path)
    except CollectionError as error:
        raise ValueError(str(error).rstrip(".")) from error
    if not isinstance(data, dict):
        raise ValueError("expected an object with 'imgID', 'synthesisedCaption' and 'wavFilename'")
    return data


@dataclass(frozen=True)
class SpeechCoco:
    """The reader told by the two folders `json` and `wav`."""

    name: str = "SPEECH-COCO"
    files: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        return False

    def find(self, folder: Path) -> Path | None:
        there = names_in(folder, lambda entry: entry.is_dir())
        return folder if {COCO_JSON, COCO_WAVS} <= there else None

    @property
    def read(self) -> Callable[[Path, Path | None], Contents]:
        return read_speech_coco
