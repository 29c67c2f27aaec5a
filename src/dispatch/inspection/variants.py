"""Evidence about each variant of an issue: checked is what somebody gets, and not what nobody gets at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import figures
from dispatch.content.issue import Issue
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.marks import MarkedHtml
from dispatch.rendering.readership import MOST_CHOICES, Readership

CompileMarked = Callable[[Issue], tuple[CompiledIssue, MarkedHtml]]


def evidence_about_variants(evidence: Evidence, compile_marked: CompileMarked) -> list[Evidence]:
    """The evidence about an issue as a whole, as it is for each choice of its blocks that somebody gets."""
    issue = evidence.issue
    choices = looked_at(issue.conditions, evidence.audience.readerships)
    shown = [issue.shown_to(segments) for segments in choices]
    return [evidence if each is issue else _about(evidence, each, *compile_marked(each)) for each in shown]


def looked_at(conditions: Sequence[str], readerships: Mapping[Readership, int]) -> list[tuple[str, ...]]:
    """The choices to look at, the most read ones; the blocks that would be seen in none of them make one of their own."""
    people: Counter[tuple[str, ...]] = Counter()
    for readers, number in readerships.items():
        people[readers.segments] += number
    choices = [segments for segments, _ in people.most_common(MOST_CHOICES)]
    unseen = tuple(name for name in conditions if not any(name in segments for segments in choices))
    return [*choices, unseen] if unseen or not choices else choices


def _about(evidence: Evidence, shown: Issue, compiled: CompiledIssue, marked: MarkedHtml) -> Evidence:
    paths = {figure.image for figure in figures(shown)}
    pictures = tuple(picture for picture in evidence.pictures if picture.path in paths)
    return replace(
        evidence,
        issue=shown,
        compiled=compiled,
        marked=marked,
        pictures=pictures,
        whole=evidence.whole or evidence.issue,
    )
