"""Tables: whether a mail has room for them."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.content.blocks import Table
from dispatch.rendering.tables import layout_of


def wide_table(evidence: Evidence) -> Iterator[Finding]:
    """A table is wider than a mail, even in small type, and sticks out of it on a desktop.

    By the widths of the longest word of each column and of its figures, in Helvetica of 13 px: together more than 552.
    On a phone its rows are cards, and it has room.
    """
    for block in evidence.issue.every_block():
        if isinstance(block, Table) and layout_of(block).overflows:
            message = f"a mail has no room for these {len(block.header)} columns side by side"
            hint = "Turn rows into columns, leave some out, abbreviate long words, or make two tables of it."
            yield warning(wide_table, evidence.issue.locate(block.path_to("header")), message, hint)
