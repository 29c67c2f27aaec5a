"""A marked compilation says who wrote what, and is what is sent without its marks."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from lxml import html as lxml_html

from dispatch.content.issue import Issue, read_issue
from dispatch.errors import InvalidTheme
from dispatch.location import Location
from dispatch.rendering.compiled import Slots
from dispatch.rendering.compiler import compile_issue, compile_marked
from dispatch.rendering.html_syntax import TOKEN
from dispatch.rendering.marks import Mark, MarkedHtml, mark_of, with_blocks
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import Theme
from dispatch.testing.samples import SAMPLE_ISSUE, sample_issue

from .conftest import FACTS, VALUES, without_marks

COMPONENTS = """\
<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title>{{ issue.title | shown }}</mj-title>
    <mj-attributes><mj-text css-class="default" padding="0px"/><mj-image padding="0px"/></mj-attributes>
  </mj-head>
  <mj-body>
    <!-- <p>gone</p> -->
    <mj-raw><div title="1 > 0" style='font-family: "Comic Sans", serif; color: #123456'>raw</div></mj-raw>
    <mj-wrapper css-class="outer">
      <mj-section background-url="https://example.org/a.png" background-color="#ffffff">
        <mj-group css-class="pair"><mj-column><mj-text><p>left</p></mj-text></mj-column><mj-column css-class="second" padding="4px">
          <mj-image src="https://example.org/a.png" alt="a" width="20px"/><mj-divider/><mj-spacer height="4px"/>
        </mj-column></mj-group>
      </mj-section>
    </mj-wrapper>
    <mj-section css-class="wide" full-width="full-width" background-url="https://example.org/b.png">
      <mj-column>
        <mj-button css-class="go" href="https://example.org/">go</mj-button>
        <mj-table><tr><td
          class="cell"
          style="color: #123456;
                 display: flex">zq1m2z ;zq-color:7</td></tr></mj-table>
        {% for run in body if not run.section %}{% if run.prose %}<mj-text>{{ run.markup }}</mj-text>{% else %}{{ run.markup }}{% endif %}{% endfor %}
        <mj-text><a href="{{ unsubscribe_url }}">out</a></mj-text>
      </mj-column>
    </mj-section>
    {% for run in body if run.section %}{{ run.markup }}{% endfor %}
  </mj-body>
