"""What a model's folder holds besides the model: a network of its own that reads or writes the model's space.

A part is two files, NAME.json and NAME.safetensors. It is read when it is first asked for, changes no vector that the
model makes, and belongs to one model alone: the file names the fingerprint of the weights it was trained beside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from vse.errors import CheckpointError
from vse.io.atomic import write_bytes, write_text
from vse.io.configs import read_json
from vse.io.hashing import fingerprint_of
from vse.io.tensors import read_weights, without_counters

PARTS = ("captioner", "speech")


def part_files(name: str) -> tuple[str, str]:
    """The two files of a part, as they are called in a model's folder."""
    return f"{name}.json", f"{name}.safetensors"


def has_part(folder: Path | None, name: str) -> bool:
    return folder is not None and (folder / part_files(name)[0]).is_file()


def part_hash(folder: Path, name: str) -> str:
    """32 hexadecimal digits that change with the files of a part.

    Raises:
        CheckpointError: when a file is missing.
    """
    try:
        return fingerprint_of([(folder / file).read_bytes() for file in part_files(name)])
    except OSError as error:
        raise CheckpointError(f"{error.filename} cannot be read ({error.strerror}); copy it again.") from error


def save_part(folder: Path, name: str, fingerprint: str, about: Mapping[str, Any], network: nn.Module) -> None:
    """Write a part beside its model, the weights in float16; one that is there is replaced.

    Args:
        fingerprint: of the model, without the part.
        about: what JSON can hold; `read_part` gives it back.
    """
    settings, weights = part_files(name)
    tensors = {
        key: (tensor.to(torch.float16) if tensor.is_floating_point() else tensor).contiguous()
        for key, tensor in without_counters(network.state_dict()).items()
    }
    # Without its settings there is no part: whatever breaks off here, old settings never stand beside new weights.
    (folder / settings).unlink(missing_ok=True)
    write_bytes(folder / weights, save_tensors(tensors))
    write_text(folder / settings, json.dumps({"model": fingerprint, **about}, ensure_ascii=False, indent=1) + "\n")


def read_part(folder: Path, name: str, fingerprint: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What `save_part` was told of a part, and its tensors.

    Raises:
        CheckpointError: when a file is missing or damaged, or the part was trained beside other weights.
    """
    settings, weights = (folder / file for file in part_files(name))
    about = read_json(settings)
    if not isinstance(about, dict) or "model" not in about:
        raise CheckpointError(f"{settings} is no part of a model; copy it again.")
    if about.pop("model") != fingerprint:
        raise CheckpointError(f"{settings} was trained beside other weights than {folder.name} has now; train it anew.")
    return about, read_weights(weights)


def made_by(folder: Path, name: str) -> dict[str, Any]:
    """How a part was made, and what it was made from: what its file says beside its architecture and its words.

    Raises:
        CheckpointError: when the file is missing or damaged.
    """
    about = read_json(folder / part_files(name)[0])
    return {key: value for key, value in about.items() if key not in ("model", "config", "words")}
