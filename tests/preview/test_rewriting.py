"""HTML changed tag by tag: what is asked for, and not a byte more."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from dispatch.preview.rewriting import Tag, rewrite


def test_a_tag_is_changed_where_it_opens() -> None:
    html = "<P ID=a>x</P><img src='a.png' alt=\"1 < 2 &amp; 3\"><p hidden>y</p>"
    assert rewrite(html, tag=lambda tag: tag.having(id=None)) == html.replace("<P ID=a>", "<p>")
    assert rewrite(html, tag=lambda tag: None if tag.name == "img" else tag) == "<P ID=a>x</P><p hidden>y</p>"
    alts = [tag.attributes.get("alt") for tag in seen(html)]
    assert alts == [None, "1 < 2 & 3", None]


def test_comments_are_left_alone_and_styles_are_a_matter_of_their_own() -> None:
    html = "<style media=x>p{}</style><!-- <p id=a> --><!--[if mso]><p id=a><![endif]--><script>'<p id=a>'</script>"
    assert rewrite(html, tag=lambda _: None) == html
    assert rewrite(html, style=str.upper) == html.replace("p{}", "P{}")


def seen(html: str) -> list[Tag]:
    """The tags that are asked about."""
    tags: list[Tag] = []
    rewrite(html, tag=lambda tag: tags.append(tag) or tag)
    return tags


@given(st.text(), st.text())
def test_any_value_comes_back_as_it_was(value: str, text: str) -> None:
    value = value.replace("\r", "")
    html = f'<p title="{escape(value)}">{escape(text)}</p>'
    assert rewrite(html, tag=lambda tag: tag.having(id="x")) == html.replace('">', '" id="x">', 1)
