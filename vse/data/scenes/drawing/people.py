"""People doing things: the action's body in the person's clothes, with the person's own, larger head."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from vse.data.scenes.drawing.glyphs import CELL, cell, crop, cut, resized
from vse.data.scenes.drawing.recolour import Patch, repaint

_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_MALE = "\u200d\u2642\ufe0f"
_MARGIN = 24  # pixels around the body's cell, for the larger head to reach into

_HEADS = {
    "man": "👨",
    "woman": "👩",
    "boy": "👦",
    "girl": "👧",
    "king": "🤴",
    "queen": "👸",
    "grandfather": "👴",
    "grandmother": "👵",
}
_FEMALE = ("woman", "girl", "queen", "grandmother")

# Each person's clothes, so that who it is shows in more than the face.
_CLOTHES = {
    "man": (0, 150, 136),
    "woman": (112, 64, 214),
    "boy": (240, 150, 30),
    "girl": (244, 120, 176),
    "king": (176, 24, 48),
    "queen": (170, 50, 160),
    "grandfather": (120, 104, 78),
    "grandmother": (96, 130, 176),
}


_SHIRT = Patch(168, 22, smin=0.35)  # most figures wear the same
_JERSEY = Patch(36, 9, smin=0.8, box=(0.3, 0, 1, 0.5))  # the jockey's, not the horse


@dataclass(frozen=True)
class Body:
    """An action's emoji and where the head goes, in pixels of the font's cell.

    (`x`, `chin`) is the middle of the head's lower edge and `head` its height; `turn` rotates it
    anticlockwise, in degrees, about its middle.  `tall` is the height of the whole figure as a share
    of the same person standing; `cloth` finds the clothes.
    """

    emoji: str
    x: float
    chin: float
    head: float
    turn: float = 0.0
    tall: float = 1.0
    gendered: bool = True
    cloth: Patch = _SHIRT


_BODIES = {
    "standing": Body("🧍", 68, 43, 56),
    "walking": Body("🚶", 61, 41, 56),
    "running": Body("🏃", 61, 41, 54, tall=0.98),
    "cycling": Body("🚴", 46, 41, 52, tall=1.0),
    "surfing": Body("🏄", 68, 40, 48, tall=1.05),
    "swimming": Body("🏊", 43, 92, 54, tall=0.72),
    "rowing": Body("🚣", 66, 45, 54, tall=0.95),
    "dancing": Body("🕺", 63, 45, 50, gendered=False, cloth=Patch(185, 30, smin=0.05, vmin=0.5)),
    "riding a horse": Body("🏇", 49, 38, 48, tall=1.08, gendered=False, cloth=_JERSEY),
    "meditating": Body("🧘", 68, 50, 58, tall=0.84),
    "lifting weights": Body("🏋", 68, 50, 46),
    "playing basketball": Body("⛹", 53, 39, 52),
    "playing golf": Body("🏌", 69, 38, 50),
    "kneeling": Body("🧎", 64, 43, 54, tall=0.88),
    "doing a cartwheel": Body("🤸", 95, 122, 46, turn=-125, tall=0.92),
}
_DANCER = Body("💃", 57, 45, 50, gendered=False, cloth=Patch(4, 14, smin=0.6))


def _soften_water(image: Image.Image) -> Image.Image:
    """The emoji's own block of water, faded out towards the edges of the picture."""
    pixels = np.asarray(image, dtype=np.float32).copy()
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    wet = np.clip((blue - red - 60) / 60, 0, 1) * np.clip((blue - green - 15) / 20, 0, 1)
    height, width = wet.shape
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :]
    y = np.arange(height)[::-1][:, None]
    fade = np.clip((x - 5) / 26, 0, 1) * np.clip((y - 2) / 26, 0, 1)
    pixels[..., 3] *= 1 - wet * (1 - 0.8 * fade)
    return Image.fromarray(pixels.astype(np.uint8), "RGBA")


@lru_cache(maxsize=1300)
def person(kind: str, action: str | None, skin: int) -> Image.Image:
    """A person, RGBA, without margins; no action is standing."""
    action = action or "standing"
    body = _DANCER if action == "dancing" and kind in _FEMALE else _BODIES[action]
    tone = _TONES[skin % len(_TONES)]
    figure = repaint(cell(body.emoji + tone + (_MALE if body.gendered else "")), (body.cloth,), _CLOTHES[kind])
    if action in ("surfing", "swimming", "rowing"):
        figure = _soften_water(figure)
    canvas = Image.new("RGBA", (CELL[0] + 2 * _MARGIN, CELL[1] + 2 * _MARGIN), (0, 0, 0, 0))
    canvas.paste(figure, (_MARGIN, _MARGIN))
    crowned = 1.18 if kind in ("king", "queen") else 1.0  # the crown comes on top of an equally large face
    head = resized(cut(_HEADS[kind] + tone), round(body.head * crowned))
    middle = (body.x + _MARGIN, body.chin + _MARGIN - body.head / 2)
    if body.turn:
        head = head.rotate(body.turn, Image.Resampling.BICUBIC, expand=True)
    else:
        middle = (middle[0], body.chin + _MARGIN - head.height / 2)
    canvas.alpha_composite(
        head, (max(0, round(middle[0] - head.width / 2)), max(0, round(middle[1] - head.height / 2)))
    )
    return crop(canvas)


def tallness(action: str | None) -> float:
    """The height of a figure doing this, as a share of the same person standing."""
    return _BODIES[action or "standing"].tall
