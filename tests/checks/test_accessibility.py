"""Contrast, languages, headings, link texts, tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checks import accessibility
from dispatch.checks.check import CheckFunction, Finding
from dispatch.checks.evidence import TemplateText
from dispatch.content.issue import read_issue
from dispatch.location import Location
from dispatch.rendering.compiled import CompiledIssue, Slots
from dispatch.testing.checks import CheckContract, Example, compiled, findings

ISSUE = "title: A bridge\nblocks: [paragraph: Over the river.]\n"
COMPILED = compiled(read_issue(ISSUE, "issues/example.yaml"))


def with_html(body: str, css: str = "", root: str = 'lang="en"') -> CompiledIssue:
    html = f"<!DOCTYPE html><html {root}><head><style>{css}</style></head><body>{body}</body></html>"
    return replace(COMPILED, html=Slots((html,)))


DARK_ON_DARK = '<div class="page" style="background:#fff"><p style="color:#1c1b1a">Over the river.</p></div>'
DARK_GROUND = "@media (prefers-color-scheme:dark){.page{background:#151413 !important}%s}"
ARABIC = "النهر لا يعرف الميزانيات، ولا الحدود."
FRENCH = (
    "Les ponts sont dans une ville qui est sur les deux rives, et les habitants ont été avec nous pour cette fête. "
    "Une rivière est plus qu’une frontière, et les maires sont pour une route avec les autres villes dans cette région."
)
LINKS = """
    title: A bridge
    blocks:
      - button: {{text: Read on, url: "https://example.org/one"}}
      - list:
          - "[The report](https://example.org/report)"
          - "{place}[Read on]({url})"
      - paragraph: "In [the report](https://example.org/other) it says so, and [read on](https://example.org/3) is said too."
