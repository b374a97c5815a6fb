"""What is known to be true in a collection of Emoji Scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vse.data.annotations import Annotations
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Scene, Statement, is_held_out, says_held_out
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix
from vse.modalities import IMAGE, SPEECH, TEXT


@dataclass(frozen=True)
class SceneTruth:
    """The scene of each picture, and the statement of each caption, picture by picture: see `Annotations`.

    spoken: of each recording the row of the caption that it reads.
    """

    scenes: tuple[Scene, ...]
    statements: tuple[Statement, ...]
    spoken: tuple[int, ...] = ()

    @cached_property
    def matrix(self) -> np.ndarray:
        """(I, T) bool: caption t is true of picture i."""
        return truth_matrix(encode_scenes(self.scenes), encode_statements(self.statements))

    def relevance(self, query: str, candidate: str) -> np.ndarray | None:
        """Which captions, written or spoken, are true of which pictures, or the other way round."""
        if IMAGE not in (query, candidate):
            return None
        other = candidate if query == IMAGE else query
        if other not in (TEXT, SPEECH):
            return None
        true = self.matrix if other == TEXT else self.matrix[:, list(self.spoken)]
        return true if query == IMAGE else true.T

    def held_out(self, modality: str) -> np.ndarray | None:
        """Pictures that hold a combination never seen in training, and captions that speak of one."""
        if modality == IMAGE:
            return np.array([is_held_out(scene) for scene in self.scenes], dtype=bool)
        if modality == TEXT:
            return np.array([says_held_out(statement) for statement in self.statements], dtype=bool)
        if modality == SPEECH and self.spoken:
            return np.array([says_held_out(self.statements[row]) for row in self.spoken], dtype=bool)
        return None

    def facets(self) -> dict[str, list[str]]:
        """Place, family, kind and colour of the subject, time, weather, and whether it is held out of training."""
        found = {name: [value(scene) for scene in self.scenes] for name, value in _FACETS.items()}
        return {**found, "held out": ["held out" if is_held_out(scene) else "seen" for scene in self.scenes]}

    def subset(self, rows: Mapping[str, Sequence[int] | np.ndarray]) -> SceneTruth:
        """The truth of some pictures and some captions."""
        place = {int(row): number for number, row in enumerate(rows[TEXT])}
        return SceneTruth(
            tuple(self.scenes[row] for row in rows[IMAGE]),
            tuple(self.statements[row] for row in rows[TEXT]),
            tuple(place[self.spoken[row]] for row in rows.get(SPEECH, ())),
        )


def scenes_of(annotations: Annotations | None) -> tuple[Scene, ...]:
    """The scenes that the pictures of a collection with these annotations show; none where it is no Emoji Scenes."""
    return annotations.scenes if isinstance(annotations, SceneTruth) else ()


_FACETS: dict[str, Callable[[Scene], str]] = {
    "place": lambda scene: scene.place,
    "family": lambda scene: KINDS[scene.subject.kind].families[0],
    "kind": lambda scene: scene.subject.kind,
    "colour": lambda scene: scene.subject.colour or "natural",
    "time": lambda scene: scene.time,
    "weather": lambda scene: scene.weather,
}
