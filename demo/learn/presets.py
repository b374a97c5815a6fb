"""What is said of the runs that the Learn tab offers, by the names of their films."""

from __future__ import annotations

from dataclasses import dataclass

from vse.training.films.presets import PRESETS
from vse.training.films.settings import FilmSettings


@dataclass(frozen=True)
class Offer:
    """A run that is recorded: what its button says, what to look for, and the run to compare it with."""

    title: str
    told: str
    beside: str


OFFERS = {
    "sum": Offer(
        "Sum of hinges",
        "The loss of Kiros et al.: every wrong pair that comes nearer than the margin adds to it, and is pushed apart. "
        "Watch the lines: at first nearly every pair violates the margin, and in the end hardly one.",
        "batch-2",
    ),
    "margin-0": Offer(
        "Margin 0",
        "A right pair only has to be nearer than a wrong one, by nothing. The loss is soon zero and stops pulling, "
        "while right and wrong are almost equally near: pictures and captions stay two clouds, a modality gap apart.",
        "sum",
    ),
    "margin-08": Offer(
        "Margin 0.8",
        "More than 16 dimensions have room for: thousands of pairs violate the margin to the end, and the loss never "
        "comes near zero, though every learnt picture finds its caption.",
        "sum",
    ),
    "batch-2": Offer(
        "Batch of 2",
        "Each step sees one wrong caption for a picture and one wrong picture for a caption. Most violations are in no "
        "batch, so nothing pushes them apart: sixteen times as many steps come to less.",
        "sum",
    ),
    "hardest": Offer(
        "Hardest negative",
        "VSE++'s loss from the first step on, with all 160 pairs in a batch: each picture is pushed from one caption, "
        "and while vectors are still much alike which one is chance. Captions draw together, pictures do, and the loss "
        "stops at about twice the margin, which is what it is when all vectors are one.",
        "hardest-warm",
    ),
    "hardest-warm": Offer(
        "Hardest, warmed up",
        "The same run, but in ten epochs the loss goes from the mean of all violations to the hardest alone. The space "
        "spreads first, so that the hardest negative means something when it counts. Compare it with the one before.",
        "hardest",
    ),
    "infonce": Offer(
        "InfoNCE",
        "CLIP's loss has no margin: it pushes on every pair of a batch, by how probable it makes the wrong answer. It "
        "never stops pulling, also where all is right already.",
        "sum",
    ),
    "infonce-cold": Offer(
        "Temperature 0.01",
        "A low temperature makes InfoNCE look at the nearest wrong answers alone, much as the hardest negative does. "
        "Watch how alike all vectors become before they come apart.",
        "infonce-hot",
    ),
    "infonce-hot": Offer(
        "Temperature 0.5",
        "A high temperature spreads the push over all pairs, however far apart they are: no line is strong, and true "
        "pairs come almost to lie on each other.",
        "infonce-cold",
    ),
    "order": Offer(
        "Order",
        "Order embeddings: a caption should lie above its picture in every coordinate, and what counts is by how much "
        "it does not. No coordinate is negative, so all vectors lie in one corner of the space.",
        "sum",
    ),
}


def offers() -> dict[str, tuple[Offer, FilmSettings]]:
    """Those that are recorded, in their order, with their settings."""
    return {name: (OFFERS[name], settings) for name, settings in PRESETS.items()}
