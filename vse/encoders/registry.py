"""Models by name: those that ship, folders, and CLIPs of open_clip."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from vse.encoders.base import Encoder, EncoderBase
from vse.encoders.calibration import Calibration
from vse.encoders.devices import chosen_device
from vse.errors import CheckpointError
from vse.io.configs import read_json
from vse.io.hub import HUB, LOCAL, hub_folder, local_folder, split_revision
from vse.io.importing import imported
from vse.io.paths import DEFAULT_CLIP, DEFAULT_MODEL, MODELS, bundled_folder
from vse.io.progress import Progress


@dataclass(frozen=True)
class EncoderKind:
    """A kind of model, imported when one comes.

    mark: the file by which a folder of it is told.
    dim: where in that file the dimensions of its space stand.
    load_folder: import path of (folder, device) -> Encoder.
    load_named: import path of (text, device, progress) -> Encoder for what has a name and no folder; None for a text
        that is not written like such a name.
    """

    mark: str
    dim: tuple[str, ...]
    load_folder: str
    load_named: str = ""


# One line a kind of model. A folder with the marks of several is of the first: CLIPs may hold a config.json, too.
ENCODERS: dict[str, EncoderKind] = {
    "clip": EncoderKind(
        "open_clip_config.json",
        ("model_cfg", "embed_dim"),
        "vse.encoders.clip.encoder:load_folder",
        "vse.encoders.clip.encoder:load_named",
    ),
    "vse": EncoderKind("config.json", ("model", "dim"), "vse.encoders.vse.encoder:load_folder"),
}
DEFAULT_KIND = "vse"


def kind_in(folder: Path) -> str:
    """The kind of model in a folder; DEFAULT_KIND where none is told, which names what is missing when it is loaded."""
    return next((name for name, kind in ENCODERS.items() if (folder / kind.mark).is_file()), DEFAULT_KIND)


def _marks() -> tuple[str, ...]:
    return tuple(kind.mark for kind in ENCODERS.values())


def _find_folder(name_or_path: str | Path) -> Path | None:
    """The folder of a bundled model's name, of a path, or of what `vse.io.hub` writes; None when there is neither."""
    if isinstance(name_or_path, str) and name_or_path.startswith(HUB):
        return hub_folder(name_or_path.removeprefix(HUB))
    if isinstance(name_or_path, str) and name_or_path.startswith(LOCAL):
        return local_folder(name_or_path.removeprefix(LOCAL))
    bundled = bundled_folder(name_or_path, MODELS, _marks(), CheckpointError)
    return bundled or (Path(name_or_path) if os.path.isdir(name_or_path) else None)


def model_folder(name_or_path: str | Path) -> Path:
    """The folder of a bundled model's name, or of a path.

    Raises:
        CheckpointError: when there is neither, and when a name may mean both; the message lists what is bundled.
    """
    if folder := _find_folder(name_or_path):
        return folder
    raise _no_model(name_or_path)


def _no_model(name: str | Path) -> CheckpointError:
    names = ", ".join(list_models()) or "none"
    return CheckpointError(
        f"No model {str(name)!r}: expected a model folder's path or one of {names}; "
        f"or a CLIP of open_clip as ARCHITECTURE/TAG, such as {DEFAULT_CLIP}, or ARCHITECTURE@PATH; "
        f"or a model of the Hub as {HUB}user/model."
    )


def list_models() -> list[str]:
    """The names of the bundled models."""
    return sorted({path.parent.name for mark in _marks() for path in MODELS.glob(f"*/{mark}")})


def dim_of(folder: Path) -> int:
    """The dimensions of the space of a folder's model, without loading its weights.

    Raises:
        CheckpointError: when its configuration cannot be read.
    """
    kind = ENCODERS[kind_in(folder)]
    try:
        value = read_json(folder / kind.mark)
        for key in kind.dim:
            value = value[key]
        return int(value)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} describes no model ({error!r}); copy the folder again.") from error


def load_model(
    name_or_path: str | Path = MODELS / DEFAULT_MODEL, device: str | None = None, progress: Progress | None = None
) -> Encoder:
    """A bundled model by name, any model folder by path, or a CLIP by its open_clip name.

    Args:
        name_or_path: a text without a separator is a name, see `vse.io.paths.bundled_folder`; also
            "ViT-B-32/laion2b_s34b_b79k", an architecture and a tag that open_clip knows, whose weights are downloaded
            once; "ViT-B-32@weights.safetensors", an architecture and a file; "hf-hub:user/model", which is
            downloaded once from the Hugging Face Hub; or "local-dir:folder", open_clip's way to write a folder.
        device: one of `vse.encoders.devices.DEVICES`, such as "cuda", or "auto" for the quickest there is; where none
            is given, that of the environment variable VSE_DEVICE, else "cpu".
        progress: called with (bytes done, bytes in all, or 0 when unknown) while weights are downloaded; what it
            raises ends the download, which the next call goes on with.

    Raises:
        CheckpointError: when it is not there, may mean two or does not fit together.
        ConfigError: for a device that there is not.
        DownloadError: when its weights are not on this machine and cannot be downloaded.
    """
    device = chosen_device(device)
    folder = _find_folder(name_or_path)
    if folder:
        found: Encoder = imported(ENCODERS[kind_in(folder)].load_folder)(folder, device)
        if isinstance(found, EncoderBase):
            found.calibration = Calibration.load(folder, found.fingerprint)
        if isinstance(name_or_path, str) and name_or_path.startswith(HUB):
            found.name = split_revision(name_or_path.removeprefix(HUB))[0]  # its folder is called by its commit
        return found
    for kind in ENCODERS.values():
        if kind.load_named and (named := imported(kind.load_named)(str(name_or_path), device, progress)) is not None:
            return named
    raise _no_model(name_or_path)


def from_pretrained(repository: str, revision: str | None = None, device: str = "cpu") -> Encoder:
    """A model of the Hugging Face Hub, such as "user/model"; downloaded once.

    Args:
        revision: a branch, a tag or a commit.
        device: as for `load_model`.

    Raises:
        CheckpointError: when what came does not fit together, or for what is no name.
        DownloadError: when it is not on this machine and cannot be downloaded.
    """
    return load_model(f"{HUB}{repository}" + (f"@{revision}" if revision else ""), device)
