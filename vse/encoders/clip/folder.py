"""A CLIP is a folder: open_clip_config.json, open_clip_model.safetensors, merges.txt, metrics.json, README.md, ...

The first two are named and laid out as open_clip's own folders are. merges.txt is plain UTF-8: a first line that is
passed over, then one merge "left right" a line, the earliest first; without it a folder has CLIP's own 49,408 tokens.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from vse.encoders.calibration import CALIBRATION, COHORT, DOMAIN
from vse.encoders.files import CARD, HISTORY, METRICS
from vse.errors import CheckpointError
from vse.io.atomic import Kind, replace_folder, restore_folder
from vse.io.configs import read_json, read_text
from vse.io.tensors import load_strictly, read_tensors, without_counters

CLIP_CONFIG, CLIP_WEIGHTS, MERGES, TRAINING = (
    "open_clip_config.json",
    "open_clip_model.safetensors",
    "merges.txt",
    "training.json",
)
TORCH_WEIGHTS = "open_clip_pytorch_model.bin"  # what open_clip also writes; of torch's files only tensors are read
HF_TOKENIZER = "tokenizer.json"
MERGES_HEADER = "#version: 1"
_WRITTEN = (CLIP_CONFIG, CLIP_WEIGHTS, MERGES, TRAINING, METRICS, HISTORY, CARD, CALIBRATION, DOMAIN, COHORT)
CLIP_MODEL = Kind("a CLIP", lambda folder: _WRITTEN if (folder / CLIP_CONFIG).is_file() else ())
_PREPROCESS_KEYS = ("mean", "std", "interpolation", "resize_mode")

Tokenizer = Callable[[list[str]], Tensor]


@dataclass(frozen=True, eq=False)
class ClipParts:
    """What encoding needs.

    model: of open_clip, in eval mode, on the CPU, in float32.
    tokenizer: texts -> (N, context length) int64.
    preprocess_cfg: the fields of open_clip's PreprocessCfg.
    config: open_clip's model configuration (embed_dim, vision_cfg, text_cfg, ...).
    """

    model: nn.Module
    tokenizer: Tokenizer
    preprocess_cfg: dict[str, Any]
    config: dict[str, Any]


def bpe_tokenizer(merges: Sequence[tuple[str, str]], context_length: int, **options: Any) -> Any:
    """open_clip's SimpleTokenizer over these merges: 512 bytes, the merges, start and end of text.

    Args:
        merges: pairs of pieces in the order they are applied; a piece that ends a word ends in "</w>".
        context_length: tokens a text is padded or cut to, start and end included.
        options: what else SimpleTokenizer takes.
    """
    from open_clip.tokenizer import SimpleTokenizer

    # SimpleTokenizer reads a gzip file, passes over its first line and would take a newline at the end for a merge.
    lines = "\n".join([MERGES_HEADER, *(f"{left} {right}" for left, right in merges)])
    file = io.BytesIO(gzip.compress(lines.encode("utf-8"), mtime=0))
    return SimpleTokenizer(bpe_path=file, context_length=context_length, **options)


def read_merges(path: Path) -> list[tuple[str, str]]:
    """
    Raises:
        CheckpointError: for a file that cannot be read, and for a line that is no pair; the message gives its number.
    """
    merges = []
    for number, line in enumerate(read_text(path).splitlines()[1:], start=2):
        pieces = line.split()
        if len(pieces) == 2:
            merges.append((pieces[0], pieces[1]))
        elif pieces:
            raise CheckpointError(f"{path}: line {number} is {line[:50]!r}, expected two pieces; copy it again.")
    return merges


def build_clip(config: Mapping[str, Any], source: object) -> nn.Module:
    """The untrained network of a configuration; nothing is downloaded for it.

    Raises:
        CheckpointError: when open_clip cannot build it; the message names `source`.
    """
    from open_clip import CLIP, CustomTextCLIP
    from open_clip.coca_model import CoCa

    own: dict[str, Any] = json.loads(json.dumps(dict(config)))  # a deep copy: open_clip keeps parts of what it is given
    try:
        text, vision = own["text_cfg"], own["vision_cfg"]
        for tower, named, pretrained in (
            (vision, "timm_model_name", "timm_model_pretrained"),
            (text, "hf_model_name", "hf_model_pretrained"),
        ):
            if named in tower:
                tower[pretrained] = False
        custom = own.pop("custom_text", False) or "hf_model_name" in text
        kind = (CoCa if "multimodal_cfg" in own else CustomTextCLIP) if custom else CLIP
        return kind(**own).eval()
    except ImportError as error:
        raise CheckpointError(f"{source} needs a package that is missing ({error}): install it with pip.") from error
    except Exception as error:  # open_clip checks configurations by using them
        reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        raise CheckpointError(f"{source} describes no network that open_clip can build ({reason}).") from error


def full_preprocess(given: Mapping[str, Any], model: nn.Module, source: object) -> dict[str, Any]:
    """All fields of open_clip's PreprocessCfg: those given, the size of the model's pictures, and the usual values.

    Raises:
        CheckpointError: for a value that open_clip does not know.
    """
    from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict

    size = getattr(getattr(model, "visual", None), "image_size", None)
    merged = merge_preprocess_dict(PreprocessCfg(), {**given, **({} if size is None else {"size": size})})
    try:
        if not len(merged["mean"]) == len(merged["std"]) == 3 or min(merged["std"]) <= 0:
            raise ValueError("mean and std must be three numbers each, positive ones for std")
        image_transform_v2(PreprocessCfg(**merged), is_train=False)
    except (AssertionError, TypeError, ValueError) as error:
        reason = str(error).rstrip(".") or "it knows no such values"
        raise CheckpointError(
            f"{source}: the preprocessing {dict(given)} is not one of open_clip's: {reason}."
        ) from error
    return json.loads(json.dumps(merged))


def load_clip_folder(folder: Path) -> ClipParts:
    """The model of a folder, whatever floating point type it is stored in.

    Raises:
        CheckpointError: when a file is missing or a part does not fit; the message names it.
    """
    restore_folder(folder)
    path = folder / CLIP_CONFIG
    data = read_json(path)
    config = data.get("model_cfg") if isinstance(data, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("text_cfg"), dict):
        raise CheckpointError(f"{path} has no model_cfg with a text_cfg; copy the folder again.")
    given = data.get("preprocess_cfg")
    if not isinstance(given, dict | None):
        raise CheckpointError(f"{path}: preprocess_cfg is {str(given)[:60]!r}, expected an object; copy it again.")
    model = build_clip(config, path)
    weights = folder / CLIP_WEIGHTS
    if not weights.is_file() and (folder / TORCH_WEIGHTS).is_file():
        weights = folder / TORCH_WEIGHTS
    load_strictly(model, without_counters(read_tensors(weights)), weights)
    preprocess = full_preprocess(given or {}, model, path)
    return ClipParts(model, _folder_tokenizer(folder, config["text_cfg"]), preprocess, config)


def _folder_tokenizer(folder: Path, text: Mapping[str, Any]) -> Tokenizer:
    from open_clip.tokenizer import SimpleTokenizer

    length, options = text.get("context_length", 77), text.get("tokenizer_kwargs", {})
    merges = read_merges(folder / MERGES) if (folder / MERGES).is_file() else None
    if merges is None and "hf_tokenizer_name" in text:
        return _hf_tokenizer(folder, length, options)
    try:
        if merges is None:
            tokenizer = SimpleTokenizer(context_length=length, **options)
        else:
            tokenizer = bpe_tokenizer(merges, length, **options)
        tokenizer(["a"])  # as the configuration of a network, its options are checked by using them
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise CheckpointError(f"{folder / CLIP_CONFIG} describes no tokenizer ({reason}); copy it again.") from error
    expected = text.get("vocab_size", 49408)
    tokens = 1 + max(tokenizer.encoder.values())  # not vocab_size: two merges may make the same piece
    if tokens != expected:
        came = f"{folder / MERGES} makes {tokens} tokens"
        raise CheckpointError(f"{came}, {CLIP_CONFIG} asks for {expected}; they are of two models or one is missing.")
    return tokenizer


def _hf_tokenizer(folder: Path, length: int, options: Mapping[str, Any]) -> Tokenizer:
    """The tokenizer of Hugging Face's library that lies in the folder; nothing is downloaded and no code is run.

    Raises:
        CheckpointError: when it is not there, cannot be read, or the library is not installed.
    """
    from open_clip.tokenizer import HFTokenizer

    if not (folder / HF_TOKENIZER).is_file():
        raise CheckpointError(f"{folder} has neither {MERGES} nor {HF_TOKENIZER}: copy the model's tokenizer there.")
    try:
        tokenizer: Tokenizer = HFTokenizer(str(folder), context_length=length, **options)
        tokenizer(["a"])
    except ImportError as error:
        raise CheckpointError(f"The tokenizer in {folder} needs transformers: run pip install transformers.") from error
    except Exception as error:  # what that library makes of other bytes
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise CheckpointError(f"{folder / HF_TOKENIZER} is no tokenizer ({reason}); copy it again.") from error
    return tokenizer


def save_clip_folder(
    folder: Path,
    parts: ClipParts,
    *,
    dtype: torch.dtype = torch.float32,
    metrics: Mapping[str, Any] | None = None,
    history: Sequence[Mapping[str, Any]] = (),
    training: Mapping[str, Any] | None = None,
    card: str = "",
) -> None:
    """Write the folder whole or not at all; floating point weights are stored as `dtype`.

    Args:
        parts: the tokenizer is a SimpleTokenizer, as `bpe_tokenizer` makes.

    Raises:
        CheckpointError: for a tokenizer of another kind.
        WriteError: when the folder holds anything but a CLIP.
    """
    ranks = getattr(parts.tokenizer, "bpe_ranks", None)
    if ranks is None:
        raise CheckpointError(f"A {type(parts.tokenizer).__name__} came: only a SimpleTokenizer's merges can be saved.")
    merges = [MERGES_HEADER, *(f"{left} {right}" for left, right in sorted(ranks, key=ranks.__getitem__))]
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in without_counters(parts.model.state_dict()).items()
    }
    preprocess = {key: parts.preprocess_cfg[key] for key in _PREPROCESS_KEYS if key in parts.preprocess_cfg}
    if parts.preprocess_cfg.get("fill_color"):
        preprocess["fill_color"] = parts.preprocess_cfg["fill_color"]
    with replace_folder(folder, CLIP_MODEL) as work:
        (work / CLIP_WEIGHTS).write_bytes(save_tensors(tensors))
        for name, data in (
            (CLIP_CONFIG, {"model_cfg": parts.config, "preprocess_cfg": preprocess}),
            (METRICS, dict(metrics or {})),
            (HISTORY, list(history)),
            (TRAINING, dict(training or {})),
        ):
            (work / name).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (work / MERGES).write_text("\n".join(merges) + "\n", encoding="utf-8", newline="\n")
        (work / CARD).write_text(card, encoding="utf-8")
