"""Which emoji stands for which kind, and cutting them out of the Noto Color Emoji font."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from vse.errors import FontMissingError

FONT_VARIABLE = "VSE_EMOJI_FONT"
FONT_NAME = "NotoColorEmoji.ttf"
CELL = (136, 128)  # pixels; the font's bitmaps are this large and exist at no other size
_STRIKE = 109  # the one font size Pillow accepts for them

_FONT_FOLDERS = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/google-noto-emoji",
    "/usr/share/fonts/google-noto-color-emoji-fonts",
    "/usr/share/fonts/google-noto",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/noto-emoji",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "~/AppData/Local/Microsoft/Windows/Fonts",
    "C:/Windows/Fonts",
)

# kind -> the emoji that show it, whole-bodied; `group.variant` picks one.
VARIANTS: dict[str, tuple[str, ...]] = {
    # animals
    "dog": ("🐕", "🦮", "🐕‍🦺", "🐩"),
    "cat": ("🐈", "🐈‍⬛"),
    "rabbit": ("🐇",),
    "mouse": ("🐁", "🐀"),
    "horse": ("🐎",),
    "cow": ("🐄",),
    "pig": ("🐖",),
    "sheep": ("🐑", "🐏"),
    "goat": ("🐐",),
    "camel": ("🐫", "🐪"),
    "giraffe": ("🦒",),
    "elephant": ("🐘",),
    "rhino": ("🦏",),
    "tiger": ("🐅",),
    "leopard": ("🐆",),
    "deer": ("🦌",),
    "kangaroo": ("🦘",),
    "gorilla": ("🦍",),
    "monkey": ("🐒",),
    "squirrel": ("🐿️",),
    "hedgehog": ("🦔",),
    "turtle": ("🐢",),
    "snake": ("🐍",),
    "crocodile": ("🐊",),
    "dinosaur": ("🦕", "🦖"),
    "rooster": ("🐓",),
    "duck": ("🦆",),
    "penguin": ("🐧",),
    "flamingo": ("🦩",),
    "owl": ("🦉",),
    "peacock": ("🦚",),
    "parrot": ("🦜",),
    "eagle": ("🦅",),
    "dove": ("🕊️",),
    "bat": ("🦇",),
    "butterfly": ("🦋",),
    "bee": ("🐝",),
    "ladybird": ("🐞",),
    "snail": ("🐌",),
    "crab": ("🦀",),
    "whale": ("🐳", "🐋"),
    "dolphin": ("🐬",),
    "shark": ("🦈",),
    "fish": ("🐟", "🐠"),
    "octopus": ("🐙",),
    "swan": ("🦢",),
    "seal": ("🦭",),
    # vehicles
    "car": ("🚗",),
    "jeep": ("🚙",),
    "bus": ("🚌", "🚎"),
    "lorry": ("🚚",),
    "tractor": ("🚜",),
    "ambulance": ("🚑",),
    "taxi": ("🚕",),
    "scooter": ("🛵",),
    "motorbike": ("🏍️",),
    "bicycle": ("🚲",),
    "train": ("🚂",),
    "sailing boat": ("⛵",),
    "speedboat": ("🚤",),
    "ship": ("🚢", "🛳️"),
    "canoe": ("🛶",),
    "plane": ("✈️", "🛩️"),
    "helicopter": ("🚁",),
    "rocket": ("🚀",),
    # food
    "apple": ("🍎", "🍏"),
    "pear": ("🍐",),
    "tangerine": ("🍊",),
    "lemon": ("🍋",),
    "banana": ("🍌",),
    "watermelon": ("🍉",),
    "bunch of grapes": ("🍇",),
    "strawberry": ("🍓",),
    "pineapple": ("🍍",),
    "carrot": ("🥕",),
    "ear of corn": ("🌽",),
    "loaf of bread": ("🍞",),
    "piece of cheese": ("🧀",),
    "hamburger": ("🍔",),
    "slice of pizza": ("🍕",),
    "ice cream": ("🍦",),
    "doughnut": ("🍩",),
    "cupcake": ("🧁",),
    "cake": ("🎂",),
    # things
    "football": ("⚽",),
    "basketball": ("🏀",),
    "teddy bear": ("🧸",),
    "balloon": ("🎈",),
    "kite": ("🪁",),
    "umbrella": ("☂️",),
    "tulip": ("🌷",),
    "rose": ("🌹",),
    "sunflower": ("🌻",),
    "house": ("🏠",),
    "tent": ("⛺",),
    "chair": ("🪑",),
    "sofa": ("🛋️",),
    "guitar": ("🎸",),
    "drum": ("🥁",),
    "violin": ("🎻",),
    "trumpet": ("🎺",),
    "book": ("📕", "📗", "📘", "📙"),
    "present": ("🎁",),
    "backpack": ("🎒",),
    "cap": ("🧢",),
    "dress": ("👗",),
    "T-shirt": ("👕",),
    "bucket": ("🪣",),
    "suitcase": ("🧳",),
    "telephone": ("☎️",),
    "alarm clock": ("⏰",),
    "camera": ("📷",),
    "snowman": ("⛄",),
}


def find_font() -> Path:
    """The font file: what the environment names, else the first of the usual places that has it."""
    named = os.environ.get(FONT_VARIABLE)
    candidates = [Path(named)] if named else [Path(folder).expanduser() / FONT_NAME for folder in _FONT_FOLDERS]
    for path in candidates:
        if path.is_file():
            return path
    where = f"at {named} (named by {FONT_VARIABLE})" if named else "in the usual font folders"
    raise FontMissingError(
        f"the font Noto Color Emoji was not found {where}: on Debian or Ubuntu "
        f"`apt install fonts-noto-color-emoji` gets it, or set {FONT_VARIABLE} to the path of {FONT_NAME}."
    )


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(find_font()), _STRIKE)


@lru_cache(maxsize=1024)
def cell(emoji: str) -> Image.Image:
    """The emoji in its whole CELL, RGBA; shared, so copy it before painting on it."""
    image = Image.new("RGBA", CELL, (0, 0, 0, 0))
    ImageDraw.Draw(image).text((0, 0), emoji, font=_font(), embedded_color=True)
    return image


def crop(image: Image.Image) -> Image.Image:
    """The picture without its empty margins (nearly transparent pixels count as empty)."""
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 16 else 0).getbbox()
    return image.crop(box) if box else image


@lru_cache(maxsize=1024)
def cut(emoji: str) -> Image.Image:
    """The emoji without margins, RGBA, about 120 pixels on its longer side."""
    return crop(cell(emoji))


def resized(image: Image.Image, height: int) -> Image.Image:
    """The picture at `height` pixels, its proportions kept."""
    width = max(2, round(image.width * height / image.height))
    return image.resize((width, max(2, height)), Image.Resampling.LANCZOS if height > 20 else Image.Resampling.BOX)
