from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import tiny_clip
from vse.cli import main, parser
from vse.cli.train import configurations
from vse.data import collection as collection_module
from vse.data import load_collection
from vse.encoders import registry as registry_module
from vse.encoders.clip.config import ClipConfig
from vse.encoders.clip.folder import save_clip_folder
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import load_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.evaluation.bench import latency as bench_module
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE
from vse.evaluation.model_card import metadata_of
from vse.evaluation.report import evaluate_encoder, evaluation_table
from vse.io import paths
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.search.searcher import Searcher
from vse.training import export as export_module
from vse.training import run as run_module
from vse.training.config import TrainConfig, train_config
from vse.training.kinds.clip import DEFAULTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def where(scenes_model: Path, scenes_folder: Path) -> list[str]:
    return ["--model", str(scenes_model), "--collection", str(scenes_folder)]


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_words_give_pictures(
    where: list[str], scenes_model: Path, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["search", "a dog on the beach", *where, "-k", "3", "--json", str(tmp_path / "a.json")]) == 0
    hits = Searcher.open(scenes_model, scenes_folder).search_text("a dog on the beach", 3)
    answers = read(tmp_path / "a.json")["answers"]
    assert [(a["id"], a["score"], a["rank"]) for a in answers] == [(h.item_id, h.score, h.rank) for h in hits]
    assert answers[0]["image"] == str(scenes_folder / f"images/{hits[0].item_id}.png")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines[:3]] == [hit.item_id for hit in hits]
    assert lines[3] == f"written to {tmp_path / 'a.json'}"


