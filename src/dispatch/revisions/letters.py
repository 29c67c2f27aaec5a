"""Letters of a newsletter's states: an issue as a reader gets it, or why that cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from dispatch.addresses import format_header
from dispatch.checks.evidence import Evidence
from dispatch.checks.waivers import judge
from dispatch.comparison.letter import Letter, read_letter
from dispatch.config import Config
from dispatch.content.blocks import Chart, Figure
from dispatch.content.issue import Cover, Issue
from dispatch.errors import DispatchError, InvalidIssue, Problem
from dispatch.inspection.policy import policy_of
from dispatch.newsroom import Newsroom
from dispatch.rendering.compiled import CompiledIssue, bytes_of
from dispatch.rendering.slots import fill
from dispatch.revisions.here import Here
from dispatch.revisions.state import State


class Letters:
    """Reads the issues of states of a newsletter."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def read(self, state: State, path: str, *, proofread: bool) -> tuple[Letter | None, tuple[Problem, ...]]:
        """An issue as a reader gets it, or why that cannot be known; problems may only be those of its checks."""
        if not state.newsroom or path in state.left_out:
            return None, state.problems or (state.left_out[path],)
        here = Here(state.folder, self._config.folder)
        letter = None
        try:
            newsroom = state.newsroom
            issue = newsroom.read_issue(str(state.folder / path))
            if state.checkout:
                state.checkout.write(_files_of(issue))
                state.checkout.borrow(_files_of(issue), self._config.folder, lambda path: path in self._figures_here)
            compiled, marked = newsroom.compile_marked(issue, embed=newsroom.embeds())
            letter = read_letter(
                issue,
                compiled,
                marked,
                sender=format_header(newsroom.config.from_),
                file=here.text(issue.source.file),
                fixed=newsroom.reserved_values(issue),
                segments=newsroom.config.segments,
            )
            policy = policy_of(newsroom.config)
            proofs = newsroom.proofread(issue) if proofread else None
            evidence = newsroom.evidence(issue, compiled, marked, proofs=proofs)
            letter = replace(letter, findings=tuple(map(here.finding, judge(evidence, policy).findings)))
            return _with_largest(letter, issue, compiled, evidence[0], newsroom), ()
        except DispatchError as error:
            return letter, tuple(map(here.problem, error.problems))

    @cached_property
    def _figures_here(self) -> frozenset[str]:
        """The files of figures that issues show as they lie here, and may."""
        newsroom = Newsroom(self._config)
        return frozenset(path for path in _figures_in(newsroom) if _may_be_shown(path, newsroom))


def _figures_in(newsroom: Newsroom) -> Iterator[str]:
    for file in newsroom.issue_files():
        with suppress(InvalidIssue):
            yield from _figures_of(newsroom.read_issue(str(file)))


def _may_be_shown(path: str, newsroom: Newsroom) -> bool:
    try:
        newsroom.pictures.figures(path, None)
    except InvalidIssue:
        return False
    return True


def _with_largest(
    letter: Letter, issue: Issue, compiled: CompiledIssue, evidence: Evidence, newsroom: Newsroom
) -> Letter:
    """The letter with the sizes of the largest message that somebody on the list gets, which need not have all blocks."""
    shown = issue.shown_to(evidence.largest_html_segments)
    text = (compiled if shown is issue else newsroom.compile(shown, embed=compiled.embedded)).text
    text_bytes = bytes_of(fill(text, newsroom.reserved_values(issue)))
    return replace(letter, html_bytes=evidence.largest_html_bytes, text_bytes=text_bytes)


def _files_of(issue: Issue) -> Iterator[str]:
    """The pictures and figures that an issue names."""
    for each in (issue.cover, *issue.every_block()):
        if isinstance(each, Cover | Figure):
            yield each.image
    yield from _figures_of(issue)


def _figures_of(issue: Issue) -> Iterator[str]:
    return (each.csv for each in issue.every_block() if isinstance(each, Chart) and each.csv)
