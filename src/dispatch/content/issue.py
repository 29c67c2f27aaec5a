"""The issue: what is written, as one YAML file."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SerializeAsAny

from dispatch.content.blocks import Block, Chart, Figure
from dispatch.content.forms import read_blocks
from dispatch.content.texts import FilledPlain, ImagePath, IssueText, Language, Plain, Reason, Rich, Tag, Written
from dispatch.errors import InvalidInput, InvalidIssue, Problem
from dispatch.location import Location
from dispatch.yaml_model import parse_model, wrong
from dispatch.yaml_source import Path, YamlDocument, scan_yaml

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

_LONGEST_SLUG = 80

_SEEN = ("title", "subtitle", "subject", "preheader", "date", "author", "cover")
"""The fields that a reader sees, but for those that hold others."""


def slug_of(text: str) -> str:
    """The nearest slug to a title or a file's name; "" if nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-")


def block_name(path: Path) -> str:
    """What the part of an issue that a path leads into goes by: `blocks.3`, `cover`, `signoff.tagline`.

    A block in a column is named after it: `blocks.3.columns.0.1`. "" for all that no reader sees as a part of its own.
    """
    match path:
        case ("blocks", int(step), "columns", int(side), int(inner), *_) | (
            "blocks",
            int(step),
            "columns",
            "sides",
            int(side),
            int(inner),
            *_,
        ):
            return f"blocks.{step}.columns.{side}.{inner}"
        case ("blocks", int(step), *_) | ("signoff", str(step), *_):
            return f"{path[0]}.{step}"
        case (str(field), *_) if field in _SEEN:
            return field
    return ""


def within_block(path: Path) -> Path:
    """The steps of a path behind where its block stands, from the block's kind on; all of any other path."""
    match path:
        case (
            ("blocks", int(), "columns", int(), int(), *steps)
            | ("blocks", int(), "columns", "sides", int(), int(), *steps)
            | ("blocks", int(), *steps)
        ):
            return tuple(steps)
    return path


def _slug(text: str) -> str:
    if not re.fullmatch(SLUG, text) or len(text) > _LONGEST_SLUG:
        message = f"a slug is made of a-z, 0-9 and single hyphens, at most {_LONGEST_SLUG} characters"
        raise wrong(message, f"Write `slug: {slug_of(text) or 'my-issue'}`.")
    return text


def _day(value: object) -> dt.date:
    """A calendar day as YYYY-MM-DD only: pydantic would take a number for seconds since 1970."""
    if isinstance(value, dt.date):
        return value
    text = str(value)
    if isinstance(value, bool | list | dict) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise wrong("this is not a date", "Write year, month and day: `2026-03-02`.")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise wrong(f"there is no day {text}", "Look at a calendar; the order is year, month, day.") from None


class Cover(Written):
    """The picture above the text."""

    image: Annotated[ImagePath, Field(description="The picture's path, from the newsletter's folder.")]
    alt: Annotated[Plain | None, Field(description='What it shows; "" for mere decoration.')] = None
    caption: Annotated[Rich, Field(description="The line below the picture.")] = ""
    source: Annotated[Rich, Field(description="Whom the picture is owed to.")] = ""

    _path: Path = PrivateAttr(default=("cover",))


class Signoff(Written):
    """How the author says goodbye."""

    tagline: Annotated[Rich, Field(description="The last sentence, the same in every issue.")] = ""
    signature: Annotated[Plain, Field(description="The author's name as signed.")] = ""

    _path: Path = PrivateAttr(default=("signoff",))


