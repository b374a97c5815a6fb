"""What can be added from outside the packages: each registry takes one more entry, and what it names is used."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from demo.page.page import build, first_view
from demo.photographs.open_folder import Desk
from demo.search.tab import Search
from demo.shared.address import Page, read
from demo.shared.models import Service
from demo.shared.question import Question
from demo.shared.view import Asking, Endpoint, Parts, View, front_and_ask
from demo.views import VIEWS
from tests.conftest import FakeEncoder, write_pictures
from tests.training.test_trainer import MODEL as TINY
from tests.training.test_trainer import noise
from vse.cli import parser
from vse.cli.train import configurations
from vse.data import load_collection
from vse.data.item import Item
from vse.data.readers import READERS
from vse.data.readers.base import Contents
from vse.data.readers.caption_file import CaptionFile
from vse.encoders.joint import JointModel
from vse.search.searcher import Searcher
from vse.training.config import train_config
from vse.training.objectives import OBJECTIVES, title_of
from vse.training.objectives.base import Ranking
from vse.training.run import train
from vse.training.sources.base import Batch
from vse.training.state import new_run
from vse.training.trainer import Trainer

REQUEST: Any = SimpleNamespace(session_hash="me", query_params={})


def test_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def read(source: Path, images: Path | None) -> Contents:
        names = (line.split(": ") for line in source.read_text().splitlines())
        return Contents(source, tuple(Item.picture(name, source.parent / name, (caption,)) for name, caption in names))

    monkeypatch.setattr("vse.data.readers.READERS", [*READERS, CaptionFile("lines", ("captions.lines",), read)])
    write_pictures(tmp_path / "c", ["red", "green"])
    (tmp_path / "c" / "captions.lines").write_text("green.png: a meadow\nred.png: a barn\n")
    collection = load_collection(tmp_path / "c")
    assert [item.id for item in collection.items] == ["green.png", "red.png"]
    assert collection.captions == ("a meadow", "a barn")
    assert load_collection(tmp_path / "c" / "captions.lines") == collection


def test_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    @dataclass(frozen=True)
    class SquaredConfig:
        strength: float = 2.0

    class Squared(Ranking):
        """Scores of the true pairs at one, those of others at zero."""

        Config = SquaredConfig
        title = "squared distance to the identity"

        def loss(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
            return self.config.strength * (scores - torch.eye(len(scores))).square().mean()

    monkeypatch.setitem(OBJECTIVES, "squared", Squared)
    settings = {"loss": "squared", "strength": 3.0, "paraphrase": 0.5, "ema_decay": 0.5}
    training = train_config({"scenes": 4, "batch_size": 4, "epochs": 1, "validation_scenes": 2, **settings})
    monkeypatch.setattr("vse.training.sources.scene_set.rendered", noise)
    train(tmp_path / "run", TINY, training, device="cpu")
    state = json.loads((tmp_path / "run" / "state" / "state.json").read_text())
    assert [entry["epoch"] for entry in state["history"]] == [1]  # of two steps
    assert state["history"][0]["loss"] > 0
    assert new_run(tmp_path / "run", None, None, resume=True)[1] == training
    assert title_of("squared") == "squared distance to the identity"
    options = parser().parse_args(["train", "somewhere", "--loss", "squared", "--strength", "3"])
    assert configurations(options)[1].objectives["squared"] == SquaredConfig(3.0)


class Sounds(JointModel):
    """Pictures, texts and sounds of two numbers each, of which a table of its own makes vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.towers = nn.ModuleDict({name: nn.Linear(2, 3) for name in ("image", "text", "sound")})

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        return inputs

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        return normalize(self.towers[modality](features), dim=-1)


@dataclass(frozen=True)
class Trained:
    """The sounds' model as training sees it."""

    similarity = "cosine"
    start = None

    def build(self) -> Sounds:
        return Sounds()


@dataclass
class Noises:
    """Four things a batch, with one picture, two texts and three sounds each."""

    steps_per_epoch: int = 2
    widths: dict[str, int] = field(default_factory=dict)

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        random = torch.Generator().manual_seed(10 * epoch + step)
        counts = {"image": 1, "text": 2, "sound": 3}
        return Batch(4, {name: torch.rand(4 * count, 2, generator=random) for name, count in counts.items()})


def test_a_third_modality_is_trained_with_the_others(tmp_path: Path):
    training = train_config({"loss": "infonce", "paraphrase": 0.2, "epochs": 40, "learning_rate": 0.1})
    trainer = Trainer(tmp_path, Trained(), training, Noises(), None)  # type: ignore[arg-type]
    before = {name: tower.weight.clone() for name, tower in trainer.model.towers.items()}
    losses = [trainer.step(trainer.source.batch(0, 0), number) for number in range(20)]
    assert losses[-1] < losses[0]
    for name, tower in trainer.model.towers.items():
        assert not torch.equal(tower.weight, before[name]), name


LONG = "a red square on a green field under a blue sky"


class Length(View):
    """How many letters a question has."""

    id, title = "length", "Length"

    def build(self, page: Parts) -> None:
        words, letters = gr.Textbox(), gr.HTML()
        page.opening.add(self.on_load, [words])
        self.asking = Asking(self.on_asked, [page.state], [words, letters])
        page.ask(words.submit, "search", lambda data: Question(str(data)))

    def on_load(self, request: gr.Request) -> Iterator[tuple[str]]:
        yield (read(request.query_params).query,)

    def on_asked(self, question: Question, request: gr.Request, page: Page) -> tuple[str, str]:
        return question.text, str(self.length(question.text))

    def length(self, query: str) -> int:
        """Count the letters of a text.

        Args:
            query: any text at all

        Returns:
            how many characters it has
        """
        return len(query)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(self.length, {"type": "integer"}),)

    def opens(self, page: Page, desk: object) -> bool:
        return len(page.query) > 40


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # event loops that Gradio leaves open
def test_a_view(colours: Path):
    service = Service.of(Searcher.open(FakeEncoder(), load_collection(colours)))
    blocks = build(service, views=(Search, Length))
    tabs = [each for each in blocks.blocks.values() if isinstance(each, gr.Tab)]
    assert [(tab.id, tab.label) for tab in tabs] == [("search", "Search"), ("length", "Length")]
    functions = {each.api_name: each.fn for each in blocks.fns.values() if each.api_visibility == "public"}
    assert functions.keys() == {"search_text", "search_image", "length"}
    assert functions["length"]("a red dog") == 9
    (load,) = [each.fn for each in blocks.fns.values() if each.targets[0][1] == "load"]
    request = SimpleNamespace(session_hash="me", query_params={"q": LONG})
    shown = [values for step in load(request) for values in step if not isinstance(values, dict)]
    assert "length" in [each.selected for each in shown if isinstance(each, gr.Tabs)]
    assert shown.count(LONG) == 2  # in the box of this view, and in that of the search
    gc.collect()  # here, where the loops are expected, and not in the middle of another test


def test_a_view_opens_where_it_says_and_is_asked_by_others():
    shown = [each() for each in (*VIEWS, Length)]
    assert first_view(shown, Page(query=LONG), Desk()) == "length"
    assert first_view(shown, Page(query="red"), Desk()) == "search"
    asking = Asking(Length().on_asked, [], [])
    ask = front_and_ask("length", asking, lambda data: Question(data["value"]))
    tabs, *values = ask(gr.EventData(None, {"value": "a - b"}), REQUEST, Page())
    assert (tabs.selected, values) == ("length", ["a - b", "5"])
