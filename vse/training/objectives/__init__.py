"""What is minimised: ranking losses over score matrices, and auxiliary losses with heads of their own.

One file a loss, with its settings and its title; OBJECTIVES is where a new one gets its line. Knows no data and no
trainer: an objective takes vectors and a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vse.training.objectives.base import Context, Objective, Ranking
from vse.training.objectives.counterpart import Counterpart
from vse.training.objectives.entailment import Entailment
from vse.training.objectives.hardest_negative import HardestNegative
from vse.training.objectives.hinge_sum import HingeSum
from vse.training.objectives.infonce import InfoNCE
from vse.training.objectives.order import Order
from vse.training.objectives.paraphrase import Paraphrase
from vse.training.objectives.semantic_class import SemanticClass
from vse.training.objectives.squared_error import SquaredError
from vse.training.objectives.word_prediction import WordPrediction

# In the order in which their values are added up.
OBJECTIVES: dict[str, type[Objective]] = {
    "hinge_sum": HingeSum,
    "hardest_negative": HardestNegative,
    "order": Order,
    "infonce": InfoNCE,
    "squared_error": SquaredError,
    "paraphrase": Paraphrase,
    "counterpart": Counterpart,
    "word_prediction": WordPrediction,
    "semantic_class": SemanticClass,
    "entailment": Entailment,
}


def ranking_losses() -> dict[str, type[Ranking]]:
    """Those of which every run has one."""
    return {name: kind for name, kind in OBJECTIVES.items() if issubclass(kind, Ranking)}


def auxiliary_losses() -> dict[str, type[Objective]]:
    """Those that may be added to it, each with a weight."""
    return {name: kind for name, kind in OBJECTIVES.items() if not issubclass(kind, Ranking)}


def title_of(name: str) -> str:
    """What people read for the name of an objective."""
    return OBJECTIVES[name].title


def build_objectives(configs: Mapping[str, Any], context: Context) -> dict[str, Objective]:
    """The objectives of a run by name; `configs` holds the settings of each, the ranking loss among them."""
    first = next(name for name in ranking_losses() if name in configs)
    ranking = ranking_losses()[first](configs[first], context)
    context = replace(context, ranking=ranking)
    names = [name for name in OBJECTIVES if name in configs]
    return {name: ranking if name == first else OBJECTIVES[name](configs[name], context) for name in names}
