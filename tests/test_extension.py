"""What can be added from outside the packages: each registry takes one more entry, and what it names is used."""

from __future__ import annotations

import gc
import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from demo.arithmetic.tab import Arithmetic
from demo.compare.render import Seen, comparison_html
from demo.evaluate.misses import Shown, misses_html
from demo.evaluate.render import ModelRow, tables
from demo.page.page import build, first_view
from demo.search.tab import Search
from demo.shared.address import Page, read
from demo.shared.lists import direction_names
from demo.shared.models import Service
from demo.shared.question import Question
from demo.shared.view import Asking, Endpoint, Parts, View, front_and_ask
from demo.views import VIEWS
from tests.conftest import FakeEncoder, write_pictures
from tests.training.test_trainer import MODEL as TINY
from tests.training.test_trainer import noise
from vse.cli import main, parser
from vse.cli.train import configurations
from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.data.readers import READERS
from vse.data.readers.base import Contents
from vse.data.readers.caption_file import CaptionFile
from vse.encoders.joint import JointModel
from vse.encoders.registry import ENCODERS, EncoderKind, dim_of, load_model
from vse.encoders.similarity import COSINE, Similarity, normalise
from vse.encoders.vse.checkpoint import Checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.encoder import VSEEncoder
from vse.encoders.vse.model import VSE
from vse.errors import CollectionError, ModalityError
from vse.evaluation.compare import compare
from vse.evaluation.compare_sheet import comparison_sheet
from vse.evaluation.compare_table import comparison_tables
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE
from vse.evaluation.misses import misses_of
from vse.evaluation.report import evaluate_encoder, evaluation_table, score_matrices
from vse.evaluation.retrieval import Evaluation
from vse.io.atomic import write_text
from vse.io.paths import cache_folder
from vse.modalities.base import MODALITIES, Modality, load_modality
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.vocabulary import Vocabulary
from vse.search.hit import Hit
from vse.search.searcher import Searcher
from vse.search.stores.base import STORES
from vse.search.stores.sqlite_index import SqliteIndex
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

        def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
            return self.config.strength * (scores - torch.eye(*scores.shape)).square().mean()

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


@dataclass(frozen=True)
class Listed:
    """A store of Python lists, kept as JSON."""

    fingerprint: str
    modality: str
    item_ids: tuple[str, ...]
    lists: list[list[float]]

    @classmethod
    def build(cls, fingerprint: str, modality: str, item_ids: Sequence[str], vectors: np.ndarray) -> Listed:
        return cls(fingerprint, modality, tuple(item_ids), np.asarray(vectors, float).tolist())

    @property
    def vectors(self) -> np.ndarray:
        return np.array(self.lists)

    def rows(self, rows: Sequence[int]) -> np.ndarray:
        return np.array([self.lists[row] for row in rows], np.float32)

    @property
    def dim(self) -> int:
        return len(self.lists[0])

    def __len__(self) -> int:
        return len(self.lists)

    def search(
        self,
        query: np.ndarray,
        k: int = 10,
        exclude: Container[str] = (),
        similarity: Similarity = COSINE,
        query_is: str = "text",
        among: np.ndarray | None = None,
    ) -> list[Hit]:
        scores = similarity.scores(query[None], self.vectors, a_is=query_is, b_is=self.modality)[0].tolist()
        rows = range(len(self)) if among is None else np.flatnonzero(among).tolist()
        kept = [row for row in rows if self.item_ids[row] not in exclude]
        best = sorted(kept, key=lambda row: -scores[row])[:k]
        return [Hit(self.item_ids[row], scores[row], rank, row) for rank, row in enumerate(best, start=1)]

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray) -> Listed:
        return replace(self, item_ids=(*self.item_ids, *item_ids), lists=self.lists + vectors.tolist())

    def delete(self, item_ids: Iterable[str]) -> Listed:
        kept = [row for row, item_id in enumerate(self.item_ids) if item_id not in set(item_ids)]
        ids = tuple(self.item_ids[row] for row in kept)
        return replace(self, item_ids=ids, lists=[self.lists[row] for row in kept])

    def save(self, folder: str | Path) -> None:
        write_text(Path(folder) / "rows.json", json.dumps(asdict(self)))

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None) -> Listed:
        made_by, modality, ids, rows = json.loads((Path(folder) / "rows.json").read_text()).values()
        return cls(made_by, modality, tuple(ids), rows)


