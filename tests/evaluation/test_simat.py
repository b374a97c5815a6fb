"""Four crops of one colour each, and four transformations whose answers can be told by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import FakeEncoder
from vse.cli import main
from vse.encoders import registry as registry_module
from vse.errors import CollectionError, QueryError, TextError
from vse.evaluation import simat as simat_module
from vse.evaluation.simat import LAMBDAS, SimatTask, find_simat, load_simat, simat_score, simat_table
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import WAYS, Means, Way, summed
from vse.search.query import Parts

# region: (dataset_id, subj, rel, obj, colour of the crop); the lines of triplets.csv are in another order
CROPS = {
    "3": (3, "red", "near", "green", (255, 255, 0)),
    "5": (1, "green", "near", "wall", (0, 255, 0)),
    "7": (0, "red", "near", "wall", (255, 0, 0)),
    "9": (2, "blue", "near", "wall", (0, 0, 255)),
}
HEAD = ",transfo_id,region_id,field,value,target,norm,query_ids,target_ids,dataset_id,norm2,is_test"
LINES = [
    "1,1,7,subj,red,green,2,0,0,1642,1,True",  # red - red + green: the green crop
    "2,2,5,subj,green,blue,2,0,1,1642,4,True",  # green - green + blue: the blue crop
    "4,4,3,obj,green,blue,2,0,2,1642,16,True",  # yellow - green + blue: the blue crop, not of the wanted triplet
    "5,5,9,rel,red,green,2,0,0,1642,9,False",  # blue - red + green: the green crop, not of the wanted triplet
]
# of each crop by dataset_id, for three target texts
ORACLE = np.array([[0, 0, 0], [0.4, 0, 0], [0, 0.9, 0.6], [0.51, 0.5, 0]], dtype=np.float32)


def write_triplets(folder: Path, dataset_id: bool = True) -> None:
    lines = ["region_id,subj,rel,obj" + (",dataset_id" if dataset_id else "")]
    crops = CROPS.items() if dataset_id else sorted(CROPS.items(), key=lambda crop: crop[1][0])
    for region, (number, *triplet, _) in crops:
        lines.append(",".join([region, *map(str, triplet), *([str(number)] if dataset_id else [])]))
    (folder / "triplets.csv").write_text("\n".join(lines) + "\n")


def write_transfos(folder: Path, *lines: str, head: str = HEAD) -> None:
    (folder / "transfos.csv").write_text("\n".join([head, *(lines or LINES)]) + "\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Without an oracle; three crops where the newer script puts them, one where the older did."""
    folder = tmp_path / "simat_db"
    (folder / "images/images").mkdir(parents=True)
    (folder / "images/A blue near wall").mkdir()
    for region, (*_, colour) in CROPS.items():
        path = f"A blue near wall/{region}.jpg" if region == "9" else f"images/{region}.png"
        Image.new("RGB", (16, 16), colour).save(folder / "images" / path)
    write_triplets(folder)
    write_transfos(folder)
    return folder


@pytest.fixture
def task(home: Path) -> SimatTask:
    return load_simat(home)


@pytest.fixture
def judged(home: Path) -> SimatTask:
    np.save(home / "oscar_similarity_matrix.npy", ORACLE)
    return load_simat(home)


def test_the_folder_is_found_from_above_too(home: Path, tmp_path: Path):
    assert find_simat(home) == find_simat(tmp_path) == home
    assert find_simat(home / "images") is None
    assert find_simat("counterparts") is None
    assert len(load_simat(tmp_path).transformations) == 3


def test_crops_are_in_the_order_of_dataset_id(task: SimatTask):
    assert [item.id for item in task.collection.items] == ["7", "5", "9", "3"]
    assert task.triplets[3] == ("red", "near", "green")
    assert [item.image_path.name for item in task.collection.items] == ["7.png", "5.png", "9.jpg", "3.png"]


