"""Builds the tree of a YAML file, within limits, and collects what is wrong instead of stopping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from dispatch.yaml_source.characters import escaped
from dispatch.yaml_source.hints import Hint, about_key, leading, line_number, surprise
from dispatch.yaml_source.nodes import Mapping, Node, Scalar, Sequence
from dispatch.yaml_source.syntax import SyntaxTrouble

MAX_NODES = 10_000
MAX_DEPTH = 32


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet; of a mapping, the key that waits for its value."""

    start: int
    is_mapping: bool
    is_flow: bool
    indent: int
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Node | None = None


class _LimitPassed(Exception):
    """Reading stops here."""


class TreeBuilder:
    """Reads one document; afterwards `root`, `hints`, `broken` and `trouble`, the syntax error, say what was found.

    Events instead of PyYAML's composer: that one recurses, expands aliases and keeps the last of equal keys.
    `start` is where the text begins after a byte order mark, which libyaml does not count.
    """

    def __init__(self, text: str, start: int) -> None:
        self.root: Node = Scalar(start, start, "")
        self.scalars: list[Scalar] = []
        self.hints: list[Hint] = []
        self.broken = False
        self.trouble: SyntaxTrouble | None = None
        self._text = text
        self.start = start
        self._open: list[_Open] = []
        self._documents = 0
        self._nodes = 0

    def build(self) -> None:
        """Read to the end, or to the first syntax error or passed limit."""
        try:
            for event in yaml.parse(self._text[self.start :], Loader=yaml.CSafeLoader):
                self._read(event)
        except yaml.MarkedYAMLError as error:
            self.broken = True
            self.trouble = self._told(error)
        except _LimitPassed:
            self.broken = True
        while self._open:
            self._end(len(self._text))

    def _told(self, error: yaml.MarkedYAMLError) -> SyntaxTrouble:
        index = self._at(error.problem_mark) if error.problem_mark else self.start
        began = self._at(error.context_mark) if error.context_mark else index
        last = self.scalars[-1] if self.scalars else None
        # The pair in `[a: b]` is a mapping too, but has no bracket of its own.
        brackets = tuple(each.start for each in self._open if each.is_flow and self._text[each.start] in "[{")
        return SyntaxTrouble(self._text, error.problem or "", error.context or "", index, began, last, brackets)

    def _at(self, mark: Any) -> int:
        """The index of a mark, of which type stubs fear that it could be missing."""
        return int(mark.index) + self.start

    def _read(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._begin_document(event)
            case yaml.AliasEvent():
                self._read_alias(event)
            case yaml.ScalarEvent():
                self._read_scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._begin_collection(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end(self._at(event.end_mark))

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(
                self._at(event.start_mark),
                "`---` begins a second document, but a file holds one",
                "Delete this line; a line across the text of an issue is `- divider:`.",
            )

    def _read_alias(self, event: yaml.AliasEvent) -> None:
        start = self._at(event.start_mark)
        self._count(start)
        self.hints.append(leading(self._text, start))
        self._place(Scalar(start, self._at(event.end_mark), ""))

    def _read_scalar(self, event: yaml.ScalarEvent) -> None:
        start = self._at(event.start_mark)
        self._count(start)
        self._refuse_properties(event)
        scalar = Scalar(start, self._at(event.end_mark), event.value, event.style or "", self._indent())
        self.scalars.append(scalar)
        hint = surprise(self._text, scalar)
        if hint:
            self.hints.append(hint)
        self.hints += escaped(self._text, scalar)
        self._place(scalar)

    def _begin_collection(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        start = self._at(event.start_mark)
        self._count(start)
        self._refuse_properties(event)
        if len(self._open) >= MAX_DEPTH:
            self._stop(start, f"this is nested more than {MAX_DEPTH} levels deep", "Nest it less deeply.")
        mark: Any = event.start_mark
        indent = self._indent() if event.flow_style else int(mark.column)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(start, is_mapping, bool(event.flow_style), indent))

    def _indent(self) -> int:
        return self._open[-1].indent if self._open else -1

    def _refuse_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Anchors and tags: nobody needs them here, and writers meet them by accident only."""
        if event.anchor is not None or event.tag is not None:
            self.hints.append(leading(self._text, self._at(event.start_mark)))

    def _count(self, index: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(index, f"the file holds more than {MAX_NODES:,} values", "Split it in several files.")

    def _stop(self, index: int, message: str, remedy: str) -> None:
        self.hints.append(Hint(index, message, remedy))
        raise _LimitPassed

    def _end(self, end: int) -> None:
        ended = self._open.pop()
        if ended.is_mapping:
            self._place(Mapping(ended.start, end, ended.entries))
        else:
            self._place(Sequence(ended.start, end, tuple(ended.items)))

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if not parent.is_mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self._enter(parent, parent.key, node)
            parent.key = None

    def _enter(self, parent: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.hints.append(leading(self._text, parent.start if self._text[parent.start] == "{" else key.start))
            return
        hint = about_key(key)
        if hint:
            self.hints.append(hint)
        elif key.value in parent.entries:
            first = line_number(self._text, parent.entries[key.value][0].start)
            split = isinstance(value, Scalar) and not value.value and not key.style and key.value.isdecimal()
            remedy = "Are these decimals? They stand behind a point: `3.8`." if split else "Delete one of the two."
            self.hints.append(Hint(key.start, f"`{key.value}` stands here twice: first in line {first}", remedy))
        else:
            parent.entries[key.value] = (key, value)
