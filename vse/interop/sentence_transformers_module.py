"""A model of this project as a module of sentence-transformers; importing this takes that library.

The folders that `vse.interop.sentence_transformers` writes name this class.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from vse.encoders.base import EncoderBase
from vse.encoders.registry import load_model, model_folder
from vse.errors import ModalityError
from vse.interop.sentence_transformers import model_files
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.decoding import IMAGE_SUFFIXES


class VSEModule(InputModule):
    """Texts and pictures -> unit rows of one space; it encodes and does not learn.

    A picture is a PIL picture, an array (H, W, 3) of uint8, a `Path`, or a text that is the path of a picture file. The
    model is loaded again on the device that sentence-transformers moves the module to.

    Args:
        model: as `vse.load_model` takes it.
    """

    place: torch.Tensor  # nothing but where sentence-transformers has moved the module

    def __init__(self, model: str) -> None:
        super().__init__()
        self.source = model
        self.encoder = load_model(model)
        self.loaded_on = torch.device("cpu")
        self.register_buffer("place", torch.zeros(0), persistent=False)

    @property
    def modalities(self) -> list[Any]:
        read = [name for name in (TEXT, IMAGE) if name in self.encoder.modalities]
        return [*read, "message"]  # without which the library refuses texts and pictures in one list

    def get_embedding_dimension(self) -> int:
        return self.encoder.dim

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Inputs made ready, each with its modality; texts are read whatever their words are."""
        assert isinstance(self.encoder, EncoderBase)
        ready = []
        for each in inputs:
            modality, raw = _read(each)
            if modality == TEXT and prompt:
                raw = prompt + raw
            ready.append((modality, self.encoder.prepare(modality, raw, strict=False)))
        return {"inputs": ready}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Adds "sentence_embedding", (N, dim) float32."""
        if self.place.device != self.loaded_on:
            self.encoder = load_model(self.source, str(self.place.device))
            self.loaded_on = self.place.device
        assert isinstance(self.encoder, EncoderBase)
        vectors = np.zeros((len(features["inputs"]), self.encoder.dim), np.float32)
        for modality in dict.fromkeys(name for name, _ in features["inputs"]):
            rows = [row for row, (name, _) in enumerate(features["inputs"]) if name == modality]
            vectors[rows] = self.encoder.encode_prepared(modality, [features["inputs"][row][1] for row in rows])
        features["sentence_embedding"] = torch.from_numpy(vectors).to(self.place.device)
        return features

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        folder = model_folder(self.source)
        for name in model_files(folder):
            shutil.copyfile(folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, **kwargs: Any) -> VSEModule:
        return cls(str(Path(model_name_or_path).absolute()))


def _read(given: Any) -> tuple[str, Any]:
    """The modality of an input, and the input itself.

    Raises:
        ModalityError: for what is neither a text nor a picture.
    """
    if isinstance(given, dict) and len(given) == 1 and set(given) <= {TEXT, IMAGE}:
        modality, raw = next(iter(given.items()))
        return modality, raw
    if isinstance(given, str):
        is_file = os.path.splitext(given)[1].lower() in IMAGE_SUFFIXES and os.path.isfile(given)
        return (IMAGE if is_file else TEXT), given
    if isinstance(given, list | tuple):
        raise ModalityError(f"A {type(given).__name__} came as one input: give a text or a picture.")
    return IMAGE, given