def test_without_dataset_id_the_lines_are_the_order(home: Path, task: SimatTask):
    write_triplets(home, dataset_id=False)
    assert load_simat(home).triplets == task.triplets
    assert load_simat(home).transformations == task.transformations


def test_transformations_as_they_are_read(task: SimatTask):
    third = task.transformations[2]
    assert (third.source, third.field, third.value, third.target) == (3, "obj", "green", "blue")
    assert (third.target_id, third.norm2, third.wanted) == (2, 16, ("red", "near", "blue"))


def test_splits_divide_the_transformations(home: Path):
    dev = load_simat(home, "dev")
    assert [each.field for each in dev.transformations] == ["rel"]
    assert len(dev.collection) == 4  # every crop may be an answer
    with pytest.raises(CollectionError, match="SIMAT has no split 'train'; choose one of test, dev"):
        load_simat(home, "train")


def test_scores_without_an_oracle_by_hand(task: SimatTask):
    """Weights 1, 1/2 and 1/4: the first two are right, so 1.5 of 1.75. The pictures alone are nearest to yellow."""
    report = simat_score(FakeEncoder(), task, [0, 1])
    assert (report.oracle, report.split, report.pictures, report.transformations) == (False, "test", 4, 3)
    still, one = report.curve
    assert (still.weight, still.score, still.unweighted) == (0, 0, 0)
    assert one.score == pytest.approx(100 * 1.5 / 1.75)
    assert one.unweighted == pytest.approx(100 * 2 / 3)
    assert one.by_field == {"subj": 100, "obj": 0}


def test_scores_with_an_oracle_by_hand(judged: SimatTask):
    """At 1 the second and third are right (0.4 is too little for the first); at 0 the first, whose answer is yellow."""
    report = simat_score(FakeEncoder(), judged, [0, 1])
    assert report.oracle
    still, one = report.curve
    assert still.score == pytest.approx(100 * 1 / 1.75)  # 0.5 is not above 0.5
    assert one.score == pytest.approx(100 * 0.75 / 1.75)
    assert one.by_field == {"subj": pytest.approx(100 * 0.5 / 1.5), "obj": 100}


def test_the_oracle_is_read_from_a_tensor_as_well(home: Path, judged: SimatTask):
    (home / "oscar_similarity_matrix.npy").unlink()
    torch.save(torch.from_numpy(ORACLE), home / "oscar_similarity_matrix.pt")
    again = load_simat(home)
    assert again.oracle is not None
    np.testing.assert_array_equal(again.oracle, ORACLE)
    assert simat_score(FakeEncoder(), again) == simat_score(FakeEncoder(), judged)


class Code:
    """What a pickle could hold."""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (Code(), "oscar_similarity_matrix.pt cannot be read as one array of numbers"),
        ({"scores": torch.zeros(4, 3)}, "it holds dict, not a tensor"),
        (torch.zeros(3, 3), r"is \(3, 3\); expected 4 rows, one for each crop, and more than 2 columns"),
        (torch.zeros(4, 2), r"is \(4, 2\); expected 4 rows"),
        (torch.zeros(4), r"is \(4,\); expected 4 rows"),
    ],
)
def test_an_oracle_that_does_not_fit_is_refused(home: Path, content: object, message: str):
    torch.save(content, home / "oscar_similarity_matrix.pt")
    with pytest.raises(CollectionError, match=message):
        load_simat(home)


def test_pickled_arrays_are_refused(home: Path):
    np.save(home / "oscar_similarity_matrix.npy", np.array([Code()]), allow_pickle=True)
    with pytest.raises(CollectionError, match=r"is no whole \.npy file of numbers"):
        load_simat(home)


def test_the_source_is_never_an_answer(task: SimatTask):
    """At a tiny weight each query is nearest to its own crop; green and red then go to yellow."""
    report = simat_score(FakeEncoder(), task, [0.01])
    assert report.curve[0].score == 0


