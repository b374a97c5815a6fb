"""A CLIP of open_clip as a joint model that can be trained."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from vse.encoders.joint import JointModel

COLDEST = math.log(100.0)  # of logit_scale; CLIP keeps the temperature at 0.01 at least (Radford et al. 2021, 2.5)


class ClipModule(JointModel):
    """A CLIP whose captions are no longer than the longest of the batch."""

    def __init__(self, clip: Any) -> None:
        super().__init__()
        self.clip = clip
        # As a plain attribute: the average of weights takes buffers in, and averaging -inf gives NaN.
        mask = clip._buffers.pop("attn_mask")
        clip.attn_mask = mask

    @property
    def dim(self) -> int:
        return self.clip.text_projection.shape[1]

    def feature_width(self, modality: str) -> int:
        return self.clip.text_projection.shape[1]

    def features(self, modality: str, inputs: Any) -> Tensor:
        """Vectors of the joint space, not yet of unit length; a recipe is the one line that stands for it."""
        if modality == "image":
            return self.clip.encode_image(inputs)
        if modality == "recipe":
            ids = inputs[0][:, 0]
            inputs = ids, ids.argmax(dim=1) + 1  # the end has the highest number, as in CLIP
        return self._encode_text(*inputs)

    def _encode_text(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """As the CLIP's encode_text, which takes texts of full length only.

        Attention looks back alone, so that what follows a text's end does not matter.
        """
        clip, length = self.clip, ids.shape[1]
        x = clip.token_embedding(ids) + clip.positional_embedding[:length]
        x = clip.transformer(x, attn_mask=clip.attn_mask[:length, :length].to(x.device))
        x = clip.ln_final(x[torch.arange(len(ids), device=x.device), lengths - 1])
        return x @ clip.text_projection

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        return normalize(features, dim=-1)

    def logit_scale(self) -> Tensor:
        return self.clip.logit_scale.exp()

    def clamp_logit_scale(self) -> None:
        with torch.no_grad():
            self.clip.logit_scale.clamp_(max=COLDEST)