def test_a_store(colours: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(STORES, "lists", "tests.test_extension:Listed")
    encoder, collection = FakeEncoder(), load_collection(colours)
    plain = Searcher.open(encoder, collection)
    for name, kind in (("lists", Listed), ("sqlite", SqliteIndex)):
        for _ in range(2):  # built, then read from the cache
            searcher = Searcher.open(encoder, collection, store=name)
            assert {type(index) for index in searcher.indexes.values()} == {kind}
            for ask in (
                lambda s: s.search_text("red"),
                lambda s: s.search_image(colours / "images/yellow.png"),
                lambda s: s.ask("[yellow] - red", way="captions").hits,
                lambda s: s.nearest_images(s.vector_of("yellow"), 2, exclude={"red"}),
            ):
                found, expected = ask(searcher), ask(plain)
                assert [(h.item_id, h.rank, h.row) for h in found] == [(h.item_id, h.rank, h.row) for h in expected]
                assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-3)
    assert sorted(path.name for path in cache_folder().glob("indexes/fake/*/*")) == [
        "image", "image-lists", "image-sqlite", "text", "text-lists", "text-sqlite",
    ]  # fmt: skip
    monkeypatch.delitem(STORES, "lists")
    with pytest.raises(CollectionError, match="No vector store 'lists'; expected one of exact, sqlite"):
        Searcher.open(encoder, collection, store="lists")


class SoundTower(nn.Module):
    """A sound's numbers into the joint space."""

    def __init__(self, channels: int, dim: int) -> None:
        super().__init__()
        self.affine = nn.Linear(channels, dim)

    def features(self, inputs: Tensor) -> Tensor:
        return inputs

    def embed(self, features: Tensor) -> Tensor:
        return normalize(self.affine(features), dim=-1)


def read_sound(raw: Path, preprocess: object, strict: bool) -> list[float]:
    return [float(loudness) for loudness in raw.read_text().split()]


# What of a sound is red, green and blue stands in its file.
SOUND = Modality(
    "sound",
    "sound",
    read=read_sound,
    collate=lambda ready, preprocess: torch.tensor(ready),
    tower=lambda config, dim, vocabulary_size: SoundTower(config.channels, dim),
)


class Hears(FakeEncoder):
    """The fake, which reads sounds too."""

    modalities = ("image", "text", "sound")

    def encode(self, modality: str, inputs: Sequence[Any], **options: Any) -> np.ndarray:
        if modality != "sound":
            return super().encode(modality, inputs, **options)
        reader = load_modality(modality)
        return normalise(reader.collate([reader.read(each, None, True) for each in inputs], None).numpy())


@pytest.mark.parametrize("store", ["exact", "sqlite"])
def test_a_third_modality_is_searched_in_every_direction(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(MODALITIES, "sound", "tests.test_extension:SOUND")
    sounds = {"red": ["5 1 0", "9 0 0"], "green": ["0 2 0"], "blue": ["0 0 3"], "hum": ["0 1 1"]}
    write_pictures(tmp_path, ["red", "green", "blue"])
    items = []
    for name, loud in sounds.items():
        files = [tmp_path / f"{name}{number}.sound" for number in range(len(loud))]
        for file, loudness in zip(files, loud, strict=True):
            file.write_text(loudness)
        seen = {} if name == "hum" else {"image": (tmp_path / f"{name}.png",), "text": (name,)}
        items.append(Item(name, {**seen, "sound": tuple(files)}))
    collection = Collection("heard", tuple(items))
    searcher = Searcher.open(Hears(), collection, store=store)
    assert tuple(searcher.indexes) == ("image", "text", "sound")
    for asked, answers in product(searcher.indexes, repeat=2):
        for item in items[:3]:
            (hit,) = searcher.search(asked, item.inputs[asked][-1], answers, 1)
            assert hit.item_id == item.id, (asked, answers)
            assert hit.score == pytest.approx(1, abs=1e-3)
    # the rows are those of the collection's inputs: the second sound of the first item is its purest
    assert collection.inputs("sound")[searcher.search("text", "red", "sound", 1)[0].row] == tmp_path / "red1.sound"
    assert [hit.item_id for hit in searcher.search("text", "green, blue", "sound", 1)] == ["hum"]
    half = 0.5**0.5
    np.testing.assert_allclose(searcher.vector_of("hum", "sound"), [0, half, half], atol=1e-3)
    with pytest.raises(CollectionError, match="hum of heard has nothing of modality 'image'"):
        searcher.vector_of("hum")
    with pytest.raises(ModalityError, match="fake reads image and text, not 'sound'"):
        Searcher.open(FakeEncoder(), collection).search("sound", items[0].inputs["sound"][0], "sound")
    only = Collection("only", (Item("hum", {"sound": items[-1].inputs["sound"]}),))
    assert Searcher.open(Hears(), only).search("text", "blue", "sound")[0].score == pytest.approx(half, abs=1e-3)
    with pytest.raises(CollectionError, match="only has no pictures to answer with"):
        Searcher.open(Hears(), only).search_text("blue")
    with pytest.raises(CollectionError, match="only has sound, and fake reads image and text"):
        Searcher.open(FakeEncoder(), only)


@dataclass(frozen=True)
class SoundConfig:
    channels: int = 3


@dataclass(frozen=True)
class HearingConfig(ModelConfig):
    sound: SoundConfig = SoundConfig()


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODALITIES, "sound", f"{__name__}:SOUND")


