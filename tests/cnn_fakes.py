"""A CNN small enough to compute by hand, as the tests of backbones and features share it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.preprocess import Preprocess

RAW = Preprocess(8, "squash", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


class TinyCnn(nn.Module):
    """Two convolutions of 1 x 1, the first with a norm and an activation in place, then a gate, a sum and a head.

    In: (N, 3, H, W). The first layer is (r - g, g - r), cut at 0; the second swaps the two channels. What both give
    is added in place and cut at 0 by the first one's activation.
    """

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(2, eps=0)
        self.act = nn.ReLU(inplace=True)
        self.second = nn.Conv2d(2, 2, 1, bias=False)
        self.gate = nn.Conv2d(2, 2, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2, 5)
        with torch.no_grad():
            self.first.weight.copy_(scale * torch.tensor([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]])[..., None, None])
            self.second.weight.copy_(torch.tensor([[0.0, 1.0], [1.0, 0.0]])[..., None, None])
            self.gate.weight.zero_()
            self.gate.bias.fill_(100.0)  # a gate that is open: its sigmoid is 1

    def forward(self, images: Tensor) -> Tensor:
        x = self.act(self.norm(self.first(images)))
        y = self.second(x)
        y = y * torch.sigmoid(self.gate(y.mean((2, 3), keepdim=True)))
        y += x
        return self.fc(torch.flatten(self.pool(relu(self.act(y))), 1))


def tiny_backbone(name: str = "tiny", scale: float = 1.0, preprocess: Preprocess = RAW) -> Backbone:
    """The CNN above; pictures come as values from 0 to 1."""
    return Backbone(name, TinyCnn(scale), preprocess)
