"""Sources of charts, and how many bars a phone shows."""

from __future__ import annotations

import pytest

from dispatch.checks import charts
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings


def chart(kind: str, labels: int, place: str = "") -> str:
    data = ", ".join(f"x{number}: {number}" for number in range(labels))
    return f"title: T\nblocks:\n- chart: {{title: A, type: {kind}, data: {place}{{{data}}}, source: B}}\n"


EXAMPLES: dict[CheckFunction, Example] = {
    charts.chart_without_source: Example(
        bad="""
            title: Trade
            blocks:
              - chart: {title: ‸Trade, data: {a: 1}, caption: In 2025}
        """,
        good="""
            title: Trade
            blocks:
              - chart: {title: Trade, data: {a: 1}, source: Example Statistics}
        """,
    ),
    charts.crowded_chart: Example(bad=chart("bar", 26, "‸"), good=chart("bar", 25)),
}


class TestContract(CheckContract):
    theme = charts
    examples = EXAMPLES


@pytest.mark.parametrize(("kind", "labels", "told"), [("column", 25, 1), ("column", 24, 0), ("line", 300, 0)])
def test_columns_are_narrower_and_lines_need_no_room(kind: str, labels: int, told: int) -> None:
    assert len(findings(charts.crowded_chart, chart(kind, labels))) == told
