"""The tree of a YAML file: what stands where, before it is turned into values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scalar:
    """A single value: characters `start` up to `end` of the file's text spell the characters of `value`.

    `style` is the YAML style: "" plain, "'" and '"' quoted, "|" literal, ">" folded.
    `indent` is the column of the block it stands in (-1 at the root), from which block scalars count theirs.
    """

    start: int
    end: int
    value: str
    style: str = ""
    indent: int = -1


@dataclass(frozen=True)
class Sequence:
    """A list."""

    start: int
    end: int
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    start: int
    end: int
    entries: dict[str, tuple[Scalar, Node]]


Node = Scalar | Sequence | Mapping
