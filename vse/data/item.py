"""One thing of a collection, in as many modalities as there are of it; numpy and the standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vse.errors import CollectionError
from vse.modalities import IMAGE, TEXT

Raw = Any  # what a modality reads: a file's path, a text


@dataclass(frozen=True)
class Item:
    """`inputs` are by modality: the path of its picture, its captions (none in an uncaptioned folder), and others."""

    id: str
    inputs: Mapping[str, tuple[Raw, ...]] = field(hash=False)
    split: str = "test"
    credit: str = ""

    @classmethod
    def picture(
        cls, id: str, image_path: Path, captions: tuple[str, ...] = (), split: str = "test", credit: str = ""
    ) -> Item:
        """A picture with its captions."""
        return cls(id, {IMAGE: (image_path,), TEXT: captions} if captions else {IMAGE: (image_path,)}, split, credit)

    @property
    def image_path(self) -> Path:
        """
        Raises:
            CollectionError: for an item without a picture.
        """
        if not self.inputs.get(IMAGE):
            raise CollectionError(f"{self.id} has no picture, only {', '.join(self.inputs)}.")
        return self.inputs[IMAGE][0]

    @property
    def captions(self) -> tuple[str, ...]:
        """Its texts; none where it has none."""
        return self.inputs.get(TEXT, ())

    @property
    def files(self) -> tuple[Path, ...]:
        """The files among its inputs."""
        return tuple(each for values in self.inputs.values() for each in values if isinstance(each, Path))