def test_the_curve_has_every_weight(task: SimatTask):
    report = simat_score(FakeEncoder(), task)
    assert [point.weight for point in report.curve] == list(LAMBDAS) == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]


def test_the_way_is_used_with_the_mean_crop(task: SimatTask, monkeypatch: pytest.MonkeyPatch):
    means: list[Means] = []

    def turned(parts: Parts, given: Means) -> np.ndarray:
        means.append(given)
        return -summed(parts, given)

    monkeypatch.setitem(WAYS, "turned", Way("turned round", turned))
    report = simat_score(FakeEncoder(), task, [1], way="turned")
    assert (report.way, report.curve[0].score) == ("turned", 0)  # everything that is furthest away
    half = np.sqrt(0.5)
    np.testing.assert_allclose(means[0].picture, [(1 + half) / 4, (1 + half) / 4, 0.25], atol=2e-3)
    with pytest.raises(QueryError, match="No way of doing arithmetic is called 'none'"):
        simat_score(FakeEncoder(), task, way="none")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_scores(judged: SimatTask, way: str):
    assert len(simat_score(FakeEncoder(), judged, way=way).curve) == 9


def test_queries_are_compared_in_chunks(judged: SimatTask, monkeypatch: pytest.MonkeyPatch):
    whole = simat_score(FakeEncoder(), judged)
    monkeypatch.setattr(simat_module, "_CHUNK", 2)
    assert simat_score(FakeEncoder(), judged) == whole


def test_crops_are_encoded_once(home: Path):
    encoder = FakeEncoder()
    for _ in range(2):
        simat_score(encoder, load_simat(home))
    assert encoder.encoded.count("images") == 1
    assert encoder.encoded.count("texts") == 2  # all words in one call


class Forgetful(FakeEncoder):
    """Does not know some words."""

    def __init__(self, *forgotten: str) -> None:
        super().__init__()
        self.forgotten = forgotten

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ()) for word in text.split() if word in self.forgotten)


def test_transformations_with_unknown_words_are_left_out_and_counted(task: SimatTask):
    report = simat_score(Forgetful("blue"), task, [1])
    assert (report.transformations, report.left_out, report.unknown) == (1, 2, ("blue",))
    assert report.curve[0].score == report.curve[0].unweighted == 100
    assert "left out: 2 more, with words the model does not know (blue)" in simat_table(report)
    assert "left out" not in simat_table(simat_score(FakeEncoder(), task, [1]))


def test_a_model_that_knows_none_of_the_words_is_refused(task: SimatTask):
    with pytest.raises(TextError, match=r"The model knows the words of none of the 3 transformations \(blue, green"):
        simat_score(Forgetful("green", "blue"), task)


def test_the_table_by_hand(task: SimatTask, judged: SimatTask):
    lines = simat_table(simat_score(FakeEncoder(), task, [0, 1])).splitlines()
    assert lines[0] == "SIMAT, test split: 3 transformations among 4 pictures"
    assert lines[1] == (
        "way: plain sum; no oracle file, so an answer counts only when its own triplet is the one wanted: "
        "stricter than published"
    )
    assert lines[3:] == [
        "| weight of the words | score | unweighted | score, subj | score, obj |",
        "|---|---|---|---|---|",
        "| 0 | 0.00 | 0.00 | 0.00 | 0.00 |",
        "| 1 | 85.71 | 66.67 | 100.00 | 0.00 |",
    ]
    assert "an answer counts when the oracle finds the target text" in simat_table(simat_score(FakeEncoder(), judged))


