"""node2vec (Grover & Leskovec 2016): walks over a graph as sentences, which skip-gram reads."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vse.errors import TextError
from vse.words.lab.settings import Settings

if TYPE_CHECKING:
    import networkx


def read_graph(path: Path) -> networkx.Graph:
    """A weighted graph from lines of node, node and weight with tabs between; a weight that is not given is 1.

    Raises:
        TextError: for a file that cannot be read, a line of another kind, or no edge at all.
    """
    import networkx

    graph = networkx.Graph(name=path.name)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TextError(f"The graph '{path}' cannot be read ({error}): check the path and the file.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        try:
            a, b, weight = parts[0].strip(), parts[1].strip(), float(parts[2]) if len(parts) > 2 else 1.0
            if len(parts) > 3 or not a or not b or not 0 < weight < float("inf"):
                raise ValueError
        except (IndexError, ValueError):
            raise TextError(f"Line {number} of '{path}' is {line[:60]!r}: write node, node and a weight above 0 with "
                            "tabs between.") from None  # fmt: skip
        graph.add_edge(a, b, weight=weight)
    if graph.number_of_nodes() < 2 or not graph.number_of_edges():
        raise TextError(f"The graph '{path}' has no edges: write one a line, node, node and weight with tabs between.")
    return graph


def transition(graph: networkx.Graph, before: str | None, here: str, p: float, q: float) -> dict[str, float]:
    """Neighbour -> the probability that a walk that came from `before` goes there (section 3.2.2), of sum 1.

    The weight of the edge counts 1 / p times where it leads back, once where it leads to a neighbour of the node
    before, and 1 / q times where it leads away.
    """
    weights = {}
    for node, edge in graph[here].items():
        bias = 1.0 if before is None or graph.has_edge(before, node) else 1 / q
        weights[node] = edge["weight"] * (1 / p if node == before else bias)
    total = sum(weights.values())
    return {node: weight / total for node, weight in weights.items()}


@dataclass(frozen=True)
class Walks:
    """Walks from every node, `num_walks` times in a new order, the same in each pass."""

    graph: networkx.Graph
    settings: Settings

    def __iter__(self) -> Iterator[list[str]]:
        settings, rng = self.settings, random.Random(self.settings.seed)
        known: dict[tuple[str | None, str], tuple[list[str], list[float]]] = {}
        nodes = list(self.graph)
        for _ in range(settings.num_walks):
            rng.shuffle(nodes)
            for node in nodes:
                walk: list[str] = [node]
                before = None
                while len(walk) < settings.walk_length:
                    step = before, walk[-1]
                    if step not in known:
                        found = transition(self.graph, *step, settings.p, settings.q)
                        known[step] = list(found), list(found.values())
                    before = walk[-1]
                    walk += rng.choices(*known[step])
                yield walk