@pytest.mark.usefixtures("sound")
def test_a_field_named_like_a_modality_gives_a_vse_a_tower(tmp_path: Path):
    (tmp_path / "a.sound").write_text("1 3 2")
    config = HearingConfig(dim=TINY.dim, image=TINY.image, text=TINY.text)
    vocabulary = Vocabulary.build(["a red dog"])
    model = VSE(config, len(vocabulary))
    encoder = VSEEncoder(Checkpoint(model, vocabulary, Preprocess(32, "crop", (0.5,) * 3, (0.5,) * 3)), "hearing")
    assert encoder.modalities == ("image", "text", "sound")
    with torch.inference_mode():
        expected = normalize(model.get_submodule("sound_tower").affine(torch.tensor([[1.0, 3.0, 2.0]])), dim=-1)
    np.testing.assert_allclose(encoder.encode("sound", [tmp_path / "a.sound"]), expected, atol=1e-6)
    assert VSE(TINY, len(vocabulary)).config.towers.keys() == {"image", "text"}


class Mishearing(Hears):
    """Takes red for green, green for blue and blue for red, where they sound."""

    def __init__(self) -> None:
        super().__init__("mishearing")
        self.name = "mishearing"

    def encode(self, modality: str, inputs: Sequence[Any], **options: Any) -> np.ndarray:
        heard = super().encode(modality, inputs, **options)
        return np.roll(heard, 1, axis=1) if modality == "sound" else heard


@pytest.fixture
def sounding(colours: Path, sound: None) -> Collection:
    """Red with two sounds, of which the second is as green as can be; green with one between; blue without words."""
    collection = load_collection(colours)
    captions: dict[str, tuple[str, ...]] = {"red": ("a red one",), "green": ("a green one",), "blue": ()}
    sounds = {"red": ("1 0 0", "0 1 0"), "green": ("3 4 0",), "blue": ("0 0 1",)}
    items = []
    for name, loud in sounds.items():
        files = tuple(colours / f"{name}{number}.sound" for number in range(len(loud)))
        for file, loudness in zip(files, loud, strict=True):
            file.write_text(loudness)
        picture = Item.picture(name, collection.item(name).image_path, captions[name])
        items.append(replace(picture, inputs={**picture.inputs, "sound": files}))
    return replace(collection, items=tuple(items))


def test_a_third_modality_is_evaluated_with_the_others(sounding: Collection):
    evaluation = evaluate_encoder(Hears(), sounding)
    found = {
        direction.name: (round(m.r1, 2), round(m.mean_rank, 2), m.queries, m.candidates)
        for direction, m in evaluation.directions.items()
    }
    assert found == {
        "image_to_text": (100.0, 1.0, 2, 2),  # blue has no words to find
        "text_to_image": (100.0, 1.0, 2, 3),
        "image_to_sound": (66.67, 1.33, 3, 4),  # red's second sound is greener than green's own: ranks 1, 2, 1
        "sound_to_image": (75.0, 1.5, 4, 3),  # it finds red last, since blue ties with it: ranks 1, 3, 1, 1
        "text_to_sound": (50.0, 1.5, 2, 4),  # ranks 1, 2
        "sound_to_text": (66.67, 1.33, 3, 2),  # ranks 1, 2, 1
    }
    assert list(found) == list(json.loads(json.dumps(evaluation.to_json())))[:-1]
    assert evaluation.rsum == pytest.approx(600)  # of pictures and captions alone
    assert Evaluation.from_json(json.loads(json.dumps(evaluation.to_json()))) == evaluation
    assert "| sound -> captions | 66.7 |" in evaluation_table(evaluation)


def test_the_misses_of_a_third_modality_are_listed(sounding: Collection):
    found = misses_of(score_matrices(Hears(), sounding), sounding)
    assert [(m.direction.name, m.query, m.answer, m.own, m.own_picture, m.rank) for m in found] == [
        ("sound_to_image", "red", "green", "red", "red", 3),
        ("image_to_sound", "green", "red", "green", "green", 2),
        ("text_to_sound", "a green one", "red", "green", "green", 2),
        ("sound_to_text", "red", "a green one", "a red one", "red", 2),
    ]


