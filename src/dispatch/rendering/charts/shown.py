"""The charts of one issue: each is told and drawn from the same figures, which are read once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module, metadata
from typing import Any

from markupsafe import Markup

from dispatch.content.blocks import Chart
from dispatch.content.figures import Figures, moments
from dispatch.content.issue import Issue
from dispatch.content.richtext import parse, parse_plain
from dispatch.languages.sentences import known_language
from dispatch.rendering.charts.csv_figures import read_figures
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.telling import ToldChart, tell
from dispatch.rendering.compiled import Picture
from dispatch.rendering.legible import legible_value
from dispatch.rendering.palette import Palette
from dispatch.rendering.pictures import DENSITY, PictureShelf
from dispatch.rendering.words import direction_of, written_day, written_month
from dispatch.yaml_source import Path

WAY = 9
"""Part of the key in the cache: to be counted up when charts come to look otherwise, as a test will say."""

_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class _Read:
    figures: Figures
    numerals: Numerals
    told: ToldChart


class Charts:
    """Tells and draws charts in the colours of a palette. Raises InvalidIssue where one cannot be."""

    def __init__(self, shelf: PictureShelf, issue: Issue, palette: Palette) -> None:
        self._shelf = shelf
        self._issue = issue
        self._palette = palette
        self._read: dict[Path, _Read] = {}

    def told(self, chart: Chart) -> ToldChart:
        """The chart in words, with the author's own alternative text where there is one."""
        return self._of(chart).told

    def drawing(self, chart: Chart) -> Markup:
        """The chart as SVG, for a page that has colours for it."""
        drawing = self._draw(chart)
        svg: Markup = drawing.svg(self.told(chart).alt)
        return svg

    def picture(self, chart: Chart) -> Picture:
        """The chart in pixels."""
        read = self._of(chart)
        grounds = (
            WAY,
            metadata.version("resvg_py"),
            metadata.version("uharfbuzz"),
            DENSITY,
            self._palette,
            self._language(chart),
            chart.type,
            read.numerals.unit,
            read.figures,
        )
        key = hashlib.sha256(repr(grounds).encode()).hexdigest()
        drawn = self._shelf.drawn(key, lambda: _press().png(self._draw(chart), self._palette, DENSITY))
        return replace(drawn, told=read.told.as_lines())

    def _of(self, chart: Chart) -> _Read:
        if chart.path not in self._read:
            self._read[chart.path] = self._reading(chart)
        return self._read[chart.path]

    def _reading(self, chart: Chart) -> _Read:
        figures = chart.figures
        if chart.csv:
            content = self._shelf.figures(chart.csv, self._issue.locate(chart.path_to("csv")))
            figures = read_figures(content, chart.csv, chart.type)
        figures = _legible(figures)
        language = self._language(chart)
        figures = _with_dates(figures, language)
        numerals = Numerals(figures.values, parse_plain(chart.unit).plain, language)
        told = tell(parse(chart.title).plain, chart.type, figures, numerals, language)
        if chart.alt is not None:
            told = replace(told, alt=parse_plain(chart.alt).plain)
        return _Read(figures, numerals, told)

    def _language(self, chart: Chart) -> str:
        return chart.language or self._issue.language

    def _draw(self, chart: Chart) -> Any:
        read = self._of(chart)
        leftward = direction_of(self._language(chart)) == "rtl"
        place = self._issue.locate(chart.path_to("csv" if chart.csv else "data"))
        return _press().draw(chart.type, read.figures, read.numerals, leftward=leftward, place=place)


def _legible(figures: Figures) -> Figures:
    """The figures without what would turn the reading order around them."""
    rows = tuple((legible_value(label), row) for label, row in figures.rows)
    return Figures(tuple(map(legible_value, figures.series)), rows)


def _with_dates(figures: Figures, language: str) -> Figures:
    """The figures with months or days as the language writes them, if all labels are: Jan 2026 for 2026-01."""
    days = moments(figures.labels) if known_language(language) else []
    for shape, written in ((_MONTH, written_month), (_DAY, written_day)):
        if days and all(map(shape.fullmatch, figures.labels)):
            labels = [written(date.fromordinal(day), language) for day in days]
            rows = tuple((label, row) for label, (_, row) in zip(labels, figures.rows, strict=True))
            return replace(figures, rows=rows, days=tuple(days))
    return figures


def _press() -> Any:
    """Loaded when a chart has to be drawn: fonts and SVG cost 60 ms, and most often the picture lies in the cache."""
    return import_module("dispatch.rendering.charts.press")
