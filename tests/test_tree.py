"""The tree keeps its rules: modules small, well named and introduced in one sentence, and nothing half registered."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

from dispatch.content.blocks import KINDS
from dispatch.providers import PROVIDERS

ROOT = Path(__file__).parents[1]
WRITER = runpy.run_path(str(ROOT / "tools" / "write_docs.py"))

MODULES = sorted((ROOT / "src" / "dispatch").rglob("*.py"))
SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in MODULES}
MEANINGLESS = {"util", "utils", "helper", "helpers", "common", "base", "manager", "misc"}


def test_a_module_has_at_most_400_lines() -> None:
    assert [name for name, text in SOURCES.items() if len(text.splitlines()) > 400] == []


def test_a_module_opens_with_a_sentence_on_one_line() -> None:
    assert {name: problem for name, text in SOURCES.items() if (problem := problem_of(text))} == {}


def problem_of(source: str) -> str:
    """What is wrong with a module's docstring: its first line is a sentence, and what follows stands apart from it."""
    sentence, _, rest = (ast.get_docstring(ast.parse(source), clean=False) or "").partition("\n")
    if not sentence.endswith((".", "?")):
        return f"no sentence: {sentence!r}"
    if len(sentence) > 110:
        return f"{len(sentence)} columns"
    return "no blank line after the first" if rest and not rest.startswith("\n") else ""


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = [path.relative_to(ROOT).with_suffix("") for path in (*MODULES, *(ROOT / "tests").rglob("*.py"))]
    names = {part.removeprefix("test_") for path in paths for part in path.parts}
    assert names & MEANINGLESS == set()


def test_the_tree_in_the_docs_is_this_one() -> None:
    tree = (ROOT / "docs" / "tree.md").read_text(encoding="utf-8")
    assert tree == WRITER["tree"](), "run: .venv/bin/python tools/write_docs.py"
    assert len(re.findall(r"^\| (?:\*\*)?`", tree, re.MULTILINE)) == len(MODULES)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_is_under_contract(name: str) -> None:
    test = ast.parse((ROOT / "tests" / "providers" / f"test_{name}.py").read_text(encoding="utf-8"))
    classes = [node for node in test.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    assert any(
        ast.unparse(base) in ("EachAnsweredContract", "OneAnswerContract") for node in classes for base in node.bases
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["mjml", "txt", "html"])
def test_every_block_has_a_partial_for_mail_text_and_web(kind: str, form: str) -> None:
    assert (ROOT / "templates" / "blocks" / f"{kind}.{form}.j2").is_file()
