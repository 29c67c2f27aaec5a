"""The kinds of text in an issue: what may stand in each, and where each stands in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo

from dispatch.content.richtext import RichText, parse, parse_plain
from dispatch.languages.tags import TAG
from dispatch.yaml_model import Fault, all_wrong, wrong
from dispatch.yaml_source import CURLY_QUOTES, Path

MAX_CHARACTERS = 20_000
"""Longest single text: over 200,000 `[` markdown-it-py 4.3 spends 3 seconds (measured), over these 0.2."""


class TextKind(StrEnum):
    """What may stand in a text."""

    PLAIN = "plain"  # one line of characters and merge fields: a subject, an alternative text, a label
    RICH = "rich"  # inline Markdown and merge fields
    URL = "url"  # a web address; merge fields may stand in it


@dataclass(frozen=True)
class IssueText:
    """A text of an issue as it is written, and where it stands in the issue's file."""

    path: Path
    value: str
    kind: TextKind
    language: str = ""  # BCP 47; empty: that of what it stands in


def _rich(text: str) -> str:
    text = _bounded(text)
    return _checked(text, parse(text))


def _plain(text: str) -> str:
    text = _bounded(text)
    stray = re.search(r"[\n\t]", text)
    if stray:
        what = "a line break" if stray[0] == "\n" else "a tab"
        raise wrong(f"{what} may not stand here", "Write the text in one line, or below `>-`.", stray.start())
    return _checked(text, parse_plain(text))


def _bounded(text: str) -> str:
    """A text without what block scalars leave at its end, if it is not too long."""
    if len(text) > MAX_CHARACTERS:
        message = f"this text is {len(text):,} characters long; at most {MAX_CHARACTERS:,} are read"
        raise wrong(message, "Split it in several blocks.")
    return text.rstrip()


def _checked(text: str, parsed: RichText) -> str:
    if parsed.problems:
        raise all_wrong([Fault(each.message, each.remedy, each.offset) for each in parsed.problems])
    return text


def _filled(text: str) -> str:
    if not text:
        raise wrong("this text is empty", "Write the text that belongs here.")
    return text


def _cell(value: object) -> object:
    """A cell of a table may be empty, even without quotes."""
    return "" if value is None else value


def _word(text: str) -> str:
    if not text.strip() or re.search(r"[\n\t,]", text):
        raise wrong("a tag is a word or some words in one line", "Write `tags: [first, second]`.")
    return text.strip()


def _one_segment(name: object) -> object:
    if isinstance(name, list | tuple):
        raise wrong(
            "`when` names one segment, not several",
            "Write one; for the people of several, write a segment to dispatch.yaml with `or` between their conditions.",
        )
    return name


def _segment(name: str) -> str:
    if not name.strip():
        raise wrong("this names no segment", "Write the name of a segment of dispatch.yaml, or delete it.")
    return name.strip()


def _language(text: str) -> str:
    if not re.fullmatch(TAG, text):
        fitting = text.replace("_", "-")
        example = fitting if re.fullmatch(TAG, fitting) else "en"
        raise wrong(f"“{text}” is not a language tag (BCP 47)", f"Write a tag like `{example}`, `fr` or `pt-BR`.")
    return text


def _image_path(written: str) -> str:
    """A path below the newsletter's folder. Whether the file exists is looked at when the issue is compiled."""
    return _file_path(written, "a picture", "images/map.png")


def _csv_path(written: str) -> str:
    """The same of a file with figures."""
    return _file_path(written, "a file with figures", "data/trade.csv")


