"""Teaching a trained model to hear: a speech tower learns to give, for a caption read aloud, its text's vector.

The other towers stay as they are (Harwath et al. 2016 learn from pictures alone; here the captions are known, and a
text's vector says more of a picture than the pixels do). Beside the distance to it, the loss contrasts the batch, and
names the words, by which the GRU learns to find them: first where they would be if all letters took as long, as speech
recognisers begin ("flat start"), later in their order alone (CTC). Some sounds say nothing, and name no words.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, ctc_loss

from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE, write_captions
from vse.data.scenes.language.spoken import Manner, Voice, random_voice, speak
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.world import WORLD_VERSION
from vse.encoders.vse.encoder import VSEEncoder
from vse.encoders.vse.speech import ids_of, through_text
from vse.errors import TrainingError
from vse.io.configs import one_of, within
from vse.io.hashing import hash_of
from vse.io.paths import cache_folder
from vse.io.progress import Progress
from vse.io.row_cache import cached_rows
from vse.modalities import TEXT
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.decoding import resampled
from vse.modalities.speech.features import log_mel
from vse.modalities.speech.modality import collate_speech
from vse.modalities.speech.tower import STRIDE, SpeechTower
from vse.modalities.text.tokenizer import tokenize
from vse.training.config import PRECISIONS
from vse.training.speech_sounds import heard_otherwise, nothing_said

_NOTHING = 0.05  # the share of sounds that say nothing
LONGEST = 9  # seconds of a training caption; the few that take longer are left out
_CHUNK = 500
_POOL = 24  # batches that are drawn together and sorted by length


@dataclass(frozen=True)
class SpeechTraining:
    """utterances: captions read aloud once each. temperature: of the contrast. naming: the weight of naming the words.

    direct: the weight of the vector that is taken straight from the states.
    flat: up to which share of the steps words are named where they would be; by twice that share CTC has taken over.
    captions_seed: of the captions and the voices, which `seed` leaves alone.
    precision: of the products, as in `OptimiserConfig`.
    """

    utterances: int = 30_000
    epochs: int = 8
    batch_size: int = 48
    learning_rate: float = 2e-3
    temperature: float = 0.05
    naming: float = 1.0
    direct: float = 1.0
    flat: float = 0.35
    precision: str = "bfloat16"
    seed: int = 0
    captions_seed: int = 0

    def __post_init__(self) -> None:
        one_of("precision", self.precision, PRECISIONS)
        within(1, 10_000_000, utterances=self.utterances, epochs=self.epochs, batch_size=self.batch_size)
        within(0, 100, learning_rate=self.learning_rate, temperature=self.temperature)
        within(0, 100, naming=self.naming, direct=self.direct)
        within(0.01, 1, flat=self.flat)


def captions_to_say(count: int, seed: int = 0) -> list[str]:
    """Captions of training scenes, one a scene, each of the five kinds as often; of every tenth a single word."""
    scenes, rng = sample_scenes("train", count, 1000 + seed), random.Random(f"captions:{seed}")
    texts = [write_captions(scene)[row % CAPTIONS_PER_SCENE].text for row, scene in enumerate(scenes)]
    return [text if row % 10 != 9 else rng.choice(tokenize(text)) for row, text in enumerate(texts)]


def _say(job: tuple[str, Voice, Manner, SpeechConfig]) -> np.ndarray:
    """A caption read aloud -> (longest * bands,) float16, NaN behind its end."""
    text, voice, manner, config = job
    samples, rate = speak(text, voice, manner)
    found = log_mel(resampled(samples, rate, config.rate), config)
    row = np.full((round(LONGEST * config.frames_a_second), config.bands), np.nan, dtype=np.float16)
    row[: len(found)] = found[: len(row)]
    return row.reshape(-1)


def said(texts: Sequence[str], config: SpeechConfig, seed: int = 0, progress: Progress | None = None) -> np.ndarray:
    """(N, frames, bands) float16, memory-mapped: the texts read aloud, padded with NaN; from the cache, or made now.

    An interrupted synthesis goes on where it stopped.

    Raises:
        SynthesiserMissingError: when there is something to say, and no program that does.
    """
    sound = (config.rate, config.window, config.hop, config.bands, config.lowest, config.highest)
    how = [random_voice(random.Random(f"spoken:{seed}:{row}")) for row in range(len(texts))]
    folder = cache_folder() / "spoken" / f"w{WORLD_VERSION}-{hash_of(*texts, repr((sound, how)))[:24]}"
    shape = len(texts), round(LONGEST * config.frames_a_second) * config.bands
    jobs = [(text, voice, manner, config) for text, (voice, manner) in zip(texts, how, strict=True)]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1) as pool:

        def make(start: int, stop: int) -> np.ndarray:
            return np.stack(pool.map(_say, jobs[start:stop], chunksize=10))

        rows = cached_rows(folder, shape, "float16", make, progress, _CHUNK)
    return rows.reshape(len(texts), -1, config.bands)


def learn_to_hear(
    encoder: VSEEncoder,
    texts: Sequence[str],
    spoken: np.ndarray,
    config: SpeechConfig,
    training: SpeechTraining,
    progress: Callable[[int, int, dict[str, float]], None] | None = None,
    start: SpeechTower | None = None,
) -> tuple[SpeechTower, dict[str, Any]]:
    """Train a tower; (it, in eval mode, what is to be known of how it learnt).

    Args:
        spoken: of `said`, a row a text.
        progress: called with (steps done, of so many, the losses of the last).
        start: a tower to go on from; it may name fewer words.

    Raises:
        TrainingError: when too little is left to learn from.
    """
    lengths = np.array([int(np.isfinite(row[:, 0]).sum()) for row in spoken])
    rows = np.flatnonzero(lengths < spoken.shape[1])
    if len(rows) < training.batch_size:
        raise TrainingError(f"{len(rows)} captions were read aloud, fewer than a batch of {training.batch_size}.")
    wanted = torch.from_numpy(encoder.encode(TEXT, list(texts), strict=False))
    tokens = [tokenize(text) for text in texts]
    known = set() if start is None else set(start.words)
    number = {word: id for id, word in enumerate(sorted({w for each in tokens for w in each} | known), start=1)}
    words = [torch.tensor([number[word] for word in each], dtype=torch.int64) for each in tokens]

    torch.manual_seed(training.seed)
    tower = SpeechTower(config, encoder.dim, tuple(number))
    if start is not None:
        _go_on(tower, start)
    model, ids = encoder.checkpoint.model, ids_of(tower, encoder.checkpoint.vocabulary)
    model.requires_grad_(False)
    reader = lambda states, counts: through_text(tower, states, counts, model, ids)  # noqa: E731
    optimizer = torch.optim.AdamW(tower.parameters(), lr=training.learning_rate, weight_decay=0.01)
    steps = training.epochs * (len(rows) // training.batch_size)
    tower.train()
    for step, batch in enumerate(_batches(rows, lengths, training)):
        rng = np.random.default_rng((training.seed, step))
        says = rng.random(len(batch)) >= _NOTHING
        heard, where = [], []
        for at, row in enumerate(batch):
            sound, other = spoken[row, : lengths[row]], spoken[batch[at - 1], : lengths[batch[at - 1]]]
            sound = sound if says[at] else nothing_said(sound, rng)
            found, span = heard_otherwise(sound, rng, config.frames_a_second, other if says[at] else None)
            heard.append(found)
            where.append(_flat_start(tokens[row], words[row], span) if says[at] else _SILENCE)
        named = [words[row] if said else words[row][:0] for row, said in zip(batch, says, strict=True)]
        ctc = min(1.0, max(0.0, step / steps / training.flat - 1))
        inputs = collate_speech(heard, config)
        losses = _losses(tower, inputs, wanted[batch], named, where, torch.from_numpy(says), training, ctc, reader)
        optimizer.zero_grad(set_to_none=True)
        sum(losses.values(), torch.zeros(())).backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 2.0)
        rate = min(1.0, (step + 1) / 300) * 0.5 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = training.learning_rate * rate
        optimizer.step()
        if progress:
            progress(step + 1, steps, {name: float(loss.detach()) for name, loss in losses.items()})
    return tower.eval(), {"captions": len(rows), "training": asdict(training)}


def _go_on(tower: SpeechTower, start: SpeechTower) -> None:
    """Give a tower the weights of another, which names some of its words."""
    rows = torch.tensor([0, *(1 + tower.words.index(word) for word in start.words)])
    own, weights = tower.state_dict(), start.state_dict()
    for name, values in weights.items():
        if values.shape != own[name].shape:  # what names the words
            weights[name] = own[name].index_copy(0, rows, values)
    tower.load_state_dict(weights)


def _batches(rows: np.ndarray, lengths: np.ndarray, training: SpeechTraining) -> Any:
    """Rows of about one length together, in an order of their own each epoch."""
    for epoch in range(training.epochs):
        rng = np.random.default_rng((training.seed, epoch, 1))
        order = rng.permutation(rows)
        order = order[: len(order) - len(order) % training.batch_size]
        batches = []
        for start in range(0, len(order), _POOL * training.batch_size):
            some = order[start : start + _POOL * training.batch_size]
            batches.append(some[np.argsort(lengths[some], kind="stable")].reshape(-1, training.batch_size))
        yield from rng.permutation(np.concatenate(batches))


_Where = tuple[np.ndarray, np.ndarray]  # (W + 1,) frames at which the next word begins, and (W + 2,) ids between
_SILENCE: _Where = (np.zeros(0), np.zeros(1, dtype=np.int64))


def _flat_start(tokens: Sequence[str], ids: Tensor, span: tuple[int, int]) -> _Where:
    """Where words begin if each of their letters, and the seam between two words, takes as long as any other."""
    letters = np.array([len(word) + 1.5 for word in tokens])
    begins = span[0] + np.concatenate([[0], letters.cumsum() / letters.sum()]) * (span[1] - span[0])
    return begins, np.concatenate([[0], ids.numpy(), [0]])


def _losses(
    tower: SpeechTower, inputs: tuple[Tensor, Tensor], wanted: Tensor, words: list[Tensor], where: list[_Where],
    says: Tensor, training: SpeechTraining, ctc: float, reader: Callable[[Tensor, Tensor], Tensor],
) -> dict[str, Tensor]:  # fmt: skip
    """The weighted losses; `ctc` is its share of that of naming."""
    with torch.autocast("cpu", torch.bfloat16, enabled=training.precision == "bfloat16"):
        states, counts = tower.states(inputs)
        vectors = tower.embed(tower.pooled(states, counts))
        logits = tower.naming(states)
    vectors, wanted = vectors.float()[says], wanted[says]
    near = 2 * (1 - (vectors * wanted).sum(dim=1)).mean()
    scores = vectors @ wanted.T / training.temperature
    # The same caption may stand twice in a batch.
    same = wanted @ wanted.T > 0.999
    own = torch.eye(len(wanted), dtype=torch.bool)
    scores = scores.masked_fill(same & ~own, -torch.inf)
    targets = torch.arange(len(wanted))
    contrast = (cross_entropy(scores, targets) + cross_entropy(scores.T, targets)) / 2
    naming = torch.zeros(())
    if ctc < 1:
        frames = (np.arange(logits.shape[1]) + 0.5) * STRIDE ** len(tower.config.channels)
        there = [ids[np.searchsorted(begins, frames)] for begins, ids in where]
        placed = torch.from_numpy(np.stack(there))
        placed = placed.masked_fill(torch.arange(logits.shape[1]) >= counts[:, None], -100)
        naming = naming + (1 - ctc) * cross_entropy(logits.float().flatten(0, 1), placed.flatten())
    if ctc > 0:
        named = logits.float().log_softmax(dim=-1).transpose(0, 1)
        lengths = torch.tensor([len(each) for each in words])
        naming = naming + ctc * ctc_loss(named, torch.cat(words), counts, lengths, zero_infinity=True)
    read = torch.zeros(())
    if ctc > 0:
        read = ctc * 2 * (1 - (reader(states.float(), counts)[says] * wanted).sum(dim=1)).mean()
    direct = training.direct
    return {"read": read, "near": direct * near, "contrast": direct * contrast, "naming": training.naming * naming}
