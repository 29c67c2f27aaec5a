"""What points from the desk into the files: the lines of each block, the block and place of each finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path

from dispatch.checks.check import Finding
from dispatch.checks.waivers import Judgement
from dispatch.config import address_in
from dispatch.content.issue import Issue, block_name
from dispatch.errors import Problem
from dispatch.inspection.report import finding_as_json, finding_of, waived_as_json
from dispatch.location import Location
from dispatch.project import Project

Json = dict[str, object]


def judgement_as_json(judgement: Judgement | tuple[Problem, ...] | None, project: Project) -> Json:
    """What the checks say, each with the address that opens its place; null where the question was out of date.

    `shown` is by what the words that a finding is about are found in the mail; null where it is about none.
    `notices` is what could not be looked at; `pending` is true while a part of the issue is still to be proof-read.
    """
    if judgement is None:
        return {"findings": None}
    if not isinstance(judgement, Judgement):
        return {"findings": problems_as_json(judgement, project), "waived": [], "notices": [], "pending": False}
    return {
        "findings": [_finding(finding, project) for finding in judgement.findings],
        "waived": [waived_as_json(each) | _finding(each.finding, project) for each in judgement.waived],
        "notices": list(judgement.notices),
        "pending": judgement.pending,
    }


def problems_as_json(problems: Iterable[Problem], project: Project) -> list[Json]:
    """Problems, with the same keys as findings."""
    return [_finding(finding_of(problem), project) for problem in problems]


def file_as_json(issue: Issue, project: Project) -> Json:
    """The file of an issue."""
    return {"file": issue.source.file, "editor": address_of(Location(issue.source.file), project)}


def blocks_as_json(issue: Issue, project: Project, segments: Collection[str]) -> list[Json]:
    """Each part of the issue that a reader sees: its name, as in `data-block`, and the lines of the file that it was written in.

    `when` is the segment that it is for, and `shown` whether a reader in some `segments` gets it.
    """
    file = _file(issue.source.file, project)
    conditions = {block_name(block.path[:2]): block.when for block in issue.blocks}

    def condition(name: str) -> str:
        return conditions.get(".".join(name.split(".")[:2]), "")  # of a block in a column, that of the columns

    return [
        {
            "block": name,
            "when": condition(name),
            "shown": condition(name) in {"", *segments},
            "file": start.file,
            "line": start.line,
            "lines": list(issue.source.lines(start.line, end.line)),
            "editor": _address(file, start, project),
        }
        for name, start, end in issue.extents()
    ]


def address_of(place: Location, project: Project) -> str:
    """The address that opens a place in the author's editor; "" where there is no editor, or no such file."""
    return _address(_file(place.file, project), place, project)


def _address(file: Path | None, place: Location, project: Project) -> str:
    return address_in(project.config.preview.editor, file, place.line, place.column) if file else ""


def _file(name: str, project: Project) -> Path | None:
    """An issue is named from where the command was given, a template of the newsletter from its folder."""
    files = (Path(name).absolute(), project.config.folder / name)
    return next((file for file in files if name and file.is_file()), None)


def _finding(finding: Finding, project: Project) -> Json:
    shown = asdict(finding.shown) if finding.shown else None
    return finding_as_json(finding) | {"shown": shown, "editor": address_of(finding.location, project)}
