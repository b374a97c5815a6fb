from __future__ import annotations

import torch
from torch import nn

from vse.modalities.image.config import ImageConfig
from vse.modalities.image.tower import SHIFTS, ImageTower


def tower(pooling: str = "mean", **options: object) -> ImageTower:
    """Whose feature map is the means of the picture's squares of 4 x 4 pixels."""
    made = ImageTower(ImageConfig(widths=(3, 3), blocks=(1,), pooling=pooling, size=16, **options), dim=4)  # type: ignore[arg-type]
    made.backbone = nn.AvgPool2d(4)
    return made.eval()


def test_a_place_is_taken_away_by_the_mean_of_all_in_its_stead():
    # The picture is 1 in its upper left quarter: of 16 places each shift has some at 1. Without a place x the mean m of
    # 16 places is m + (m - x) / 16.
    image = torch.zeros(3, 16, 16)
    image[:, :8, :8] = 1
    whole, without = tower().features_by_place(image)
    assert whole.shape == without.shape == (4 * SHIFTS, 4 * SHIFTS, 3)
    # Shifted by a pixel up and left, and once down and right, which SHIFTS of 2 over steps of 4 pixels are.
    up = torch.zeros(16, 16)
    up[:9, :9] = 1
    places = nn.functional.avg_pool2d(up[None, None], 4)[0, 0]
    mean = places.mean()
    torch.testing.assert_close(whole[::2, ::2, 0], mean.expand(4, 4))
    torch.testing.assert_close(without[::2, ::2, 0], mean + (mean - places) / 16)


def test_a_maximum_is_lost_with_its_place_alone():
    made = tower("grid_max", grid=1, detectors=1)
    with torch.no_grad():
        made.pooling.what.weight.fill_(1)
        made.pooling.what.bias.zero_()
    image = torch.zeros(3, 16, 16)
    image[:, 5:7, 9:11] = 1  # well inside one place of every shift
    whole, without = made.features_by_place(image)
    lost = (whole - without)[..., 3]
    assert (lost > 1e-6).sum() == SHIFTS**2
    assert lost.flatten().argmax().item() // (4 * SHIFTS) in (2, 3)


def test_a_picture_of_one_colour_loses_nothing_anywhere():
    whole, without = tower("generalised", grid=1, detectors=2).features_by_place(torch.full((3, 16, 16), 0.7))
    torch.testing.assert_close(whole, without)
