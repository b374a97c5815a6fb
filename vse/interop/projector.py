"""The files of TensorBoard's projector: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image

from vse.data import Collection
from vse.interop.points import points_of
from vse.io.atomic import Kind, check_folder, replace_folder
from vse.modalities.image.decoding import open_image

VECTORS, METADATA, CONFIG, SPRITE = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt", "sprite.png"
PROJECTOR = Kind(
    "projector files", lambda folder: (VECTORS, METADATA, CONFIG, SPRITE) if (folder / CONFIG).is_file() else ()
)
SPRITE_PIXELS = 8192  # a side; TensorBoard shows no larger one
USUAL_PIXELS = 48


def export(model: str, to: Path, *, collection: Collection, thumbnails: int = USUAL_PIXELS) -> str:
    """vectors.tsv, metadata.tsv, projector_config.pbtxt, and sprite.png, whose pictures are squares of so many pixels.

    Raises:
        WriteError: when anything else stands there.
        CollectionError, CheckpointError, ImageError: as `points_of`.
    """
    check_folder(to, PROJECTOR)
    points = points_of(model, collection)
    columns = math.ceil(math.sqrt(len(points.ids)))
    side = max(1, min(thumbnails, SPRITE_PIXELS // columns))
    sprite = Image.new("RGB", (columns * side, columns * side), "white")
    for row, path in enumerate(points.paths):
        picture = open_image(path, at_least=side).resize((side, side), Image.Resampling.LANCZOS)
        sprite.paste(picture, (row % columns * side, row // columns * side))
    with replace_folder(to, PROJECTOR) as work:
        with (work / VECTORS).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines("\t".join(f"{x:.6g}" for x in vector) + "\n" for vector in points.vectors)
        with (work / METADATA).open("w", encoding="utf-8", newline="\n") as file:
            file.write("id\tcaption\n")  # a header, as there are two columns
            file.writelines(
                f"{_one_line(id)}\t{_one_line(caption)}\n"
                for id, caption in zip(points.ids, points.captions, strict=True)
            )
        sprite.save(work / SPRITE)
        (work / CONFIG).write_text(
            f'embeddings {{\n  tensor_name: "{_quoted(f"{points.encoder.name} of {collection.name}")}"\n'
            f'  tensor_path: "{VECTORS}"\n  metadata_path: "{METADATA}"\n'
            f'  sprite {{\n    image_path: "{SPRITE}"\n'
            f"    single_image_dim: {side}\n    single_image_dim: {side}\n  }}\n}}\n",
            encoding="utf-8",
        )
    return f"{len(points.ids):,} pictures written to {to}; look at them with tensorboard --logdir {to}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
