"""The author's and the reviewer's command diff."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from dispatch.checks.check import Finding
from dispatch.cli.checking import COLOURS
from dispatch.cli.terminal import is_terminal, json_option, say, settings, show, show_json
from dispatch.comparison.difference import Difference, PartChange, PictureChange, those_alike
from dispatch.comparison.letter import Letter
from dispatch.comparison.page import GENERATOR, PageFacts, page_of
from dispatch.comparison.report import difference_as_json
from dispatch.comparison.telling import (
    besides_told,
    fate_of,
    kind_of,
    link_told,
    look_told,
    of_which_message,
    picture_told,
    problems_told,
    sizes_told,
    standing,
    summed_up,
    visible,
)
from dispatch.comparison.words import Fate, Piece, beginning, excerpt
from dispatch.config import Config
from dispatch.counts import count
from dispatch.errors import UsageMistake
from dispatch.files import write_whole
from dispatch.folder import Folder
from dispatch.inspection.commit_range import CommitRange, Mailed
from dispatch.inspection.commits import Repository
from dispatch.inspection.report import problem_as_json
from dispatch.revisions.revisions import Revisions, side_by_side
from dispatch.revisions.state import State

_SIGNS = {"+": "green", "-": "red", "~": "cyan"}
_TROUBLE = {"before": "green"}  # it is over
_MARKS = {Fate.KEPT: ("", "", ""), Fate.REMOVED: ("[-", "-]", "red"), Fate.ADDED: ("{+", "+}", "green")}
_BEGINNING = re.compile(r"^ *(?:[-+~] )?")  # of a line
_WIDEST = 100  # columns: longer lines are no pleasure to read
_LABEL = 18  # columns of what a line is about
_MANY = 20  # issues, from which on somebody waits
_MOST_STYLES = 12  # of a theme that was made anew nobody reads more


@click.command()
@click.argument("words", metavar="[A [B]] [ISSUE]...", nargs=-1)
@click.option("--issue", "issues", metavar="ISSUE", multiple=True, help="An issue whose name is a commit's too.")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as a page, which needs nothing else, instead of printing it.",
)
@click.option("--no-proofread", "hasty", is_flag=True, help="Leave spelling and grammar alone.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything differs, or cannot be read.")
@json_option
@click.pass_context
def diff(
    context: click.Context,
    words: tuple[str, ...],
    issues: tuple[str, ...],
    page: Path | None,
    hasty: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Say what changes for the reader from commit A to commit B.

    Without B: to the files as they lie here. Without A: from the last commit. `A..B` is the same as A B, and `A...B`
    begins where B left A, as a pull request does. A mailing stands for what was mailed. ISSUE narrows it; else all are
    told that differ, if only by a template, a picture or a setting.
    """
    config = settings(context)
    if page:
        _must_be_ours(page)
    repository = Repository(config.folder)
    names = tuple(_names(config)) if words else ()
    asked = CommitRange(repository, names, partial(_mailed, config)).read(words, issues)
    with side_by_side(config, repository, asked, proofread=not hasty) as revisions:
        found = _found(revisions, asked.issues)
        if page:
            write_whole(page, page_of(found.differences, found.facts(config)).encode())
        if as_json:
            show_json(found.as_json())
        elif page:
            show(os.path.relpath(page))
        else:
            printer = _Printer()
            for alike in those_alike(found.differences):
                printer.print(*alike)
        if not as_json:
            found.sum_up()
    context.exit(1 if exit_code and found.differences else 0)


def _names(config: Config) -> Iterator[str]:
    """What issues are called here."""
    folder = Folder(config)
    for path in folder.issue_files():
        yield path.stem
        yield folder.heads.of(path).slug


def _mailed(config: Config, name: str) -> Mailed | None:
    """A mailing by its name. Only who asks for one waits for the database and its libraries."""
    with import_module("dispatch.records").Records(config) as records:
        if name.rpartition(".")[0] not in records.mailed_issues():
            return None
        mailing = records.mailing(name)
        return Mailed(mailing.issue, mailing.commit, mailing.clean)


def _must_be_ours(page: Path) -> None:
    """Raise UsageMistake for a file that is there and is anything but such a page: an issue, say, by a slip."""
    if page.exists() and str(GENERATOR).encode() not in page.read_bytes()[:1000]:
        raise UsageMistake(f"{page} is there, and no page of dispatch diff", remedy="Name another file.")


def _found(revisions: Revisions, issues: Iterable[str]) -> _Found:
    pairs = revisions.pairs(issues)
    if len(pairs) > _MANY and is_terminal():
        say(f"{len(pairs):,} issues may differ; comparing them …")
    compared = [*map(revisions.difference, pairs)]
    differing = tuple(difference for difference in compared if difference)
    return _Found(revisions, differing, len(compared) - len(differing))


@dataclass(frozen=True)
class _Found:
    """What was found in comparing two states."""

    revisions: Revisions
    differences: tuple[Difference, ...]  # of issues that cannot be read as well
    the_same: int  # issues that are

    def facts(self, config: Config) -> PageFacts:
        """What stands at the top of the page."""
        before, after = self.revisions.before, self.revisions.after
        config = next((state.newsroom.config for state in (after, before) if state.newsroom), config)
        name, accent = config.newsletter.name, config.theme.accent
        return PageFacts(name, accent, before.told, after.told, self.the_same, self.revisions.notes)

    def as_json(self) -> dict[str, object]:
        """All of it."""

        def state(each: State) -> dict[str, object]:
            return {"name": each.name, "commit": each.commit or None}

        return {
            "before": state(self.revisions.before),
            "after": state(self.revisions.after),
            "issues": [*map(difference_as_json, self.differences)],
            "notes": [*map(problem_as_json, self.revisions.notes)],
        }

    def sum_up(self) -> None:
        """Say what was compared, and what could not be."""
        for note in self.revisions.notes:
            say(f"{note}\n")
        states = f"{self.revisions.before.told} → {self.revisions.after.told}"
        say(f"{summed_up(self.differences, self.the_same)}: {states}.")


