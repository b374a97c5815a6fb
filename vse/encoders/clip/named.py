"""A CLIP by its open_clip name: the network built, its weights read strictly, its tokenizer found."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from vse.encoders.clip.folder import ClipParts, Tokenizer, build_clip, full_preprocess
from vse.encoders.clip.weights import ClipName
from vse.errors import CheckpointError, DownloadError
from vse.io.progress import Progress
from vse.io.tensors import load_strictly, read_tensors, without_counters


def load_clip_named(name: ClipName, progress: Progress | None = None) -> ClipParts:
    """The model of a name; its weights are downloaded when they are not on this machine.

    Args:
        progress: called with (bytes done, bytes in all) while downloading.

    Raises:
        CheckpointError: when a package is missing or a tensor does not fit; the message names it.
        DownloadError: when something has to be downloaded and cannot be.
    """
    config = name.config
    tokenizer = tokenizer_of(name)  # first: what is missing here is told before a long download
    model = build_clip(config, f"The architecture {name.architecture}")
    path = name.weights(progress)
    load_strictly(model, fitted(model, read_tensors(path)), path)
    return ClipParts(model, tokenizer, full_preprocess(name.preprocess, model, name), config)


def fitted(model: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under the names open_clip has for them now, as its own `load_checkpoint` renames older ones.

    Nothing is resized or filled in: what does not fit is left for strict loading to name.
    """
    from open_clip.convert import convert_state_dict
    from open_clip.model import convert_to_custom_text_state_dict

    found = dict(tensors)
    expected = model.state_dict()
    try:
        found = convert_state_dict(model, found)
        if "positional_embedding" in found and "positional_embedding" not in expected:
            found = convert_to_custom_text_state_dict(found)
    except (KeyError, AttributeError, RuntimeError):  # not what it looked like: strict loading names what is wrong
        found = dict(tensors)
    for scalar in ("logit_scale", "logit_bias"):
        if scalar in found and scalar in expected and found[scalar].numel() == expected[scalar].numel():
            found[scalar] = found[scalar].reshape(expected[scalar].shape)
    positions = "text.transformer.embeddings.position_ids"
    if positions not in expected:
        found.pop(positions, None)
    return without_counters(found)


def tokenizer_of(name: ClipName) -> Tokenizer:
    """open_clip's own, or one that Hugging Face's library downloads and keeps.

    Raises:
        CheckpointError: when that library is not installed.
        DownloadError: when it cannot get the tokenizer.
    """
    from open_clip import get_tokenizer

    try:
        tokenizer: Tokenizer = get_tokenizer(name.architecture)
    except ImportError as error:
        package = error.name or "transformers"
        raise CheckpointError(f"The tokenizer of {name} needs {package}: run pip install {package}.") from error
    except Exception as error:  # the network, a cut-short cache, and what Hugging Face's library makes of them
        source = name.config["text_cfg"].get("hf_tokenizer_name", "its tokenizer")
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        advice = "check the network connection and try again"
        raise DownloadError(f"The tokenizer {source} of {name} is not here ({reason}): {advice}.") from error
    return tokenizer
