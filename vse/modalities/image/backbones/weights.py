"""The weights of a backbone from a file: .safetensors, or a file of tensors by torch."""

from __future__ import annotations

from pathlib import Path

from vse.errors import CheckpointError
from vse.io.tensors import load_strictly, read_tensors, without_counters
from vse.modalities.image.backbones.build import Backbone, build_backbone


def load_backbone(
    name: str, weights: str | Path, *, trainable: bool = False, size: int | None = None, fit: str = "crop"
) -> Backbone:
    """A backbone by its name, with the weights of a file.

    Args:
        weights: under the names of the library that the backbone is of. The classifier's may be among them or not.
            No code in the file is run.
        name, trainable, size, fit: as `build_backbone` takes them.

    Raises:
        CheckpointError: for an unknown name, a file that cannot be read, or a tensor that is missing, unknown or of
            another shape; the message names it.
    """
    path = Path(weights)
    if not path.is_file():
        raise CheckpointError(f"{path} is not a file: give the path of the weights of {name}.")
    backbone = build_backbone(name, trainable=trainable, size=size, fit=fit)
    tensors = {k: v for k, v in without_counters(read_tensors(path)).items() if k not in backbone.left_out}
    try:
        load_strictly(backbone.network, tensors, path)
    except CheckpointError as error:
        raise CheckpointError(f"The weights do not fit the backbone {name}: {error}") from error
    return backbone
