"""Bytes of HTML and of pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checks import weight
from dispatch.checks.check import CheckFunction, Severity
from dispatch.checks.evidence import PictureFacts, TemplateText
from dispatch.content.issue import read_issue
from dispatch.rendering.compiled import CompiledIssue, Picture, Slots
from dispatch.testing.checks import CARET, CheckContract, Example, compiled, findings

ISSUE = "title: A bridge\nblocks: [divider: ]\n"
COMPILED = compiled(read_issue(ISSUE, "issues/example.yaml"))


def styled(css: str) -> dict[str, CompiledIssue]:
    return {"compiled": replace(COMPILED, html=Slots((f"<html><head><style>{css}</style></head></html>",)))}


LIGHT = PictureFacts("images/map.png", "PNG", 1104, 700, 400_000)
HEAVY = PictureFacts("images/bridge.jpg", "JPEG", 1104, 1600, 1_600_001)


EXAMPLES: dict[CheckFunction, Example] = {
    weight.clipped_html: Example(
        bad=f"{CARET}{ISSUE}",
        bad_facts={"largest_html_bytes": 102_400},
        good=ISSUE,
        good_facts={"largest_html_bytes": 81_919},
    ),
    weight.oversized_styles: Example(
        bad=f"{CARET}{ISSUE}", bad_facts=styled("a" * 16_385), good=ISSUE, good_facts=styled("é" * 8_192)
    ),
    weight.nested_at_rule: Example(
        bad=f"{CARET}{ISSUE}",
        bad_facts=styled("@media screen{@media (max-width:480px){a{color:red}}}"),
        good=ISSUE,
        good_facts=styled("@media screen{a{color:red}}@media (max-width:480px){a{color:red}}"),
    ),
    weight.heavy_pictures: Example(
        bad="""
            title: A bridge
            cover: {image: images/map.png, alt: A map}
            blocks:
              - figure: {image: ‸images/bridge.jpg, alt: A bridge}
              - figure: {image: images/bridge.jpg, alt: The same}
        """,
        bad_facts={"pictures": (LIGHT, HEAVY)},
        good="""
            title: A bridge
            cover: {image: images/map.png, alt: A map}
            blocks: [divider: ]
        """,
        good_facts={"pictures": (LIGHT,) * 5},
    ),
}


class TestContract(CheckContract):
    theme = weight
    examples = EXAMPLES


@pytest.mark.parametrize(
    ("size", "severities"),
    [
        (81_919, []),
        (81_920, [Severity.WARNING]),
        (102_399, [Severity.WARNING]),
        (102_400, [Severity.ERROR]),
    ],
)
def test_the_bounds_of_html_are_exact(size: int, severities: list[Severity]) -> None:
    said = findings(weight.clipped_html, ISSUE, largest_html_bytes=size)
    assert [finding.severity for finding in said] == severities


def test_a_nested_rule_is_told_in_the_template_that_has_it() -> None:
    own = TemplateText("templates/dark.css.j2", "a { color: red }\n  @Media print { a { color: black } }\n")
    nested = styled("@media (prefers-color-scheme:dark){a{color:red} @Media print{a{color:black}}}")
    [finding] = findings(weight.nested_at_rule, ISSUE, **nested, templates=(own,))
    assert str(finding.location) == "templates/dark.css.j2:2:3"


def test_the_largest_message_is_named() -> None:
    [finding] = findings(weight.clipped_html, ISSUE, largest_html_bytes=90_000, largest_html_for="zoe@example.org")
    assert "90,000 bytes" in finding.message
    assert "zoe@example.org" in finding.hint


def test_the_heaviest_picture_is_described() -> None:
    text = "title: A\nblocks: [figure: {image: images/bridge.jpg, alt: A bridge}]\n"
    [finding] = findings(weight.heavy_pictures, text, pictures=(LIGHT, HEAVY))
    assert "2,000,001 bytes" in finding.message
    assert "images/bridge.jpg (JPEG, 1104 by 1600 pixels, 1,600,001 bytes)" in finding.hint


def test_charts_weigh_too() -> None:
    issue = "title: A bridge\nblocks:\n- figure: {image: images/map.png, alt: A map}\n"
    chart = Picture("a.png", "image/png", b"x" * 1_600_001, 1104, 700)
    [finding] = findings(
        weight.heavy_pictures, issue, pictures=(LIGHT,), compiled=replace(COMPILED, pictures=(chart,) * 2)
    )
    assert "3,200,002 bytes" in finding.message