</mjml>
"""


def own_theme(folder: Path, **templates: str) -> Theme:
    """A theme with templates of its own, `email__mjml` for `email.mjml.j2`."""
    for name, text in templates.items():
        file = folder / "templates" / f"{name.replace('__', '.')}.j2"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Theme(folder)


def marked(issue: Issue, theme: Theme, shelf: PictureShelf, reader: str = "") -> MarkedHtml:
    """An issue with marks, once it is proved that without them it is what is sent."""
    sent = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True, reader_language=reader)
    same, html = compile_marked(issue, theme, FACTS, pictures=shelf, embed=True, reader_language=reader)
    assert same == sent
    assert without_marks(fill(html.html, VALUES)) == fill(sent.html, VALUES)
    assert html.html.slots == sent.html.slots
    shown = with_blocks(html)
    assert re.sub(r' data-block="[^"]*"', "", fill(shown, VALUES)) == fill(sent.html, VALUES)
    assert shown.slots == sent.html.slots
    return html


def mark(html: MarkedHtml, beginning: str) -> tuple[Mark | None, dict[str, Location]]:
    """The mark of the only tag that, without it, begins like this, and the places of its declarations."""
    tags = re.findall(r"<[a-z][^>]*>", "".join(html.html.literals))
    (tag,) = {tag for tag in tags if without_marks(tag).startswith(beginning)}
    own, declared = mark_of(re.sub(r"^<[a-z]+", "", tag))
    places = {name: html.marks[number].template for name, number in declared.items()}
    return html.marks[own] if own is not None else None, places


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_kind_of_block_is_sent_without_its_marks(language, shelf, theme) -> None:
    text = SAMPLE_ISSUE.replace("language: en", f"language: {language}")
    html = marked(read_issue(text, "issues/a.yaml"), theme, shelf, reader="fr")
    parts = {html.marks[int(number)].part for number in re.findall(r'data-mark="(\d+)', "".join(html.html.literals))}
    issue = sample_issue()
    of_fields = {("title",), ("subtitle",), ("preheader",), ("date",), ("author",)}
    of_signoff = {("signoff", "tagline"), ("signoff", "signature")}
    assert parts == {None, *of_fields, ("cover",), *(block.path for block in issue.every_block()), *of_signoff}


def test_every_component_is_sent_without_its_marks(tmp_path, shelf) -> None:
    theme = own_theme(tmp_path, email__mjml=COMPONENTS, inline__css="td{color:red}.cell{line-height:20px}")
    html = marked(read_issue(SAMPLE_ISSUE, "issues/a.yaml"), theme, shelf)
    assert mark(html, '<div class="outer"')[0] == Mark(Location("templates/email.mjml.j2", 9, 5))
    assert mark(html, '<td class="cell"') == (
        Mark(Location("templates/email.mjml.j2", 19, 23)),
        {
            "color": Location("templates/email.mjml.j2", 21, 18),
            "display": Location("templates/email.mjml.j2", 22, 18),
            "line-height": Location("templates/inline.css.j2", 1, 20),
        },
    )
    own, places = mark(html, '<div title="1 &gt; 0"')
    assert own == Mark(Location("templates/email.mjml.j2", 8, 13))
    assert places["color"] == Location("templates/email.mjml.j2", 8, 73)


def test_a_block_knows_its_template_and_its_place_in_the_issue(shelf, theme) -> None:
    issue = read_issue("title: t\nblocks:\n  - paragraph: One.\n  - callout: Two.\n", "issues/a.yaml")
    html = marked(issue, theme, shelf)
    literals = "".join(html.html.literals)
    paragraph = html.marks[int(re.search(r'<p data-mark="(\d+)[^>]*>One', literals)[1])]
    callout = html.marks[int(re.search(r'<p data-mark="(\d+)[^>]*>Two', literals)[1])]
    assert paragraph.template.file.endswith("blocks/paragraph.mjml.j2")
    assert issue.locate(paragraph.part).line == 3
    assert callout.template.file.endswith("blocks/callout.mjml.j2")
    assert callout.template.line == 6
    assert issue.locate(callout.part).line == 4


def test_a_block_in_a_column_has_a_name_of_its_own(shelf, theme) -> None:
    text = "title: t\nblocks:\n  - columns: [[{paragraph: One.}], [{heading: Two}, {callout: Three.}]]\n"
    issue = read_issue(text, "issues/a.yaml")
    shown = lxml_html.document_fromstring(fill(with_blocks(marked(issue, theme, shelf)), VALUES))
    [columns] = shown.find_class("columns")
    assert columns.get("data-block") == "blocks.0"
    names = {each.text: each.get("data-block") for each in columns.iter("p", "h2")}
    assert names == {"One.": "blocks.0.columns.0.0", "Two": "blocks.0.columns.1.0", "Three.": "blocks.0.columns.1.1"}


def test_the_later_of_two_rules_has_written_a_declaration(tmp_path, shelf) -> None:
    theme = own_theme(tmp_path, inline__css="p { color: #111111; }\n.last { color: #222222; }\n")
    html = marked(read_issue("title: t\nblocks: [callout: x]\n", "issues/a.yaml"), theme, shelf)
    assert mark(html, '<p class="last"')[1] == {"color": Location("templates/inline.css.j2", 2, 9)}


def test_what_a_component_writes_itself_is_not_the_style_sheets(tmp_path, shelf) -> None:
    theme = own_theme(tmp_path, inline__css=".button { padding: 1px; color: #111111 }\n")
    issue = read_issue('title: t\nblocks: [button: {text: x, url: "https://example.org"}]\n', "issues/a.yaml")
    assert mark(marked(issue, theme, shelf), '<td align="left" class="button"')[1] == {
        "color": Location("templates/inline.css.j2", 1, 25)
    }


def test_the_nodes_of_a_style_block_know_their_lines(tmp_path, shelf) -> None:
    theme = own_theme(tmp_path, head__css="/* a */\n@media print {\n  h1 { color: red; }\n}\n.x { display: grid }\n")
    html = marked(read_issue("title: t\nblocks: [divider: ]\n", "issues/a.yaml"), theme, shelf)
    assert html.sheets["@media print{h1{color:red}}.x{display:grid}"] == tuple(
        Location("templates/head.css.j2", line, column) for line, column in [(2, 1), (3, 3), (3, 8), (5, 1), (5, 6)]
    )
    assert all("".join(html.html.literals).count(content) == 1 for content in html.sheets)


def test_a_tag_that_is_none_is_no_crash(tmp_path, shelf) -> None:
    theme = own_theme(tmp_path, email__mjml=COMPONENTS.replace("<p>left</p>", "<p><![CDATA[a ]> <b> c]]></p>"))
    with pytest.raises(InvalidTheme, match="not every tag"):
        marked(read_issue(SAMPLE_ISSUE, "issues/a.yaml"), theme, shelf)


def test_text_that_looks_like_a_mark_stays() -> None:
    html = '<p data-mark="3 color:4" class="a">write data-mark="7"</p><!--[if mso]><td data-mark="5"><![endif]-->'
    assert without_marks(html) == '<p class="a">write data-mark="7"</p><!--[if mso]><td><![endif]-->'
    assert mark_of(""" alt='He wrote data-mark="7"' style="color:red\"""") == (None, {})
    assert MarkedHtml(Slots((html,))).marks == ()