"""
EXAMPLES: dict[CheckFunction, Example] = {
    accessibility.low_contrast: Example(
        bad="title: A bridge\nblocks: [paragraph: ‸Over the river.]\n",
        bad_facts={"compiled": with_html(DARK_ON_DARK, DARK_GROUND % "")},
        good=ISSUE,
        good_facts={"compiled": with_html(DARK_ON_DARK, DARK_GROUND % ".page p{color:#e9e6e1 !important}")},
    ),
    accessibility.wrong_language: Example(
        bad=f"title: Le pont\nlanguage: ‸en\nblocks: [paragraph: '{FRENCH}']\n",
        good=f"title: Le pont\nlanguage: fr\nblocks: [paragraph: '{FRENCH}']\n",
    ),
    accessibility.wrong_direction: Example(
        bad=f"""
            title: A bridge
            blocks:
              - paragraph: The bridge of three towns is not complete.
              - quote: {{text: "‸{ARABIC}", by: فلان}}
              - heading: The towns
        """,
        good=f"""
            title: A bridge
            blocks:
              - paragraph: The bridge of three towns, السلام, is not complete.
              - quote: {{text: "{ARABIC}", by: فلان}}
                language: ar
              - quote: سلام
        """,
    ),
    accessibility.undeclared_language: Example(
        bad="‸title: A bridge\nblocks: [divider: ]\n",
        bad_facts={"compiled": with_html("", root='lang="und" dir="auto"')},
        good=ISSUE,
        good_facts={"compiled": with_html("")},
    ),
    accessibility.skipped_heading_level: Example(
        bad="""
            title: A bridge
            blocks:
              - heading: {text: The river, level: ‸3}
              - heading: The towns
              - heading: {text: North, level: ‸4}
              - columns:
                  - - heading: South
                  - - heading: {text: Its harbour, level: ‸4}
        """,
        good="""
            title: A bridge
            blocks:
              - heading: The river
              - heading: {text: Its mouth, level: 3}
              - heading: The towns
        """,
    ),
    accessibility.missing_headings: Example(
        bad=f"title: A bridge\nblocks:\n  - heading: One\n  - paragraph: ‸{'word ' * 1500}\n  - list: [word]\n",
        good=f"title: A bridge\nblocks:\n  - paragraph: {'word ' * 1500}\n  - heading: One\n  - list: [word]\n",
    ),
    accessibility.repeated_link_text: Example(
        bad=LINKS.format(place="‸", url="https://example.org/two"),
        good=LINKS.format(place="", url="https://example.org/one"),
    ),
    accessibility.misread_table: Example(
        bad="‸title: A bridge\nblocks: [divider: ]\n",
        bad_facts={"compiled": with_html("<table><tr><td>Left<td>Right</table>")},
        good=ISSUE,
        good_facts={
            "compiled": with_html(
                '<table role="presentation"><tr><td><table><tr><th scope="col">Year<tr><td>2026</table></table>'
            )
        },
    ),
}


class TestContract(CheckContract):
    theme = accessibility
    examples = EXAMPLES


def contrast_of(body: str, css: str = "", **facts: object) -> list[Finding]:
    return findings(accessibility.low_contrast, ISSUE, compiled=with_html(body, css), **facts)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<p style="color:#767676;background:#fff">Over</p>', 0),  # 4.54
        ('<p style="color:#777;background:#fff">Over</p>', 1),  # 4.48
        ('<p style="color:#777;background:#fff;font-size:24px">Over</p>', 0),
        ('<h2 style="color:#777;background:#fff;font-size:19px">Over</h2>', 0),
        ('<h2 style="color:#777;background:#fff;font-size:18px">Over</h2>', 1),
        ('<td bgcolor="#777777" style="color:gray">Over</td>', 1),
        ('<p style="color:rgba(0,0,0,0.3);background:white">Over</p>', 1),
        ('<p style="color:#777;background:#fff url(a.png)">Over</p>', 0),
        ('<p style="color:#fff;background:#fff;display:none">Over</p>', 0),
        ('<img style="color:#888;background:#999" alt="A bridge">', 1),
        ('<img style="color:#888;background:#999" alt="">', 0),
        ('<div style="background:#999"><a href="#" style="color:#a3241b">Over</a></div>', 1),
    ],
)
def test_texts_that_are_seen_are_judged_by_their_size(body: str, told: int) -> None:
    css = "@media (prefers-color-scheme:dark){p,h2,td,img,a{color:#fff!important;background:#000!important}}"
    assert len(contrast_of(f"<table><tr>{body}</tr></table>", css)) == told


def test_an_important_rule_beats_the_style_attribute_and_any_other_does_not() -> None:
    body = '<p class="a" style="color:#222;background:#fff">Over</p>'
    dark = "@media (prefers-color-scheme:dark){p.a{color:#fff!important;background:#000!important}}"
    assert not contrast_of(body, ".a{color:#eee}" + dark)
    assert len(contrast_of(body, ".a{color:#eee !important}" + dark)) == 1
    assert not contrast_of(body, "p.a{color:#222 !important}.a{color:#eee !important}" + dark)


def test_a_rule_for_a_pointer_or_a_phone_says_nothing_of_the_mail_at_rest() -> None:
    css = "p:hover{color:#fff!important}@media (max-width:480px){p{color:#fff!important}}"
    assert not contrast_of('<p style="background:#eee;color:#111">Over</p>', css)


def test_a_colour_stands_in_the_template_that_writes_it() -> None:
    templates = (
        TemplateText("templates/head.css.j2", "a{}\n"),
        TemplateText("templates/x.j2", "<p>\n <i style='color:#CCC'>"),
    )
    body = '<p style="color:#cccccc;background:#fff">Over</p>'
    [finding] = contrast_of(
        body, "@media (prefers-color-scheme:dark){p{background:#000!important}}", templates=templates
    )
    assert finding.location == Location("templates/x.j2", 2, 18)
    assert finding.block == "blocks.0"
    assert "#cccccc on #ffffff has a contrast of 1.6, and needs 4.5" in finding.message


def test_a_quotation_in_another_language_does_not_change_the_language() -> None:
    text = f"title: A\nlanguage: en\nblocks:\n  - paragraph: '{'and the bridge of the town that they have ' * 9}'\n"
    assert not findings(accessibility.wrong_language, f"{text}  - quote: '{FRENCH}'\n")


def test_a_language_whose_words_are_not_known_is_taken_at_its_word() -> None:
    assert not findings(accessibility.wrong_language, f"title: A\nlanguage: sv\nblocks: [paragraph: '{FRENCH}']\n")


@pytest.mark.parametrize(
    ("language", "text", "hint"),
    [
        ("en", ARABIC, "Write `language: ar` (or `fa`, `ur`)."),
        ("fr", "הגשר של שלוש הערים עדיין לא הושלם", "Write `language: he`."),
        ("ar", "The bridge of three towns", "Write `language: en`, or whichever it is."),
    ],
)
def test_an_issue_whose_language_was_forgotten_is_told_once(language: str, text: str, hint: str) -> None:
    issue = f"title: A\nlanguage: {language}\nblocks:\n  - paragraph: {text}\n  - heading: {text}\n  - quote: Robin\n"
    [finding] = findings(accessibility.wrong_direction, issue)
    assert (str(finding.location), finding.hint) == ("issues/example.yaml:2:11", hint)


def test_lines_that_begin_at_the_right_are_declared() -> None:
    mail = replace(with_html("", root='lang="ar"'), language="ar", direction="rtl")
    [finding] = findings(accessibility.undeclared_language, ISSUE, compiled=mail)
    assert finding.message == "the mail does not say `dir=rtl`"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '<table role="presentation"><tr><th scope="col">Year</table>',
            "a table with headers says that it is layout only",
        ),
        ("<table><tr><th>Year<tr><td>2026</table>", "a header in a table does not say what it heads"),
    ],
)
def test_a_table_is_one_or_the_other(table: str, message: str) -> None:
    [finding] = findings(accessibility.misread_table, ISSUE, compiled=with_html(table))
    assert finding.message == message
