"""The architecture of a CLIP, as open_clip describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vse.errors import ConfigError
from vse.io.configs import read_json

_NEEDED = (
    ("model_cfg", "vision_cfg", "image_size"),
    ("model_cfg", "text_cfg", "context_length"),
    ("preprocess_cfg", "mean"),
    ("preprocess_cfg", "std"),
)


def _scenes_clip() -> dict[str, Any]:
    return read_json(Path(__file__).with_name("scenes_clip.json"))


@dataclass(frozen=True)
class ClipConfig:
    """A CLIP of open_clip, with at most `merges` byte pairs learnt from the captions.

    `open_clip` is what open_clip_config.json holds, "model_cfg" and "preprocess_cfg"; the number of tokens in it
    does not matter.
    """

    open_clip: dict[str, Any] = field(default_factory=_scenes_clip, metadata={"option": "clip_config"})
    merges: int = 1000

    def __post_init__(self) -> None:
        """
        Raises:
            ConfigError: when a part that training reads is missing.
        """
        for names in _NEEDED:
            value: Any = self.open_clip
            for name in names:
                value = value.get(name) if isinstance(value, dict) else None
            if value is None:
                raise ConfigError(f"The CLIP's configuration has no {'.'.join(names)}; see scenes_clip.json.")

    @property
    def similarity(self) -> str:
        return "cosine"
