"""Tables that a mail has no room for."""

from __future__ import annotations

from dispatch.checks import tables
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example

MONTHS = "January, February, March, April, May, June, July, August, September, October, November, December"

EXAMPLES: dict[CheckFunction, Example] = {
    tables.wide_table: Example(
        bad=f"""
            title: A bridge
            blocks:
              - table:
                  header: ‸[Year, {MONTHS}]
                  rows: [[2026, {", ".join(["123.5"] * 12)}]]
        """,
        good=f"""
            title: A bridge
            blocks:
              - table:
                  header: [Month, 2025, 2026]
                  rows: [{", ".join(f"[{month}, 123.5, 123.5]" for month in MONTHS.split(", "))}]
              - table: {{header: [Where], rows: [["https://example.org/{"a" * 200}"]]}}
        """,
    ),
}


class TestContract(CheckContract):
    theme = tables
    examples = EXAMPLES
