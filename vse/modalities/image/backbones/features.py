"""Frozen features of photographs: a backbone's last layer, or the full-network embedding of all its layers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Protocol
from zlib import crc32

import numpy as np
import torch
from torch import nn

from vse.errors import CheckpointError
from vse.io.hashing import hash_of
from vse.modalities.image.augment import augmented
from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.backbones.full_network import Statistics
from vse.modalities.image.backbones.graph import layer_means
from vse.modalities.image.decoding import ImageSource, open_image
from vse.modalities.image.preprocess import Preprocess

_BATCH = 32


class Features(Protocol):
    """What makes a row of numbers of a photograph.

    `fingerprint` names the numbers it makes: they are cached under it. `dtype` is numpy's name of their type.
    """

    name: str
    fingerprint: str
    width: int
    dtype: str
    preprocess: Preprocess

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8, already resized -> (N, width) of `dtype`."""


class LastLayer:
    """The last feature map averaged over positions: (N, channels) float16.

    The backbone is put into eval mode and must not be trained while this is used.
    """

    dtype = "float16"

    def __init__(self, backbone: Backbone) -> None:
        self.name = f"{backbone.name} last layer"
        self.preprocess = backbone.preprocess
        self.width = backbone.channels
        self.fingerprint = hash_of("last layer", backbone.fingerprint())
        self._network = backbone.eval().to(memory_format=torch.channels_last)

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, channels) float16. Raises CheckpointError for what is not finite."""
        return _half(_run(self._network, self.preprocess, pixels).mean(axis=(2, 3)), self.name)


class Grids:
    """The last feature map itself: (N, channels * rows * columns) float16, and `shape` of one.

    The backbone is put into eval mode and must not be trained while this is used.
    """

    dtype = "float16"

    def __init__(self, backbone: Backbone) -> None:
        self.name = f"{backbone.name} grid"
        self.preprocess = backbone.preprocess
        self.fingerprint = hash_of("grid", backbone.fingerprint())
        self._network = backbone.eval().to(memory_format=torch.channels_last)
        size = self.preprocess.size
        self.shape = _run(self._network, self.preprocess, np.zeros((1, size, size, 3), np.uint8)).shape[1:]
        self.width = math.prod(self.shape)

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, width) float16. Raises CheckpointError for what is not finite."""
        grids = _run(self._network, self.preprocess, pixels)
        return _half(np.ascontiguousarray(grids).reshape(len(pixels), -1), self.name)


class Views:
    """What a backbone's first layers make of each photograph as it is changed for training, several times over.

    (N, views * channels * rows * columns) float16, and `shape` of one photograph's. The second half of the views is
    mirrored. The changes follow from the photograph alone, so that it has the same ones each time.

    Args:
        layers: so many convolutions at most, see `Backbone.parts`.
        views: of each photograph, an even number.
        size: of a view, in pixels; `preprocess` is of the photographs that they are cut out of.
        strength: of the changes, see `augmented`.
    """

    dtype = "float16"

    def __init__(
        self, backbone: Backbone, layers: int, views: int, size: int, preprocess: Preprocess, strength: float
    ) -> None:
        self.name = f"{backbone.name} {views} views"
        self.preprocess, self.views, self.size, self.strength = preprocess, views, size, strength
        about = json.dumps([layers, views, size, strength, preprocess.to_json()])
        self.fingerprint = hash_of("views", about, backbone.fingerprint())
        self._network = backbone.eval().to(memory_format=torch.channels_last).parts(layers)[0]
        maps = _run(self._network, preprocess, np.zeros((1, size, size, 3), np.uint8))
        self.shape = (views, *maps.shape[1:])
        self.width = math.prod(self.shape)

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, width) float16. Raises CheckpointError for what is not finite."""
        return np.stack([self._of_picture(picture) for picture in pixels])

    def _of_picture(self, picture: np.ndarray) -> np.ndarray:
        rng, copies = np.random.default_rng(crc32(picture.tobytes())), np.repeat(picture[None], self.views, axis=0)
        views = augmented(copies, self.size, rng, np.zeros(self.views, bool), self.strength)
        views[self.views // 2 :] = views[self.views // 2 :, :, ::-1]
        return _half(np.ascontiguousarray(_run(self._network, self.preprocess, views)).reshape(-1), self.name)


class LayerAverages:
    """Every convolutional layer averaged over positions, one after the other: (N, F) float16.

    What the full-network embedding is made of; `layers` and `widths` say which layers and how many features each.
    The backbone is put into eval mode and must not be trained while this is used.
    """

    dtype = "float16"

    def __init__(self, backbone: Backbone) -> None:
        self._network, layers = layer_means(backbone.eval().to(memory_format=torch.channels_last).network)
        self.name = f"{backbone.name} layer averages"
        self.preprocess = backbone.preprocess
        self.layers = tuple(layer.name for layer in layers)
        self.widths = tuple(layer.width for layer in layers)
        self.width = sum(self.widths)
        self.fingerprint = hash_of("layer averages", repr(layers), backbone.fingerprint())

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, F) float16. Raises CheckpointError for what is not finite."""
        return _half(_run(self._network, self.preprocess, pixels), self.name)


class FullNetwork:
    """The full-network embedding, see `vse.modalities.image.backbones.full_network`: (N, F) int8 of -1, 0 and 1.

    Args:
        backbone: as `LayerAverages` takes it.
        statistics: of the training set, by `training_statistics`.

    Raises:
        FingerprintError: when the statistics are of another backbone, other weights or another preprocessing.
    """

    dtype = "int8"

    def __init__(self, backbone: Backbone, statistics: Statistics) -> None:
        self.averages = LayerAverages(backbone)
        statistics.check(self.averages.fingerprint)
        self.statistics = statistics
        self.name = f"{backbone.name} full network"
        self.preprocess = backbone.preprocess
        self.width = self.averages.width
        self.fingerprint = hash_of("full network", statistics.fingerprint)

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 -> (N, F) int8. Raises CheckpointError for averages that are not finite."""
        return self.statistics.embed(self.averages.of_pixels(pixels))


def features_of(features: Features, images: Iterable[ImageSource]) -> np.ndarray:
    """Pictures, in order -> (N, width); nothing is cached.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    preprocess = features.preprocess
    pixels = [preprocess.uint8(open_image(image, at_least=2 * preprocess.size)) for image in images]
    parts = [features.of_pixels(np.stack(pixels[at : at + _BATCH])) for at in range(0, len(pixels), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, features.width), features.dtype)


def _run(network: nn.Module, preprocess: Preprocess, pixels: np.ndarray) -> np.ndarray:
    device = next(network.parameters()).device
    with torch.inference_mode():
        images = torch.from_numpy(preprocess.normalise(pixels)).to(device, memory_format=torch.channels_last)
        result: np.ndarray = network(images).float().cpu().numpy()
    return result


def _half(values: np.ndarray, name: str) -> np.ndarray:
    if not np.abs(values).max(initial=0) <= np.finfo(np.float16).max:  # so that NaN is caught too
        raise CheckpointError(
            f"{name} gave numbers that are not finite, or too large for 16 bits: check that its weights are right."
        )
    return values.astype(np.float16)
