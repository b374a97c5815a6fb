"""From a CNN's last feature map to one row of features: (N, C, H, W) -> (N, width)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from vse.modalities.image.config import ImageConfig

_KNOTS = 16  # ranks at which generalised pooling learns a weight; between them it is interpolated


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


class GeneralisedPooling(nn.Module):
    """Beside the means, detectors whose values are sorted and weighed by rank, the weights learnt.

    Chen et al. 2021, VSE-infinity, section 3.2: a mean and a maximum are two choices of the weights. Theirs come from
    a small recurrent net that reads the ranks; here they are learnt at a few ranks and interpolated.
    """

    def __init__(self, channels: int, cells: int, detectors: int) -> None:
        super().__init__()
        self.what = nn.Conv2d(channels, detectors, 1)
        self.means = CellMeans(channels, cells)
        self.rank_logits = nn.Parameter(torch.linspace(2.0, -2.0, _KNOTS))
        self.width = self.means.width + detectors

    def weights(self, positions: int) -> Tensor:
        """(positions,) of sum 1: the weight of the largest value, of the second largest, and so on."""
        logits = interpolate(self.rank_logits[None, None], positions, mode="linear", align_corners=True)
        return logits[0, 0].softmax(dim=0)

    def forward(self, grid: Tensor) -> Tensor:
        values = self.what(grid).flatten(2).sort(dim=2, descending=True).values
        return torch.cat([self.means(grid), values @ self.weights(values.shape[2])], dim=1)


class Rows(nn.Module):
    """Features that are rows already: (N, width) -> (N, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, rows: Tensor) -> Tensor:
        return rows


Pooling = CellMeans | CellMeansAndMaxima | GeneralisedPooling | Rows


def pooling(config: ImageConfig, channels: int) -> Pooling:
    """The pooling that a configuration names, of that many channels; its `width` is the number of features it gives."""
    if config.backbone == "features":
        return Rows(channels)
    if config.pooling == "grid_max":
        return CellMeansAndMaxima(channels, config.grid, config.detectors)
    if config.pooling == "generalised":
        return GeneralisedPooling(channels, config.grid, config.detectors)
    return CellMeans(channels, config.grid if config.pooling == "grid" else 1)
