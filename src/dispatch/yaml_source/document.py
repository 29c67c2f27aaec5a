"""A YAML file that was read: its values, and where in the file each of their characters stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from dispatch.errors import Problem
from dispatch.location import Location
from dispatch.yaml_source.nodes import Mapping, Node, Scalar, Sequence
from dispatch.yaml_source.offsets import character_spans
from dispatch.yaml_source.values import plain_value

Path = tuple[str | int, ...]
"""The way from the root of a document to a value: keys, and positions in lists from 0.

A position in a mapping, from 0, leads to the key that stands there, for keys that are words of the author's own.
"""


@dataclass(frozen=True)
class YamlDocument:
    """What a YAML file says, and where it says it.

    `value` is made of dict, list, str, int, float, bool and None; `text` is the file's text, a byte order mark included.
    A document from `read_yaml` has no `problems`. One from `scan_yaml` may have some; if it is `broken` (a syntax error,
    a limit passed), `value` is only what stands before the fault.
    """

    file: str
    text: str = field(repr=False)
    root: Node = field(repr=False)
    value: object
    problems: tuple[Problem, ...] = ()
    broken: bool = False

    def locate(self, path: Path, offset: int = 0) -> Location:
        """The place of the value at `path`, or of its nearest parent; in a text, of its character `offset`."""
        node, _ = self._follow(path)
        return self.place(self._index(node, offset) if isinstance(node, Scalar) else node.start)

    def locate_key(self, path: Path) -> Location:
        """The place of the key that leads to `path`; of the value where there is no key (an item of a list)."""
        parent, steps = self._follow(path[:-1])
        if path and steps == len(path) - 1 and isinstance(parent, Mapping) and path[-1] in parent.entries:
            return self.place(parent.entries[str(path[-1])][0].start)
        return self.locate(path)

    def end(self, path: Path) -> Location:
        """The place behind the value at `path`; blank lines and comments below it are not its own."""
        return self.place(self._end(self._follow(path)[0]))

    def lines(self, first: int, last: int) -> tuple[str, ...]:
        """The lines of the file from one to another, both counted from 1 and included, without their ends."""
        starts = [*self._line_starts, len(self.text)]
        return tuple(self.text[slice(*starts[line - 1 : line + 1])].rstrip("\r\n") for line in range(first, last + 1))

    def span(self, path: Path, start: int, end: int) -> tuple[int, int]:
        """The range of the file's text that spells characters `start` up to `end` of the text at `path`."""
        node, _ = self._follow(path)
        if not isinstance(node, Scalar):
            return node.start, node.end
        first = self._index(node, start)
        return first, character_spans(self.text, node)[end - 1][1] if end > start else first

    def has(self, path: Path) -> bool:
        """Whether the file says something at `path`, be it null."""
        return self._follow(path)[1] == len(path)

    def existing(self, path: Path) -> Path:
        """The path without the steps that the file does not have, as the field that a short form leaves out."""
        found: Path = ()
        for step in path:
            if self.has((*found, step)):
                found = (*found, step)
        return found

    def node(self, path: Path) -> Node | None:
        """The node at `path`, if the file has one there."""
        node, steps = self._follow(path)
        return node if steps == len(path) else None

    def value_at(self, path: Path) -> object:
        """The value at `path`, or of its nearest parent."""
        return plain_value(self._follow(path)[0])

    @cached_property
    def digest(self) -> str:
        """The sha256 of the file that was read, in hexadecimal digits: an edit is good for this file only."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def place(self, index: int) -> Location:
        """The place of a character of the file's text. A byte order mark has no column, as in editors."""
        line = bisect_right(self._line_starts, index) - 1
        start = self._line_starts[line] or len(self.text) - len(self.text.removeprefix("\ufeff"))
        return Location(self.file, line + 1, max(index - start, 0) + 1)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]

    def _index(self, node: Scalar, offset: int) -> int:
        spans = character_spans(self.text, node)
        if not spans:
            return node.start
        return spans[offset][0] if offset < len(spans) else spans[-1][1]

    def _end(self, node: Node) -> int:
        if isinstance(node, Scalar):
            return len(self.text[: node.end].rstrip()) if node.style in {"|", ">"} else node.end
        inner = node.items if isinstance(node, Sequence) else [value for _, value in node.entries.values()]
        # libyaml ends a list or mapping without brackets where the next thing begins.
        return self._end(inner[-1]) if inner and self.text[node.start] not in "[{" else node.end

    def _follow(self, path: Path) -> tuple[Node, int]:
        """The node to which `path` leads as far as it exists, and how many of its steps do."""
        node = self.root
        for steps, step in enumerate(path):
            if isinstance(node, Mapping) and step in node.entries:
                node = node.entries[str(step)][1]
            elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Mapping) and isinstance(step, int) and 0 <= step < len(node.entries):
                node = list(node.entries.values())[step][0]
            else:
                return node, steps
        return node, len(path)
