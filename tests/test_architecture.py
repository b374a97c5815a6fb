"""What may import what: the order of packages, and what waits until it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = (  # each imports only what stands before it; what shares a place knows nothing of each other
    {"errors"},
    {"io"},
    {"modalities"},
    {"words"},
    {"data", "encoders"},
    {"search"},
    {"evaluation", "maps"},
    {"training"},
    {"interop"},
    {"cli"},
)
PAGE = ("shared", "a view", "page", "main")  # of the demo, in the same way; views know nothing of one another
ROOTS = ("demo.views", "demo.bench")  # the registry names the views, and the bench asks a page that is running
HEAVY = {"gradio", "open_clip", "umap", "plotly", "torchvision", "timm"}


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
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    for node in statements(ast.parse(path.read_text(encoding="utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def graph(package: str = "vse") -> dict[str, set[str]]:
    """Module of a package -> modules of it that it imports anywhere, not counting the packages it is in itself."""
    modules = {name_of(path): path for path in sources(package)}
    return {
        name: {other for other in imported(path, True) & modules.keys() if not f"{name}.".startswith(f"{other}.")}
        for name, path in modules.items()
    }


def test_the_parser_sees_imports():
    edges = graph()
    assert "vse.search.searcher" in edges["vse.cli.search"]  # inside a function
    assert edges["vse"] == {"vse.errors"}  # what is imported for type checkers does not count
    assert "torch" in imported(ROOT / "vse/training/trainer.py", False)
    assert "demo.shared.components" in graph("demo")["demo.search.tab"]  # a relative one


def test_no_module_imports_itself_by_a_detour():
    assert len(list(TopologicalSorter(graph()).static_order())) == len(graph())  # raises CycleError and names it


def package_of(module: str) -> str:
    return module.split(".")[1]


def test_imports_point_down_the_order_of_packages():
    place = {package: number for number, packages in enumerate(ORDER) for package in packages}
    upward = [
        f"{module} imports {other}"
        for module, others in graph().items()
        if module not in ("vse", "vse.__main__")
        for other in others
        if package_of(other) != package_of(module) and place[package_of(other)] >= place[package_of(module)]
    ]
    assert upward == []


def test_kinds_of_model_never_name_each_other():
    kinds = {"vse", "clip"}
    for kind in kinds:
        for path in sources(f"vse/encoders/{kind}"):
            for other in kinds - {kind}:
                assert f"vse.encoders.{other}" not in path.read_text(encoding="utf-8"), path


def place_in_page(module: str) -> int:
    package = package_of(module)
    return PAGE.index(package if package in PAGE else "a view")


def test_imports_point_down_the_order_of_the_page():
    upward = [
        f"{module} imports {other}"
        for module, others in graph("demo").items()
        if module not in ("demo", *ROOTS)
        for other in others - {"demo", *ROOTS}
        if package_of(other) != package_of(module) and place_in_page(other) >= place_in_page(module)
    ]
    assert upward == []
    assert {module for module, others in graph("demo").items() if "demo.views" in others} == {"demo.page.page"}


def test_the_demo_has_no_circle():
    assert len(list(TopologicalSorter(graph("demo")).static_order())) == len(graph("demo"))


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
        "from vse import load_model, load_collection, Searcher; assert 'numpy' in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr


def test_vse_has_no_other_names():
    import vse

    with pytest.raises(AttributeError, match="module 'vse' has no attribute 'load_modle'"):
        vse.load_modle  # noqa: B018


def test_every_module_and_public_class_says_what_it_is():
    for path in sources("vse"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"
