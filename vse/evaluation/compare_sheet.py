"""The queries on which only one of two models is right, drawn as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from vse.data import Collection
from vse.evaluation.compare import Comparison
from vse.evaluation.compare_table import spread
from vse.evaluation.disagreements import Disagreement
from vse.modalities import IMAGE
from vse.modalities.base import load_modality
from vse.modalities.image.decoding import open_image

SIDE, GAP, COLUMNS = 168, 16, 4
_CARD = 2 * SIDE + 6
_LINE, _HEAD = 19, 42  # the height of a line, and of two lines above the pictures
_HEIGHT = _HEAD + SIDE + _LINE + 8
_INK, _QUIET, _RIGHT, _WRONG = "#1d2320", "#65706a", "#1f8a4c", "#c0392b"
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def comparison_sheet(comparison: Comparison, collection: Collection, count: int = 8) -> Image.Image:
    """Cards in rows of four, RGB on white: `count` queries at most of each model and direction, evenly chosen.

    A query in words stands above both models' first pictures, a picture beside both models' first answers in words;
    what is right is green. Without any such query the sheet says so.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    fonts = _font(15), _font(17)
    sections = _sections(comparison, count)
    rows = sum(-(-len(cards) // COLUMNS) for _, cards in sections)
    width = COLUMNS * (_CARD + GAP) + GAP
    sheet = Image.new("RGB", (width, max(1, len(sections)) * 40 + rows * (_HEIGHT + GAP) + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    if not sections:
        draw.text((GAP, 12), "There is no query on which only one of the models is right.", _INK, fonts[1])
    top = GAP
    for title, cards in sections:
        draw.text((GAP, top), title, _INK, fonts[1])
        top += 40
        for number, each in enumerate(cards):
            card = _card(each, comparison.names, collection, fonts[0])
            place = GAP + number % COLUMNS * (_CARD + GAP), top + number // COLUMNS * (_HEIGHT + GAP)
            sheet.paste(card, place)
        top += -(-len(cards) // COLUMNS) * (_HEIGHT + GAP)
    return sheet


def wrapped(text: str, font: Font, width: int, lines: int) -> list[str]:
    """The text in at most `lines` lines of `width` pixels, broken between words; what is left over ends in "...".

    A single word that is wider than a line is cut.
    """
    done: list[str] = []
    words = text.split()
    while words and len(done) < lines:
        line = words.pop(0)
        while words and font.getlength(f"{line} {words[0]}") <= width:
            line += f" {words.pop(0)}"
        done.append(line)
    if words:
        done[-1] += " ..."
    return [_cut(line, font, width) for line in done]


def _cut(line: str, font: Font, width: int) -> str:
    if font.getlength(line) <= width:
        return line
    kept = line.removesuffix(" ...")
    while kept and font.getlength(f"{kept}...") > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}..."


def _sections(comparison: Comparison, count: int) -> list[tuple[str, list[Disagreement]]]:
    """(title, cards) of each direction and model that has any."""
    found = []
    for direction in comparison.counts:
        kind = f"{load_modality(direction.query).plural} -> {load_modality(direction.candidate).plural}"
        for which, name in zip("ab", comparison.names, strict=True):
            every = [each for each in comparison.only_right(which) if each.direction == direction]
            if every:
                cards = spread(every, count)
                found.append((f"Only {name} is right: {kind}, {len(cards)} of {len(every)}", cards))
    return found


def _card(each: Disagreement, names: tuple[str, str], collection: Collection, font: Font) -> Image.Image:
    card = Image.new("RGB", (_CARD, _HEIGHT), "white")
    draw = ImageDraw.Draw(card)
    colours = (_RIGHT, _WRONG) if each.right == "a" else (_WRONG, _RIGHT)
    titles = [
        f"{name}: {'right' if colour == _RIGHT else 'wrong'}" for name, colour in zip(names, colours, strict=True)
    ]
    if each.direction.candidate == IMAGE:
        _lines(draw, (0, 0), wrapped(each.query, font, _CARD, 2), _INK, font)
        for column, picture in enumerate((each.picture_a, each.picture_b)):
            left = column * (SIDE + 6)
            card.paste(_square(collection.item(picture).image_path), (left, _HEAD))
            draw.rectangle((left, _HEAD, left + SIDE - 1, _HEAD + SIDE - 1), outline=colours[column], width=4)
            label = wrapped(titles[column], font, SIDE, 1)
            _lines(draw, (left, _HEAD + SIDE + 3), label, colours[column], font)
        return card
    beside, width = 0, _CARD
    if each.direction.query == IMAGE:
        beside, width = SIDE + 12, SIDE - 8
        _lines(draw, (0, _HEAD - _LINE - 4), [each.query], _QUIET, font)
        card.paste(_square(collection.item(each.query_picture).image_path), (0, _HEAD))
    else:
        _lines(draw, (0, 0), wrapped(each.query, font, _CARD, 2), _INK, font)
    for half, (title, answer) in enumerate(zip(titles, (each.answer_a, each.answer_b), strict=True)):
        left, top = beside, _HEAD + half * SIDE // 2
        _lines(draw, (left, top), wrapped(title, font, width, 1), _QUIET, font)
        _lines(draw, (left, top + _LINE), wrapped(answer, font, width, 3), colours[half], font)
    return card


def _lines(draw: ImageDraw.ImageDraw, at: tuple[int, int], lines: Sequence[str], colour: str, font: Font) -> None:
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * _LINE), line, colour, font)


def _square(path: Path) -> Image.Image:
    return open_image(path, at_least=SIDE).resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _font(size: int) -> Font:
    """DejaVu Sans where it is installed, for the many scripts it has; else the font that comes with Pillow."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)
