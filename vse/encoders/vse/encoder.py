"""A trained VSE as an Encoder: torch inside, numpy at the border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from vse.encoders.base import LENGTHS, EncoderBase, ImageInput, Placed, SpeechInput, Written
from vse.encoders.devices import INT8, OF_ONNX, half_precision, torch_device
from vse.encoders.similarity import SIMILARITIES
from vse.encoders.vse.captioner import CAPTIONER, Captioner, load_captioner, sentence
from vse.encoders.vse.checkpoint import Checkpoint, load_checkpoint
from vse.encoders.vse.parts import has_part, part_hash
from vse.encoders.vse.speech import ids_of, load_speech, through_text
from vse.errors import TextError
from vse.io.hashing import hash_of
from vse.modalities import IMAGE, SPEECH, TEXT
from vse.modalities.base import load_modality
from vse.modalities.image.decoding import to_read
from vse.modalities.speech.tower import SpeechTower
from vse.modalities.text.unknown import UnknownWord

if TYPE_CHECKING:
    from vse.encoders.onnx import Run

_AT_ONCE = 256  # vectors that captions are written for at a time
_OF_SIMILARITY = 5.0  # how much of log-likelihood a similarity of 1 is worth, where a caption is chosen


class VSEEncoder(EncoderBase):
    """A trained VSE.

    Args:
        checkpoint: the model with its vocabulary and preprocessing.
        name: what to call it.
        device: where it runs, a name of `vse.encoders.devices.DEVICES`; with "onnx" and "int8" its pictures do.
        folder: where its parts are, see `vse.encoders.vse.parts`.
    """

    batch_sizes: Mapping[str, int] = MappingProxyType({"image": 64, "text": 512, "speech": 32})

    def __init__(self, checkpoint: Checkpoint, name: str, device: str = "cpu", folder: Path | None = None) -> None:
        config = checkpoint.model.config
        self.checkpoint = checkpoint
        self.folder = folder
        self.name = name
        self.fingerprint = checkpoint.fingerprint
        self.dim = config.dim
        self.similarity = SIMILARITIES[config.similarity]
        self._hears = SPEECH not in config.towers and has_part(folder, SPEECH)
        self.modalities = (*config.towers, SPEECH) if self._hears else tuple(config.towers)
        self._kinds = {name: load_modality(name) for name in self.modalities}
        self.lengths = {name: kind.length for name, kind in self._kinds.items() if kind.length}
        self._preprocess: dict[str, Any] = {
            name: kind.reading(config.towers[name], checkpoint.vocabulary) if kind.reading else config.towers[name]
            for name, kind in self._kinds.items()
            if name in config.towers
        } | {"image": checkpoint.preprocess}
        self._onnx_device = device if device in OF_ONNX and IMAGE in config.towers else ""
        self._device = torch.device(torch_device(device))
        self._model = checkpoint.model.eval().to(self._device).to(memory_format=torch.channels_last)

    def prepare(self, modality: str, raw: Any, strict: bool = True) -> Any:
        """A picture -> (size, size, 3) uint8, resized; a sentence -> ids of its words; speech -> its spectrogram."""
        return self._kinds[modality].read(raw, self._preprocess_of(modality), strict)

    def encode_prepared(self, modality: str, prepared: Sequence[Any]) -> np.ndarray:
        if modality == IMAGE and self._onnx_device:
            return self._onnx(np.stack(prepared))
        inputs = self._moved(self._kinds[modality].collate(prepared, self._preprocess_of(modality)))
        with torch.inference_mode(), half_precision(self._device.type):
            if modality == SPEECH and self._hears:
                states = self.speech_tower.states(inputs)
                ids = ids_of(self.speech_tower, self.checkpoint.vocabulary).to(self._device)
                return through_text(self.speech_tower, *states, self._model, ids).float().cpu().numpy()
            return self._model.embed(modality, inputs).float().cpu().numpy()

    @cached_property
    def _onnx(self) -> Run:
        """What runs the image tower.

        Raises:
            CheckpointError: when it cannot be an ONNX graph, or not one in 8 bits.
        """
        from vse.encoders.onnx import PixelTower, cached_runner, calibration_pictures, drawn_pixels

        preprocess = self.checkpoint.preprocess
        tower = partial(PixelTower, self._model, preprocess)
        calibration = partial(calibration_pictures, preprocess) if self._onnx_device == INT8 else None
        return cached_runner(self.fingerprint, tower, [drawn_pixels(preprocess.size)], calibration)

    def _preprocess_of(self, modality: str) -> Any:
        return self.speech_tower.config if modality == SPEECH and self._hears else self._preprocess[modality]

    def _moved(self, inputs: Any) -> Any:
        if isinstance(inputs, tuple):
            return tuple(self._moved(each) for each in inputs)
        pictures = inputs.ndim == 4
        return inputs.to(self._device, memory_format=torch.channels_last if pictures else torch.preserve_format)

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8, already resized -> (N, dim) float32, unit rows."""
        return self.encode_prepared("image", list(pixels))

    def by_place(self, image: ImageInput) -> Placed:
        pixels = to_read(image, at_least=2 * self.checkpoint.preprocess.size)
        (picture,) = self._moved(self._kinds[IMAGE].collate([self.prepare(IMAGE, pixels)], self._preprocess[IMAGE]))
        with torch.inference_mode():
            features = self._model.image_tower.features_by_place(picture)
            whole, without = (self._model.embed_features(IMAGE, each).cpu().numpy() for each in features)
        width, height = pixels.size
        left, top, right, bottom = self.checkpoint.preprocess.area(width, height)
        return Placed(whole, without, (left / width, top / height, right / width, bottom / height))

    @property
    def both_ways(self) -> bool:
        return self.checkpoint.model.config.text.bidirectional

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self._model.parameters())

    @property
    def words(self) -> tuple[str, ...]:
        return self.checkpoint.vocabulary.listed

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(each for each in self.checkpoint.vocabulary.unknown(text) if not self._spells(each.word))

    def spelt_words(self, text: str) -> tuple[UnknownWord, ...]:
        vocabulary = self.checkpoint.vocabulary
        found = []
        for each in filter(lambda unknown: self._spells(unknown.word), vocabulary.unknown(text)):
            read_as = vocabulary.slip_of(each.word)
            others = tuple(word for word in each.suggestions if word != read_as)
            found.append(replace(each, suggestions=others, read_as=read_as))
        return tuple(found)

    def _spells(self, word: str) -> bool:
        vocabulary = self.checkpoint.vocabulary
        reads_letters = self.checkpoint.model.config.text.tower != "words"
        return reads_letters and (vocabulary.spells(word) or vocabulary.slip_of(word) != "")

    def placed_words(self, text: str) -> tuple[str, ...]:
        return self.checkpoint.vocabulary.placed_in(text)

    @cached_property
    def speech_tower(self) -> SpeechTower:
        """What hears, where it is a part of the folder.

        Raises:
            CheckpointError: when it is damaged, or was trained beside other weights.
        """
        assert self.folder is not None
        return load_speech(self.folder, self.fingerprint, self.dim).to(self._device)

    def heard(self, recording: SpeechInput) -> tuple[str, ...]:
        inputs = self._moved(self._kinds[SPEECH].collate([self.prepare(SPEECH, recording)], None))
        with torch.inference_mode():
            return self.speech_tower.named(*self.speech_tower.states(inputs))[0]

    def fingerprint_for(self, modality: str) -> str:
        if modality != SPEECH or not self._hears:
            return self.fingerprint
        assert self.folder is not None
        return hash_of(self.fingerprint, part_hash(self.folder, SPEECH))

    @property
    def writes(self) -> bool:
        return has_part(self.folder, CAPTIONER)

    @cached_property
    def captioner(self) -> Captioner:
        """
        Raises:
            CheckpointError: when the model has not learnt to write.
        """
        assert self.folder is not None
        return load_captioner(self.folder, self.fingerprint).to(self._device)

    def captions(self, vectors: np.ndarray, k: int = 1, length: str = "medium") -> list[list[Written]]:
        """The decoder writes several captions for each vector, the model reads them, and both say which comes first."""
        if length not in LENGTHS:
            raise TextError(f"A caption can be {', '.join(LENGTHS)}, not {length!r}.")
        found: list[list[Written]] = []
        for start in range(0, len(vectors), _AT_ONCE):
            rows = np.asarray(vectors[start : start + _AT_ONCE], dtype=np.float32)
            written = self.captioner.write(rows, length)
            distinct = list(dict.fromkeys(text for each in written for text, _ in each))
            row_of = {text: row for row, text in enumerate(distinct)}
            scores = self.similarity.scores(rows, self.encode_texts(distinct, strict=False), a_is=IMAGE, b_is=TEXT)
            for row, each in enumerate(written):
                read = [(Written(sentence(text), float(scores[row, row_of[text]])), likely) for text, likely in each]
                read.sort(key=lambda pair: -(pair[1] + _OF_SIMILARITY * pair[0].score))
                found.append([one for one, _ in read[:k]])
        return found


def load_folder(folder: Path, device: str) -> VSEEncoder:
    """
    Raises:
        CheckpointError: when it does not fit together.
    """
    return VSEEncoder(load_checkpoint(folder), folder.name, device, folder)
