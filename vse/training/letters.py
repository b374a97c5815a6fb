"""Teaching a trained model to read words by their letters, all else of it staying as it is.

A reader of letters learns to give, for a word however it is written, the vector that the model has for the word
(Pinter, Guthrie & Eisenstein 2017, "Mimicking word embeddings using subword RNNs").
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from vse.encoders.vse.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from vse.encoders.vse.model import VSE
from vse.errors import TrainingError
from vse.io.progress import Progress
from vse.modalities.text.spelling import inflected, misspelt, scrambled, spelled
from vse.modalities.text.tower import TextTower
from vse.modalities.text.vocabulary import UNKNOWN
from vse.training.state import BEST

BATCH = 512
_READER = "text_tower.reader."
LEARNING_RATE = 3e-3


def learn_letters(
    run: Path, folder: Path, reader: str = "", steps: int = 3000, seed: int = 0, progress: Progress | None = None
) -> Path:
    """Write the model of a folder with a reader of letters as the best model of a run, to be exported; its folder.

    A model that knows words alone becomes a "mixed" one. Captions of known words are read exactly as before.

    Args:
        reader: "cnn" or "gru", see `TextConfig.letters`; the model's own if not given.

    Raises:
        CheckpointError: when the folder holds no VSE.
        TrainingError: for a model whose tower reads characters alone.
        WriteError: when the run's folder holds other things.
    """
    found = load_checkpoint(folder)
    made = with_letters(found, reader, seed)
    teach_letters(made.model.text_tower, made.vocabulary.words, steps, seed, progress)
    training = {"letters_steps": steps, **found.training}
    save_checkpoint(run / BEST, replace(made, training=training))
    return run / BEST


def with_letters(found: Checkpoint, reader: str = "", seed: int = 0) -> Checkpoint:
    """The model with a reader of letters, one that has learnt nothing where it had none of that kind."""
    config = found.model.config
    if config.text.tower == "characters":
        raise TrainingError(f"{config.name} reads every word by its letters and has no words to learn them from; "
                            "choose a model whose text tower is words or mixed.")  # fmt: skip
    torch.manual_seed(seed)
    text = replace(config.text, tower="mixed", letters=reader or config.text.letters)
    model = VSE(replace(config, text=text), len(found.vocabulary))
    others = text.letters != config.text.letters
    kept = {name: each for name, each in found.model.state_dict().items() if not (others and _READER in name)}
    model.load_state_dict({**model.state_dict(), **kept})
    return replace(found, model=model.eval())


def teach_letters(
    tower: TextTower, words: Sequence[str], steps: int, seed: int = 0, progress: Progress | None = None
) -> list[float]:
    """Train the reader alone; the mean squared errors by step, of numbers whose variance is 1.

    Args:
        words: the vocabulary, by id.
    """
    assert tower.reader is not None
    rng, known = random.Random(f"letters:{seed}"), frozenset(words)
    vectors = tower.embedding.weight.detach()
    scale = float(vectors[UNKNOWN + 1 :].std())
    optimizer = torch.optim.AdamW(tower.reader.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    tower.reader.train()
    errors: list[float] = []
    for step in range(steps):
        ids, written = _lesson(words, known, rng)
        wanted, row_of = (
            vectors[torch.tensor(ids)].mean(dim=1),
            {word: row for row, word in enumerate(dict.fromkeys(written))},
        )
        found: Tensor = tower.reader(torch.from_numpy(spelled(list(row_of))))[[row_of[word] for word in written]]
        loss = mse_loss(found / scale, wanted / scale)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        errors.append(float(loss.detach()))
        if progress:
            progress(step + 1, steps)
    tower.reader.eval()
    return errors


def _lesson(words: Sequence[str], known: frozenset[str], rng: random.Random) -> tuple[list[tuple[int, int]], list[str]]:
    """Words drawn at random: the ids of the two vectors whose mean each should have, and how each is written.

    They are one and the same but for two words in one, such as snowfield; of what means nothing they are UNKNOWN.
    """
    ids, written = [], []
    for _ in range(BATCH):
        id, other = (rng.randrange(UNKNOWN + 1, len(words)) for _ in range(2))
        word, chance, second = words[id], rng.random(), id
        if chance < 0.4:
            new = misspelt(word, rng)
        elif chance < 0.5:
            new = misspelt(misspelt(word, rng), rng)
        elif chance < 0.65:
            new = inflected(word, rng)
        elif chance < 0.75:
            new = _with_letters_of(word, words[other], rng)
        elif chance < 0.85:
            second, new = other, word + words[other]
        elif chance < 0.9:
            id, second, new = UNKNOWN, UNKNOWN, scrambled(word, rng)
        else:
            new = word
        if new in known and new != word:  # a slip that gives another word
            id, second, new = words.index(word), words.index(word), word
        ids.append((id, second))
        written.append(new)
    return ids, written


def _with_letters_of(word: str, other: str, rng: random.Random) -> str:
    """The word with some letters of another before or, more often, behind it, as in a form that nobody knows."""
    count = rng.randint(2, 5)
    return other[:count] + word if rng.random() < 0.25 else word + other[-count:]
