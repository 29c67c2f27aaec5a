"""What mail clients do not know, at the place of the template that asks for it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispatch.checks import clients, support
from dispatch.checks.check import CheckFunction, Finding, run
from dispatch.checks.clients import BREAKING, DEGRADES
from dispatch.checks.readers import CLIENTS
from dispatch.content.issue import read_issue
from dispatch.location import Location
from dispatch.rendering.compiled import Slots
from dispatch.rendering.compiler import compile_marked
from dispatch.rendering.marks import Mark, MarkedHtml
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.stylesheet import walk
from dispatch.rendering.theme import NewsletterFacts, Theme
from dispatch.testing.checks import CheckContract, Example, evidence_about
from dispatch.testing.samples import SAMPLE_ISSUE
from rendering.conftest import draw

ISSUE = "title: A bridge\nblocks: [divider: ]\n"
PLACE = Location("templates/email.mjml.j2", 12, 3)
THEME = (
    clients.breaking_feature,
    clients.background_without_colour,
    clients.web_font_without_fallback,
    clients.unsupported_feature,
)


def body(html: str, css: str = "") -> dict[str, Any]:
    """Facts about a message with a body from one place of a template, and a style block."""
    style = f"<style>{css}</style>" if css else ""
    sheets = {css: (PLACE,) * sum(1 for _ in walk(css))}
    marked = MarkedHtml(Slots((f'{style}<body data-mark="0">{html}</body>',)), (Mark(PLACE),), sheets)
    return {"marked": marked}


EXAMPLES: dict[CheckFunction, Example] = {
    clients.breaking_feature: Example(
        bad=ISSUE,
        bad_facts=body('<div style="display:flex">x</div>'),
        at=str(PLACE),
        good=ISSUE,
        good_facts=body('<div style="display:block">x</div>'),
    ),
    clients.background_without_colour: Example(
        bad=ISSUE,
        bad_facts=body("<td style=\"background:url('https://example.org/a.png') center\">x</td>"),
        at=str(PLACE),
        good=ISSUE,
        good_facts=body("<td style=\"background:#ffffff url('https://example.org/a.png') center\">x</td>"),
    ),
    clients.web_font_without_fallback: Example(
        bad=ISSUE,
        bad_facts=body("<p style=\"font-family:'Lora'\">x</p>", "@font-face{font-family:Lora;src:url(a.woff)}"),
        at=str(PLACE),
        good=ISSUE,
        good_facts=body("<p style=\"font-family:'Lora',serif\">x</p>", "@font-face{font-family:Lora;src:url(a.woff)}"),
    ),
    clients.unsupported_feature: Example(
        bad=ISSUE,
        bad_facts=body('<div style="margin:1px;margin-inline-start:4px">x</div>'),
        at=str(PLACE),
        good=ISSUE,
        good_facts=body('<div style="margin:1px;margin-left:4px">x</div>'),
    ),
}


class TestContract(CheckContract):
    theme = clients
    examples = EXAMPLES


def said(facts: dict[str, Any], **services: int) -> list[tuple[str, str]]:
    """The checks that speak about a message, with what they say."""
    evidence = evidence_about(ISSUE, **facts)
    if services:
        evidence = replace(evidence, audience=replace(evidence.audience, services=services))
    return [(finding.check, finding.message) for finding in run(THEME, evidence)]


@pytest.mark.parametrize(
    ("html", "css", "check"),
    [
        ('<p style="display:flex">x</p>', "", "breaking-feature"),
        ('<p style="display:inline-grid">x</p>', "", "breaking-feature"),
        ('<p style="display:inline-block">x</p>', "", ""),
        ('<p style="position:absolute">x</p>', "", "breaking-feature"),
        ('<p style="position:relative">x</p>', "", "unsupported-feature"),
        ('<p style="position:static">x</p>', "", ""),
        ('<p style="color:var(--accent)">x</p>', "", "breaking-feature"),
        ('<p style="width:calc(100% - 4px)">x</p>', "", "unsupported-feature"),
        ('<p style="margin-left:2rem">x</p>', "", "unsupported-feature"),
        ('<p style="margin-left:2em">x</p>', "", ""),
        ('<p style="gap:4px">x</p>', "", "unsupported-feature"),
        ('<p style="float:left">x</p>', "", "unsupported-feature"),
        ('<p style="border-radius:3px;box-shadow:0 0 1px red">x</p>', "", ""),
        ('<p style="color:rgba(0,0,0,.5)">x</p>', "", "unsupported-feature"),
        ('<p style="color:rgb(0,0,0)">x</p>', "", ""),
        (
            '<p style="background-color:#fff;background-image:linear-gradient(red,blue)">x</p>',
            "",
            "unsupported-feature",
        ),
        ("<video></video>", "", "breaking-feature"),
        ("<form><p>x</p></form>", "", "breaking-feature"),
        ("<script>x</script>", "", "breaking-feature"),
        ("<svg></svg>", "", "unsupported-feature"),
        ("<marquee>x</marquee>", "", "unsupported-feature"),
        ("<p>a<br>b <strong>c</strong></p><ul><li>d</li></ul>", "", ""),
        ('<img src="https://example.org/a.svg" alt="">', "", "breaking-feature"),
        ('<img src="https://example.org/a.webp?v=1" alt="">', "", "breaking-feature"),
        ('<img src="https://example.org/a.jpeg" alt="">', "", ""),
        ('<img src="data:image/png;base64,AA" alt="">', "", "breaking-feature"),
        ('<a href="https://example.org/a.svg">x</a>', "", ""),
        ('<img srcset="a 2x" src="https://example.org/a.png" alt="">', "", "unsupported-feature"),
        ('<p style="font-family:Lora,serif">x</p>', "@font-face{font-family:Lora}", "unsupported-feature"),
        ("<p>x</p>", "@import url(a.css);", "breaking-feature"),
        ("<p>x</p>", ".a{display:flex}", "unsupported-feature"),
        ("<p>x</p>", "@media (prefers-color-scheme:dark){.a > b:hover{color:red !important}}", ""),
        ("<p>x</p>", "@media (min-width:1px){.a{margin-inline-end:4px}}", "unsupported-feature"),
        ('<td background="https://example.org/a.png">x</td>', "", "background-without-colour"),
        ('<td background="https://example.org/a.png" bgcolor="#ffffff">x</td>', "", ""),
        ('<td style="background-image:url(https://example.org/a.png);background-color:red">x</td>', "", ""),
        ('<!--[if mso]><td style="display:flex">x</td><![endif]-->', "", "breaking-feature"),
        ("<!-- <video></video> -->", "", ""),
    ],
)
def test_each_feature_has_its_verdict(html: str, css: str, check: str) -> None:
    assert {name for name, _ in said(body(html, css))} == ({check} if check else set())


def test_what_is_for_outlook_alone_is_held_against_outlook_alone() -> None:
    rounded = '<p style="word-spacing:2px">x</p>'
    assert said(body(rounded), other=1) != []
    assert said(body(f"<!--[if mso]>{rounded}<![endif]-->"), other=1) != []
    assert said(body(f"<!--[if !mso]><!-->{rounded}<!--<![endif]-->"), other=1) == []
    gmail = '<p style="text-shadow:none;filter:blur(1px)">x</p>'
    assert said(body(gmail), gmail=1) != []
    assert said(body(f"<!--[if mso]>{gmail}<![endif]-->"), gmail=1) == []


def test_the_audience_decides() -> None:
    facts = body('<p style="word-spacing:2px">x</p>')
    assert said(facts, icloud=100) == []
    assert said(facts, icloud=81, other=19) == []  # 19 % of whom a quarter has Outlook on Windows: 4.75 %
    assert said(facts, icloud=80, other=20) == [
        (
            "unsupported-feature",
            "about 5% of the audience read with a client that does not know word-spacing: Outlook (Windows)",
        )
    ]


def test_an_empty_audience_reads_as_most_do() -> None:
    evidence = evidence_about(ISSUE, **body('<p style="gap:4px">x</p>'))
    evidence = replace(evidence, audience=replace(evidence.audience, people=0, services={}))
    assert [finding.check for finding in run(THEME, evidence)] == ["unsupported-feature"]


def test_a_feature_is_told_once_for_each_place() -> None:
    assert len(said(body('<p style="gap:4px">x</p><p style="gap:4px">y</p>'))) == 1


def test_every_entry_of_the_tables_is_used() -> None:
    names = {feature.name for feature in support.features().values()}
    spelled = set(support.features()) | {f"element {name}" for name in ["script", "iframe", "embed", "input"]}
    assert set(BREAKING) <= spelled
    patterns = [pattern for each in DEGRADES for pattern in each.split()]
    assert [pattern for pattern in patterns if not any(re.fullmatch(pattern, name) for name in names)] == []
    assert Counter(patterns).most_common(1)[0][1] == 1


# --- with the compiler ------------------------------------------------------------------------------

FACTS = NewsletterFacts(name="The River Letter", url="https://river.example", postal_address="1 Quay Street")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> PictureShelf:
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("cover", "map", "line"):
        draw(folder / f"images/{name}.png", 400, 120)
    return PictureShelf(folder, folder / ".dispatch/pictures")


def checked(text: str, theme: Theme, shelf: PictureShelf, **services: int) -> list[Finding]:
    """What the checks say about an issue with a theme."""
    issue = read_issue(text, "issues/a.yaml")
    compiled, marked = compile_marked(issue, theme, FACTS, pictures=shelf, embed=True)
    evidence = evidence_about(text, compiled=compiled, marked=marked)
    if services:
        evidence = replace(evidence, audience=replace(evidence.audience, services=services))
    return run(THEME, evidence)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes a theme with a template of its own."""

    def make(name: str, text: str) -> Theme:
        folder = tmp_path_factory.mktemp("theme")
        file = folder / "templates" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        return Theme(folder)

    return make


