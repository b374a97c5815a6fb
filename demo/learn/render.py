"""The frame of the Learn tab, as HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from markupsafe import Markup

from vse.training.films.presets import PRESETS
from vse.training.films.settings import BATCHES, LOSSES, WITH_MARGIN, WITH_TEMPERATURE, WITH_WARMUP, FilmSettings

from ..shared.templating import render
from .presets import OFFERS

if TYPE_CHECKING:
    from vse.training.films.pictures import Pairs

TITLES = {
    "hinge_sum": "sum of hinges",
    "hardest_negative": "hardest negative",
    "infonce": "InfoNCE",
    "order": "order violation",
}
RATES = (0.001, 0.003, 0.01, 0.03)
MARGINS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
TEMPERATURES = (0.01, 0.03, 0.07, 0.2, 0.5)
WARMUPS = (0, 2, 5, 10, 20)
EPOCHS = (5, 10, 20, 40, 60)


def closed() -> Markup:
    """What stands in the tab before it is opened."""
    return render("learn/closed.html.jinja")


def head(script: str) -> Markup:
    """What the browser fetches once the tab is opened; all else that script fetches."""
    return render("learn/head.html.jinja", script=script)


def frame(pairs: Pairs, films: Mapping[str, str], sheet: str, styles: str) -> Markup:
    """
    Args:
        films: where the film of each run is served.
        sheet: where the pictures are, styles: and the style sheet.
    """
    told = {
        "captions": list(pairs.captions),
        "ids": [item.id for item in pairs.items],
        "places": list(pairs.places),
        "learnt": pairs.learnt.tolist(),
        "sheet": sheet,
        "titles": {name: offer.title for name, offer in OFFERS.items()},
        "told": {name: offer.told for name, offer in OFFERS.items()},
        "beside": {name: offer.beside for name, offer in OFFERS.items()},
        "settings": {name: asdict(settings) for name, settings in PRESETS.items()},
        "films": dict(films),
        "losses": TITLES,
        "margined": WITH_MARGIN,
    }
    fields = {
        "loss": [(name, TITLES[name]) for name in LOSSES],
        "margin": [(f"{each:g}", f"{each:g}") for each in MARGINS],
        "temperature": [(f"{each:g}", f"{each:g}") for each in TEMPERATURES],
        "warmup_epochs": [(str(each), f"{each} epochs" if each else "none") for each in WARMUPS],
        "batch_size": [(str(each), f"{each}, which is all" if each == BATCHES[-1] else str(each)) for each in BATCHES],
        "learning_rate": [(f"{each:g}", f"{each:g}") for each in RATES],
        "epochs": [(str(each), str(each)) for each in EPOCHS],
    }
    usual = {name: f"{value:g}" if isinstance(value, float) else str(value)
             for name, value in asdict(FilmSettings()).items()}  # fmt: skip
    only = {"margin": WITH_MARGIN, "temperature": WITH_TEMPERATURE, "warmup_epochs": WITH_WARMUP}
    return render(
        "learn/frame.html.jinja",
        styles=styles,
        offers=OFFERS,
        fields=fields,
        usual=usual,
        only=only,
        places=list(dict.fromkeys(pairs.places)),
        items=list(zip(pairs.items, pairs.captions, pairs.kept_out, strict=True)),
        learnt=len(pairs.learnt),
        told=json.dumps(told, ensure_ascii=False),
    )