class _Printer:
    """Prints differences: words that went as [-…-], words that came as {+…+}, in colour where there is some."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        self._width = min(self._console.width, _WIDEST) if self._console.is_terminal else _WIDEST

    def print(self, difference: Difference, *alike: Difference) -> None:
        """One issue, those that differ alike, and a blank line behind it."""
        for each in (difference, *alike):
            self._heading(each)
        self._console.print()
        if not difference.before and difference.after:
            self._label("in short", _in_short(difference.after))
        self._parts(difference)
        for label, lines in self._lists(difference, sizes=not alike):
            for at, line in enumerate(lines):
                self._label(label if at == 0 else "", line)
        self._console.print()

    def _heading(self, difference: Difference) -> None:
        text = Text.assemble((difference.slug, "bold"))
        if what := standing(difference):
            text.append(f"  {what}", style="cyan")
        letter = difference.letter
        if letter:
            text.append(f"  {letter.file}", style="dim")
        self._console.print(text, soft_wrap=True)

    def _parts(self, difference: Difference) -> None:
        for change in difference.parts:
            place = f":{change.after.line} " if change.after and change.after.line else ""
            label = f"{place}{kind_of(change.part)}"
            for line in _part_lines(change):
                self._label(label, line)
                label = ""
        if difference.text_part:
            self._label("text part", _marked(excerpt(difference.text_part)))
        if difference.parts or difference.text_part:
            self._console.print()

    def _lists(self, difference: Difference, *, sizes: bool) -> Iterator[tuple[str, list[Text]]]:
        links = [link_told(change) for change in difference.links]
        yield "links", [_signed(sign, f"{text}  {url}") for sign, text, url in links]
        yield "pictures", [*map(_picture, difference.pictures)]
        look = list(look_told(difference.look, words_differ=difference.words_differ))
        more = [f"and {len(look) - _MOST_STYLES:,} more"] if len(look) > _MOST_STYLES else []
        yield "look", [Text(line) for line in (*look[:_MOST_STYLES], *more)]
        if sizes and difference.before and difference.after:
            for name, numbers in sizes_told(difference):
                yield name, [Text(numbers)]
        yield from _findings(difference)

    def _label(self, label: str, text: Text) -> None:
        """Lines beside a label; what is too long for one goes on below its first word, not below its sign."""
        room = max(20, self._width - _LABEL - 2)
        for whole in text.split("\n"):
            sign = whole[: len(whole) - len(_BEGINNING.sub("", whole.plain))]
            for line in whole[len(sign) :].wrap(self._console, room - len(sign)) or [Text()]:
                line.rstrip()
                self._console.print(Text.assemble(f"  {label:<{_LABEL}}", sign, line), soft_wrap=True)
                label, sign = "", Text(" " * len(sign))


def _part_lines(change: PartChange) -> Iterator[Text]:
    fate = fate_of(change)
    if fate.startswith("moved"):
        yield Text(f"{fate}, from line {change.before.line if change.before else 0}", style="cyan")
    elif fate != "changed" and not change.words:
        yield Text(fate, style=_SIGNS["+" if fate == "added" else "-"])
    if change.words:
        yield _marked(excerpt(change.words))
    elif fate == "moved":
        yield _marked(beginning(change.part.text))
    yield from map(Text, besides_told(change))


def _marked(pieces: Iterable[Piece]) -> Text:
    text = Text()
    for piece in pieces:
        before, after, colour = _MARKS[piece.fate]
        shown = piece.text if piece.fate is Fate.KEPT else visible(piece.text)
        text.append(f"{before}{shown}{after}", style=colour)
    return text


def _picture(change: PictureChange) -> Text:
    sign, name, facts = picture_told(change)
    text = _signed(sign, f"{name}: {', '.join(facts)}")
    if change.alternative:
        text.append(f"{', ' if facts else ''}alt text: ").append(_marked(excerpt(change.alternative)))
    return text


def _signed(sign: str, text: str, colour: str = "") -> Text:
    return Text.assemble((f"{sign} ", colour or _SIGNS[sign]), text)


def _in_short(letter: Letter) -> Text:
    links, pictures = sum(len(part.links) for part in letter.parts if part.is_block), len(letter.pictures)
    told = (
        count(letter.words, "word"),
        count(links, "link"),
        count(pictures, "picture"),
        f"{letter.html_bytes:,} bytes of HTML{of_which_message(letter)}",
    )
    return Text(", ".join(told))


def _findings(difference: Difference) -> Iterator[tuple[str, list[Text]]]:
    for sign, when, problems in problems_told(difference):
        yield f"errors {when}", [_signed(sign, str(problem), _TROUBLE.get(when, "red")) for problem in problems]
    findings = difference.findings
    yield "findings", [Text(f"could not be compared: {problem}") for problem in difference.unchecked]
    yield (
        "findings",
        [*(_finding("+", each) for each in findings.gained), *(_finding("-", each) for each in findings.lost)],
    )


def _finding(sign: str, finding: Finding) -> Text:
    if sign == "-":  # its place is one of the state before
        return _signed(sign, f"{finding.severity}: {finding.message} [{finding.check}]", "green")
    text = _signed(sign, f"{finding.location}: ", COLOURS[finding.severity])
    text.append(str(finding.severity), style=COLOURS[finding.severity])
    return text.append(f": {finding.message} [{finding.check}]")
