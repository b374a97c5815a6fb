"""What is known to be true in a collection of Emoji Scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vse.data.scenes.world.scene import Scene, Statement, is_held_out, says_held_out
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix


@dataclass(frozen=True)
class SceneTruth:
    """The scene of each picture, and the statement of each caption, picture by picture."""

    scenes: tuple[Scene, ...]
    statements: tuple[Statement, ...]

    @cached_property
    def matrix(self) -> np.ndarray:
        """(I, T) bool: caption t is true of picture i."""
        return truth_matrix(encode_scenes(self.scenes), encode_statements(self.statements))

    @cached_property
    def held_out_images(self) -> np.ndarray:
        """(I,) bool: pictures that hold a combination never seen in training."""
        return np.array([is_held_out(scene) for scene in self.scenes], dtype=bool)

    @cached_property
    def held_out_texts(self) -> np.ndarray:
        """(T,) bool: captions that speak of such a combination."""
        return np.array([says_held_out(statement) for statement in self.statements], dtype=bool)

    def subset(self, images: Sequence[int], texts: Sequence[int] | np.ndarray) -> SceneTruth:
        """The truth of some pictures and some captions, by their rows."""
        return SceneTruth(tuple(self.scenes[row] for row in images), tuple(self.statements[row] for row in texts))
