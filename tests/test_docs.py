"""The documentation is true: its tables, paths and commands are those of the project, and nothing is left open."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from demo.main import parse
from tests.figures import PAGES, ROOT, TABLES, renewed, renewed_page
from vse.cli import parser
from vse.encoders.registry import list_models
from vse.evaluation.model_card import metadata_of
from vse.io.paths import MODELS

_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
_NAMED = re.compile(r"(?<![\w/.-])(?:vse|demo|tests|docs|assets)/[\w/.*-]*[\w*]")
_COMMAND = re.compile(r"(?:python -m vse(?!\.)|python app\.py)\b[^`#\n]*")
_VARIABLE = re.compile(r'^(\w+)="([^"]*)"$', re.MULTILINE)
_PLACEHOLDER = re.compile(r"\b(?:HALF|TODO|TBD|FIXME|XXX)\b|\?\?")
COMMANDS = next(action.choices for action in parser()._actions if action.dest == "command")
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def commands(text: str) -> list[list[str]]:
    """The arguments of every command of the project in a page, with lines joined and variables filled in."""
    text = re.sub(r"torchrun [^`#\n]* -m vse\b", "python -m vse", text.replace("\\\n", " "))
    values = dict(_VARIABLE.findall(text))
    filled_in = re.sub(r"\$(\w+)", lambda name: values.get(name[1], name[0]).replace("\n", " "), text)
    return [shlex.split(command.strip()) for command in _COMMAND.findall(filled_in)]


@pages
def test_tables_are_those_of_the_stored_figures(page: Path):
    text = page.read_text(encoding="utf-8")
    assert renewed_page(page) == text, "run python -m tests.figures --write"


@pages
def test_nothing_is_left_to_fill_in(page: Path):
    assert not _PLACEHOLDER.findall(page.read_text(encoding="utf-8"))


@pages
def test_what_is_linked_and_named_is_there(page: Path):
    text = page.read_text(encoding="utf-8")
    paths = [page.parent / name for name in _LINK.findall(text)]
    paths += [ROOT / name for name in _NAMED.findall(re.sub(r"\]\([^)]*\)|https?://\S+", "", text))]
    assert [path for path in paths if not path.exists()] == []


@pages
def test_commands_have_the_options_that_they_are_shown_with(page: Path):
    for command in commands(page.read_text(encoding="utf-8")):
        starts_the_page = command[1] == "app.py"
        given = command[2:] if starts_the_page else command[3:]
        if not starts_the_page and len(given) < 2:  # a command's name alone
            assert not given or given[0] in COMMANDS
            continue
        try:
            parse(given) if starts_the_page else parser().parse_args(given)
        except SystemExit as ended:
            if ended.code:
                pytest.fail(f"{shlex.join(command)} cannot be called so")


def test_commands_are_found_with_their_lines_joined_and_variables_filled_in():
    page = 'NET="--dim 8\n  --epochs 2"\n\npython -m vse train runs/1 $NET \\\n  --seed 1  # why\n`python app.py --mcp`'
    page += "\ntorchrun --nproc-per-node 2 \\\n  -m vse train runs/1 --resume"
    assert commands(page) == [
        ["python", "-m", "vse", "train", "runs/1", "--dim", "8", "--epochs", "2", "--seed", "1"],
        ["python", "app.py", "--mcp"],
        ["python", "-m", "vse", "train", "runs/1", "--resume"],
    ]


@pytest.mark.parametrize("name", list_models())
def test_every_card_shows_the_figures_of_its_model(name: str):
    assert f"<!-- figures: evaluate {name} " in (MODELS / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list_models())
def test_every_card_says_its_licence_and_its_figures_as_the_hub_reads_them(name: str):
    about = metadata_of((MODELS / name / "README.md").read_text(encoding="utf-8"))
    assert {"license", "library_name", "pipeline_tag", "tags", "metrics", "model-index"} <= set(about)
    assert about["model-index"][0]["name"] == name


def test_every_kind_of_table_is_in_some_page():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in TABLES if f"<!-- figures: {name} " in text} == set(TABLES)


def test_a_table_is_written_between_its_marks():
    mark = "<!-- figures: evaluate scenes-vse scenes -->"
    page = f"before\n\n{mark}\nold figures\n<!-- end of figures -->\n\nafter"
    new = renewed(page)
    assert "| caption -> pictures | 71.0 | 85.7 | 90.4 | 1 | 6.2 | 5000 | 1000 |" in new.splitlines()
    assert "| picture -> captions, held-out combinations | 98.1 | 88.4 | 88.4 | 309 |" in new.splitlines()
    assert new.startswith(f"before\n\n{mark}\n")
    assert new.endswith("<!-- end of figures -->\n\nafter")
    assert "old figures" not in new
    assert renewed(new) == new


def test_a_table_that_nobody_writes_is_an_error():
    with pytest.raises(KeyError, match="nothing"):
        renewed("<!-- figures: nothing -->\n<!-- end of figures -->")


def test_the_readme_and_the_page_have_one_name_and_the_readme_is_short():
    from demo.page.page import TITLE

    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines[1] == f"title: {TITLE}"
    assert f"# {TITLE}" in lines
    assert len(lines) <= 150
