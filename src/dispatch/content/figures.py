"""The figures of a chart: rows of numbers, each with a label, and the rules that they must keep to be drawn."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise, takewhile

from pydantic import ValidationInfo

from dispatch.yaml_model import Fault, all_wrong, wrong
from dispatch.yaml_source import Path, YamlDocument
from dispatch.yaml_source.nodes import Mapping, Node, Scalar
from dispatch.yaml_source.nodes import Sequence as ListNode

MOST_SERIES = 4
"""More colours than these cannot be told apart."""

MOST_LABELS = {"bar": 40, "column": 40, "line": 1_000, "number": 2}
"""By type. Forty bars are as tall a picture as Outlook on Windows shows without cutting it."""

LONGEST_LABEL = 120
LARGEST, SMALLEST = 1e15, 1e-9
"""Up to the one a double holds every whole number; below the other a number has no room. Zero is drawn."""

_NULL = "Where a number is missing, write `null`."
_DIGITS = re.compile(r"[-+]?\d+", re.ASCII)
_SPACES = " '\u2009’\u00a0\u202f"  # noqa: RUF001 - those between thousands

Row = tuple[float | None, ...]


@dataclass(frozen=True)
class Figures:
    """Numbers by label and series; None where one is missing. A single series may have no name: "".

    `days` says where the labels stand in time if that cannot be read from them any more.
    """

    series: tuple[str, ...]
    rows: tuple[tuple[str, Row], ...]
    days: tuple[int, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows are called."""
        return tuple(label for label, _ in self.rows)

    @property
    def values(self) -> tuple[float, ...]:
        """Every number that is there, row by row."""
        return tuple(value for _, row in self.rows for value in row if value is not None)

    @property
    def is_in_time(self) -> bool:
        """Whether the labels are years, months or days."""
        return bool(self.days or moments(self.labels))


class NotDrawable(Exception):
    """Something that stands in the place of a number and is none: what it is, and what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def number(value: object) -> float | None:
    """A number as YAML gives it; None where there is none. Raises NotDrawable."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotDrawable(f"{_shown(value)} is not a number", _as_digits(value))
    if not -LARGEST <= value <= LARGEST:  # what is no number (.nan) is not between them either
        what = "this is no number that can be drawn" if value != value or math.isinf(value) else "this is too large"  # noqa: PLR0124
        raise NotDrawable(what, "Write one between -10^15 and 10^15; count in millions, and say so in `unit`.")
    if 0 < abs(value) < SMALLEST:
        raise NotDrawable("this is too small", "Count in millionths, and say so in `unit`.")
    return float(value)


def read_data(written: object, info: ValidationInfo) -> dict[str, Row]:
    """The `data` of a chart: a number behind each label, or a list of them. Raises what a validator raises."""
    if not isinstance(written, dict):
        raise wrong("`data` has no labels with numbers behind them", 'Write `data: {"2022": 3.8, "2025": 52.9}`.')
    context = info.context or {}
    faults = list(_nothing_written(context["document"], (*context["path"], "data"))) if context else []
    data = {str(label): tuple(_row(label, behind, faults)) for label, behind in written.items()}
    if faults:
        raise all_wrong(faults)
    return data


def _row(label: str, behind: object, faults: list[Fault]) -> Iterator[float | None]:
    """The numbers behind a label; what is wrong with the others is added to `faults`."""
    several = isinstance(behind, list | tuple)
    for position, value in enumerate(behind if isinstance(behind, list | tuple) else [behind]):
        try:
            yield number(value)
        except NotDrawable as error:
            path: Path = (label, position) if several else (label,)
            faults.append(Fault(error.message, error.remedy, path=path))


def _nothing_written(document: YamlDocument, path: Path) -> Iterator[Fault]:
    """Labels with nothing behind them, and the commas that YAML takes for the end of a number: `{a: 3,8}` is a 3."""
    data = document.node(path)
    entries = list(data.entries.values()) if isinstance(data, Mapping) else []
    in_braces = document.text.startswith("{", data.start) if data else False
    at = 0
    while at < len(entries):
        key, value = entries[at]
        at += 1
        rest = [key.value for key, value in takewhile(_is_stray_number, entries[at:])] if in_braces else []
        if rest and isinstance(value, Scalar) and _DIGITS.fullmatch(value.value):
            at += len(rest)
            written = ",".join((value.value, *rest))
            yield Fault(
                f"YAML ends the number {value.value} at this comma: {written}", _as_digits(written), path=(key.value,)
            )
        elif _is_empty(value):
            yield Fault(f"there is nothing behind “{key.value}”", _NULL, path=(at - 1,))
        elif isinstance(value, ListNode):
            yield from (
                Fault("this number is empty", _NULL, path=(key.value, position))
                for position, item in enumerate(value.items)
                if _is_empty(item)
            )


