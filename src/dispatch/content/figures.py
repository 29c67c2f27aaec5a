"""The figures of a chart: rows of numbers, each with a label, and the rules that they must keep to be drawn."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.yaml_model import Fault, all_wrong, wrong
from dispatch.yaml_source import Path

MOST_SERIES = 4
"""More colours than these cannot be told apart."""

MOST_LABELS = {"bar": 40, "column": 40, "line": 1_000, "number": 2}
"""By type. Forty bars are as tall a picture as Outlook on Windows shows without cutting it."""

LONGEST_LABEL = 120
LARGEST, SMALLEST = 1e15, 1e-9
"""Up to the one a double holds every whole number; below the other a number has no room. Zero is drawn."""

Row = tuple[float | None, ...]


@dataclass(frozen=True)
class Figures:
    """Numbers by label and series; None where one is missing. A single series may have no name: ""."""

    series: tuple[str, ...]
    rows: tuple[tuple[str, Row], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows are called."""
        return tuple(label for label, _ in self.rows)

    @property
    def values(self) -> tuple[float, ...]:
        """Every number that is there, row by row."""
        return tuple(value for _, row in self.rows for value in row if value is not None)


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


def read_data(written: object) -> dict[str, Row]:
    """The `data` of a chart: a number behind each label, or a list of them. Raises what a validator raises."""
    if not isinstance(written, dict):
        raise wrong("`data` has no labels with numbers behind them", 'Write `data: {"2022": 3.8, "2025": 52.9}`.')
    faults: list[Fault] = []
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


def faults_of(figures: Figures, kind: str) -> Iterator[Fault]:
    """What keeps figures from being drawn; the path of a fault is (), (row,) or (row, series), counted from 0."""
    most = MOST_LABELS[kind]
    if len(figures.rows) > most:
        remedy = "Leave some out, add some up, or draw a `line`." if kind in {"bar", "column"} else "Leave some out."
        what = "a number and the one before it" if kind == "number" else f"at most {most:,} labels"
        yield Fault(
            f"{len(figures.rows):,} labels are too many: a chart of type {kind} has {what}", remedy, path=(most,)
        )
    if len(figures.series) > (1 if kind == "number" else MOST_SERIES):
        yield Fault(
            f"{len(figures.series)} series are too many: a chart of type {kind} has at most "
            f"{1 if kind == 'number' else MOST_SERIES}",
            "Make two charts of it, or leave some out.",
        )
    if not figures.values:
        yield Fault("there is no number in this chart", "Write one behind each label.")
    elif kind == "number" and figures.rows[-1][1][0] is None:
        yield Fault("the number is missing", "Write it behind its label.", path=(len(figures.rows) - 1,))
    twice = Counter(figures.labels)
    for position, label in enumerate(figures.labels):
        if fault := _fault_of_label(label):
            yield Fault(*fault, path=(position,))
        elif twice[label] > 1 and position > figures.labels.index(label):
            yield Fault(f"“{label}” is there twice", "Give each row a label of its own.", path=(position,))


def _fault_of_label(label: str) -> tuple[str, str] | None:
    if not label.strip():
        return "this row has no label", "Say in a word or two what the number is of."
    if re.search(r"[\n\t]", label):
        return "a label is one line", "Write it without line breaks and tabs."
    if len(label) > LONGEST_LABEL:
        return f"this label has {len(label)} characters; at most {LONGEST_LABEL} are drawn", "Shorten it."
    if "{{" in label:
        return "a merge field may not stand in a picture", "Write the same label for all."
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
    if re.fullmatch(r"-?\d+,\d{1,2}", text):
        return f"Write {text.replace(',', '.')}: the decimals stand behind a point, in every language."
    if re.fullmatch(r"-?\d{1,3}([,  '\u00a0\u202f]\d{3})+", text):
        return f"Write {re.sub(r'[^-0-9]', '', text)}: no sign between thousands."
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"Write {text} without quotes."
    if isinstance(value, str) and re.search(r"\d", text):
        return "Write digits only; what they count belongs into `unit`."
    return "Write digits, or nothing where the number is missing."
