"""The archive's page of an issue: the same letter for nobody in particular."""

import re

import pytest
from lxml import html as lxml_html

from dispatch.content.issue import read_issue
from dispatch.rendering.webpage import compile_webpage
from dispatch.testing.samples import sample_issue

from .conftest import FACTS


@pytest.fixture(scope="module")
def page(shelf, theme):
    return compile_webpage(sample_issue(), theme, FACTS, pictures=shelf)


@pytest.fixture(scope="module")
def tree(page):
    return lxml_html.document_fromstring(page.html)


def test_fields_show_their_fallbacks_and_nobody_can_be_unsubscribed(page):
    assert "Hello there, this is" in page.html
    assert "build for you" in page.html
    assert "unsubscribe" not in page.html.lower()
    assert not re.search(r"zq[0-9a-f]{6}x", page.html)


def test_a_link_to_the_page_itself_works_there(shelf, theme):
    issue = read_issue("title: t\nslug: s\nblocks:\n  - button: {text: a, url: '{{view_online_url|}}'}\n", "i.yaml")
    assert 'href="https://river.example/s/"' in compile_webpage(issue, theme, FACTS, pictures=shelf).html


def test_it_has_no_script_and_says_so(page, tree):
    assert not tree.findall(".//script")
    policy = tree.find('.//meta[@http-equiv="Content-Security-Policy"]').get("content")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not [element for element in tree.iter() for name in element.attrib if name.startswith("on")]


def test_the_breadcrumb_leads_back(tree):
    items = tree.findall(".//nav//li")
    assert [item.text_content() for item in items] == [
        "The River Letter",
        "Posts",
        "Rivers & roads: who pays for the bridge?",
    ]
    assert [item.find("a").get("href") for item in items[:2]] == ["../index.html", "../index.html#posts"]


def test_the_head_tells_others_what_it_is(tree):
    meta = {each.get("property") or each.get("name"): each.get("content") for each in tree.findall(".//meta")}
    assert meta["og:title"] == "Rivers & roads: who pays for the bridge?"
    assert meta["description"] == "A short look at a long border"
    assert meta["article:published_time"] == "2026-03-02"
    assert re.fullmatch(r"https://river\.example/media/[0-9a-f]{64}\.png", meta["og:image"])
    assert tree.find('.//link[@rel="canonical"]').get("href") == "https://river.example/rivers-and-roads/"


def test_every_block_is_there_in_its_own_element(tree):
    article = tree.find(".//article")
    assert len(article.findall(".//h1")) == 1
    assert [each.text_content() for each in article.findall(".//h3")] == ["The third town"]
    assert len(article.findall(".//blockquote")) == 2
    assert len(article.findall(".//aside")) == 2
    assert len(article.findall(".//hr")) == 1
    for table, columns in zip(article.findall(".//table"), (3, 6, 0), strict=True):
        assert [cell.get("scope") for cell in table.findall(".//th")] == [*["col"] * columns, "row", "row"]
    assert all(each.get("alt") is not None for each in article.findall(".//img"))


def test_pictures_lie_beside_the_pages(page, tree):
    sources = [image.get("src") for image in tree.findall(".//article//img")]
    assert sources == [f"../media/{picture.name}" for picture in page.pictures]
    assert page.cover == page.pictures[0]


def test_the_neighbours_are_linked(shelf, theme):
    other = read_issue("title: Über & unter\nblocks:\n  - paragraph: a\n", "other-one.yaml")
    page = compile_webpage(sample_issue(), theme, FACTS, pictures=shelf, previous=other)
    assert '<a rel="prev" href="../other-one/index.html">' in page.html
    assert "Über &amp; unter" in page.html
    assert '<a rel="next"' not in page.html


def test_markup_in_texts_is_text(shelf, theme):
    source = (
        "title: '</title><script>alert(1)</script>'\nsubtitle: '\"><script>'\nauthor: '<i>'\n"
        "blocks:\n  - paragraph: '<script>alert(2)</script> {{name|<script>}} [a](javascript:x)'\n"
    )
    page = compile_webpage(read_issue(source, "i.yaml"), theme, FACTS, pictures=shelf)
    tree = lxml_html.document_fromstring(page.html)
    assert not tree.findall(".//script")
    assert tree.find(".//title").text == "</title><script>alert(1)</script>"
    assert tree.find('.//meta[@name="description"]').get("content") == '"><script>'
    assert [link.get("href") for link in tree.findall(".//article//a")] == ["#"]


def test_what_only_some_readers_get_is_not_on_the_page(shelf, theme):
    text = "title: t\nblocks:\n  - paragraph: for all\n  - paragraph: for few\n    when: paid\n"
    html = compile_webpage(read_issue(text, "i.yaml"), theme, FACTS, pictures=shelf).html
    assert "for all" in html
    assert "for few" not in html
