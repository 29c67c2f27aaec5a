"""The archive's index, feed and sitemap."""

from dataclasses import replace

import pytest
from lxml import etree
from lxml import html as lxml_html

from dispatch.content.issue import read_issue
from dispatch.rendering.archive import compile_feed, compile_index, compile_sitemap
from dispatch.rendering.webpage import compile_webpage
from dispatch.testing.samples import sample_issue

from .conftest import FACTS

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

OLDER = """
title: "Older & <b>bolder</b>: {{name|everyone}}"
subtitle: Before
date: 2025-12-31
author: Kim
language: fr
blocks:
  - paragraph: a
"""
UNDATED = "title: Undated\nlanguage: ar\nblocks:\n  - paragraph: a\n"


@pytest.fixture(scope="module")
def pages(shelf, theme):
    issues = [read_issue(OLDER, "older.yaml"), read_issue(UNDATED, "undated.yaml"), sample_issue()]
    return [compile_webpage(issue, theme, FACTS, pictures=shelf) for issue in issues]


def test_the_index_lists_all_issues_newest_first(pages, theme):
    tree = lxml_html.document_fromstring(compile_index(pages, theme, FACTS))
    links = [link.get("href") for link in tree.findall(".//article//a")]
    assert links == ["rivers-and-roads/index.html", "older/index.html", "undated/index.html"]
    assert [entry.text for entry in tree.findall(".//time")] == ["2 March 2026", "31 décembre 2025"]
    assert tree.findall(".//article")[1].find(".//h2").text_content() == "Older & <b>bolder</b>: everyone"
    assert [entry.get("dir") for entry in tree.findall(".//article")] == ["ltr", "ltr", "rtl"]


def test_pictures_of_the_index_have_a_size_so_that_nothing_jumps(pages, theme):
    [image] = lxml_html.document_fromstring(compile_index(pages, theme, FACTS)).findall(".//img")
    assert image.get("src") == f"media/{pages[2].cover.name}"
    assert (image.get("width"), image.get("height"), image.get("alt")) == ("1104", "621", "")


def test_an_empty_archive_says_so(theme):
    assert "Nothing has been published yet." in compile_index([], theme, FACTS)
    feed = etree.fromstring(compile_feed([], theme, FACTS).encode())
    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_the_feed_is_atom_with_dates_where_the_newsletter_is_written(pages, theme):
    feed = etree.fromstring(compile_feed(pages, theme, FACTS).encode())
    assert feed.findtext(f"{ATOM}id") == "https://river.example/"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-02T00:00:00+01:00"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        "https://river.example/rivers-and-roads/",
        "https://river.example/older/",
    ]
    assert entries[1].findtext(f"{ATOM}title") == "Older & <b>bolder</b>: everyone"
    assert entries[1].findtext(f"{ATOM}author/{ATOM}name") == "Kim"
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == ["en", "fr"]
    assert [entry.find(f"{ATOM}link").get("hreflang") for entry in entries] == ["en", "fr"]
    for entry in entries:
        for name in ("id", "title", "updated", "link"):
            assert entry.find(f"{ATOM}{name}") is not None


def test_summer_time_is_heeded(theme, shelf):
    issue = read_issue("title: t\ndate: 2026-07-01\nblocks:\n  - paragraph: a\n", "t.yaml")
    feed = compile_feed([compile_webpage(issue, theme, FACTS, pictures=shelf)], theme, FACTS)
    assert "2026-07-01T00:00:00+02:00" in feed
    in_utc = replace(FACTS, timezone="UTC")
    assert "2026-07-01T00:00:00+00:00" in compile_feed(
        [compile_webpage(issue, theme, in_utc, pictures=shelf)], theme, in_utc
    )


def test_the_sitemap_has_every_page(pages, theme):
    sitemap = etree.fromstring(compile_sitemap(pages, theme, FACTS).encode())
    assert [url.text for url in sitemap.iter(f"{SITEMAP}loc")] == [
        "https://river.example/",
        "https://river.example/rivers-and-roads/",
        "https://river.example/older/",
        "https://river.example/undated/",
    ]
    assert [day.text for day in sitemap.iter(f"{SITEMAP}lastmod")] == ["2026-03-02", "2025-12-31"]
