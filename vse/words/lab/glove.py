"""GloVe (Pennington, Socher & Manning 2014), in torch: no library that is kept trains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from vse.errors import TextError
from vse.io.progress import Progress, batched
from vse.words.lab.settings import Settings
from vse.words.table import WordVectors

BATCH = 4096
PIECE = 50_000  # sentences that are counted at a time
LEARNING_RATE = 0.05


def cooccurrences(
    sentences: Iterable[list[str]], index: Mapping[str, int], window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a word and one in its context, by their rows (P, 2) int64, and (P,) float32 the sum of 1 / distance
    over all places in the corpus.

    Words that are not in `index` are no context, but keep their place in the sentence (section 4.2). What is held at a
    time is a piece of the corpus and the pairs that were met.
    """
    keys: np.ndarray = np.zeros(0, np.int64)
    sums: np.ndarray = np.zeros(0)
    for piece in batched(sentences, PIECE):
        gap = [-1] * window  # so that no window reaches from one sentence into the next
        rows = np.array([row for words in piece for row in (*(index.get(word, -1) for word in words), *gap)])
        found, weights = [keys], [sums]
        for distance in range(1, window + 1):
            first, second = rows[:-distance], rows[distance:]
            both = (first >= 0) & (second >= 0)
            first, second = first[both], second[both]
            found += [first * len(index) + second, second * len(index) + first]
            weights += [np.full(2 * len(first), 1 / distance)]
        keys, inverse = np.unique(np.concatenate(found), return_inverse=True)
        sums = np.bincount(inverse, np.concatenate(weights), len(keys))
    return np.stack([keys // len(index), keys % len(index)], axis=1), sums.astype(np.float32)


def glove_loss(scores, counts, x_max: float, alpha: float):
    """The sum of f(X) (w . w~ + b + b~ - log X)^2 (eq. 8 and 9), halved as in the authors' own code.

    Args:
        scores, counts: tensors (N,): w . w~ + b + b~, and X > 0.
    """
    weights = (counts / x_max).clamp(max=1) ** alpha
    return 0.5 * (weights * (scores - counts.log()) ** 2).sum()


def glove(
    sentences: Iterable[list[str]], counts: Mapping[str, int], settings: Settings, progress: Progress | None = None
) -> WordVectors:
    """Vectors of the words of `counts`: the sum of each word's two (section 4.2), learnt with AdaGrad.

    Raises:
        TextError: when no two of the words stand together.
    """
    import torch

    index = {word: row for row, word in enumerate(counts)}
    found, sums = cooccurrences(sentences, index, settings.window)
    if not len(found):
        raise TextError("Nothing can be learnt: no two words that come often enough stand together; give more text, or "
                        "a smaller --min-count.")  # fmt: skip
    pairs, values = torch.from_numpy(found), torch.from_numpy(sums)
    generator = torch.Generator().manual_seed(settings.seed)
    shape = 2, len(index), settings.vector_size
    vectors = ((torch.rand(shape, generator=generator) - 0.5) / settings.vector_size).requires_grad_()
    biases = torch.zeros(2, len(index), requires_grad=True)
    optimizer = torch.optim.Adagrad([vectors, biases], lr=LEARNING_RATE, initial_accumulator_value=1.0)
    losses = []
    for epoch in range(settings.epochs):
        total = 0.0
        for batch in torch.randperm(len(pairs), generator=generator).split(BATCH):
            centre, context = pairs[batch].T
            scores = (vectors[0, centre] * vectors[1, context]).sum(dim=1) + biases[0, centre] + biases[1, context]
            loss = glove_loss(scores, values[batch], settings.x_max, settings.glove_alpha)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(pairs))
        if progress:
            progress(epoch + 1, settings.epochs)
    summed = vectors.detach().sum(dim=0).numpy().astype(np.float32)
    return WordVectors("glove", tuple(counts), summed, {"losses": losses})
