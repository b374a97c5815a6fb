"""The words of captions that say what is in a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from vse.modalities.text.tokenizer import tokenize

# English words that say nothing alone, and those that speak of the picture instead of what it shows.
_SAY_NOTHING = """
a an the this that these those some any each every another other others both either all no not one's
i you he she it we they me him her us them my your his hers its our their theirs who whom whose which what
and or but nor so yet if then than as because while when where there here how why whether
of in on at by to from with without into onto out off over under above below up down along across through
around about near next behind beside besides between among amongst before after during against toward towards
inside outside within beyond past upon underneath beneath for per via like until since ahead front back alongside
is are was were be been being am do does did doing done has have had having can could will would shall should
may might must let lets it's there's that's
very too also just only even still more most less least much many few several such same own together
picture pictures photo photos photograph drawing image images scene scenes view shows showing shown see seen pictured
"""
FUNCTION_WORDS = frozenset(_SAY_NOTHING.split())


def content_of(text: str) -> set[str]:
    """The words of a text that say what is in a picture: those of `tokenize` without function words and numbers."""
    return {word for word in tokenize(text) if word not in FUNCTION_WORDS and not word.isdigit()}


def content_words(captions: Iterable[str], most: int = 300) -> dict[str, int]:
    """Words -> how many captions they come in, the most frequent first, equals in alphabetical order; at most `most`.

    Words are those of `tokenize`; function words and mere numbers such as "2" are left out.
    """
    counts = Counter(word for caption in captions for word in content_of(caption))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