def test_the_command_prints_the_table(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(registry_module, "load_model", lambda name: FakeEncoder())
    report = simat_score(FakeEncoder(), load_simat(home, "dev"))
    assert main(["arithmetic", "any", str(tmp_path), "--split", "dev", "--json", str(tmp_path / "s.json")]) == 0
    assert capsys.readouterr().out.startswith(simat_table(report))
    data = json.loads((tmp_path / "s.json").read_text())
    assert data == json.loads(json.dumps(report.to_json()))
    assert (data["split"], data["transformations"], len(data["curve"])) == ("dev", 1, 9)
    assert main(["arithmetic", "any", str(home), "--split", "train"]) == 2
    assert "error: SIMAT has no split 'train'" in capsys.readouterr().err


def test_missing_files_are_named(home: Path, tmp_path: Path):
    (home / "triplets.csv").unlink()
    with pytest.raises(CollectionError, match=r"triplets\.csv is missing; it is one of SIMAT's lists"):
        load_simat(home)
    (home / "transfos.csv").unlink()
    with pytest.raises(CollectionError, match=r"has neither transfos\.csv nor simat_db/transfos\.csv"):
        load_simat(tmp_path)


@pytest.mark.parametrize("column", ["region_id", "field", "value", "target", "target_ids", "norm2", "is_test"])
def test_missing_columns_are_named(home: Path, column: str):
    head = re.sub(rf"(?<=,){column}(?=,|$)", "other", HEAD)
    write_transfos(home, head=head)
    with pytest.raises(CollectionError, match=rf"transfos\.csv lacks the column {column}; it has transfo_id"):
        load_simat(home)


def test_a_triplets_file_that_does_not_fit_is_refused(home: Path):
    (home / "triplets.csv").write_text("region_id,subj,rel\n7,red,near\n")
    with pytest.raises(CollectionError, match=r"triplets\.csv lacks the column obj; it has region_id, subj, rel"):
        load_simat(home)
    (home / "triplets.csv").write_text("region_id,subj,rel,obj,dataset_id\n7,red,near,wall,1\n5,a,b,c,2\n")
    with pytest.raises(CollectionError, match="dataset_id must be each of 0 to 1 once"):
        load_simat(home)
    (home / "triplets.csv").write_text("region_id,subj,rel,obj\n7,red,near,wall\n7,a,b,c\n")
    with pytest.raises(CollectionError, match="has a region_id twice"):
        load_simat(home)
    (home / "triplets.csv").write_bytes(b"region_id,subj,rel,obj\n7,\xff,near,wall\n")
    with pytest.raises(CollectionError, match=r"triplets\.csv cannot be read"):
        load_simat(home)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,1,8,subj,red,green,2,0,0,1642,1,True", "line 2: the region 8 is not in triplets.csv"),
        ("1,1,7,verb,red,green,2,0,0,1642,1,True", "line 2, does not describe a transformation .*'verb'|not in tuple"),
        ("1,1,7,subj,red,green,2,0,x,1642,1,True", "line 2, does not describe a transformation .*'x'"),
        ("1,1,7,subj,red,green,2,0,-1,1642,1,True", "target_ids is -1"),
        ("1,1,7,subj,red,green,2,0,0,1642,0,True", "target_ids is 0 and norm2 0"),
        ("1,1,7,subj,red,green,2,0,0,1642,1,yes", "line 2: is_test is 'yes', expected True or False"),
        ("1,1,7,subj,red,green", "line 2: is_test is None"),
        ("1,1,7,subj,red,green,2,0,0,1642,1,False", "has no transformation of the test split"),
    ],
)
def test_a_line_that_does_not_fit_is_named(home: Path, line: str, message: str):
    write_transfos(home, line)
    with pytest.raises(CollectionError, match=message):
        load_simat(home)


def test_missing_crops_are_counted_and_the_first_is_named(home: Path):
    (home / "images/images/7.png").unlink()
    (home / "images/images/3.png").unlink()
    message = (
        r"2 of 4 crops are missing, the first of them .*images/images/7\.png \(or 7\.jpg in the folder "
        r"'A red near wall'\); 2 of 3 transformations start from one\. Make them with SIMAT's prepare_dataset\.py"
    )
    with pytest.raises(CollectionError, match=message):
        load_simat(home)
