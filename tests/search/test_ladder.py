from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.data.scenes.language.ladder import full_statement
from vse.data.scenes.world.entailment import entailment_matrix
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Statement, satisfies
from vse.data.scenes.world.truth import encode_statements
from vse.errors import CheckpointError, CollectionError
from vse.search.ladder import Limits, around, climb, limits_of, picture_named, statements_of, violations

SCENES = [scene for scene in sample_scenes("dev", 80) if scene.other is None and not scene.subject.action]
WIDTH = 300
NAMES: list[str] = []  # of the facts, by coordinate


def facts(statement: Statement) -> set[str]:
    found = {str(each) for each in (statement.place, statement.time, statement.weather) if each}
    for said in (statement.subject, statement.other):
        if said is not None:
            kinds = [kind for kind in KINDS.values() if said.noun in (kind.name, *kind.families)]
            found |= {family for family in FAMILIES if all(family in kind.families for kind in kinds)}
            found |= {f"is {said.noun}"} if said.noun in KINDS else set()
            found |= {f"{name} {value}" for name in ("count", "colour", "size") if (value := getattr(said, name))}
            found |= {"several"} if said.several or (said.count or 1) > 1 else set()
    return found | ({"two things"} if statement.other else set())


class InOrder(FakeEncoder):
    """Each fact is 0.25 in a coordinate of its own, and the last takes up the rest: what says less lies above."""

    def vector(self, statement: Statement) -> np.ndarray:
        row = np.zeros(WIDTH, np.float32)
        for fact in sorted(facts(statement)):
            if fact not in NAMES:
                NAMES.append(fact)
            row[NAMES.index(fact)] = 0.25
        row[-1] = -np.sqrt(1 - (row**2).sum())
        return row

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        return np.stack([self.vector(statements_of(text)[0]) for text in texts])


ENCODER = InOrder(similarity="order")
PICTURES = np.stack([ENCODER.vector(full_statement(scene)) for scene in SCENES])


def test_violations_by_hand():
    special, general = np.array([[0.5, 0.1]]), np.array([[0.4, 0.1], [0.7, 0.0]])
    np.testing.assert_allclose(violations(special, general), [[0.0, 0.04]], atol=1e-7)


def test_a_ladder_is_true_of_its_picture_and_each_rung_follows_from_the_next():
    for scene, picture in zip(SCENES[:8], PICTURES, strict=False):
        rungs = climb(ENCODER, picture)
        said = [statements_of(rung.text)[0] for rung in rungs]
        assert len(rungs) > 4
        assert all(satisfies(scene, each) for each in said)
        codes = encode_statements(said)
        assert np.tril(entailment_matrix(codes, codes)).sum() == len(said) * (len(said) + 1) / 2
        assert all(rung.violation == rung.step == 0 for rung in rungs)


def test_above_and_below_a_phrase():
    found = around(ENCODER, "an animal on the beach", PICTURES, 5)
    assert {rung.text for rung in found.more_general} == {"an animal", "a beach", "animal on the beach"}
    assert all(rung.is_right for rung in (*found.more_general, *found.more_special))
    true = [row for row, scene in enumerate(SCENES) if satisfies(scene, statements_of(found.text)[0])]
    assert sorted(row for row, _ in found.pictures) == true[: len(found.pictures)]
    assert found.below == len(true)
    counts = [rung.pictures for rung in found.more_special]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 5


def test_people_stand_on_a_beach_where_scenes_are_on_the_beach():
    assert statements_of("a brown dog on a beach at dusk") == statements_of("a brown dog on the beach at dusk") != ()
    assert statements_of("nothing of that kind") == ()


def test_a_picture_is_named_with_brackets_or_without(colours: Path):
    collection = load_collection(colours)
    first = collection.items[0]
    assert picture_named(collection, f"[{first.id}]") == picture_named(collection, f" {first.id}") == first
    assert picture_named(collection, "a dog") is None
    with pytest.raises(CollectionError, match="No picture 'x' in colours"):
        picture_named(collection, "[x]")


def test_limits_are_read_from_the_model_s_folder(tmp_path: Path):
    encoder = InOrder(similarity="order")
    assert limits_of(encoder) == Limits()
    encoder.folder = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "order.json").write_text('{"a way": {"limits": [0.01, 0.02, 0.03]}, "words": {"limits": null}}')
    assert limits_of(encoder) == Limits(0.01, 0.02, 0.03)
    (tmp_path / "order.json").write_text("[]")
    with pytest.raises(CheckpointError, match="holds no limits; write it with `python -m vse evaluate fake"):
        limits_of(encoder)


def test_a_model_of_the_cosine_is_refused():
    for ask in (lambda: climb(FakeEncoder(), PICTURES[0]), lambda: around(FakeEncoder(), "a dog", PICTURES)):
        with pytest.raises(CheckpointError, match="compares by the cosine, which knows no general and special"):
            ask()
