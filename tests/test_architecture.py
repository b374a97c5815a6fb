"""What may import what, and how large a file may grow."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 300
HEAVY = {"gradio", "open_clip", "umap", "plotly", "torchvision", "timm"}
# Each takes arrays or tensors, never a model.
ARRAYS_ONLY = (
    "losses",
    "index",
    "query",
    "projection",
    "projection_fit",
    "projection_space",
    "content_words",
    "facets",
    "evaluate",
    "misses",
    "similarity",
    "bpe",
    "full_network",
    "feature_cache",
    "agreement",
    "background",
    "words",
    "images",
    "download",
    "flickr8k",
    "progress",
    "records",
    "errors",
    "collections",
)
MODELS = (
    "model",
    "features",
    "checkpoint",
    "encoder",
    "clip",
    "clip_files",
    "clip_load",
    "objective",
    "train",
    "training_set",
    "searcher",
    "towers",
    "vse_towers",
    "clip_towers",
    "kinds",
)
MODELS += ("bench_indexing", "map_points", "photos", "cnn_graph", "backbones", "backbone_weights")
# Nothing may reach what stands to its right.
ONE_WAY = (
    "records",
    "config",
    "model",
    "checkpoint",
    "encoder",
    "photos",
    "searcher",
    "report",
    "compare",
    "export",
    "cli",
)


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def statements(node: ast.AST, inside_functions: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that are run: without those for type checkers, and where asked without those in functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif is_type_checking(child):
            continue
        elif inside_functions or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from statements(child, inside_functions)


@cache
def imported(path: Path, inside_functions: bool) -> frozenset[str]:
    """Dotted names; `from a import b` gives both "a" and "a.b", of which one may be no module."""
    found: set[str] = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{path} has a relative import"
            assert node.module is not None
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def graph() -> dict[str, set[str]]:
    """Module of vse -> modules of vse it imports anywhere, not counting the packages it is in itself."""
    modules = {name_of(path): path for path in sources("vse")}
    return {
        name: {other for other in imported(path, True) & modules.keys() if not f"{name}.".startswith(f"{other}.")}
        for name, path in modules.items()
    }


def reachable(start: str) -> set[str]:
    """Everything that importing a module, or a package with all that is in it, may lead to."""
    edges = graph()
    found: set[str] = set()
    waiting = [name for name in edges if name == start or name.startswith(f"{start}.")]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += edges[name]
    return found


def within(names: set[str], modules: tuple[str, ...]) -> set[str]:
    return {name for name in names for module in modules if f"{name}.".startswith(f"vse.{module}.")}


def test_the_parser_sees_imports():
    edges = graph()
    assert {"vse.model", "vse.config", "vse.words"} <= edges["vse.checkpoint"]
    assert "vse.searcher" in edges["vse.cli.explore"]  # inside a function
    assert "vse.encoder" in reachable("vse.cli")
    assert edges["vse"] == {"vse.errors"}  # what is imported for type checkers does not count
    assert "torch" in imported(ROOT / "vse/train.py", False)


def test_no_module_imports_itself_by_a_detour():
    assert len(list(TopologicalSorter(graph()).static_order())) == len(graph())  # raises CycleError and names it


@pytest.mark.parametrize("position", range(len(ONE_WAY)))
def test_imports_point_one_way(position: int):
    later = ONE_WAY[position + 1 :]
    assert within(reachable(f"vse.{ONE_WAY[position]}"), later) == set()


@pytest.mark.parametrize("module", ARRAYS_ONLY)
def test_what_takes_arrays_knows_no_model(module: str):
    assert within(reachable(f"vse.{module}"), MODELS) == set()


def test_torch_stays_behind_the_encoder():
    users = {name_of(path) for path in sources("vse") if any(n.split(".")[0] == "torch" for n in imported(path, True))}
    numpy_only = (
        "collections",
        "scenes",
        "paths",
        "config",
        "atomic",
        "report",
        "searcher",
        "compare",
        "map_points",
        "photos",
        "why",
    )
    without = {*ARRAYS_ONLY, *numpy_only} - {"losses"}
    assert within(users, tuple(without)) == set()
    assert "vse.losses" in users


def test_the_demo_knows_vse_and_vse_not_the_demo():
    for path in sources("vse"):
        roots = {name.split(".")[0] for name in imported(path, True)}
        assert roots.isdisjoint({"demo", "app", "tests"}), path
    assert all("tests" not in {n.split(".")[0] for n in imported(path, True)} for path in sources("demo"))


def test_heavy_packages_wait_until_they_are_used():
    for path in sources("vse"):
        found = {name.split(".")[0] for name in imported(path, inside_functions=False)}
        assert found.isdisjoint(HEAVY), path


def test_import_vse_is_quick():
    script = (
        "import sys, vse; heavy = {'torch', 'numpy', 'PIL', 'gradio'} & sys.modules.keys(); assert not heavy, heavy;"
        "from vse import load_model, load_collection, Searcher; assert 'torch' in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr


def test_vse_has_no_other_names():
    import vse

    with pytest.raises(AttributeError, match="module 'vse' has no attribute 'load_modle'"):
        vse.load_modle  # noqa: B018


def test_no_file_is_long():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources("vse")}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_and_public_class_says_what_it_is():
    for path in sources("vse"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_every_package_is_installed():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {name_of(path) for package in ("vse", "demo") for path in sources(package) if path.name == "__init__.py"}
    assert found <= set(packages)
