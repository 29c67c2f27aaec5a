"""Every kind of block in mail, text and web page: its documented example is its test."""

import textwrap

import pytest

from dispatch.content.blocks import KINDS
from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.slots import fill
from dispatch.rendering.webpage import compile_webpage

from .conftest import FACTS, VALUES, draw


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_documented_example_compiles_in_every_form(kind, folder, shelf, theme):
    draw(folder / "images/map.png", 1200, 800)
    example = (KINDS[kind].__doc__ or "").split("```yaml")[1].split("```")[0]
    issue = read_issue("title: t\nblocks:\n" + textwrap.indent(textwrap.dedent(example), "  "), "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    page = compile_webpage(issue, theme, FACTS, pictures=shelf)
    assert {block.kind for block in issue.blocks} == {kind}
    for text in issue.texts():
        words = [word for word in text.value.split() if word.isalpha()]
        for form in (fill(compiled.html, VALUES), fill(compiled.text, VALUES), page.html):
            assert all(word in form for word in words)
