"""Words that need an explanation, each in one plain sentence: the only place where the page explains them."""

from __future__ import annotations

import re

GLOSSARY = {
    # Answers
    "score": (
        "The cosine of the angle between query and answer in the joint space: 1 is the same direction, about 0 has"
        " nothing in common."
    ),
    "top %": (
        "The share of query and answer pairs drawn at random that this model scores as high or higher: the smaller,"
        " the rarer the match."
    ),
    "fit": "How likely an answer is to be right, from 0 to 1, judged by its score and by the words of the query.",
    "written from the point": (
        "A sentence that the model's decoder makes word by word for this point of the joint space; it is looked up"
        " nowhere."
    ),
    "joint space": (
        "The space of vectors into which the model puts pictures and words alike, so that what belongs together"
        " lies close together."
    ),
    # Ways of doing a sum
    "plain sum": "The vectors of the pictures and words are added and subtracted as they are.",
    "plain sum, words in a sentence": "As the plain sum, but each word is read in a short sentence first.",
    "plain sum, words averaged over five sentences": (
        "As the plain sum, but each word is the mean of five short sentences about it."
    ),
    "modalities centred first": (
        "The mean of all pictures is taken off pictures and the mean of all captions off words before they are added."
    ),
    "difference between captions of the picture": (
        "The words are exchanged in the picture's own caption, and the difference"
        " between both captions is added to the picture."
    ),
    "minus takes away only what is there": (
        "Of a word that is subtracted, only the part that points where the picture points is taken away (rejected)."
    ),
    "picture and its captions, minus only what is there": (
        "The picture is joined by its captions, and a subtracted word takes away only what is there."
    ),
    # Figures
    "R@1": "Recall at 1: the share of queries whose own answer comes first.",
    "R@5": "Recall at 5: the share of queries whose own answer is among the first five.",
    "R@10": "Recall at 10: the share of queries whose own answer is among the first ten.",
    "median rank": "Half of all queries find their own answer at this place or before it.",
    "mean rank": "The average place of a query's own answer; a few very late ones can make it large.",
    "sum of recalls": "Recall at 1, 5 and 10 from pictures to captions and back, added up (rsum): compares models.",
    "satisfied@1": (
        "The share of queries whose first answer is true of them, even if it is not the one they were written for."
    ),
    "precision@10": "The share of the first ten answers that are true of the query.",
    "of as many as there are": "Precision at 10, counted only out of as many true answers as there are.",
    "exact@1": "The share of sums whose first answer is the very same scene with that one thing changed.",
    "exact@5": "The share of sums with the very same scene, that one thing changed, among the first five answers.",
    "true@1": "The share of sums whose first answer shows the new thing and no longer the old one.",
    "kept": "The share of everything else in the picture that the first answer of a sum still shows.",
    "held out": "Combinations of things that training never showed, so that they cannot have been learnt by heart.",
    "overlap@10": "The share of the first ten answers that both models give.",
    "rank correlation": "How alike both models rank all candidates: 1 is the same order, 0 none, -1 the reverse.",
    # Losses
    "sum of hinges": "A loss that pushes every wrong pair at least a margin below the right one.",
    "hardest negative": "A loss that pushes only the wrong pair that scores highest below the right one (VSE++).",
    "InfoNCE": "A loss that makes the model pick the right partner out of all those in the batch, as CLIP does.",
    "order violation": "A loss in which a caption should be more general than its picture: none of its numbers larger.",
    # Maps
    "trustworthiness": (
        "From 0 to 1, how seldom points are neighbours on the map that are far apart in the joint space"
        " (Venna and Kaski 2001)."
    ),
    "neighbours kept": (
        "The share of each point's nearest in the joint space that are also among its nearest on the map;"
        " two dimensions cannot keep many."
    ),
    "modality gap": (
        "How far the mean picture and the mean caption lie apart, from 0 to 2: a model that learns to rank need"
        " not put both in the same place (Liang and others 2022)."
    ),
    # Words
    "dot product": (
        "The numbers of two vectors multiplied pair by pair and added up: large where both are long and point the same"
        " way."
    ),
    "sigmoid": "Brings any number between 0 and 1, as a guess of how likely something is: 1 / (1 + e^-x).",
}
_KEYS = sorted(GLOSSARY, key=len, reverse=True)
_BEGINS = re.compile(rf"(?:{'|'.join(map(re.escape, _KEYS))})(?!\w)", re.IGNORECASE)
_KEY_OF = {key.lower(): key for key in GLOSSARY}


def key_of(text: str) -> str | None:
    """The word that a text begins with, None where it begins with none of the glossary."""
    found = _BEGINS.match(text)
    return _KEY_OF[found[0].lower()] if found else None


def id_of(key: str) -> str:
    """Where the explanation stands in the page."""
    return "gloss-" + re.sub(r"\W+", "-", key.lower()).strip("-")
