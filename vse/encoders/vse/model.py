"""The two towers of a visual-semantic embedding (Kiros et al. 2014; Faghri et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize, relu
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vse.encoders.joint import TwoTowers
from vse.encoders.vse.config import OWN_BACKBONES, ImageConfig, ModelConfig, TextConfig
from vse.modalities.image.pooling import pooling
from vse.modalities.text.vocabulary import UNKNOWN


def _conv(channels_in: int, channels_out: int, stride: int = 1, kernel: int = 3) -> list[nn.Module]:
    return [
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(channels_out),
    ]


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut (He et al. 2016); the shortcut averages where it shrinks."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_conv(channels_in, channels_out, stride), nn.ReLU(inplace=True), *_conv(channels_out, channels_out)
        )
        shortcut: list[nn.Module] = [nn.AvgPool2d(stride, ceil_mode=True)] if stride > 1 else []
        if stride > 1 or channels_in != channels_out:
            shortcut += _conv(channels_in, channels_out, kernel=1)
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.body(x) + self.shortcut(x))


def small_resnet(widths: tuple[int, ...], blocks: tuple[int, ...]) -> nn.Sequential:
    """A residual CNN: a stem that halves the picture, then stages that each halve it again.

    (N, 3, H, W) -> (N, widths[-1], H / 2^len(widths), W / 2^len(widths)).
    """
    layers: list[nn.Module] = [nn.Sequential(*_conv(3, widths[0], stride=2), nn.ReLU(inplace=True))]
    for before, width, depth in zip(widths, widths[1:], blocks, strict=False):
        stage = [ResidualBlock(before, width, stride=2)] + [ResidualBlock(width, width) for _ in range(depth - 1)]
        layers.append(nn.Sequential(*stage))
    return nn.Sequential(*layers)


def backbone_of(config: ImageConfig) -> tuple[nn.Module, int]:
    """The CNN that a configuration names, with random weights, and its channels; its frozen norms are folded.

    Raises:
        CheckpointError: for a name that is neither of this project nor of torchvision or timm.
    """
    if config.backbone == "small_resnet":
        return small_resnet(config.widths, config.blocks), config.widths[-1]
    if config.backbone == "features":
        return nn.Identity(), config.widths[-1]
    from vse.modalities.image.backbones.build import build_backbone, folded

    backbone = folded(build_backbone(config.backbone, trainable=True, size=config.size, fit=config.fit))
    return backbone, backbone.channels


class ImageTower(nn.Module):
    """CNN features -> affine map -> unit vector: (N, 3, size, size) float -> (N, dim).

    With the backbone "features" there is no CNN, and rows (N, widths[-1]) come in the place of pictures.
    """

    def __init__(self, config: ImageConfig, dim: int) -> None:
        super().__init__()
        self.backbone, channels = backbone_of(config)
        self.pooling = pooling(config, channels)
        self.affine = nn.Linear(self.pooling.width, dim)

    def features(self, images: Tensor) -> Tensor:
        """(N, width): the last layer, pooled."""
        return self.pooling(self.backbone(images))

    def embed(self, features: Tensor) -> Tensor:
        """(N, width) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def forward(self, images: Tensor) -> Tensor:
        return self.embed(self.features(images))


class TextTower(nn.Module):
    """Words -> GRU or LSTM -> affine map of its states -> unit vector: (N, L) int64 ids -> (N, dim).

    The sentence is the last state, or with the pooling "mean" the mean of the states at all words.
    """

    def __init__(self, config: TextConfig, vocabulary_size: int, dim: int) -> None:
        super().__init__()
        self.word_dropout = config.word_dropout
        self.pooling = config.pooling
        self.embedding = nn.Embedding(vocabulary_size, config.word_dim, padding_idx=0)
        cell = nn.GRU if config.cell == "gru" else nn.LSTM
        self.recurrent = cell(config.word_dim, config.hidden, batch_first=True, bidirectional=config.bidirectional)
        self.affine = nn.Linear(config.hidden * (2 if config.bidirectional else 1), dim)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        if self.training and self.word_dropout:
            dropped = (torch.rand(ids.shape, device=ids.device) < self.word_dropout) & (ids != 0)
            ids = ids.masked_fill(dropped, UNKNOWN)
        packed = pack_padded_sequence(self.embedding(ids), lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, state = self.recurrent(packed)
        if self.pooling == "mean":
            padded, counts = pad_packed_sequence(states, batch_first=True)
            return normalize(self.affine(padded.sum(dim=1) / counts[:, None].to(padded)), dim=-1)
        hidden = state[0] if isinstance(state, tuple) else state
        last = torch.cat(tuple(hidden), dim=-1)
        return normalize(self.affine(last), dim=-1)


class VSE(TwoTowers):
    """Both towers. With the order similarity, coordinates are made non-negative (Vendrov et al. 2015, section 4.2)."""

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.image_tower = ImageTower(config.image, config.dim)
        self.text_tower = TextTower(config.text, vocabulary_size, config.dim)

    @property
    def feature_width(self) -> int:
        return self.image_tower.pooling.width

    def pretrained(self) -> Iterable[nn.Parameter]:
        return self.image_tower.backbone.parameters() if self.config.image.backbone not in OWN_BACKBONES else ()

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        from vse.modalities.image.backbones.build import Backbone

        if isinstance(self.image_tower.backbone, Backbone):
            self.image_tower.backbone.learn(learns, frozen_layers)

    def image_features(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) float32, normalised by the model's preprocessing -> (N, feature_width)."""
        return self.image_tower.features(images)

    def embed_features(self, features: Tensor) -> Tensor:
        """(N, feature_width) -> (N, dim) unit rows."""
        return self._signed(self.image_tower.embed(features))

    def embed_texts(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(N, L) int64 word ids padded with 0 and (N,) lengths -> (N, dim) unit rows."""
        return self._signed(self.text_tower(ids, lengths))

    def _signed(self, vectors: Tensor) -> Tensor:
        return vectors.abs() if self.config.similarity == "order" else vectors
