"""GloVe (Pennington, Socher & Manning 2014), in torch: no library that is kept trains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from vse.errors import TextError
from vse.io.progress import Progress
from vse.words.lab.settings import Settings
from vse.words.table import WordVectors

BATCH = 4096
LEARNING_RATE = 0.05


def cooccurrences(
    sentences: Iterable[list[str]], index: Mapping[str, int], window: int
) -> dict[tuple[int, int], float]:
    """(row of a word, row of a word in its context) -> the sum of 1 / distance over all places in the corpus.

    Words that are not in `index` are no context, but keep their place in the sentence (section 4.2).
    """
    found: dict[tuple[int, int], float] = defaultdict(float)
    for words in sentences:
        rows = [index.get(word, -1) for word in words]
        for at, centre in enumerate(rows):
            for distance, other in enumerate(reversed(rows[max(at - window, 0) : at]), start=1):
                if centre >= 0 and other >= 0:
                    found[centre, other] += 1 / distance
                    found[other, centre] += 1 / distance
    return found


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
    found = cooccurrences(sentences, index, settings.window)
    if not found:
        raise TextError("Nothing can be learnt: no two words that come often enough stand together; give more text, or "
                        "a smaller --min-count.")  # fmt: skip
    pairs, values = torch.tensor(list(found)), torch.tensor(list(found.values()), dtype=torch.float32)
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
