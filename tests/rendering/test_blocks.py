"""Every kind of block in mail, text and web page: its documented example is its test."""

import textwrap
from collections import defaultdict

import pytest
import yaml
from lxml import html as lxml_html

from dispatch.content.blocks import KINDS
from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import NewsletterFacts
from dispatch.rendering.webpage import compile_webpage

from .conftest import FACTS, VALUES, draw

EMPTY = read_issue("title: t\nblocks: [divider: ]\n", "i.yaml")


def documented(kind):
    """The example that a kind's docstring gives."""
    return textwrap.dedent((KINDS[kind].__doc__ or "").split("```yaml")[1].split("```")[0])


@pytest.fixture(autouse=True)
def named_files(folder):
    """What the examples name lies there."""
    draw(folder / "images/map.png", 1200, 800)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/goods.csv").write_text("year,road,rail\n2022,3,1\n2025,2,6\n", encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_documented_example_compiles_in_every_form(kind, shelf, theme):
    issue = read_issue(f"title: t\nblocks:\n{documented(kind)}", "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    page = compile_webpage(issue, theme, FACTS, pictures=shelf)
    assert {block.kind for block in issue.blocks} == {kind}
    for text in issue.texts():
        words = [word for word in text.value.split() if word.isalpha()]
        drawn = kind == "chart" and {"unit", "series", "data"} & set(text.path)  # what the mail shows in a picture
        mail = () if drawn else (fill(compiled.html, VALUES),)
        for form in (*mail, fill(compiled.text, VALUES), page.html):
            assert all(word in form for word in words)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"divider"}))
def test_a_block_in_another_language_says_so_of_all_its_words(kind, shelf, theme):
    blocks = [block | {"language": "ar"} for block in yaml.safe_load(documented(kind))]
    issue = read_issue(yaml.safe_dump({"title": "t", "blocks": blocks}), "i.yaml")
    facts = NewsletterFacts("GEO")
    mail = fill(compile_issue(issue, theme, facts, pictures=shelf, embed=True).html, VALUES)
    page = compile_webpage(issue, theme, facts, pictures=shelf).html
    written = [word for text in issue.texts() if text.path != ("title",) for word in text.value.split()]
    own = languages(fill(compile_issue(EMPTY, theme, facts, pictures=shelf, embed=True).html, VALUES))
    for heard in (languages(mail), languages(page)):
        seen = ({word for word in written if word.isalpha()} - own.keys()) & heard.keys()
        assert seen
        assert {word: heard[word] for word in seen} == {word: {("ar", "rtl")} for word in seen}


def languages(html):
    """By word, the languages and directions that the page says it is in."""
    found = defaultdict(set)
    for element in lxml_html.document_fromstring(html).find("body").iter("*"):
        for text, around in ((element.text, element), (element.tail, element.getparent())):
            spoken = around.xpath("(ancestor-or-self::*[@lang])[last()]")[0]
            for word in (text or "").split():
                found[word].add((spoken.get("lang"), spoken.get("dir")))
    return found
