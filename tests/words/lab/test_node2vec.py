from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from vse.errors import TextError
from vse.words.lab.node2vec import Walks, read_graph, transition
from vse.words.lab.settings import Settings

networkx = pytest.importorskip("networkx")


def graph():
    """a - b - c, a - c with weight 2, and d on a string at c."""
    made = networkx.Graph()
    made.add_weighted_edges_from([("a", "b", 1.0), ("b", "c", 1.0), ("a", "c", 2.0), ("c", "d", 1.0)])
    return made


def test_the_probabilities_of_the_next_step_by_hand():
    # From c, coming from b: back to b 1 * 1/4; to a, a neighbour of b, 2 * 1; to d, away, 1 * 1/0.5.
    found = transition(graph(), "b", "c", p=4.0, q=0.5)
    assert found == {"b": pytest.approx(0.25 / 4.25), "a": pytest.approx(2 / 4.25), "d": pytest.approx(2 / 4.25)}
    assert transition(graph(), None, "c", p=4.0, q=0.5) == {"b": 0.25, "a": 0.5, "d": 0.25}


def test_walks_follow_edges_from_every_node_and_the_seed_decides():
    settings = Settings(num_walks=3, walk_length=6, seed=4)
    walks = list(Walks(graph(), settings))
    assert Counter(walk[0] for walk in walks) == {"a": 3, "b": 3, "c": 3, "d": 3}
    assert all(len(walk) == 6 and all(graph().has_edge(*step) for step in pairwise(walk)) for walk in walks)
    assert walks == list(Walks(graph(), settings)) != list(Walks(graph(), Settings(num_walks=3, walk_length=6, seed=5)))


def test_a_small_p_returns_and_a_large_one_goes_on():
    def returns(p: float) -> float:
        walks = list(Walks(graph(), Settings(num_walks=60, walk_length=20, p=p)))
        steps = [(walk[at], walk[at + 2]) for walk in walks for at in range(18)]
        return sum(a == b for a, b in steps) / len(steps)

    assert returns(0.05) > 0.8 > 0.4 > returns(20.0)


def test_a_graph_is_read_from_lines(tmp_path: Path):
    path = tmp_path / "graph.tsv"
    path.write_text("# things\nice cream\tbeach\t2\n\nsea\tbeach\n", encoding="utf-8")
    found = read_graph(path)
    assert found["beach"]["ice cream"]["weight"] == 2
    assert found["sea"]["beach"]["weight"] == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has no edges: write one a line"),
        ("a b", "Line 1 of .* is 'a b': write node, node and a weight above 0"),
        ("a\tb\nb\tc\tmany", r"Line 2 of .* is 'b\\tc\\tmany'"),
        ("a\tb\t-1", "Line 1"),
    ],
)
def test_bad_graphs_are_told_in_a_sentence(tmp_path: Path, text: str, complaint: str):
    (tmp_path / "graph.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(TextError, match=complaint):
        read_graph(tmp_path / "graph.tsv")
