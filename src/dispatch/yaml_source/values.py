"""Plain Python values of YAML nodes, by the core schema of YAML 1.2 (§10.3.2)."""

from __future__ import annotations

import re
from typing import Self

from dispatch.yaml_source.nodes import Mapping, Node, Scalar, Sequence

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)")
_NOT_A_NUMBER = re.compile(r"\.nan|\.NaN|\.NAN")

# A number of more digits is text: int() refuses 4,300 of them with a bare ValueError (reliability.md §1.13).
_MOST_DIGITS = 300


class WrittenInt(int):
    """A number that prints as it was written, so that `007` taken as a text stays `007`."""

    def __new__(cls, value: int, written: str) -> Self:
        """The number `value`, written as `written`."""
        number = super().__new__(cls, value)
        number._written = written
        return number

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]  # for copies and pickles
        return int(self), self._written

    def __str__(self) -> str:
        return self._written

    _written: str


class WrittenFloat(float):
    """A number that prints as it was written, so that `3.80` taken as a text stays `3.80`."""

    def __new__(cls, value: float, written: str) -> Self:
        """The number `value`, written as `written`."""
        number = super().__new__(cls, value)
        number._written = written
        return number

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]  # for copies and pickles
        return float(self), self._written

    def __str__(self) -> str:
        return self._written

    _written: str


def plain_value(node: Node) -> object:
    """The dict, list, str, int, float, bool or None that a node stands for."""
    match node:
        case Mapping(entries=entries):
            return {key: plain_value(value) for key, (_, value) in entries.items()}
        case Sequence(items=items):
            return [plain_value(item) for item in items]
        case Scalar(style=""):
            return _resolve(node.value)
        case Scalar():
            return node.value


def _resolve(written: str) -> object:
    """The value of a plain scalar."""
    if _NULL.fullmatch(written):
        return None
    if _TRUE.fullmatch(written):
        return True
    if _FALSE.fullmatch(written):
        return False
    return _number(written)


def _number(written: str) -> int | float | str:
    if len(written) > _MOST_DIGITS:
        return written
    if _INTEGER.fullmatch(written):
        return WrittenInt(int(written), written)
    if _BASED_INTEGER.fullmatch(written):
        return WrittenInt(int(written, 0), written)
    if _FLOAT.fullmatch(written):
        return WrittenFloat(float(written), written)
    if _INFINITY.fullmatch(written) or _NOT_A_NUMBER.fullmatch(written):
        return WrittenFloat(float(written.replace(".", "")), written)
    return written
