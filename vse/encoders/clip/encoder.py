"""ClipEncoder: a CLIP of open_clip as an Encoder like any other (Radford et al. 2021, arXiv:2103.00020).

Pictures go through open_clip's own transform, texts as they are: no "a photo of" is put before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.functional import normalize

from vse.encoders.base import EncoderBase
from vse.encoders.clip.folder import (
    ClipParts,
    Tokenizer,
    build_clip,
    full_preprocess,
    load_clip_folder,
)
from vse.encoders.devices import INT8, ONNX, half_precision, torch_device
from vse.encoders.similarity import COSINE, Similarity
from vse.errors import ConfigError
from vse.io.hashing import fingerprint_of, json_bytes
from vse.io.progress import Progress
from vse.io.tensors import tensor_bytes
from vse.modalities.image.decoding import to_read
from vse.modalities.recipe.modality import recipe_of
from vse.modalities.recipe.parsing import check_recipe
from vse.modalities.text.tokenizer import MAX_CHARACTERS, check_text

if TYPE_CHECKING:
    from vse.encoders.onnx import Run

LONGEST = 8  # times the shorter side: what is over that of a picture is cut off, half at each end


class ClipEncoder(EncoderBase):
    """A CLIP: torch inside, numpy at the border.

    Args:
        parts: the model with its tokenizer and preprocessing.
        name: what to call it.
        device: where it runs, a name of `vse.encoders.devices.DEVICES`; with "onnx" its pictures do.
    """

    modalities: tuple[str, ...] = ("image", "text", "recipe")
    batch_sizes: Mapping[str, int] = MappingProxyType({"image": 32, "text": 64, "recipe": 64})
    similarity: Similarity = COSINE

    def __init__(self, parts: ClipParts, name: str, device: str = "cpu") -> None:
        from open_clip.transform import PreprocessCfg, image_transform_v2

        if device == INT8:
            raise ConfigError(f"{name} is a CLIP, and 8 bits are for the CNN of a VSE; give the device onnx.")
        self.parts = parts
        self.name = name
        self.fingerprint = fingerprint(parts)
        self.dim = int(parts.config["embed_dim"])
        self._pictures_by_onnx = device == ONNX
        self._device = torch.device(torch_device(device))
        self._model: Any = parts.model.eval().to(self._device)
        preprocess = PreprocessCfg(**parts.preprocess_cfg)
        self._transform = image_transform_v2(preprocess, is_train=False)
        self._size = int(np.max(preprocess.size))
        self._crops = preprocess.resize_mode == "shortest"

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self._model.parameters())

    def prepare(self, modality: str, raw: Any, strict: bool = True) -> np.ndarray:
        """A picture -> (3, size, size) float32, normalised; a sentence -> (context length,) int64 tokens.

        A recipe is read as a text, its title and its ingredients. What is over the context length is cut off. Without
        `strict` an empty text is no words at all.

        Raises:
            ImageError, TextError, RecipeError: for a picture or a recipe that cannot be read, an empty text or an
                overlong one.
        """
        if modality == "recipe":
            recipe = recipe_of(raw)
            if strict:
                check_recipe(recipe)
            raw = recipe.text[:MAX_CHARACTERS]
        if modality == "image":
            picture = to_read(raw, at_least=2 * self._size)
            pixels: Tensor = self._transform(_centre(picture, LONGEST) if self._crops else picture)
            return pixels.numpy()
        # Half a surrogate pair is no character and cannot be split into bytes.
        clean = check_text(raw) if strict else raw.encode("utf-8", "ignore").decode("utf-8")
        return self.parts.tokenizer([clean])[0].numpy()

    def encode_prepared(self, modality: str, prepared: Sequence[np.ndarray]) -> np.ndarray:
        if modality == "image" and self._pictures_by_onnx:
            return self._onnx(np.stack(prepared))
        inputs = torch.from_numpy(np.stack(prepared)).to(self._device)
        with torch.inference_mode(), half_precision(self._device.type):
            if modality == "image":
                return _unit(self._model.encode_image(inputs))
            return _unit(_embed_texts(self._model, inputs))

    @cached_property
    def _onnx(self) -> Run:
        """What runs the image tower.

        Raises:
            CheckpointError: when it cannot be an ONNX graph.
        """
        from vse.encoders.onnx import cached_runner

        drawn = torch.randn(2, 3, self._size, self._size, generator=torch.Generator().manual_seed(0))
        return cached_runner(self.fingerprint, partial(_ImageTower, self._model), [drawn])


class _ImageTower(nn.Module):
    """(N, 3, size, size) float32 -> (N, dim) unit rows."""

    def __init__(self, clip: Any) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, images: Tensor) -> Tensor:
        return normalize(self.clip.encode_image(images), dim=-1)


def _centre(image: Image.Image, most: int) -> Image.Image:
    """The middle of a picture, its longer side at most `most` times the shorter one.

    The transform scales the shorter side first and cuts the middle out then: it would make a picture of 2 x 20,000
    pixels huge before it throws nearly all of it away.
    """
    width, height = image.size
    wide, high = min(width, most * height), min(height, most * width)
    if (wide, high) == image.size:
        return image
    left, top = (width - wide) // 2, (height - high) // 2
    return image.crop((left, top, left + wide, top + high))


def _embed_texts(model: Any, tokens: Tensor) -> Tensor:
    """(N, context length) int64 -> (N, dim), not yet of unit length.

    In CLIP's own text tower attention looks back alone and the end of the text is what is read, so that the padding
    after the longest text of a batch changes nothing and is left out: most texts are far shorter than the context.
    """
    from open_clip import CLIP
    from open_clip.transformer import text_global_pool

    if not isinstance(model, CLIP) or model.attn_mask is None or model.text_pool_type != "argmax":
        vectors: Tensor = model.encode_text(tokens)
        return vectors
    length = int(tokens.argmax(dim=1).max()) + 1
    tokens = tokens[:, :length]
    x = model.token_embedding(tokens) + model.positional_embedding[:length]
    x = model.ln_final(model.transformer(x, attn_mask=model.attn_mask[:length, :length]))
    x = text_global_pool(x, tokens, model.text_pool_type)
    if model.text_projection is None:
        return x
    return model.text_projection(x) if isinstance(model.text_projection, nn.Linear) else x @ model.text_projection


def _unit(vectors: Tensor) -> np.ndarray:
    rows: np.ndarray = normalize(vectors.float(), dim=-1).cpu().numpy()
    return rows


def fingerprint(parts: ClipParts) -> str:
    """32 hexadecimal digits that change when anything changes that changes a vector."""
    described = (parts.config, parts.preprocess_cfg, _described(parts.tokenizer))
    return fingerprint_of([*map(json_bytes, described), *tensor_bytes(parts.model.state_dict())])


def _described(tokenizer: Tokenizer) -> list[Any]:
    """What decides which tokens a text gets."""
    inner = getattr(tokenizer, "tokenizer", None)  # Hugging Face's, in open_clip's wrapper
    words = inner.get_vocab() if inner is not None else getattr(tokenizer, "encoder", {})
    cleaning = getattr(getattr(tokenizer, "clean_fn", None), "__name__", "")
    length = getattr(tokenizer, "context_length", None)
    merges = list(getattr(tokenizer, "bpe_ranks", {}))
    return [type(tokenizer).__name__, length, cleaning, sorted(words.items(), key=lambda item: item[1]), merges]


def load_folder(folder: Path, device: str) -> ClipEncoder:
    """
    Raises:
        CheckpointError: when it does not fit together.
    """
    return ClipEncoder(load_clip_folder(folder), folder.name, device)


def load_named(name: str, device: str, progress: Progress | None = None) -> ClipEncoder | None:
    """A CLIP by a name as `vse.encoders.clip.weights` has them; None for a text that is not written like one.

    Args:
        progress: called with (bytes done, bytes in all) while weights are downloaded.

    Raises:
        CheckpointError: when it does not fit together, or open_clip does not know it.
        DownloadError: when its weights are not on this machine and cannot be downloaded.
    """
    from vse.encoders.clip.named import load_clip_named
    from vse.encoders.clip.weights import clip_named

    found = clip_named(name)
    return ClipEncoder(load_clip_named(found, progress), str(found), device) if found else None


def random_clip(architecture: str, device: str = "cpu") -> ClipEncoder:
    """An architecture of open_clip with random weights, which encodes pictures as quickly as a trained one.

    Its texts go through CLIP's own tokenizer, whatever the architecture's is.

    Raises:
        CheckpointError: for an architecture that open_clip does not know.
    """
    from open_clip.tokenizer import SimpleTokenizer

    from vse.encoders.clip.weights import architecture_named

    found = architecture_named(architecture)
    model = build_clip(found.config, f"The architecture {found}")
    parts = ClipParts(model, SimpleTokenizer(), full_preprocess(found.preprocess, model, found), found.config)
    return ClipEncoder(parts, f"{found}, random weights", device)
