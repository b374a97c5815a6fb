"""What word vectors are learnt from: captions of a collection or of drawn scenes, and text files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vse.data.collection import load_collection
from vse.errors import TextError
from vse.words.lab.corpus import Corpus, text_corpus

SCENES, SCENES_ES = "scenes:", "scenes-es:"
_TEXTS = (".txt", ".gz")


def open_corpus(given: Sequence[str], split: str | None = None, seed: int = 0) -> Corpus:
    """A corpus by what a person writes: `scenes:COUNT`, `scenes-es:COUNT`, text files (.txt, .gz), or a collection.

    `scenes:COUNT` is the captions of so many training scenes of Emoji Scenes, none of which ships; nothing is drawn.
    `scenes-es:COUNT` is Spanish captions of as many; another seed takes other scenes.

    Raises:
        TextError: for nothing of that kind, several of which only one may come, or a collection without captions.
        CollectionError: for a collection that cannot be read.
    """
    if all(Path(each).suffix in _TEXTS for each in given):
        if split is not None:
            raise TextError(f"Text files have no split {split!r}: leave it away, or give a collection.")
        return text_corpus([Path(each) for each in given])
    if len(given) > 1:
        raise TextError(f"{len(given)} corpora came: give one collection, or text files (.txt, .gz), of which several "
                        "are read one after the other.")  # fmt: skip
    if given[0].startswith((SCENES, SCENES_ES)):
        return _scenes(given[0], seed)
    collection = load_collection(given[0], split)
    captions = collection.captions
    if not captions:
        raise TextError(f"{collection.name} has no captions to learn from: give a collection with captions.")
    return Corpus(collection.name, lambda: iter(captions))


def _scenes(given: str, seed: int) -> Corpus:
    kind, _, count = given.partition(":")
    if not count.isdecimal() or not int(count):
        raise TextError(f"{given} names no corpus: write how many scenes, such as {kind}:5000.")

    def texts() -> Iterator[str]:
        from vse.data.scenes.language.captions import Caption, write_captions
        from vse.data.scenes.language.spanish import write_spanish_captions
        from vse.data.scenes.world.sample import sample_scene
        from vse.data.scenes.world.scene import Scene

        write: Callable[[Scene], tuple[Caption, ...]] = write_captions
        if given.startswith(SCENES_ES):
            write = write_spanish_captions
        for number in range(int(count)):
            for caption in write(sample_scene("train", number, seed)):
                yield caption.text

    return Corpus(given, texts)