def _file_path(written: str, what: str, example: str) -> str:
    path = written.strip()
    bare = path.strip(CURLY_QUOTES)
    if bare != path:
        raise wrong("curly quotes are part of this path", f"Write `{bare}`.")
    if not path or not re.fullmatch(r"[^\n\t]+", path):
        raise wrong(f"this is not the path of {what}", f"Write a path like `{example}`.")
    if re.match(r"//|[A-Za-z][A-Za-z0-9+.-]+:", path):
        folder = example.partition("/")[0]
        raise wrong(f"{what} is a file of the newsletter, not a web address", f"Put the file in `{folder}/`.")
    if re.match(r"[/~]|[A-Za-z]:", path):
        raise wrong("this path does not start in the newsletter's folder", f"Write it from there: `{example}`.")
    if "\\" in path:
        raise wrong("folders are separated by `/`", f"Write `{path.replace(chr(92), '/')}`.", written.index("\\"))
    if ".." in PurePosixPath(path).parts:
        raise wrong(
            "`..` may not stand in a path", f"Put {_the(what)} in the newsletter's folder.", written.index("..")
        )
    if "{{" in path:
        raise wrong("a merge field may not stand in a path", f"Name one {what[2:]} for all.", written.index("{{"))
    return str(PurePosixPath(path))


def _the(what: str) -> str:
    return f"the {what.removeprefix('a ').partition(' ')[0]}"


def _reason(value: object) -> str:
    """Why something is allowed, for whoever reads the file next year."""
    if not isinstance(value, str) or not value.strip():
        raise wrong("there is no reason", "Write after the colon why this is allowed here.")
    return value.strip()


Rich = Annotated[str, AfterValidator(_rich), TextKind.RICH]
FilledRich = Annotated[Rich, AfterValidator(_filled)]
Cell = Annotated[Rich, BeforeValidator(_cell), WithJsonSchema({"type": ["string", "number", "null"]})]
Plain = Annotated[str, AfterValidator(_plain), TextKind.PLAIN]
FilledPlain = Annotated[Plain, AfterValidator(_filled)]
Url = Annotated[str, AfterValidator(_plain), TextKind.URL]
FilledUrl = Annotated[Url, AfterValidator(_filled)]
Reason = Annotated[str, BeforeValidator(_reason), WithJsonSchema({"type": "string", "minLength": 1})]
Tag = Annotated[str, AfterValidator(_word)]
SegmentName = Annotated[str, BeforeValidator(_one_segment), AfterValidator(_segment)]
ImagePath = Annotated[str, AfterValidator(_image_path)]
Language = Annotated[
    str, AfterValidator(_language), WithJsonSchema({"type": ["string", "number"], "pattern": f"^{TAG}$"})
]
CsvPath = Annotated[str, AfterValidator(_csv_path)]


class Written(BaseModel):
    """Fields that a person wrote in an issue file, below the key that `path` leads to."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    _path: Path = PrivateAttr(default=())

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, fields: object) -> object:
        """A key with nothing behind it is as good as none; unknown ones stay, to be complained about."""
        if not isinstance(fields, dict):
            return fields
        return {key: value for key, value in fields.items() if value is not None or key not in cls.model_fields}

    @property
    def path(self) -> Path:
        """Where in the issue the fields stand, as for `Issue.locate`."""
        return self._path

    def path_to(self, field: str) -> Path:
        """Where in the issue a field stands, as for `Issue.locate`."""
        return (*self._path, field)

    def texts(self) -> Iterator[IssueText]:
        """Every text that was written in these fields, and in those below them."""
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                yield from _texts(self.path_to(name), getattr(self, name), _kind_of(field))


def _texts(path: Path, value: object, kind: TextKind | None) -> Iterator[IssueText]:
    if isinstance(value, Written):
        yield from value.texts()
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _texts((*path, position), item, kind)
    elif isinstance(value, str) and kind:
        yield IssueText(path, value, kind)


def _kind_of(field: FieldInfo) -> TextKind | None:
    """The kind of text that a field's annotation names, at whatever depth."""
    marks = (*field.metadata, *_marks(field.annotation))
    return next((mark for mark in marks if isinstance(mark, TextKind)), None)


def _marks(annotation: Any) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    for argument in get_args(annotation):
        yield from _marks(argument)