def test_models_are_compared_in_what_both_read(sounding: Collection):
    found = compare(Hears(), Mishearing(), sounding, timed=False)
    assert {each.name for each in found.counts} == {each.name for each in found.figures[0].evaluation.directions}
    assert found.overlap_at_10[IMAGE_TO_TEXT] == found.rank_correlation[TEXT_TO_IMAGE] == 1.0
    told = comparison_tables(found)
    assert "| sound -> captions, R@1 | 66.7 |" in told
    assert "Only fake is right, text_to_sound" not in told
    assert "Only fake is right, caption -> sounds (1 of 1):" in told
    assert comparison_sheet(found, sounding).height > 400  # sounds are written where pictures would be drawn
    deaf = compare(Hears(), FakeEncoder("deaf"), sounding, timed=False)
    assert set(deaf.counts) == set(deaf.figures[0].evaluation.directions) == {IMAGE_TO_TEXT, TEXT_TO_IMAGE}


def test_the_page_shows_a_third_modality(sounding: Collection):
    evaluation = evaluate_encoder(Hears(), sounding)
    shown = tables([ModelRow("both", evaluation)], sounding)
    assert "3 pictures, 2 captions, 4 sounds" in shown
    titles = ["caption → pictures", "sound → pictures", "picture → captions", "sound → captions"]
    places = [shown.index(each) for each in (*titles, "picture → sounds", "caption → sounds")]
    assert places == sorted(places)
    misses = misses_of(score_matrices(Hears(), sounding), sounding)
    listed = misses_html(misses, evaluation.directions, Shown("both", "text_to_sound"), "vse", sounding)
    assert 'data-ask="words" data-value="a green one"' in listed
    listed = misses_html(misses, evaluation.directions, Shown("both", "sound_to_text"), "vse", sounding)
    assert 'data-ask="item" data-value="red"' in listed
    assert '<span class="said">a green one</span>' in listed
    found = compare(Hears(), Mishearing(), sounding, timed=False)
    compared = comparison_html(found, None, Seen(direction="gone"), sounding)
    assert all(title in compared for title in titles)
    assert {direction.name for direction in evaluation.directions} <= set(direction_names())


def load_colours(folder: Path, device: str) -> FakeEncoder:
    return FakeEncoder(json.loads((folder / "colours.json").read_text())["fingerprint"])


def test_a_kind_of_model(
    tmp_path: Path, colours: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    kind = EncoderKind("colours.json", ("space", "dim"), f"{__name__}:load_colours")
    monkeypatch.setitem(ENCODERS, "colours", kind)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "colours.json").write_text('{"fingerprint": "f00", "space": {"dim": 3}}')
    encoder = load_model(folder)
    assert (encoder.fingerprint, dim_of(folder)) == ("f00", 3)
    evaluation = evaluate_encoder(encoder, load_collection(colours))
    assert evaluation.directions[TEXT_TO_IMAGE].r1 == 100.0  # each names the colours of its picture
    assert main(["evaluate", str(folder), str(colours)]) == 0
    assert evaluation_table(evaluation) in capsys.readouterr().out


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

    def opens(self, page: Page) -> bool:
        return len(page.query) > 40


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # event loops that Gradio leaves open
def test_a_view(colours: Path):
    service = Service.of(Searcher.open(FakeEncoder(), load_collection(colours)))
    blocks = build(service, views=(Search, Arithmetic, Length))
    tabs = [each for each in blocks.blocks.values() if isinstance(each, gr.Tab)]
    assert [(tab.id, tab.label) for tab in tabs] == [
        ("search", "Search"),
        ("arithmetic", "Arithmetic"),
        ("length", "Length"),
    ]
    functions = {each.api_name: each.fn for each in blocks.fns.values() if each.api_visibility == "public"}
    assert functions.keys() == {
        *("search_text", "search_image", "search_speech", "explain", "arithmetic", "describe", "length")
    }
    assert functions["length"]("a red dog") == 9
    (load,) = [each.fn for each in blocks.fns.values() if each.targets[0][1] == "load"]
    request = SimpleNamespace(session_hash="me", query_params={"q": LONG}, headers={})
    shown = [values for step in load(request) for values in step if not isinstance(values, dict)]
    assert "length" in [each.selected for each in shown if isinstance(each, gr.Tabs)]
    assert shown.count(LONG) == 2  # in the box of this view, and in that of the search
    gc.collect()  # here, where the loops are expected, and not in the middle of another test


def test_a_view_opens_where_it_says_and_is_asked_by_others():
    shown = [each() for each in (*VIEWS, Length)]
    assert first_view(shown, Page(query=LONG)) == "length"
    assert first_view(shown, Page(query="red")) == "search"
    asking = Asking(Length().on_asked, [], [])
    ask = front_and_ask("length", asking, lambda data: Question(data["value"]))
    tabs, *values = ask(gr.EventData(None, {"value": "a - b"}), REQUEST, Page())
    assert (tabs.selected, values) == ("length", ["a - b", "5"])
