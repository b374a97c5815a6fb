"""What word2vec learns from: windows over sentences, one step of its training, and how coherent a window is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vse.words.table import unit_rows

RATE = 0.025  # the learning rate that word2vec begins with


@dataclass(frozen=True)
class Window:
    """The place of a centre word in its sentence, and those of its context, in order."""

    centre: int
    context: tuple[int, ...]


def window_at(centre: int, count: int, width: int) -> Window:
    """The window around a word of a sentence of `count` words: up to `width` words on each side."""
    around = range(max(0, centre - width), min(count, centre + width + 1))
    return Window(centre, tuple(place for place in around if place != centre))


@dataclass(frozen=True, eq=False)
class Update:
    """One step of gradient descent on the loss of negative sampling.

    hidden: (D,), the vector that predicts. targets: (T, D) float32 of the words that it is compared with; labels: (T,),
    1 for the word that was seen and 0 for those that were drawn. dots, guesses, errors: (T,): the dot products, their
    sigmoids, and how far these are from the labels. gradient: (D,) of the loss by `hidden`. after, targets_after: the
    vectors after the step. loss, loss_after: before and after it.
    """

    hidden: np.ndarray
    targets: np.ndarray
    labels: np.ndarray
    dots: np.ndarray
    guesses: np.ndarray
    errors: np.ndarray
    gradient: np.ndarray
    after: np.ndarray
    targets_after: np.ndarray
    loss: float
    loss_after: float


def negative_sampling(hidden: np.ndarray, seen: np.ndarray, drawn: np.ndarray, rate: float = RATE) -> Update:
    """One step for a vector (D,), the word that was seen (D,), and words drawn at random (T - 1, D).

    The loss is -log s(seen . hidden) - sum of log s(-drawn . hidden), s the sigmoid (Mikolov et al. 2013, "Distributed
    Representations of Words and Phrases and their Compositionality", eq. 4).
    """
    hidden = np.asarray(hidden, np.float64)
    targets = np.concatenate([seen[None], drawn]).astype(np.float64)
    labels = np.zeros(len(targets))
    labels[0] = 1
    dots = targets @ hidden
    guesses = _sigmoid(dots)
    errors = guesses - labels
    gradient = errors @ targets
    after, targets_after = hidden - rate * gradient, targets - rate * np.outer(errors, hidden)
    return Update(hidden, targets, labels, dots, guesses, errors, gradient, after, targets_after,
                  _loss(dots, labels), _loss(targets_after @ after, labels))  # fmt: skip


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))  # which does not overflow


def _loss(dots: np.ndarray, labels: np.ndarray) -> float:
    return float(np.logaddexp(0, np.where(labels > 0, -dots, dots)).sum())


def coherence(centre: np.ndarray, context: np.ndarray) -> float:
    """The mean cosine of a centre word (D,) with the words around it (C, D), -1 to 1; 0 without any.

    A simple score in place of the network that Collobert and Weston 2008 train to tell a true window from one whose
    middle word was exchanged.
    """
    return float((unit_rows(context) @ unit_rows(centre[None])[0]).mean()) if len(context) else 0.0
