"""Charts: whether readers know whom the figures are owed to, and see all of them on a phone."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.content.blocks import Chart

MOST_BARS = 25
"""Fill the screen of a phone, 667 CSS pixels high: drawn for a column of 552 pixels, they are shown in one of 358."""

MOST_COLUMNS = 24
"""Side by side on a phone each still has 13 CSS pixels with the gap beside it."""


def chart_without_source(evidence: Evidence) -> Iterator[Finding]:
    """A chart names nobody whom its figures are owed to, so that no reader can tell what they are worth.

    Its `source` is empty, that is. A caption with "source" or "data" in it will not do: the source line has its own
    place.
    """
    for chart in _charts(evidence):
        if not chart.source:
            place = evidence.issue.locate(chart.path_to("title"))
            yield warning(chart_without_source, place, "this chart names no source", "Write `source:` below it.")


def crowded_chart(evidence: Evidence) -> Iterator[Finding]:
    """A chart has more bars than fit the screen of a phone, or more columns than can be told apart there.

    From 26 bars, from 25 columns, the series counted one by one. Figures in a CSV file are not counted.
    """
    for chart in _charts(evidence):
        count = len(chart.data) * (len(chart.series) or 1)
        if (chart.type == "bar" and count > MOST_BARS) or (chart.type == "column" and count > MOST_COLUMNS):
            place = evidence.issue.locate(chart.path_to("data"))
            message = f"this chart has {count} {chart.type}s, too many for a phone"
            remedy = "Leave some out, add up the small ones, or draw a `line`."
            yield warning(crowded_chart, place, message, remedy)


def _charts(evidence: Evidence) -> Iterator[Chart]:
    return (block for block in evidence.issue.blocks if isinstance(block, Chart))
