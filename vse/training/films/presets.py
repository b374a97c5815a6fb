"""Runs that teach something, of which films ship."""

from __future__ import annotations

from vse.training.films.settings import FilmSettings

FIRST = "sum"
PRESETS: dict[str, FilmSettings] = {
    FIRST: FilmSettings(),
    "margin-0": FilmSettings(margin=0.0),
    "margin-08": FilmSettings(margin=0.8),
    "batch-2": FilmSettings(batch_size=2),
    "hardest": FilmSettings("hardest_negative", batch_size=160, learning_rate=0.01),
    "hardest-warm": FilmSettings("hardest_negative", batch_size=160, learning_rate=0.01, warmup_epochs=10),
    "infonce": FilmSettings("infonce"),
    "infonce-cold": FilmSettings("infonce", temperature=0.01),
    "infonce-hot": FilmSettings("infonce", temperature=0.5),
    "order": FilmSettings("order", margin=0.05),
}
