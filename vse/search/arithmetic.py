"""Ways to take a word away from a picture and add another; each turns the parts of a query into one vector.

A way is a method (how the parts are combined), the sentence frames its words are embedded in, whether captions of the
picture take part, and a scale for the words of a query that also holds a picture. `python -m vse arithmetic` measures
them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vse.data import Collection
from vse.data.recipes.annotations import dishes_of
from vse.data.scenes.annotations import scenes_of
from vse.encoders.similarity import normalise
from vse.errors import QueryError
from vse.io.paths import DEFAULT_WAY
from vse.search.query import Method, Parts, combine, plain

PICTURE = "picture"
BARE = ("{}",)
SENTENCE = ("a photo of {}",)
SEVERAL = ("{}", "a {}", "a photo of {}", "a picture of {}", "there is {}")

# Of the words: from the picture as it is to three times. Curves are drawn over them, and sliders move along them.
WEIGHTS = tuple(0.25 * step for step in range(13))
NEARLY_ZERO = 1e-3  # of the sum of the weights' sizes

EmbedTexts = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Means:
    """The mean picture and the mean caption of a collection, (D,) each: where either modality lies in the space."""

    picture: np.ndarray
    text: np.ndarray


def means_of(pictures: np.ndarray, captions: np.ndarray | None) -> Means:
    """From (N, D) vectors of pictures and of captions; without captions their mean is nowhere."""
    picture = np.asarray(pictures, dtype=np.float32).mean(axis=0)
    if captions is None or not len(captions):
        return Means(picture, np.zeros_like(picture))
    return Means(picture, np.asarray(captions, dtype=np.float32).mean(axis=0))


def centred(parts: Parts, means: Means) -> np.ndarray:
    """Every operand loses the mean of its modality first, so that the gap between the modalities adds nothing."""
    shift = np.stack([means.picture if kind == PICTURE else means.text for kind in parts.kinds])
    return _unit(parts.weights @ (parts.vectors - shift), parts)


def rejected(parts: Parts, means: Means) -> np.ndarray:
    """A minus takes away only what of it is there: the component of the sum along it, none where it points away."""
    kept = parts.weights > 0
    if not kept.any():
        return combine(parts.vectors, parts.weights)
    total = parts.weights[kept] @ parts.vectors[kept]
    minus = parts.vectors[~kept]
    shares = np.clip(minus @ total, 0, None) * np.clip(-parts.weights[~kept], 0, 1)
    return _unit(total - shares @ minus, parts)


def _unit(total: np.ndarray, parts: Parts) -> np.ndarray:
    """`total` at length 1.

    Raises:
        QueryError: when the terms cancel out.
    """
    if np.linalg.norm(total) < NEARLY_ZERO * np.abs(parts.weights).sum():
        raise QueryError("The terms cancel out: nothing is left to search with. Change a weight or leave a term out.")
    return normalise(total)


def summed(parts: Parts, means: Means) -> np.ndarray:
    """The plain weighted sum of unit vectors (Kiros et al. 2014; SIMAT, Couairon et al. 2022)."""
    return plain(parts)


@dataclass(frozen=True)
class Way:
    """How arithmetic is done; `title` is what people read.

    `in_caption`: a word taken away and the one added for it are both said within a caption of the picture, see
    `vse.search.caption_swap`; where no caption says the word, they stand in the frames.
    `described`: the picture is the mean of itself and of its own captions, where it has some, with the word taken away
    exchanged in them for the one added. What the captions say is thus kept. Karthik et al. 2024, "Vision-by-Language
    for Training-Free Compositional Image Retrieval", search with the exchanged captions alone.
    """

    title: str
    combine: Callable[[Parts, Means], np.ndarray] = summed
    frames: tuple[str, ...] = BARE
    scale: float = 1.0
    in_caption: bool = False
    described: bool = False

    def method(self, means: Means, captions: np.ndarray | None = None) -> Method:
        """As a method of `vse.search.query.resolve`.

        `captions` are the (N, D) unit rows that describe the picture that the query starts from.
        """
        return lambda parts: self.combine(scaled(_told(parts, captions), self.scale), means)

    def embed(self, embed_texts: EmbedTexts, said: Mapping[str, str] | None = None) -> EmbedTexts:
        """Texts (N) -> (N, D) unit rows: the mean over the way's frames, in one call of the encoder.

        `said` are whole sentences to embed instead of some of the texts.
        """
        if self.frames == BARE and not said:
            return embed_texts
        given = said or {}

        def framed(texts: Sequence[str]) -> np.ndarray:
            vectors = embed_texts([given.get(text, frame.format(text)) for frame in self.frames for text in texts])
            return normalise(vectors.reshape(len(self.frames), len(texts), -1).mean(axis=0))

        return framed


def described(picture: np.ndarray, captions: np.ndarray) -> np.ndarray:
    """The mean (D,) of a picture (D,) and the mean of its captions (N, D), all of length 1; N may be 0."""
    return normalise(picture + normalise(captions.mean(axis=0))) if len(captions) else picture


def _told(parts: Parts, captions: np.ndarray | None) -> Parts:
    """The parts with the first picture that is added described by captions."""
    first = next((i for i, kind in enumerate(parts.kinds) if kind == PICTURE and parts.weights[i] > 0), None)
    if captions is None or first is None:
        return parts
    vectors = parts.vectors.copy()
    vectors[first] = described(vectors[first], captions)
    return replace(parts, vectors=vectors)


def scaled(parts: Parts, scale: float) -> Parts:
    """The words' weights times `scale`, where there is a picture for them to change."""
    if scale == 1.0 or PICTURE not in parts.kinds:
        return parts
    factors = np.array([1.0 if kind == PICTURE else scale for kind in parts.kinds])
    return replace(parts, weights=parts.weights * factors)


PLAIN, DESCRIBED = "plain", "described"
WAYS: dict[str, Way] = {
    PLAIN: Way("plain sum"),
    "sentence": Way("plain sum, words in a sentence", frames=SENTENCE),
    "frames": Way("plain sum, words averaged over five sentences", frames=SEVERAL),
    "centred": Way("modalities centred first", centred),
    "captions": Way("difference between captions of the picture", in_caption=True),
    "rejected": Way("minus takes away only what is there", rejected),
    DESCRIBED: Way("picture and its captions, minus only what is there", rejected, scale=1.25, described=True),
}


def name_of_way(name: str, collection: Collection) -> str:
    """The name itself; what measured best on the kind of collection where it is DEFAULT_WAY."""
    if name != DEFAULT_WAY:
        return name
    return PLAIN if scenes_of(collection.annotations) or dishes_of(collection.annotations) else DESCRIBED


def way_named(name: str) -> Way:
    """
    Raises:
        QueryError: for a name that no way has.
    """
    if not isinstance(name, str) or name not in WAYS:
        raise QueryError(f"No way of doing arithmetic is called {name!r}; choose one of {', '.join(WAYS)}.")
    return WAYS[name]