def test_a_picture_gives_captions(where: list[str], scenes_folder: Path, capsys: pytest.CaptureFixture[str]):
    collection = load_collection(scenes_folder)
    assert main(["search", str(collection.items[0].image_path), *where, "-k", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert all(line.strip().split("  ", 3)[3] in collection.captions for line in lines)


def test_a_picture_that_is_not_there_is_told_and_not_taken_for_words(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for missing in (str(tmp_path / "missing.JPG"), "missing.png", "some folder/my dog.webp"):
        assert main(["search", missing, *where]) == 2
        assert capsys.readouterr().err.startswith(f"error: '{missing}' does not exist or is not a file")


def test_a_file_named_as_the_query_is_no_picture_unless_it_holds_one(
    where: list[str],
    scenes_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    assert main(["search", "dog", *where]) == 0
    words = capsys.readouterr().out
    Path("dog").write_text("dear diary", encoding="utf-8")
    assert main(["search", "dog", *where]) == 0
    assert capsys.readouterr().out == words
    Path("dog").write_bytes(load_collection(scenes_folder).items[0].image_path.read_bytes())
    assert main(["search", "dog", *where]) == 0
    assert capsys.readouterr().out != words


def test_unknown_words_are_noted(where: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["search", "dogz and a xylophone", *where]) == 0
    output = capsys.readouterr().out
    assert "note: the model does not know 'dogz' and passes over it; near words: dog" in output
    assert "note: the model does not know 'xylophone' and passes over it\n" in output


def test_a_negation_is_told_once_with_the_sum_to_ask(where: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["search", "a dog without a cat", *where]) == 0
    output = capsys.readouterr().out
    assert output.count("note:") == 1
    assert output.startswith("note: This space cannot negate: 'a dog without a cat' is read as if it asked for a cat.")
    assert "Ask for the sum instead: dog - cat\n" in output
    assert main(["search", "dog - cat", *where]) == 0
    assert "note:" not in capsys.readouterr().out


def test_why_tells_what_each_word_adds(where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    kept = ["-k", "2", "--why", "--json", str(tmp_path / "a.json")]
    assert main(["search", "dog and cat", *where, *kept]) == 0
    whole = read(tmp_path / "a.json")
    shares = np.array([each["shares"] for each in whole["why"]])
    assert [each["word"] for each in whole["why"]] == ["dog", "and", "cat"]
    assert shares.sum(axis=0) == pytest.approx([each["score"] for each in whole["answers"]], abs=1e-5)
    assert f"     {shares[2].mean():+.3f}  cat\n" in capsys.readouterr().out
    assert main(["search", "dog", *where, "-k", "1", "--why"]) == 0
    assert re.search(r" 1  (0\.\d+) (?s:.*) \+\1  dog\n", capsys.readouterr().out)


def test_evaluate_gives_the_figures_of_the_encoder(
    scenes_model: Path, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["evaluate", str(scenes_model), str(scenes_folder), "--json", str(tmp_path / "e.json")]) == 0
    evaluation = evaluate_encoder(load_model(scenes_model), load_collection(scenes_folder))
    data = read(tmp_path / "e.json")
    assert data == evaluation.to_json()
    assert set(data) == {IMAGE_TO_TEXT.name, TEXT_TO_IMAGE.name, "rsum", "truth"}
    assert set(data["truth"]) == {IMAGE_TO_TEXT.name, TEXT_TO_IMAGE.name, "held_out"}
    assert (data[IMAGE_TO_TEXT.name]["queries"], data[IMAGE_TO_TEXT.name]["candidates"]) == (30, 150)
    assert (data[TEXT_TO_IMAGE.name]["queries"], data[TEXT_TO_IMAGE.name]["candidates"]) == (150, 30)
    assert 0 < data["truth"]["held_out"][IMAGE_TO_TEXT.name]["queries"] < 30
    output = capsys.readouterr().out
    assert evaluation_table(evaluation) in output
    assert f"rsum {data['rsum']:.1f}" in output
    assert "| caption -> pictures, held-out combinations |" in output


def test_evaluate_takes_a_split(scenes_model: Path, scenes_folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", str(scenes_model), str(scenes_folder), "--split", "dev"]) == 2
    assert capsys.readouterr().err == "error: noise has no split 'dev'; it has test.\n"


def test_bundled_models_and_collections_are_listed(
    scenes_model: Path,
    scenes_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(registry_module, "MODELS", scenes_model.parent)
    monkeypatch.setattr(paths, "MODELS", scenes_model.parent)
    monkeypatch.setattr(collection_module, "COLLECTIONS", scenes_folder.parent)
    assert main(["models", "--json", str(tmp_path / "m.json")]) == 0
    assert main(["collections", "--json", str(tmp_path / "c.json")]) == 0
    size = sum(path.stat().st_size for path in scenes_model.iterdir())
    assert read(tmp_path / "m.json") == [{"name": "tiny-scenes", "dim": 8, "bytes": size, "path": str(scenes_model)}]
    assert read(tmp_path / "c.json") == [{"name": "noise", "pictures": 30, "captions": 150}]
    assert "truth known" in capsys.readouterr().out


def test_bench_times_every_step(
    where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(bench_module, "WARM_UP", 1)
    monkeypatch.setattr(bench_module, "REPEATS", 2)
    assert main(["bench", *where, "--json", str(tmp_path / "b.json")]) == 0
    rows = read(tmp_path / "b.json")
    assert len(rows) == 7
    assert all(milliseconds > 0 for milliseconds in rows.values())
    output = capsys.readouterr().out
    assert all(f"{name} " in output for name in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "a dog", "--model", "none"], "error: No model 'none': expected a model folder's path"),
        (["evaluate", "{model}", "none"], "error: No collection 'none': expected a folder's path"),
        (["search", " ", "{where}"], "error: The text is empty: type at least one word."),
        (["search", "xylophone", "{where}"], "error: The model knows none of these words: 'xylophone'"),
        (["search", __file__, "{where}"], "error: .* is not a picture in a format"),
        (["export", "{tmp}/none", "{tmp}/to"], "error: .*none/best is not a folder; a model is a folder"),
        (["train", "{tmp}/none", "--resume"], "error: .*none holds no run to resume"),
        (["train", "{tmp}/none", "--resume", "--seed", "1"], "error: A run is resumed as it was configured"),
        (["train", "{tmp}/run", "--temperature", "0.1"], "error: temperature is a setting of the loss infonce, which"),
        (["train", "{tmp}/run", "--collection", "c", "--scenes", "9"], "error: scenes is a setting of Emoji Scenes"),
        (["train", "{tmp}/run", "--start-from", "m", "--dim", "9"], "error: .* has its architecture; leave --dim away"),
        (["train", "{tmp}/run", "--loss", "order"], "error: The loss is 'order' and the similarity 'cosine'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    arguments: list[str],
    message: str,
    where: list[str],
    scenes_model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    filled: list[str] = []
    for argument in arguments:
        filled += where if argument == "{where}" else [argument.format(model=scenes_model, tmp=tmp_path)]
    assert main(filled) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert re.match(message, error)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["serach", "dog"], "invalid choice: 'serach'"),
        (["search", "dog", "-k", "0"], "got 0, expected 1 to 1,000,000,000"),
        (["search", "dog", "--min-fit", "2"], "--min-fit: got '2', expected a number from 0 to 1"),
        (["search", "dog", "--min-fit", "nan"], "--min-fit: got 'nan', expected a number from 0 to 1"),
        (["search", "dog", "--min-fit", "most"], "--min-fit: got 'most', expected a number from 0 to 1"),
        (["build", "scenes", "to", "--split", "valid"], "invalid choice: 'valid'"),
        (["train", "run", "--image-widths", "8,x"], "invalid"),
        (["train", "run", "--loss", "mse"], "argument --loss: invalid choice: 'mse'"),
    ],
)
def test_arguments_that_do_not_fit_end_with_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Searcher, "open", interrupted)
    assert main(["search", "dog"]) == 130
    assert "interrupted" in capsys.readouterr().err


def options(*arguments: str) -> argparse.Namespace:
    return parser().parse_args(["train", "run", *arguments])


def test_training_options_fill_the_configurations():
    model, training, given = configurations(
        options(
            *("--scenes", "50", "--no-counterparts", "--loss", "order", "--similarity", "order", "--margin", "0.05"),
            *("--image-widths", "8,16", "--image-size", "32", "--text-cell", "lstm", "--no-text-bidirectional"),
        )
    )
    assert training == train_config({"scenes": 50, "counterparts": False, "loss": "order", "margin": 0.05})
    text = TextConfig(cell="lstm", bidirectional=False)
    assert model == ModelConfig(similarity="order", image=ImageConfig(widths=(8, 16), size=32), text=text)
    assert given


def test_without_options_the_configurations_are_the_defaults():
    assert configurations(options()) == (ModelConfig(), TrainConfig(), False)


def test_towers_choose_the_configuration_and_the_defaults(tmp_path: Path):
    model, training, given = configurations(
        options("--towers", "clip", "--clip-merges", "50", "--learning-rate", "0.5")
    )
    assert model == ClipConfig(merges=50)
    assert training == train_config({**DEFAULTS, "learning_rate": 0.5})
    assert given
    (tmp_path / "c.json").write_text(json.dumps({**ClipConfig().open_clip, "note": "mine"}))
    model, _, _ = configurations(options("--towers", "clip", "--clip-config", str(tmp_path / "c.json")))
    assert isinstance(model, ClipConfig)
    assert model.open_clip["note"] == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--towers", "clip", "--image-size", "32"], "Towers 'clip' have no image size; leave it away"),
        (["--clip-merges", "9"], "Towers 'vse' have no clip merges"),
    ],
)
def test_an_option_of_other_towers_is_refused(arguments: list[str], message: str):
    with pytest.raises(TrainingError, match=message):
        configurations(options(*arguments))


def test_train_and_export_pass_on_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked: list[tuple] = []

    def trained(*arguments: Any) -> Path:
        asked.append(arguments)
        return arguments[0] / "best"

    monkeypatch.setattr(run_module, "train", trained)
    monkeypatch.setattr(export_module, "export", lambda *a: asked.append(a))
    run = str(tmp_path / "run")
    assert main(["train", run, "--epochs", "3"]) == 0
    assert main(["train", run, "--resume", "--device", "cpu"]) == 0
    assert main(["export", run, str(tmp_path / "to"), "--collection", "c"]) == 0
    assert asked == [
        (tmp_path / "run", ModelConfig(), TrainConfig(epochs=3), False, "auto"),
        (tmp_path / "run", None, None, True, "cpu"),
        (tmp_path / "run", tmp_path / "to", [("c", None)], None, None, ""),
    ]
    assert f"the best model is in {tmp_path / 'run' / 'best'}" in capsys.readouterr().out


def test_export_stores_halves_and_measures_what_it_stored(scenes_folder: Path, scenes_model: Path, tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "best").symlink_to(scenes_model)
    (tmp_path / "card.md").write_text("# A model\n\nof mine.\n")
    command = ["export", str(tmp_path / "run"), str(tmp_path / "small"), "--collection", str(scenes_folder)]
    assert main([*command, "--text", str(tmp_path / "card.md")]) == 0
    sizes = [(folder / "weights.safetensors").stat().st_size for folder in (tmp_path / "small", scenes_model)]
    assert sizes[0] < 0.7 * sizes[1]
    evaluation = evaluate_encoder(load_model(tmp_path / "small"), load_collection(scenes_folder))
    assert read(tmp_path / "small" / "metrics.json") == {"noise": evaluation.to_json()}
    card = (tmp_path / "small" / "README.md").read_text()
    assert "---\n\n# A model\n\nof mine.\n\n## Figures\n\nOn `noise`, 30 pictures and 150 captions:" in card
    assert metadata_of(card)["model-index"][0]["results"][0]["dataset"]["name"] == "noise"
    assert "python -m vse evaluate small noise" in card
    assert evaluation_table(evaluation) in card


def test_export_measures_on_several_collections_and_adds_words_that_were_never_read(
    scenes_folder: Path, scenes_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "best").symlink_to(scenes_model)
    known = load_checkpoint(scenes_model).vocabulary
    words = (*known.words[2:6], "otter", "x1", "lasagne", "tram")
    (tmp_path / "vectors.txt").write_text("".join(f"{word} {n} {n % 3}\n" for n, word in enumerate(words)))
    command = ["export", str(tmp_path / "run"), str(tmp_path / "small"), "--collection", str(scenes_folder)]
    command += ["--word-vectors", str(tmp_path / "vectors.txt"), "--words", "2", "--split", "test"]
    assert main([*command, "--collection", str(scenes_folder)]) == 2
    assert "1 splits came for 2 collections" in capsys.readouterr().err
    assert main([*command, "--collection", str(scenes_folder), "--split", "test"]) == 0
    vocabulary = load_checkpoint(tmp_path / "small").vocabulary
    assert vocabulary.words == (*known.words, "otter", "lasagne")
    assert vocabulary.placed == 2
    assert list(read(tmp_path / "small" / "metrics.json")) == ["noise test"]
    capsys.readouterr()
    assert main(["search", "an otter", "--model", str(tmp_path / "small"), "--collection", str(scenes_folder)]) == 0
    assert "note: the model has never read 'otter'; other word vectors say where it stands" in capsys.readouterr().out


def test_exporting_a_clip_says_what_it_is(scenes_folder: Path, tmp_path: Path):
    save_clip_folder(tmp_path / "run" / "best", tiny_clip(), metrics={"dev": {}})
    command = ["export", str(tmp_path / "run"), str(tmp_path / "small"), "--collection", str(scenes_folder)]
    assert main([*command, "--license", "mit"]) == 0
    evaluation = evaluate_encoder(load_model(tmp_path / "small"), load_collection(scenes_folder))
    assert read(tmp_path / "small" / "metrics.json") == {"dev": {}, "noise": evaluation.to_json()}
    card = (tmp_path / "small" / "README.md").read_text()
    says = "CLIP-style, trained by this project's own code; not OpenAI's CLIP."
    assert metadata_of(card)["license"] == "mit"
    assert card.partition("---\n\n")[2].startswith(f"# small\n\n{says}\n\n## Figures\n\nOn `noise`, 30 pictures")


def test_help_names_every_command_without_heavy_imports():
    script = (
        "import sys; from vse.cli import parser; print(parser().format_help());"
        "heavy = {'torch', 'numpy', 'PIL', 'gradio', 'tqdm'} & sys.modules.keys(); assert not heavy, heavy"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    for command in ("search", "models", "collections", "evaluate", "bench", "train", "export", "build"):
        assert f"\n    {command}" in run.stdout


def test_python_m_vse_runs_the_command_line():
    run = subprocess.run(
        [sys.executable, "-m", "vse", "collections", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("usage: python -m vse collections")