def test_an_alternative_text_that_looks_like_a_mark_is_sent_as_it_is(shelf, theme) -> None:
    alt = """<p data-mark='1'> and data-mark="7" class="zq1m2z\""""
    figure = json.dumps({"image": "images/map.png", "alt": alt})
    issue = read_issue(f"title: t\nblocks:\n  - figure: {figure}\n", "issues/a.yaml")
    html = marked(issue, theme, shelf)
    (tag,) = [token["attributes"] for token in TOKEN.finditer("".join(html.html.literals)) if token["tag"] == "img"]
    assert alt in unescape(tag)
    assert mark_of(tag)[0] is None


def test_what_is_written_for_a_block_says_so_in_the_preview(shelf: PictureShelf) -> None:
    text = """\
title: t
cover: {image: images/cover.png, alt: A bridge}
blocks:
  - paragraph: See [it]({{view_online_url|}}) and data-mark="7".
  - quote: {text: Two., by: Kim}
"""
    html = fill(with_blocks(marked(read_issue(text, "issues/a.yaml"), Theme(None), shelf)), VALUES)
    named = {block: html[: html.index(f'data-block="{block}"')] for block in re.findall(r'data-block="([^"]*)"', html)}
    assert list(named) == ["title", "cover", "blocks.0", "blocks.1"]
    assert "A bridge" not in named["cover"]
    assert "A bridge" in named["blocks.0"]
    assert 'data-mark="7".' in named["blocks.1"]
    assert "Two." not in named["blocks.1"]
    assert not re.search(r"<[^>]* data-mark=", html)


FIELDS = """\
<mjml lang="en" dir="ltr"><mj-body><mj-section><mj-column>
  <mj-text css-class="why">{{ words.by }}<b class="none">{{ newsletter.name }}</b></mj-text>
  <mj-text css-class="head"><p class="under">{{ issue.slug }}<br/>{{ issue.subtitle | plain }}</p>{{ issue.title | plain }}</mj-text>
  <mj-text css-class="lead"><img src="{{ (issue.cover | picture(600)).url }}" alt="{{ issue.cover.alt | plain }}"/></mj-text>
  <mj-text css-class="empty">{{ issue.preheader | plain }}</mj-text>
  <mj-text css-class="body">{% for run in body if run.prose %}{{ run.markup }}{% endfor %}</mj-text>
  <mj-text css-class="tail">{{ issue.signoff.tagline | rich }}</mj-text>
</mj-column></mj-section></mj-body></mjml>
"""


def test_in_any_theme_an_element_is_of_the_text_of_the_issue_that_is_written_into_it(tmp_path, shelf) -> None:
    text = """\
title: A title
subtitle: Its subtitle
cover: {image: images/cover.png, alt: A bridge}
blocks: [paragraph: Two.]
signoff: {tagline: "Stay **here**."}
"""
    theme = own_theme(tmp_path, email__mjml=FIELDS)
    html = fill(with_blocks(marked(read_issue(text, "issues/a.yaml"), theme, shelf)), VALUES)
    named = re.findall(r'<(\w+) data-block="([^"]*)"', html)
    assert named == [
        ("td", "title"),
        ("p", "subtitle"),
        ("img", "cover"),
        ("p", "blocks.0"),
        ("td", "signoff.tagline"),
        ("strong", "signoff.tagline"),
    ]
