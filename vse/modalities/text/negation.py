"""Which words negate: no space of pictures and words can do what they ask, known to the model or not."""

from __future__ import annotations

import re

# Those with which English denies what a picture shows. Words such as "except", "empty" or "non-" narrow or describe.
_WORDS = frozenset(
    ["no", "not", "without", "never", "none", "neither", "nor", "nobody", "nothing", "nowhere", "cannot"]
)
# "isn't", and "isnt" as it is often typed.
_VERBS = re.compile(r"(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]?t", re.IGNORECASE)


def negates(word: str) -> bool:
    """Whether a single word negates, in any case: "no", "without", "doesn't"."""
    return word.lower() in _WORDS or _VERBS.fullmatch(word) is not None
