from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vse.data import load_collection
from vse.errors import TrainingError
from vse.training import state
from vse.training.sources.features import write_precomputed
from vse.training.studies import ablation
from vse.training.studies.ablation import (
    Choice,
    Setup,
    ablation_table,
    check,
    choices,
    configurations,
    rows_of,
    run_all,
)

WORDS = ("red", "green", "blue", "white")


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    folder = tmp_path / "walls"
    folder.mkdir()
    lines = ["image\tsplit\tcaption"]
    for number in range(136):
        Image.new("RGB", (2, 2)).save(folder / f"{number}.png")
        split = "train" if number < 128 else "dev"
        lines += [f"{number}.png\t{split}\ta {WORDS[number % 4]} wall {k}" for k in range(5)]
    (folder / "captions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("red 1 0 0\nblue 0 0 1\n", encoding="utf-8")
    train, dev = (load_collection(folder, split) for split in ("train", "dev"))
    last = tuple(np.eye(4, dtype=np.float16)[np.arange(len(each)) % 4] for each in (train, dev))
    full = tuple((2 * rows - 1).astype(np.int8) for rows in last)
    rows = {"last layer": (last[0], last[1]), "full network": (full[0], full[1])}
    return Setup(train, dev, rows, {"GloVe": str(vectors)}, 3, epochs=2, dim=8, hidden=5, min_count=1)


def test_every_combination_is_there_once_for_each_seed():
    found = choices(3)
    assert len(found) == len(set(found)) == 4 * 2 * 2 * 3
    assert len({choice.slug for choice in found}) == len(found)
    given = choices(2, ("order",), ("last layer",), ("random",), ("", "dim=6"))
    assert [(each.seed, each.settings) for each in given] == [(0, ""), (0, "dim=6"), (1, ""), (1, "dim=6")]


def test_a_choice_says_what_differs_and_nothing_else(setup: Setup):
    model, training = configurations(Choice("hinge_sum", "last layer", "random", 1), setup)
    other, run = configurations(Choice("hinge_sum", "last layer", "GloVe", 1), setup)
    assert (training.vocabulary.word_vectors, run.vocabulary.word_vectors) == ("", setup.word_vectors["GloVe"])
    assert (model.dim, model.text, model.image) == (other.dim, other.text, other.image)
    assert configurations(Choice("order", "last layer", "random", 1), setup)[0].similarity == "order"


def test_the_way_of_word2visualvec_is_one_map_less(setup: Setup):
    assert all(choice.loss != "squared_error" for choice in choices(1))
    choice = Choice("squared_error", "full network", "GloVe", 0)
    model, training = configurations(choice, setup)
    assert (model.dim, model.image.map, list(training.objectives)) == (4, "none", ["squared_error"])
    check([choice])
    with pytest.raises(TrainingError, match="The loss 'squared_error' knows no wrong pairs, so that pictures must not"):
        state.check(replace(model, image=replace(model.image, map="affine")), training)


def test_settings_change_the_training_and_the_text_tower(setup: Setup):
    usual = configurations(Choice("infonce", "last layer", "GloVe", 1), setup)
    choice = Choice(
        "infonce", "last layer", "GloVe", 1, "paraphrase=0.4 captions_per_image=5 dim=6 text.bidirectional=true"
    )
    model, training = configurations(choice, setup)
    assert (training.objectives["paraphrase"].weight, training.captions_per_image) == (0.4, 5)
    assert replace(training, objectives=usual[1].objectives, captions_per_image=2) == usual[1]
    assert model == replace(usual[0], name=choice.slug, dim=6, text=replace(usual[0].text, bidirectional=True))
    given = "paraphrase=0.4-captions_per_image=5-dim=6-text.bidirectional=true"
    assert choice.slug == f"infonce-last_layer-glove-1-{given}"
    for wrong, message in (
        ("parafrase=1", "There is no setting 'parafrase=1'"),
        ("paraphrase", "There is no setting 'paraphrase'"),
        ("epochs=many", "The setting 'epochs=many' wants a value like 30"),
        ("dim=wide", "The setting 'dim=wide' wants a value like 256"),
        ("__doc__=x", "There is no setting '__doc__=x'"),
        ("text.bidirectional=perhaps", "wants a value like True"),
        ("margin=0.3", "margin is a setting of the loss hinge_sum and .*, which this run has not"),
    ):
        with pytest.raises(TrainingError, match=message):
            check([replace(choice, settings=wrong)])
    with pytest.raises(TrainingError, match="needs the targets counterpart, and these features hold only words"):
        check([replace(choice, settings="counterpart=1")])


def test_done_runs_are_not_run_again(setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    progress: list[tuple[int, int]] = []
    results = run_all(
        tmp_path / "runs", setup, choices(1, ("hinge_sum", "order")), lambda done, of: progress.append((done, of))
    )
    assert progress == [(done, 8) for done in range(1, 9)]
    assert all(len(result["history"]) == 2 for result in results)

    def never(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(ablation.Trainer, "run", never)
    assert run_all(tmp_path / "runs", setup, choices(1, ("hinge_sum", "order")), lambda done, of: None) == json.loads(
        json.dumps(results)
    )


def result(loss: str, seed: int, *rsums: float) -> dict[str, object]:
    history = [
        {"dev": {"rsum": rsum, "image_to_text": {"r1": rsum / 10}, "text_to_image": {"r1": rsum / 20}}}
        for rsum in rsums
    ]
    return {"loss": loss, "features": "last layer", "words": "GloVe", "seed": seed, "history": history}


def test_a_row_is_the_mean_over_seeds_after_the_last_epoch():
    rows = rows_of(
        [result("hinge_sum", 0, 60, 90), result("hardest_negative", 0, 50, 100), result("hardest_negative", 1, 70, 120)]
    )
    assert [(row.loss, row.seeds) for row in rows] == [("hardest_negative", 2), ("hinge_sum", 1)]
    # Of 100 and 120 the sample deviation is 10 times the root of 2; nothing is rounded before it is shown.
    assert rows[0].rsum == pytest.approx((110.0, 200**0.5))
    assert rows[0].r1_image_to_text == pytest.approx((11.0, 2**0.5))
    assert rows[0].curve == (60.0, 110.0)
    assert rows[1].rsum == (90.0, 0.0)
    assert "| hardest negative | last layer | GloVe | 11.0 ± 1.4 | 5.5 ± 0.7 | 110.0 ± 14.1 |" in ablation_table(rows)
    changed = rows_of(
        [result("hinge_sum", 0, 60, 90), {**result("hinge_sum", 0, 60, 95), "settings": "learning_rate=0.1"}]
    )
    assert [row.settings for row in changed] == ["learning_rate=0.1", ""]
    assert "| sum of hinges | last layer | GloVe | `learning_rate=0.1` | 9.5 ± 0.0 |" in ablation_table(changed)
    assert "| sum of hinges | last layer | GloVe | as usual | 9.0 ± 0.0 |" in ablation_table(changed)


def test_the_files_for_vsepp_have_a_row_a_picture_and_a_line_a_caption(setup: Setup, tmp_path: Path):
    given = setup.rows["full network"][1].copy()
    given[0], given[1] = 0, [3, 0, 4, 0]
    write_precomputed(tmp_path / "raw", {"dev": (given, setup.dev)}, raw=True)
    np.testing.assert_array_equal(np.load(tmp_path / "raw" / "dev_ims.npy"), given.astype(np.float32))
    write_precomputed(tmp_path / "precomp", {"dev": (given, setup.dev)})
    rows = np.load(tmp_path / "precomp" / "dev_ims.npy")
    assert (rows.dtype, rows.shape) == (np.float32, (8, 4))
    np.testing.assert_allclose(rows[1], [0.6, 0, 0.8, 0])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [0] + [1] * 7, rtol=1e-6)
    lines = (tmp_path / "precomp" / "dev_caps.txt").read_text(encoding="utf-8").splitlines()
    assert lines == list(setup.dev.captions)
    assert len(lines) == 5 * len(rows)
