"""A VSE as ONNX files, for a browser, a phone or another language: both towers, the words, and how to read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vse.encoders.devices import missing_packages
from vse.encoders.onnx import PixelTower, checked_graph, drawn_pixels
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import Checkpoint
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, ConfigError
from vse.io.atomic import Kind, check_folder, replace_folder
from vse.io.installed import install_extra
from vse.modalities import IMAGE, TEXT
from vse.modalities.text.characters import CharacterGRU
from vse.modalities.text.spelling import spelled
from vse.modalities.text.tower import TextTower

IMAGE_GRAPH, TEXT_GRAPH, MODEL, CARD = "image.onnx", "text.onnx", "model.json", "README.md"
READER, BROWSER_READER = "vse_onnx.py", "vse_onnx.js"
FILES = (IMAGE_GRAPH, TEXT_GRAPH, MODEL, READER, BROWSER_READER, CARD)
ONNX_MODEL = Kind("an ONNX model", lambda folder: FILES if (folder / MODEL).is_file() else ())
# Rows of torch's gates as ONNX orders them, and what makes its GRU torch's.
_GATES: dict[str, tuple[tuple[int, ...], dict[str, int]]] = {
    "GRU": ((1, 0, 2), {"linear_before_reset": 1}),
    "LSTM": ((0, 3, 1, 2), {}),
}


def export(model: str, to: Path) -> str:
    """image.onnx, text.onnx, model.json, README.md, and what runs them: vse_onnx.py with numpy and onnxruntime, and
    vse_onnx.js in a browser with onnxruntime-web.

    Raises:
        WriteError: when anything else stands there.
        ConfigError: when the extra [fast] is not installed.
        CheckpointError: for a model that is no VSE of pictures and texts, or whose graphs are not like it.
    """
    check_folder(to, ONNX_MODEL)
    if missing := missing_packages():
        raise ConfigError(f"ONNX is not installed: {install_extra('fast', ' '.join(missing))}.")
    encoder = load_model(model, "cpu")
    if not isinstance(encoder, VSEEncoder) or not {IMAGE, TEXT} <= set(encoder.modalities):
        raise CheckpointError(f"{encoder.name} is no VSE of pictures and texts, and only these are written as ONNX.")
    checkpoint = encoder.checkpoint
    image = checked_graph(
        PixelTower(checkpoint.model, checkpoint.preprocess),
        [drawn_pixels(checkpoint.preprocess.size)], ["pixels"], [["count"]],
    )  # fmt: skip
    text = text_graph(checkpoint)
    with replace_folder(to, ONNX_MODEL) as work:
        (work / IMAGE_GRAPH).write_bytes(image)
        (work / TEXT_GRAPH).write_bytes(text)
        (work / MODEL).write_text(json.dumps(described(encoder), ensure_ascii=False), encoding="utf-8")
        for reader in (READER, BROWSER_READER):
            (work / reader).write_text(Path(__file__).with_name(reader).read_text(encoding="utf-8"), encoding="utf-8")
        (work / CARD).write_text(card(encoder), encoding="utf-8")
    return f"{encoder.name} written to {to}; try python {to / READER} with a sentence or a picture's path"


def described(encoder: VSEEncoder) -> dict[str, Any]:
    """What must be known to read inputs, and how vectors are compared."""
    checkpoint = encoder.checkpoint
    text = checkpoint.model.config.text
    return {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dim": encoder.dim,
        "similarity": encoder.similarity.name,
        "image": {"size": checkpoint.preprocess.size, "fit": checkpoint.preprocess.fit},
        "text": {"tower": text.tower, "max_words": text.max_words, "words": list(checkpoint.vocabulary.words)},
    }


def text_graph(checkpoint: Checkpoint) -> bytes:
    """ids (N, L) int64 padded with 0, lengths (N,) int64, and where words may be spelt letters (U, M) int64 -> vectors.

    Raises:
        CheckpointError: as `checked_graph`.
    """
    graph = TextGraph(checkpoint)
    known = graph.tower.embedding.num_embeddings
    ids = torch.tensor([[2 % known, 3 % known, 1, 2 % known], [1, 3 % known, 0, 0], [2 % known, 0, 0, 0]])
    inputs, names, sizes = [ids, torch.tensor([4, 2, 1])], ["ids", "lengths"], [["count", "length"], ["count"]]
    if graph.tower.reader is not None:
        ids[0, 1], ids[1, 1] = known, known + 1
        inputs.append(torch.from_numpy(spelled(["snow", "mountains"])))
        names.append("letters")
        sizes.append(["spelt", "symbols"])

    def truth(*inputs: Tensor) -> Tensor:
        return checkpoint.model.embed(TEXT, inputs)

    return checked_graph(graph, inputs, names, sizes, truth)


class TextGraph(nn.Module):
    """The text tower in operators of ONNX: its exporter has none for the packed sequences of torch's recurrent nets."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__()
        self.model = checkpoint.model
        self.tower: TextTower = checkpoint.model.text_tower
        self.recurrent = Recurrent(self.tower.recurrent)
        reader = self.tower.reader
        self.letters = Recurrent(reader.recurrent) if isinstance(reader, CharacterGRU) else None

    def forward(self, ids: Tensor, lengths: Tensor, letters: Tensor | None = None) -> Tensor:
        tower, words = self.tower, self.tower.embedding(ids.clamp(max=self.tower.embedding.num_embeddings - 1))
        if letters is not None:
            known = tower.embedding.num_embeddings
            found = self._spelt(letters)[(ids - known).clamp(min=0)]
            words = torch.where((ids < known)[..., None], words, found)
        states, last = self.recurrent(words, lengths)
        pooled = states.sum(dim=1) / lengths[:, None] if tower.pooling == "mean" else last
        return self.model.embed_features(TEXT, pooled)

    def _spelt(self, letters: Tensor) -> Tensor:
        reader: Any = self.tower.reader
        if self.letters is None:
            return reader(letters)
        return reader.affine(self.letters(reader.letters(letters), (letters > 0).sum(dim=1))[1])


