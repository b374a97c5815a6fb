"""Models by name: those that ship, folders, and CLIPs of open_clip."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from vse.encoders.base import Encoder
from vse.encoders.clip.folder import CLIP_CONFIG
from vse.encoders.vse.checkpoint import CONFIG, load_checkpoint
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError
from vse.io.configs import read_json
from vse.io.paths import DEFAULT_CLIP, DEFAULT_MODEL, MODELS, bundled_folder
from vse.io.progress import Progress


def _find_folder(name_or_path: str | Path) -> Path | None:
    """The folder of a bundled model's name, or of a path; None when there is neither."""
    bundled = bundled_folder(name_or_path, MODELS, (CONFIG, CLIP_CONFIG), CheckpointError)
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
        f"or a CLIP of open_clip as ARCHITECTURE/TAG, such as {DEFAULT_CLIP}, or ARCHITECTURE@PATH."
    )


def list_models() -> list[str]:
    """The names of the bundled models."""
    return sorted({path.parent.name for config in (CONFIG, CLIP_CONFIG) for path in MODELS.glob(f"*/{config}")})


def dim_of(folder: Path) -> int:
    """The dimensions of the space of a folder's model, without loading its weights.

    Raises:
        CheckpointError: when its configuration cannot be read.
    """
    is_clip = (folder / CLIP_CONFIG).is_file()
    try:
        if is_clip:
            return int(read_json(folder / CLIP_CONFIG)["model_cfg"]["embed_dim"])
        return int(read_json(folder / CONFIG)["model"]["dim"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} describes no model ({error!r}); copy the folder again.") from error


def best_device() -> str:
    """The quickest device of this machine: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def load_model(
    name_or_path: str | Path = MODELS / DEFAULT_MODEL, device: str = "cpu", progress: Progress | None = None
) -> Encoder:
    """A bundled model by name, any model folder by path, or a CLIP by its open_clip name.

    Args:
        name_or_path: a text without a separator is a name, see `vse.io.paths.bundled_folder`; also
            "ViT-B-32/laion2b_s34b_b79k", an architecture and a tag that open_clip knows, whose weights are downloaded
            once; or "ViT-B-32@weights.safetensors", an architecture and a file.
        device: "cpu", "cuda", "mps", or "auto" for the quickest there is.
        progress: called with (bytes done, bytes in all, or 0 when unknown) while weights are downloaded; what it
            raises ends the download, which the next call goes on with.

    Raises:
        CheckpointError: when it is not there, may mean two or does not fit together.
        DownloadError: when its weights are not on this machine and cannot be downloaded.
    """
    device = best_device() if device == "auto" else device
    folder = _find_folder(name_or_path)
    if folder and not (folder / CLIP_CONFIG).is_file():
        return VSEEncoder(load_checkpoint(folder), name=folder.name, device=device)
    from vse.encoders.clip.encoder import load_clip

    clip = load_clip(folder or str(name_or_path), device, progress)
    if clip is None:
        raise _no_model(name_or_path)
    return clip
