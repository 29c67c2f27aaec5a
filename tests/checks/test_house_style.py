"""Whether the issue keeps to the house's terms."""

from __future__ import annotations

from dispatch.checks import house_style
from dispatch.checks.check import CheckFunction
from dispatch.content.terms import Terms
from dispatch.testing.checks import CheckContract, Example, findings

TERMS = {"terms": Terms({"Poutine": "Putin", "cold war": "Cold War"})}

EXAMPLES: dict[CheckFunction, Example] = {
    house_style.house_term: Example(
        bad="""
            title: ‸Poutine came
            blocks:
              - paragraph: >-
                  President **‸Poutine**’s ‸cold war, and a ‸cold
                  war.
              - list: ["‸POUTINE: he [said](https://example.org/Poutine) so"]
        """,
        good="""
            title: PUTIN CAME
            blocks:
              - paragraph: >-
                  The Cold War of `Poutine`, {{name|cold war}}: see https://example.org/Poutine and poutine,
                  which is a dish.
        """,
        bad_facts=TERMS,
        good_facts=TERMS,
    ),
}


class TestContract(CheckContract):
    theme = house_style
    examples = EXAMPLES


def test_what_spreads_over_two_lines_is_mended_by_a_person() -> None:
    text = "title: A\nblocks:\n  - paragraph: >-\n      A cold\n      war.\n"
    assert [(finding.hint, finding.fix) for finding in findings(house_style.house_term, text, **TERMS)] == [
        ("Write Cold War.", None)
    ]