class Recurrent(nn.Module):
    """A GRU or LSTM of one layer by ONNX's operator: (N, L, D), (N,) lengths -> states (N, L, H'), the last (N, H')."""

    def __init__(self, net: nn.GRU | nn.LSTM) -> None:
        super().__init__()
        self.operator, self.hidden = type(net).__name__, net.hidden_size
        self.directions = 2 if net.bidirectional else 1
        order = _GATES[self.operator][0]
        ends = ("", "_reverse")[: self.directions]

        def rows(name: str, end: str) -> Tensor:
            parts = getattr(net, f"{name}_l0{end}").detach().chunk(len(order))
            return torch.cat([parts[gate] for gate in order])

        self.register_buffer("inputs", torch.stack([rows("weight_ih", end) for end in ends]))
        self.register_buffer("before", torch.stack([rows("weight_hh", end) for end in ends]))
        biases = [torch.cat([rows("bias_ih", end), rows("bias_hh", end)]) for end in ends]
        self.register_buffer("biases", torch.stack(biases))

    inputs: Tensor
    before: Tensor
    biases: Tensor

    def forward(self, rows: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        count, length, hidden = rows.shape[0], rows.shape[1], self.hidden
        direction = "bidirectional" if self.directions == 2 else "forward"
        states, last, *_ = torch.onnx.ops.symbolic_multi_out(
            self.operator,
            (rows.transpose(0, 1), self.inputs, self.before, self.biases, lengths.int()),
            {"hidden_size": hidden, "direction": direction, **_GATES[self.operator][1]},
            dtypes=(torch.float32,) * (2 if self.operator == "GRU" else 3),
            shapes=((length, self.directions, count, hidden),)
            + ((self.directions, count, hidden),) * (1 if self.operator == "GRU" else 2),
            version=14,
        )
        wide = self.directions * hidden
        return states.permute(2, 0, 1, 3).reshape(count, length, wide), last.transpose(0, 1).reshape(count, wide)


_CARD = """# {name} as ONNX

Two towers into one space of {dim} dimensions; vectors have length 1, and {similarity} compares them.

```bash
pip install onnxruntime numpy pillow
python {reader} "a dog on the beach" picture.jpg
```

`{reader}` reads sentences and pictures as the model does, with these packages alone. `{browser_reader}` does so in a
browser with onnxruntime-web (`npm install onnxruntime-web`); how it is used stands at its head.

- `{image_graph}`: `pixels` (N, {size}, {size}, 3) uint8, RGB, resized, gives `vectors` (N, {dim}) float32.
- `{text_graph}`: `ids` (N, L) int64, padded with 0, and `lengths` (N,) int64 give `vectors` (N, {dim}) float32.
{letters}- `{model}`: the size of pictures and how they are fitted into it, and the words in the order of their ids.
"""
_LETTERS = """  `letters` (U, M) int64 are words to be spelt, at least one row: 1, the bytes in UTF-8 + 3
  (24 at most), 2, then 0 to at least 5 columns. The id {first} + u stands for row u.
"""


def card(encoder: VSEEncoder) -> str:
    """README.md: what each file takes and gives."""
    tower = encoder.checkpoint.model.text_tower
    letters = _LETTERS.format(first=tower.embedding.num_embeddings) if tower.reader is not None else ""
    similarity = {"cosine": "their dot product"}.get(
        encoder.similarity.name, f"the {encoder.similarity.name} similarity"
    )
    return _CARD.format(
        name=encoder.name, dim=encoder.dim, similarity=similarity, reader=READER, browser_reader=BROWSER_READER,
        image_graph=IMAGE_GRAPH, text_graph=TEXT_GRAPH, model=MODEL, size=encoder.checkpoint.preprocess.size,
        letters=letters,
    )  # fmt: skip
