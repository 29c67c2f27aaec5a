"""Figures with two values."""

from __future__ import annotations

import pytest

from dispatch.checks import contradictions
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings

EXAMPLES: dict[CheckFunction, Example] = {
    contradictions.contradicting_figures: Example(
        bad="""
            title: A bridge
            preheader: How ‸30,000 soldiers came to a town.
            blocks:
              - paragraph: Nobody counted. **13,000 soldiers** live in a town of 400 houses.
              - figure: {image: a.png, alt: A town, caption: Its 12 wooden bridges}
              - paragraph: The town has ‸15 wooden bridges.
        """,
        good="""
            title: A bridge
            preheader: How 13,000 soldiers came to a town of 12 bridges.
            blocks:
              - paragraph: Nobody counted. **12,900 soldiers** live in the town, 400 of them in houses.
              - paragraph: It has 12 wooden bridges and 3 stone bridges, 40% wooden houses and 10% stone houses.
              - list: [In 2022 it had 15 wooden bridges, "From 12 wooden bridges to 20 wooden bridges"]
        """,
    ),
}


class TestContract(CheckContract):
    theme = contradictions
    examples = EXAMPLES


def about(preheader: str, text: str) -> str:
    return f'title: A bridge\npreheader: "{preheader}"\nblocks:\n  - paragraph: "{text}"\n'


@pytest.mark.parametrize(
    ("preheader", "text"),
    [
        ("30,000 soldiers", "As many as 30,000 soldiers may fight, 11,000 North Korean soldiers do."),
        ("30,000 soldiers", "There are 29,800 soldiers."),  # rounded
        ("30,000 soldiers", "More than 11,000 soldiers came."),
        ("30,000 soldiers", "There were 11,000 soldiers in 2022."),
        ("30,000 soldiers", "First 11,000 soldiers, then 19,000 soldiers."),
        ("3 questions", "There are 5 questions."),
        ("$3.8 million a year", "It costs $5 million a year."),
        ("30,000 soldiers", "11,000 sailors"),
        ("5 minutes", "10 minutes"),
        ("30,000 soldiers", "12 soldiers died, and 30 000 fled."),
    ],
)
def test_two_numbers_may_both_be_true(preheader: str, text: str) -> None:
    assert not findings(contradictions.contradicting_figures, about(preheader, text))


@pytest.mark.parametrize(
    ("preheader", "text"),
    [
        ("30,000 soldiers", "There are 11,000 Korean soldiers."),
        ("3 million refugees", "2 million refugees came."),
        ("Why 12 bridges broke", "The storm took 15 bridges."),
    ],
)
def test_one_of_two_numbers_is_wrong(preheader: str, text: str) -> None:
    [finding] = findings(contradictions.contradicting_figures, about(preheader, text))
    assert finding.location.line == 2
    assert "issues/example.yaml:4:" in finding.message


def test_a_table_has_several_numbers() -> None:
    text = "title: 12 bridges\nblocks: [table: {header: [Town], rows: [[15 bridges]]}]\n"
    assert not findings(contradictions.contradicting_figures, text)
