"""A CLIP of open_clip as a joint model that can be trained."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from vse.encoders.joint import TwoTowers

COLDEST = math.log(100.0)  # of logit_scale; CLIP keeps the temperature at 0.01 at least (Radford et al. 2021, 2.5)


class ClipModule(TwoTowers):
    """A CLIP whose captions are no longer than the longest of the batch."""

    def __init__(self, clip: Any) -> None:
        super().__init__()
        self.clip = clip
        # As a plain attribute: the average of weights takes buffers in, and averaging -inf gives NaN.
        mask = clip._buffers.pop("attn_mask")
        clip.attn_mask = mask

    @property
    def feature_width(self) -> int:
        return self.clip.text_projection.shape[1]

    def image_features(self, images: Tensor) -> Tensor:
        return self.clip.encode_image(images)

    def embed_features(self, features: Tensor) -> Tensor:
        return normalize(features, dim=-1)

    def embed_texts(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """As the CLIP's encode_text, which takes texts of full length only.

        Attention looks back alone, so that what follows a text's end does not matter.
        """
        clip, length = self.clip, ids.shape[1]
        x = clip.token_embedding(ids) + clip.positional_embedding[:length]
        x = clip.transformer(x, attn_mask=clip.attn_mask[:length, :length])
        x = clip.ln_final(x[torch.arange(len(ids)), lengths - 1])
        return normalize(x @ clip.text_projection, dim=-1)

    def temperature(self) -> Tensor:
        with torch.no_grad():
            self.clip.logit_scale.clamp_(max=COLDEST)
        return (-self.clip.logit_scale).exp()
