"""Laws of the page's HTML: templates hold all of it, and escape whatever is put in."""

from __future__ import annotations

import ast
import re

import pytest
from jinja2 import UndefinedError, nodes

from demo.shared.templating import PACKAGE, environment

TEMPLATES = sorted(environment().list_templates())


def made(template: str, **values: object) -> str:
    return environment().from_string(template).render(values)


def test_line_breaks_are_nothing_beside_tags_and_one_blank_between_words():
    assert made("<p>\n  {{ a }}\n  <b\n    id=1>x</b>\n</p>\n", a="A") == "<p>A<b id=1>x</b></p>"
    assert made("<p>one\n    two</p> <i>{{ a }} b</i>", a="A") == "<p>one two</p> <i>A b</i>"
    assert made("{{ a }}", a="<pre>\n  x\n</pre>") == "&lt;pre&gt;\n  x\n&lt;/pre&gt;"


def test_what_is_not_given_is_no_silence():
    with pytest.raises(UndefinedError, match="'a' is undefined"):
        made("{{ a }}")


def test_no_code_of_the_page_holds_html():
    tag = re.compile(r"(?<!\?P)<[a-z]+[ >/]")  # a named group of a regular expression is none
    assert tag.search('<div class="a">')
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not tag.search(node.value), f"{path}:{node.lineno}: {node.value}"


def test_every_template_lies_in_a_view_and_is_named_as_such():
    found = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.jinja")}
    assert {f"{path.parts[0]}/{path.name}" for path in found} == set(TEMPLATES)
    assert all(path.parts[1] == "templates" and path.name.endswith(".html.jinja") for path in found)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_escapes_what_it_shows(name: str):
    source = environment().loader.get_source(environment(), name)[0]  # type: ignore[union-attr]
    tree = environment().parse(source)
    assert not list(tree.find_all((nodes.MarkSafe, nodes.MarkSafeIfAutoescape, nodes.EvalContextModifier)))
    assert {"safe", "forceescape", "tojson", "xmlattr"}.isdisjoint(each.name for each in tree.find_all(nodes.Filter))
    shown = [each for output in tree.find_all(nodes.Output) for each in output.nodes]
    literals = [each.value for each in shown if isinstance(each, nodes.Const)]
    assert not any("<" in str(each) for each in literals)


def test_hostile_texts_stay_texts():
    hostile = "\"><img src=x onerror=alert(1)>{{ 7 * 7 }}'"
    assert made('<i a="{{ a }}">{{ a }}</i>', a=hostile).count("<") == 2
    assert "49" not in made("{{ a }}", a=hostile)
