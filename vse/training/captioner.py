"""Teaching a trained model to write: a decoder that says what a vector of its space is of.

Captions alone teach it, from their own vectors with noise added, so that it reads pictures, too, whose vectors lie
beside those of their captions (CapDec, Nukrai et al. 2022), or the vectors of their pictures do, or both.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from vse.data.collection import load_collection
from vse.encoders.base import Encoder, can_write
from vse.encoders.vse.captioner import END, MAX_WORDS, SPECIAL, Captioner, CaptionerConfig, begin
from vse.errors import TrainingError
from vse.io.configs import one_of, within
from vse.io.hashing import hash_of
from vse.io.paths import cache_folder
from vse.io.progress import Progress, Shows, silent
from vse.io.row_cache import cached_rows
from vse.modalities import IMAGE, TEXT
from vse.modalities.text.tokenizer import tokenize

SCENES = "scenes:"
SOURCES = ("texts", "pictures", "both")
_CHUNK = 2048
_READ = 100_000  # captions whose own vectors are read: a network reads a thousand a second
_HELD_BACK = 50  # one caption in so many is not learnt: the loss is told of these


@dataclass(frozen=True)
class CaptionerTraining:
    """How a decoder learns.

    learn_from: whose vectors are read: the captions' own, their pictures', or half of a batch each. noise: how long
    the random vector is that is added to each of them, whose own length is 1. min_count: a word that is rarer in the
    captions is not learnt, and no caption with it.
    """

    learn_from: str = "both"
    noise: float = 0.3
    steps: int = 6000
    batch_size: int = 512
    learning_rate: float = 0.002
    min_count: int = 5
    hidden: int = 384
    word_dim: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("learn_from", self.learn_from, SOURCES)
        within(0, 10, noise=self.noise)
        within(1, 10_000_000, steps=self.steps, batch_size=self.batch_size, min_count=self.min_count)


@dataclass(frozen=True)
class Captioned:
    """Captions with what can be read in their place: vectors of captions, and of their pictures.

    texts: T of them. vectors: by source, (N, D). rows: by source, (T,) int64, which vector is a caption's; -1 for none.
    """

    texts: list[str]
    vectors: dict[str, np.ndarray]
    rows: dict[str, np.ndarray]


def captioned(
    encoder: Encoder, given: Sequence[str], split: str | None = "train", seed: int = 0, learn_from: str = "both",
    show: Shows = silent,
) -> Captioned:  # fmt: skip
    """What a decoder learns from, encoded by the model; vectors are kept in the cache.

    Args:
        given: `scenes:COUNT`, so many scenes of Emoji Scenes and a counterpart of each, as `train` takes them; text
            files, one caption a line; captioned collections, of which the split is taken.
        learn_from: as `CaptionerTraining` has it, whose vectors are wanted; of captions' own at most 100,000.

    Raises:
        TrainingError: for nothing of that kind, or nothing to learn from.
        CollectionError: for a collection that cannot be read.
        FontMissingError: when scenes have to be drawn and there is no font.
    """
    pictures, texts_too = learn_from != "texts", learn_from != "pictures"
    texts: list[str] = []
    owner: list[int] = []
    parts: list[np.ndarray] = []
    for each in given:
        if each.startswith(SCENES):
            found, of, encode, count = _scenes(encoder, each, seed)
        elif Path(each).suffix == ".txt":
            found, of, encode, count = _lines(Path(each)), [], None, 0
        else:
            found, of, encode, count = _collection(encoder, each, split)
        before = sum(map(len, parts))
        texts += found
        if encode is None or not pictures:
            owner += [-1] * len(found)
            continue
        owner += [before + row for row in of]
        with show(f"reading the pictures of {each}") as progress:
            parts.append(_kept(encoder, f"{each}-{split}-{seed}-pictures", count, encode, progress))
    if not texts:
        raise TrainingError(f"{', '.join(given)} holds no captions to learn from: give a captioned collection.")
    vectors, rows = {}, {}
    if parts:
        vectors["pictures"], rows["pictures"] = np.concatenate(parts), np.array(owner, dtype=np.int64)
    if texts_too:
        chosen = np.random.default_rng(0).permutation(len(texts))[:_READ]
        some = [texts[row] for row in chosen]
        with show("reading captions") as progress:
            read = lambda start, stop: encoder.encode(TEXT, some[start:stop], strict=False)  # noqa: E731
            vectors["texts"] = _kept(encoder, f"captions-{hash_of(*some)}", len(some), read, progress)
        rows["texts"] = np.full(len(texts), -1)
        rows["texts"][chosen] = np.arange(len(chosen))
    return Captioned(texts, vectors, rows)


def learnt_captions(encoder: Any) -> frozenset[tuple[str, ...]]:
    """The captions of Emoji Scenes that a model learnt to write from, as `tokenize` gives their words."""
    about = encoder.captioner.about if can_write(encoder) else {}
    texts: list[str] = []
    for given in about.get("sources", []):
        if given.startswith(SCENES):
            texts += _scenes(encoder, given, about["training"]["seed"])[0]
    return frozenset(tuple(tokenize(text)) for text in texts)


_Source = tuple[list[str], list[int], Callable[[int, int], np.ndarray] | None, int]


def _kept(
    encoder: Encoder, name: str, count: int, encode: Callable[[int, int], np.ndarray], progress: Progress | None
) -> np.ndarray:
    folder = cache_folder() / "features" / f"captioner-{encoder.fingerprint}-{hash_of(name)[:24]}"
    about = {"model": encoder.name, "of": name[:200]}
    make = lambda start, stop: encode(start, stop).astype(np.float16)  # noqa: E731
    return cached_rows(folder, (count, encoder.dim), "float16", make, progress, _CHUNK, about)


def _scenes(encoder: Any, given: str, seed: int) -> _Source:
    from vse.data.scenes.language.captions import write_captions
    from vse.training.sources.config import ScenesConfig
    from vse.training.sources.scene_set import rendered, training_scenes

    count = given.removeprefix(SCENES)
    if not count.isdecimal() or not int(count):
        raise TrainingError(f"{given} names no scenes: write how many, such as {SCENES}5000.")
    scenes, _ = training_scenes(ScenesConfig(scenes=int(count)), seed)
    written = [caption.text for scene in scenes for edition in range(2) for caption in write_captions(scene, edition)]
    each = len(written) // len(scenes)

    def encode(start: int, stop: int) -> np.ndarray:
        pixels = rendered(scenes, encoder.checkpoint.preprocess, f"train-{seed}-{count}-1")
        return np.concatenate([encoder.encode_pixels(pixels[at : min(at + 64, stop)]) for at in range(start, stop, 64)])

    return written, [row // each for row in range(len(written))], encode, len(scenes)


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} cannot be read as text ({error}): give a file with a caption a line.") from error


def _collection(encoder: Encoder, given: str, split: str | None) -> _Source:
    collection = load_collection(given, split)
    items = [item for item in collection.items if item.captions]
    texts = [text for item in items for text in item.captions]
    owner = [row for row, item in enumerate(items) for _ in item.captions]

    def encode(start: int, stop: int) -> np.ndarray:
        return encoder.encode(IMAGE, [item.image_path for item in items[start:stop]])

    return texts, owner, encode, len(items)


@dataclass(frozen=True)
class _Numbered:
    """Captions as ids: `ids` (T, L) int16 from the token a caption begins with to END, `lengths` (T,) without it."""

    ids: np.ndarray
    lengths: np.ndarray


def learn_to_write(
    found: Captioned,
    dim: int,
    training: CaptionerTraining,
    progress: Callable[[int, int, float], None] | None = None,
    start: Captioner | None = None,
) -> tuple[Captioner, dict[str, Any]]:
    """Train a decoder; (it, in eval mode, what is to be known of it: how it learnt and the loss on captions kept back).

    Args:
        dim: of the vectors.
        start: a decoder to go on from, whose words are kept: a caption with any other is not learnt.
        progress: called with (steps done, of so many, the loss of the last).

    Raises:
        TrainingError: when too little is left to learn from.
    """
    tokens = [tokenize(text)[:MAX_WORDS] for text in found.texts]
    counts = Counter(word for each in tokens for word in each)
    if start is not None:
        words = start.words
    else:
        words = (*SPECIAL, *(word for word, count in counts.most_common() if count >= training.min_count))
    known = set(words)
    rows = [row for row, each in enumerate(tokens) if each and known.issuperset(each)]
    if len(rows) < 2 * _HELD_BACK:
        learnt = "the decoder knows" if start is not None else f"come {training.min_count} times or more"
        raise TrainingError(f"{len(rows):,} of {len(tokens):,} captions have only words that {learnt}: give more "
                            f"captions, {2 * _HELD_BACK} at least, or a smaller --min-count.")  # fmt: skip
    torch.manual_seed(training.seed)
    network = Captioner(CaptionerConfig(dim, training.hidden, training.word_dim), words)
    if start is not None:
        if start.config != network.config:
            raise TrainingError("The decoder to go on from has another size: give the same --hidden and --word-dim, or "
                                "begin anew.")  # fmt: skip
        network.load_state_dict(start.state_dict())
    numbered = _number([tokens[row] for row in rows], words)
    batches = _Batches(found, np.array(rows), numbered, training)
    optimizer = torch.optim.AdamW(network.parameters(), lr=training.learning_rate, weight_decay=0.01)
    network.train()
    for step in range(training.steps):
        rate = min(1.0, (step + 1) / 200) * 0.5 * (1 + math.cos(math.pi * step / training.steps))
        for group in optimizer.param_groups:
            group["lr"] = training.learning_rate * rate
        loss = writing_loss(network, *batches.draw(step))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if progress:
            progress(step + 1, training.steps, float(loss.detach()))
    network.eval()
    about = {
        "captions": len(rows),
        "kept_back": {name: round(batches.measured(network, name), 3) for name in batches.sources},
        "training": asdict(training),
    }
    return network, about


def _number(tokens: list[list[str]], words: Sequence[str]) -> _Numbered:
    id_of = {word: id for id, word in enumerate(words)}
    ids = np.zeros((len(tokens), max(map(len, tokens)) + 2), dtype=np.int16)
    for row, each in enumerate(tokens):
        ids[row, 0] = begin(len(each))
        ids[row, 1 : len(each) + 1] = [id_of[word] for word in each]
    return _Numbered(ids, np.array([len(each) + 1 for each in tokens]))


class _Batches:
    """Draws captions with what is to be read for them, always those of about one length together."""

    def __init__(self, found: Captioned, rows: np.ndarray, numbered: _Numbered, training: CaptionerTraining) -> None:
        self._found, self._rows, self._numbered, self._training = found, rows, numbered, training
        self.sources = ("texts", "pictures") if training.learn_from == "both" else (training.learn_from,)
        back = np.arange(len(rows)) % _HELD_BACK == 0
        by_length = np.argsort(numbered.lengths, kind="stable")
        self._learnt, self._back = {}, {}
        for source in self.sources:
            has = found.rows[source][rows] >= 0 if source in found.rows else np.zeros(len(rows), bool)
            if not has.any():
                raise TrainingError(f"There are no {source} to learn from: give a captioned collection, or learn from "
                                    "texts.")  # fmt: skip
            self._learnt[source] = by_length[(has & ~back)[by_length]]
            self._back[source] = np.flatnonzero(has & back)

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """(N, dim) vectors and (N, L) ids."""
        rng = np.random.default_rng((self._training.seed, step))
        size, where = self._training.batch_size // len(self.sources), rng.random()
        vectors, chosen = [], []
        for source in self.sources:
            learnt = self._learnt[source]
            # From eight batches' worth of one length: a caption meets others of its length, and seldom the same ones.
            at = int(where * max(1, len(learnt) - 8 * size))
            chosen.append(rng.choice(learnt[at : at + 8 * size], min(size, len(learnt)), replace=False))
            vectors.append(self._read(chosen[-1], source))
        points = torch.from_numpy(np.concatenate(vectors).astype(np.float32))
        noise = torch.from_numpy(rng.standard_normal(points.shape, dtype=np.float32))
        points = normalize(points + self._training.noise * noise / points.shape[1] ** 0.5, dim=1)
        return points, self._ids(np.concatenate(chosen))

    def _read(self, chosen: np.ndarray, source: str) -> np.ndarray:
        return self._found.vectors[source][self._found.rows[source][self._rows[chosen]]]

    def _ids(self, chosen: np.ndarray) -> Tensor:
        width = int(self._numbered.lengths[chosen].max()) + 1
        return torch.from_numpy(self._numbered.ids[chosen, :width].astype(np.int64))

    @torch.inference_mode()
    def measured(self, network: Captioner, source: str) -> float:
        """The mean loss by word of some 2,000 captions kept back, read from their own vectors or their pictures'."""
        back = self._back[source]
        back = back[:: max(1, len(back) // 2000)]
        vectors = torch.from_numpy(self._read(back, source).astype(np.float32))
        return float(writing_loss(network, vectors, self._ids(back)))


def writing_loss(network: Captioner, vectors: Tensor, ids: Tensor) -> Tensor:
    """The mean negative log-likelihood of each next word, END after the last among them.

    Args:
        vectors: (N, dim).
        ids: (N, L) int64, from the token that a sentence begins with to END, which fills the rest of the row.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=torch.is_grad_enabled()):
        logits = network(vectors, ids[:, :-1])
    wanted = ids[:, 1:].clone()
    # What follows the first END is no word.
    past = (wanted == END).cumsum(dim=1) > 1
    return cross_entropy(logits.float().flatten(0, 1), wanted.masked_fill(past, -100).flatten())