def _is_stray_number(entry: tuple[Scalar, Node]) -> bool:
    """Whether digits stand where a label belongs, with nothing behind them: what follows a comma in a number."""
    key, value = entry
    return not key.style and key.value.isascii() and key.value.isdecimal() and _is_empty(value)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and not node.value


def faults_of_names(series: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with the names of series; the path of a fault is (position,), counted from 0."""
    known: set[str] = set()
    for position, name in enumerate(series):
        if fault := _fault_of_words(name, "name"):
            yield Fault(*fault, path=(position,))
        elif name.strip() and name in known:
            yield Fault(f"two series are called “{name}”", "Give each a name of its own.", path=(position,))
        known.add(name)


def moments(labels: Sequence[str]) -> list[int]:
    """Labels as days, if all are years, months or days (2026, 2026-03, 2026-03-02); else none."""
    days: list[int] = []
    for label in labels:
        if match := re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", label.strip(), re.ASCII):
            with suppress(ValueError):
                days.append(dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1)).toordinal())
    return days if len(days) == len(labels) else []


def faults_of_size(rows: int, series: int, kind: str) -> Iterator[Fault]:
    """Whether there are more rows or series than a chart of a type has; the path of a fault is () or (row,)."""
    most, most_series = MOST_LABELS[kind], 1 if kind == "number" else MOST_SERIES
    if rows > most:
        remedy = "Leave some out, add some up, or draw a `line`." if kind in {"bar", "column"} else "Leave some out."
        what = "a number and the one before it" if kind == "number" else f"at most {most:,} labels"
        yield Fault(f"{rows:,} labels are too many: a chart of type {kind} has {what}", remedy, path=(most,))
    if series > most_series:
        message = f"{series:,} series are too many: a chart of type {kind} has at most {most_series}"
        yield Fault(message, "Make two charts of it, or leave some out.")


def faults_of(figures: Figures, kind: str) -> Iterator[Fault]:
    """What keeps figures from being drawn; the path of a fault is (), (row,) or (row, series), counted from 0."""
    excess = list(faults_of_size(len(figures.rows), len(figures.series), kind))
    yield from excess
    if excess:
        return  # nobody mends each label of a thousand too many
    if not figures.values:
        yield Fault("there is no number in this chart", "Write one behind each label.")
    elif kind == "number" and figures.rows[-1][1][0] is None:
        yield Fault("the number is missing", "Write it behind its label.", path=(len(figures.rows) - 1,))
    for position, (before, after) in enumerate(pairwise(moments(figures.labels)), 1):
        if kind == "line" and after < before:
            what = (
                f"“{figures.labels[position]}” stands behind “{figures.labels[position - 1]}”: a line goes on in time"
            )
            yield Fault(what, "Put the rows in the order of time, the earliest first.", path=(position,))
            break
    known: set[str] = set()
    for position, label in enumerate(figures.labels):
        if not label.strip():
            yield Fault("this row has no label", "Say in a word or two what the number is of.", path=(position,))
        elif fault := _fault_of_words(label, "label"):
            yield Fault(*fault, path=(position,))
        elif label in known:
            yield Fault(f"“{label}” is there twice", "Give each row a label of its own.", path=(position,))
        known.add(label)


def _fault_of_words(words: str, what: str) -> tuple[str, str] | None:
    """Why some words cannot stand in a picture, and what to do; None where they can."""
    if re.search(r"[\n\t]", words):
        return f"a {what} is one line", "Write it without line breaks and tabs."
    if len(words) > LONGEST_LABEL:
        message = f"this {what} has {len(words):,} characters; at most {LONGEST_LABEL} are drawn"
        return message, "Shorten it."
    if "{{" in words:
        return "a merge field may not stand in a picture", f"Write the same {what} for all."
    return None


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = str(value)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"


def _as_digits(value: object) -> str:
    """How to write what was probably meant."""
    text = str(value).strip()
    for thousands, decimals in ((",", "."), (_SPACES + ".", ",")):
        if re.fullmatch(rf"-?\d{{1,3}}([{thousands}]\d{{3}})+{re.escape(decimals)}\d+", text):
            whole, _, part = text.rpartition(decimals)
            return (
                f"Write {re.sub(r'[^-0-9]', '', whole)}.{part}: no sign between thousands, the decimals behind a point."
            )
    if re.fullmatch(rf"-?\d{{1,3}}([,{_SPACES}]\d{{3}})+", text):
        return f"Write {re.sub(r'[^-0-9]', '', text)}: no sign between thousands."
    if re.fullmatch(r"-?\d+,\d+", text):
        return f"Write {text.replace(',', '.')}: the decimals stand behind a point, in every language."
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"Write {text} without quotes."
    if isinstance(value, str) and re.search(r"\d", text):
        return "Write digits only; what they count belongs into `unit`."
    return f"Write digits. {_NULL}"
