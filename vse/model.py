"""The two towers of a visual-semantic embedding (Kiros et al. 2014; Faghri et al. 2018)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, normalize, relu
from torch.nn.utils.rnn import pack_padded_sequence

from vse.config import ImageConfig, ModelConfig, TextConfig
from vse.towers import TwoTowers
from vse.words import UNKNOWN


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


class CellMeans(nn.Module):
    """The means over each cell of a coarse grid, which keep *where*: (N, C, H, W) -> (N, C * cells^2)."""

    def __init__(self, channels: int, cells: int) -> None:
        super().__init__()
        self.cells = cells
        self.width = channels * cells**2

    def forward(self, grid: Tensor) -> Tensor:
        return adaptive_avg_pool2d(grid, self.cells).flatten(1)


class CellMeansAndMaxima(nn.Module):
    """Beside the means over cells, the maxima of detectors over the whole picture: (N, C, H, W) -> (N, width).

    A mean thins out what is small; a maximum finds it wherever it stands. Learnt pooling of grid features also ends
    near the maximum (Chen et al. 2021, VSE-infinity).
    """

    def __init__(self, channels: int, cells: int, detectors: int) -> None:
        super().__init__()
        self.what = nn.Conv2d(channels, detectors, 1)
        self.means = CellMeans(channels, cells)
        self.width = self.means.width + detectors

    def forward(self, grid: Tensor) -> Tensor:
        return torch.cat([self.means(grid), self.what(grid).amax(dim=(2, 3))], dim=1)


def pooling(config: ImageConfig) -> CellMeans | CellMeansAndMaxima:
    """The pooling that a configuration names; its `width` is the number of features it gives."""
    channels = config.widths[-1]
    if config.pooling == "grid_max":
        return CellMeansAndMaxima(channels, config.grid, config.detectors)
    return CellMeans(channels, config.grid if config.pooling == "grid" else 1)


class ImageTower(nn.Module):
    """CNN features -> affine map -> unit vector: (N, 3, size, size) float -> (N, dim)."""

    def __init__(self, config: ImageConfig, dim: int) -> None:
        super().__init__()
        self.backbone = small_resnet(config.widths, config.blocks)
        self.pooling = pooling(config)
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
    """Words -> GRU or LSTM -> last state -> affine map -> unit vector: (N, L) int64 ids -> (N, dim)."""

    def __init__(self, config: TextConfig, vocabulary_size: int, dim: int) -> None:
        super().__init__()
        self.word_dropout = config.word_dropout
        self.embedding = nn.Embedding(vocabulary_size, config.word_dim, padding_idx=0)
        cell = nn.GRU if config.cell == "gru" else nn.LSTM
        self.recurrent = cell(config.word_dim, config.hidden, batch_first=True, bidirectional=config.bidirectional)
        self.affine = nn.Linear(config.hidden * (2 if config.bidirectional else 1), dim)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        if self.training and self.word_dropout:
            dropped = (torch.rand(ids.shape, device=ids.device) < self.word_dropout) & (ids != 0)
            ids = ids.masked_fill(dropped, UNKNOWN)
        packed = pack_padded_sequence(self.embedding(ids), lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, state = self.recurrent(packed)
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