class Issue(Written):
    """One issue of a newsletter, with its defaults filled in."""

    title: Annotated[FilledPlain, Field(description="The headline.")]
    subtitle: Annotated[Plain, Field(description="The line below the headline.")] = ""
    subject: Annotated[Plain, Field(description="The mail's subject; the title if it is left out.")] = ""
    preheader: Annotated[Plain, Field(description="The line that inboxes show after the subject.")] = ""
    slug: Annotated[
        str, AfterValidator(_slug), Field(description="Its name in URLs; the file's if it is left out.")
    ] = ""
    date: Annotated[dt.date | None, BeforeValidator(_day), Field(description="The day it appears: YYYY-MM-DD.")] = None
    author: Annotated[Plain, Field(description="Who wrote it.")] = ""
    language: Annotated[Language, Field(description="Its language (BCP 47); the newsletter's if it is left out.")] = ""
    tags: Annotated[tuple[Tag, ...], Field(description="Words to find it by.")] = ()
    cover: Annotated[Cover | None, Field(description="The picture above the text.")] = None
    blocks: Annotated[tuple[SerializeAsAny[Block], ...], Field(description="The text, block by block.")]
    signoff: Annotated[Signoff | None, Field(description="How the author says goodbye.")] = None
    allow: Annotated[
        dict[str, Reason], Field(description="Checks that may find what they find in this issue, and why.")
    ] = {}  # noqa: RUF012 - pydantic copies it

    _source: YamlDocument = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        """Keep the file that `parse_model` reads from."""
        if context:
            self._source = context["document"]

    @property
    def source(self) -> YamlDocument:
        """The file it was read from."""
        return self._source

    def texts(self) -> Iterator[IssueText]:
        """Every text that the file holds, in the order of the file, each with its language."""
        written = (text for text in super().texts() if self._source.has(text.path[:1]))
        placed = [
            replace(text, path=self._source.existing(text.path), language=text.language or self.language)
            for text in written
        ]
        yield from sorted(placed, key=lambda text: self._source.locate(text.path))

    @property
    def conditions(self) -> tuple[str, ...]:
        """The segments that blocks are shown to, in the order in which they are first named."""
        return tuple(dict.fromkeys(block.when for block in self.blocks if block.when))

    def shown_to(self, segments: Collection[str]) -> Issue:
        """The issue as it is for somebody who is in these segments, and in no other; itself where no block is left out."""
        blocks = tuple(block for block in self.blocks if not block.when or block.when in segments)
        return self if len(blocks) == len(self.blocks) else self.model_copy(update={"blocks": blocks})

    def every_block(self) -> Iterator[Block]:
        """The blocks in the order of reading; those in columns follow after the columns."""
        for block in self.blocks:
            yield from block.walk()

    def lacking(self) -> Iterator[Path]:
        """Where the file could have a text of the head of the issue, of a picture or of a chart, and has none."""
        pictures = [each for each in (self.cover, *self.every_block()) if isinstance(each, Cover | Figure | Chart)]
        for written in (self, *pictures):
            for name in ("preheader", "subtitle") if written is self else ("alt", "caption", "source"):
                if name not in written.model_fields_set and not (name == "alt" and _is_text(written)):
                    yield written.path_to(name)

    def numbers(self) -> Iterator[Path]:
        """Where the file has a number of a chart, row by row."""
        for chart in (each for each in self.blocks if isinstance(each, Chart)):
            for label, row in chart.data.items():
                at = (*chart.path_to("data"), label)
                for position, number in enumerate(row):
                    if number is not None:
                        yield (*at, position) if self._source.has((*at, position)) else at

    def digests(self) -> tuple[str, ...]:
        """A digest of the title and of each block: by them it is known again under another name."""
        return _digests(self.title, *self._said())

    def former_digests(self) -> tuple[str, ...]:
        """The same parts in the same order, as ledgers before 2026-11-29 have them: with what nobody wrote."""
        return _digests(self.title, *(block.kind + block.model_dump_json() for block in self.blocks))

    def fingerprint(self) -> str:
        """A digest of all that the file says to readers, and to whom: by it one knows whether it is as it was mailed."""
        around = self.model_dump_json(exclude_defaults=True, exclude={"blocks", "slug", "tags", "allow"})
        beside = (f"{each.when} {each.language}" for each in self.every_block())
        return sha256("\n".join((around, *self._said(), *beside)).encode()).hexdigest()

    def _said(self) -> Iterator[str]:
        """Each block as a text. Without defaults: of a field that a newer dispatch brings, nobody has written anything."""
        return (
            " ".join(each.kind for each in block.walk()) + block.model_dump_json(exclude_defaults=True)
            for block in self.blocks
        )

    def locate(self, path: Path, offset: int = 0) -> Location:
        """The place of what stands at `path` of the issue, or of its character `offset`."""
        return self._source.locate(self._source.existing(path), offset)

    def extents(self) -> Iterator[tuple[str, Location, Location]]:
        """The name of each part that a reader sees, with the places where it begins and ends in the file."""
        fields: list[Path] = [(name,) for name in _SEEN]
        blocks: list[Path] = [block.path[:-1] for block in self.every_block()]
        signoff: list[Path] = [("signoff", name) for name in Signoff.model_fields]
        for path in filter(self._source.has, (*fields, *blocks, *signoff)):
            yield block_name(path), self._source.locate_key(path), self._source.end(path)

    def block_at(self, place: Location) -> str:
        """The name of the part that a place lies in; "" for any other place."""
        if place == self.locate(()):  # where what is not in the file is placed
            return ""
        at = bisect_right(self._parts, place, key=lambda part: part[1])
        # The innermost of those that it lies in is the one that begins last.
        return next((name for name, _, end in reversed(self._parts[:at]) if place <= end), "")

    @cached_property
    def _parts(self) -> list[tuple[str, Location, Location]]:
        """Its extents by where they begin, for who asks for many places."""
        return sorted(self.extents(), key=lambda part: part[1])