@pytest.mark.parametrize("service", CLIENTS)
@pytest.mark.parametrize("language", ["en", "he"])
def test_the_built_in_theme_is_silent_for_everybody(service: str, language: str, shelf: PictureShelf) -> None:
    text = SAMPLE_ISSUE.replace("language: en", f"language: {language}")
    assert checked(text, Theme(None), shelf, **{service: 1}) == []


QUOTE = """\
<mj-spacer height="8px"/>
<mj-text css-class="quote">
  <blockquote>{{ block.text | rich }}</blockquote>
  <div class="by" style="color: #112233; display: flex">{{ block.by | plain }}</div>
</mj-text>
"""


def test_flex_in_a_block_is_found_at_its_place_in_the_template_and_in_the_issue(own: Any, shelf: PictureShelf) -> None:
    text = "title: t\nblocks:\n  - paragraph: One.\n  - quote: {text: Two., by: Kim}\n  - quote: Three.\n"
    [finding] = checked(text, own("blocks/quote.mjml.j2", QUOTE), shelf)
    assert finding.check == "breaking-feature"
    assert finding.location == Location("templates/blocks/quote.mjml.j2", 4, 42)
    assert "display:flex" in finding.message
    assert "issues/example.yaml:4:12" in finding.hint
    assert "1 more" in finding.hint
    assert finding.block == "blocks.1"
    assert checked(text, own("blocks/quote.mjml.j2", QUOTE.replace("flex", "block")), shelf) == []


