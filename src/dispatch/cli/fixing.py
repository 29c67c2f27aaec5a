"""`dispatch check --fix`: carries out what is certain, and shows which lines it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from dispatch.checks.check import Finding
from dispatch.checks.waivers import Judgement
from dispatch.cli.terminal import tinted
from dispatch.content.issue import Issue
from dispatch.editing import changed_lines
from dispatch.errors import EditRefused, InvalidIssue
from dispatch.newsroom import Newsroom
from dispatch.yaml_source import Edit

_COLOURS = {"-": "red", "+": "green", "@": "cyan"}
_MOST_ROUNDS = 10  # a fix may uncover the next; none may go on for ever


@dataclass
class Repair:
    """What was fixed in an issue, and its file's text before and after."""

    issue: Issue
    before: str
    after: str
    fixed: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, issue: Issue) -> Repair:
        """An issue in which nothing was fixed yet."""
        return cls(issue, issue.source.text, issue.source.text)

    def carry_out(
        self, newsroom: Newsroom, judgement: Judgement, *, online: bool = False, proofread: bool = False
    ) -> Judgement:
        """Fix what can be fixed of the findings in the issue, and return what is left.

        Raises what proposing and writing the edits raises, and what reading and checking the issue does.
        """
        for _ in range(_MOST_ROUNDS):
            chosen = self._chosen(newsroom, judgement.findings)
            if not chosen:
                return replace(judgement, findings=tuple(replace(each, fix=None) for each in judgement.findings))
            self.after = newsroom.propose(self.issue, _edits_of(chosen)).write().text
            self.fixed += chosen
            self.issue = newsroom.read_issue(self.issue.source.file)
            proofs = newsroom.proofread(self.issue) if proofread else None
            judgement = newsroom.judge(self.issue, online=online, proofs=proofs)
        return judgement

    def _chosen(self, newsroom: Newsroom, findings: Iterable[Finding]) -> list[Finding]:
        """What can be fixed together; one whose fix cannot be carried out keeps no other from it."""
        left, chosen = [finding for finding in findings if finding.fix], list[Finding]()
        while left and not chosen:
            tried = _together(left)
            chosen = self._possible(newsroom, tried)
            left = [finding for finding in left if finding not in tried]
        return chosen

    def _possible(self, newsroom: Newsroom, findings: list[Finding], beside: Sequence[Finding] = ()) -> list[Finding]:
        """Those of some findings whose fixes can be carried out, beside others: a label that is there already cannot.

        Raises EditRefused where nothing can be written to the file at all.
        """
        try:
            newsroom.propose(self.issue, _edits_of((*beside, *findings)))
        except (EditRefused, InvalidIssue):
            newsroom.propose(self.issue, ())
            if len(findings) < 2:
                return []
            half = len(findings) // 2
            first = self._possible(newsroom, findings[:half], beside)
            return first + self._possible(newsroom, findings[half:], (*beside, *first))
        return findings

    def told(self) -> Iterator[str]:
        """What was fixed, each on a line, and below it the lines that were changed, as before and as after."""
        for finding in self.fixed:
            title = finding.fix.title if finding.fix else ""
            yield f"{finding.location}: {tinted('fixed', 'green')}: {title} [{finding.check}]"
        for line in changed_lines(self.before, self.after):
            yield f"    {tinted(line, _COLOURS[line[0]])}"


def _edits_of(findings: Iterable[Finding]) -> list[Edit]:
    return [edit for finding in findings if finding.fix for edit in finding.fix.edits]


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """Findings whose fixes do not touch each other; the others wait for the next round."""
    chosen: list[Finding] = []
    taken: list[Edit] = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            chosen.append(finding)
            taken += edits
    return chosen


def _touch(one: Edit, other: Edit) -> bool:
    return one.path == other.path and one.start <= other.end and other.start <= one.end