def _is_text(written: Written) -> bool:
    return isinstance(written, Chart) and written.type == "number"


def _digests(*parts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sha256(part.encode()).hexdigest()[:16] for part in parts))


def read_issue(
    text: str | bytes, file: str, *, default_language: str = "en", segments: Collection[str] | None = None
) -> Issue:
    """Read an issue file, or raise InvalidIssue with everything that is wrong with it.

    `segments` are the names of those that the newsletter has; None: any may stand behind `when`.
    """
    source = scan_yaml(text, file)
    if source.broken:
        raise InvalidIssue.of(source.problems)
    if not isinstance(source.value, dict):
        raise InvalidIssue.of([*source.problems, _not_an_issue(source)])
    problems: list[Problem] = []
    blocks = read_blocks(source, problems, segments)
    issue = _read_fields(source, blocks, problems)
    slug = _slug_from(file, problems) if issue and not issue.slug else ""
    problems = [*source.problems, *_not_explained(source, problems)]
    if problems or issue is None:
        raise InvalidIssue.of(problems)
    defaults = {
        "subject": issue.subject or issue.title,
        "slug": issue.slug or slug,
        "language": issue.language or default_language,
    }
    return issue.model_copy(update=defaults)


def _not_an_issue(source: YamlDocument) -> Problem:
    place = source.locate(())
    remedy = "Write `title: …` and `blocks:`; `dispatch new` makes an issue file to start from."
    match source.value:
        case None:
            return Problem("the file is empty", place, remedy)
        case list():
            return Problem(
                "an issue has fields, but this file is a list", place, "Write `blocks:` above the list, and `title: …`."
            )
        case text:
            match = re.match(r"\w+(?=:\S)", str(text))
            if match:
                return Problem(
                    "a space is missing after this `:`", source.locate((), match.end()), f"Write `{match[0]}: …`."
                )
            return Problem("an issue has fields, but this file is a text", place, remedy)


def _read_fields(source: YamlDocument, blocks: list[Block], problems: list[Problem]) -> Issue | None:
    fields = source.value if isinstance(source.value, dict) else {}
    try:
        return parse_model(source, Issue, InvalidIssue, value=fields | {"blocks": blocks})
    except InvalidInput as error:
        problems.extend(error.problems)
        return None


def _slug_from(file: str, problems: list[Problem]) -> str:
    """The slug that the file's name gives an issue."""
    stem = PurePosixPath(file).stem
    if not re.fullmatch(SLUG, stem) or len(stem) > _LONGEST_SLUG:
        message = (
            f"the file's name gives no slug: that is a-z, 0-9 and single hyphens, at most {_LONGEST_SLUG} characters"
        )
        remedy = f"Rename the file, or write `slug: {slug_of(stem) or 'my-issue'}`."
        problems.append(Problem(message, Location(file, 1, 1), remedy))
    return stem


def _not_explained(source: YamlDocument, problems: list[Problem]) -> Iterator[Problem]:
    """Problems in lines that YAML itself complains about are but consequences; what is missing from the file is not."""
    lines = {cause.location.line for cause in source.problems if cause.location}
    root = source.locate(())
    return (each for each in problems if not each.location or each.location == root or each.location.line not in lines)