@pytest.mark.parametrize(
    ("template", "css", "place"),
    [
        ("inline.css.j2", "p {\n  margin: 0;\n  display: grid;\n}\n", (3, 3)),
        ("inline.css.j2", ".nowhere { display: grid }\n", None),
        ("inline.css.j2", "p { margin: 0; display: block }\n", None),
        ("head.css.j2", "/* a */\n@import url(x.css);\n", (2, 1)),
        ("head.css.j2", "h1 { color: red }\n@media print {\n  h1 { filter: none }\n}\n", (3, 8)),
        ("head.css.j2", "h1 { gap: 1px }\n", (1, 6)),
        ("head.css.j2", "@media print {\n  h1 { gap: 1px }\n}\n", None),  # only Outlook lacks it, and @media too
    ],
)
def test_a_style_sheet_is_blamed_at_its_line(
    template: str, css: str, place: tuple[int, int] | None, own: Any, shelf: PictureShelf
) -> None:
    found = checked("title: t\nblocks: [paragraph: One.]\n", own(template, css), shelf)
    assert [finding.location for finding in found] == ([Location(f"templates/{template}", *place)] if place else [])


def test_a_component_is_blamed_for_what_it_is_told_to_write(own: Any, shelf: PictureShelf) -> None:
    builtin = (Path(__file__).parents[2] / "templates/email.mjml.j2").read_text(encoding="utf-8")
    bad = builtin.replace("<mj-section ", '<mj-section background-url="https://example.org/a.png" ')
    good = bad.replace("background-url", 'background-color="#ffffff" background-url')
    text = "title: t\nblocks: [paragraph: One.]\n"
    line = next(number for number, each in enumerate(bad.split("\n"), 1) if "background-url" in each)
    found = checked(text, own("email.mjml.j2", bad), shelf)
    assert [(finding.check, finding.location) for finding in found] == [
        ("background-without-colour", Location("templates/email.mjml.j2", line, 5))
    ]
    assert checked(text, own("email.mjml.j2", good), shelf) == []
