"""What the desk may write: other words in texts of an issue, if its file is as the author saw it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dispatch.checks.typography import MOST_EDITS
from dispatch.content.figures import NotDrawable, number
from dispatch.content.issue import Issue, block_name, within_block
from dispatch.editing import Proposal
from dispatch.errors import DispatchError, EditRefused, FileChanged, NotFound
from dispatch.files import changed_meanwhile
from dispatch.inspection.report import problem_as_json
from dispatch.location import Location
from dispatch.preview.desk import Desk
from dispatch.yaml_source import Edit, Path, YamlDocument, difference, scan_yaml
from dispatch.yaml_source.nodes import Scalar

Json = dict[str, object]

MOST_BYTES = 262_144
"""Largest request: one text of an issue, of at most 20,000 characters, takes half of it in the longest spelling."""


class Asked(BaseModel):
    """What a browser asks for, exactly as the desk's page does."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @classmethod
    def read(cls, body: bytes) -> Self | None:
        """What a browser asks for; None where that cannot be made out."""
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            return None


class AskedEdit(Asked):
    """Characters `start` up to `end` of the text at `path` become `text`; without both, all of it does."""

    path: tuple[str | int, ...]
    text: str
    start: int | None = None
    end: int | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end belong together")
        return self

    def edits(self, source: YamlDocument) -> tuple[Edit, ...]:
        """Those to be made; of a whole text, only the words that differ change. Raises EditRefused."""
        if self.start is None or self.end is None:
            return difference(source, self.path, self.text)
        return (Edit(self.path, self.start, self.end, self.text),)


class AskedEdits(Asked):
    """Edits of one issue, and the sha256 of the file in which the author saw the texts."""

    issue: str
    digest: str
    edits: Annotated[tuple[AskedEdit, ...], Field(min_length=1, max_length=MOST_EDITS)]


class Editor:
    """Edits the files of issues that are in the desk's list, one edit at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._writing = Lock()

    def issue(self, name: str) -> Issue:
        """An issue as the desk shows it; raises NotFound where it shows none of that name."""
        good = self._desk.view(name).sheet.good
        if not good:
            raise NotFound(f"there is no issue {name} to edit", remedy="Choose one from the list.")
        return good.issue

    def propose(self, asked: AskedEdits) -> Proposal:
        """What would be written; raises NotFound, and as `Newsroom.propose` does."""
        issue = self.issue(asked.issue)
        if issue.source.digest != asked.digest:
            raise changed_meanwhile(FilePath(issue.source.file))
        for each in asked.edits:
            if not issue.source.has(each.path) and each.path not in issue.lacking():
                raise EditRefused("there is no such text in an issue", remedy="Look at the issue as it is now.")
        _refuse_no_numbers(asked, issue)
        edits = [edit for each in asked.edits for edit in each.edits(issue.source)]
        return self._desk.project.propose(issue, edits)

    def write(self, asked: AskedEdits) -> Proposal:
        """The same, written."""
        with self._writing:
            proposal = self.propose(asked)
            write(proposal)
        return proposal


def _refuse_no_numbers(asked: AskedEdits, issue: Issue) -> None:
    """Raise EditRefused where what is to stand in the place of a number is none."""
    numbers = set(issue.numbers())
    for each in asked.edits:
        place = issue.source.locate(each.path)
        if each.path in numbers:
            try:
                written = number(scan_yaml(each.text, issue.source.file).value)
            except NotDrawable as error:
                raise EditRefused(error.message, remedy=error.remedy, location=place) from None
            if written is None:
                raise EditRefused("there is no number here", remedy="Write digits.", location=place)


def write(proposal: Proposal) -> None:
    """Write what was proposed; raises FileChanged and EditRefused."""
    try:
        proposal.write()
    except OSError as error:
        message = f"{proposal.document.file} cannot be written: {error.strerror}"
        raise EditRefused(message, remedy="Let the user who runs dispatch write it and its folder.") from None


def texts_as_json(issue: Issue) -> list[Json]:
    """The texts of an issue exactly as they are written, and its numbers, with what each is called and where it stands.

    Those that it could have are among them, empty: below the last one that is written beside them. `of` tells those of
    pictures and charts apart.
    """
    source = issue.source
    written = [*(text.path for text in issue.texts()), *issue.numbers()]
    last = {path[:-1]: source.locate(path) for path in written}
    placed = [(source.locate(path), False, path) for path in written]
    placed += [(last.get(path[:-1], source.locate(path)), True, path) for path in issue.lacking()]
    return [
        {
            "path": list(path),
            "block": block_name(path),
            "label": label(path),
            "text": _written(source, path),
            "place": str(source.locate(path)),
            "absent": absent,
            "of": _picture(source, path[:-1]) if absent and len(path) > 1 else "",
        }
        for _, absent, path in sorted(placed, key=lambda each: each[:2])
    ]


def text_at_as_json(issue: Issue, line: int, column: int) -> Json | None:
    """The text that a place of the issue's file lies in, and at which of its characters; None where none does."""
    source = issue.source
    place = Location(source.file, line, column)
    for path in (text.path for text in issue.texts()):
        if source.locate(path) <= place <= source.end(path):
            written = range(len(_written(source, path)))
            offset = bisect_right(written, place, key=lambda index: source.locate(path, index)) - 1
            return {"path": list(path), "offset": max(offset, 0)}
    return None


def proposal_as_json(proposal: Proposal) -> Json:
    """What is written, or would be: the file, the lines that change, its sha256 before and then."""
    return {
        "file": proposal.document.file,
        "difference": proposal.difference(),
        "seen": proposal.seen,
        "digest": proposal.document.digest,
    }


def refusal_as_json(error: DispatchError) -> tuple[int, Json]:
    """Why nothing is written, and its HTTP status: 409 where the file changed meanwhile, 404 without such an issue."""
    status = 409 if isinstance(error, FileChanged) else 404 if isinstance(error, NotFound) else 422
    return status, {"problems": [problem_as_json(problem) for problem in error.problems]}


def label(path: Path) -> str:
    """What the text at a path of an issue's file is called: "Title", "Table row 1, cell 2", "Chart number: Norway"."""
    match within_block(path):
        case ("chart", "data", int(position)):
            return f"Chart label {position + 1}"
        case ("chart", "data", str(row), *rest):
            return f"Chart number{''.join(f' {int(step) + 1}' for step in rest)}: {row}"
    return "".join(_words(within_block(path))).strip().capitalize()


def _words(steps: Path) -> Iterator[str]:
    before: str | int = ""
    for step in steps:
        if isinstance(step, int):
            yield f", cell {step + 1}" if isinstance(before, int) else f" {step + 1}"
        elif step not in {"text", "items"}:
            yield " row" if step == "rows" else f" {step}"
        before = step


def _picture(source: YamlDocument, path: Path) -> str:
    """What tells a picture or a chart from the others."""
    return _written(source, (*path, "image")) or _written(source, (*path, "title"))


def _written(source: YamlDocument, path: Path) -> str:
    """A text as its file has it; blanks at its end, which block scalars have there, are no part of it."""
    node = source.node(path)
    return node.value.rstrip() if isinstance(node, Scalar) else ""
