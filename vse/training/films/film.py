"""A run laid out in one plane that stays the same from epoch to epoch, as the page draws it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.errors import CollectionError
from vse.evaluation.tables import figure, table
from vse.io.atomic import write_bytes
from vse.maps.geometry import mean_of
from vse.training.films.settings import FilmSettings

if TYPE_CHECKING:
    from vse.training.films.run import Snapshot

PACKED = (b"\x1f\x8b",)  # what a film's file begins with
SIDE = 1000  # places of the plane in each direction
_EDGE = 20  # which stay free at each edge
_SHARES = 1000  # what the shares of a push are of


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions (2, D) through a middle (D,), and how many places a length of 1 takes."""

    middle: np.ndarray
    axes: np.ndarray
    scale: float

    def points(self, vectors: np.ndarray) -> np.ndarray:
        """(N, D) -> (N, 2) int64, 0 to SIDE; what lies further out stands at the edge."""
        found = (vectors - self.middle) @ self.axes.T * self.scale + SIDE / 2
        return np.clip(np.rint(found), 0, SIDE).astype(np.int64)


def plane_of(vectors: np.ndarray, all_vectors: Iterable[np.ndarray] = ()) -> tuple[Plane, float]:
    """The plane in which rows (N, D) spread most, and the share of their spread that it shows, 0 to 1.

    Args:
        all_vectors: rows that have to find room in it, the outermost at the edge; without any, a length of 1 has room.
    """
    middle = mean_of(vectors)
    centred = (vectors - middle).astype(np.float64)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    shown = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-12))
    # A direction has no sign of its own: the first coordinate that is largest in it points right, or down.
    axes = axes[:2] * np.where(np.take_along_axis(axes[:2], np.abs(axes[:2]).argmax(1)[:, None], 1) < 0, -1, 1)
    reach = max((float(np.abs((rows - middle) @ axes.T).max()) for rows in all_vectors), default=1.0)
    return Plane(middle, axes, (SIDE / 2 - _EDGE) / max(reach, 1e-6)), shown


def frame(snapshot: Snapshot, plane: Plane) -> dict[str, Any]:
    """A snapshot as the page takes it: small whole numbers.

    points: x, y, x, y, ... of the pictures, then of the captions. hardest: of each learnt picture the row of a caption,
    then of each learnt caption that of a picture, -1 for none. pulls: picture, caption, share in thousandths, ...
    """
    points = plane.points(np.concatenate([snapshot.pictures, snapshot.captions]))
    shares = np.rint(snapshot.shares * _SHARES).astype(np.int64)
    return {
        "loss": None if snapshot.loss is None else round(snapshot.loss, 4),
        "recalls": [round(each, 1) for each in snapshot.recalls],
        "alike": round(snapshot.alike, 4),
        "violated": snapshot.violated,
        "points": points.ravel().tolist(),
        "hardest": snapshot.hardest.ravel().tolist(),
        "pulls": np.concatenate([snapshot.pulls, shares[:, None]], axis=1).ravel().tolist(),
    }


@dataclass(frozen=True)
class Film:
    """A run from epoch 0 on. shown: the share of the spread of the last epoch's vectors that the plane shows."""

    settings: FilmSettings
    shown: float
    frames: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, settings: FilmSettings, snapshots: Sequence[Snapshot]) -> Film:
        """In the plane in which the vectors of the last epoch spread most, with room for those of all."""
        rows = [np.concatenate([each.pictures, each.captions]) for each in snapshots]
        plane, shown = plane_of(rows[-1], rows)
        return cls(settings, round(shown, 4), tuple(frame(each, plane) for each in snapshots))

    def to_json(self) -> dict[str, Any]:
        return {"settings": asdict(self.settings), "shown": self.shown, "frames": list(self.frames)}

    def packed(self) -> bytes:
        """JSON, compressed; the same for the same film."""
        return gzip.compress(json.dumps(self.to_json(), separators=(",", ":")).encode(), 9, mtime=0)

    def save(self, path: Path) -> None:
        write_bytes(path, self.packed(), PACKED)


def film_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json.gz"


def open_film(path: Path) -> Film:
    """
    Raises:
        CollectionError: when the file is missing or damaged.
    """
    try:
        data = json.loads(gzip.decompress(path.read_bytes()))
        return Film(FilmSettings.from_json(data["settings"]), data["shown"], tuple(data["frames"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise CollectionError(f"{path} cannot be read ({error}): copy it again.") from error


def film_table(films: Mapping[str, Film]) -> str:
    """What runs came to at their last epoch, as a Markdown table."""
    head = ["run", "loss", "R@1 of pictures / captions", "of those kept out", "violated", "alike, first → last"]
    rows = []
    for name, film in films.items():
        first, last = film.frames[0], film.frames[-1]
        recalls = [figure(each, 0) for each in last["recalls"]]
        alike = " → ".join(figure(each["alike"], 2) for each in (first, last))
        rows.append([name, figure(last["loss"], 3), " / ".join(recalls[:2]), " / ".join(recalls[2:]),
                     f"{last['violated']:,}", alike])  # fmt: skip
    return "\n".join(table(head, rows))
