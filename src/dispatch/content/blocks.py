"""The kinds of block that an issue is made of: one class each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, SerializeAsAny, WithJsonSchema, model_validator

from dispatch.content.figures import Figures, Row, faults_of, faults_of_names, read_data
from dispatch.content.texts import (
    Cell,
    CsvPath,
    FilledPlain,
    FilledRich,
    FilledUrl,
    ImagePath,
    IssueText,
    Language,
    Plain,
    Rich,
    SegmentName,
    TextKind,
    Url,
    Written,
)
from dispatch.counts import agreeing, count
from dispatch.yaml_model import Fault, all_wrong


class Beside(Written):
    """What may stand beside the kind of any block.

    ```yaml
    - paragraph: Thank you for paying.
      when: paid
    - quote: {text: Sous le pont Mirabeau coule la Seine, by: Guillaume Apollinaire}
      language: fr
    ```
    """

    language: Annotated[Language, Field(description="Its language (BCP 47); the issue's if it is left out.")] = ""
    when: Annotated[
        SegmentName, Field(description="The segment of dispatch.yaml whose people alone get the block; else everybody.")
    ] = ""


class Block(Written):
    """A piece of an issue.

    `short` is the field that the short form fills: `- paragraph: …` stands for `- paragraph: {text: …}`.
    """

    kind: ClassVar[str]
    short: ClassVar[str] = ""

    _beside: Beside = PrivateAttr(default=Beside())

    def model_post_init(self, context: Any) -> None:
        """Keep the place that `parse_model` names."""
        if context:
            self._path = context["path"]
            self._beside = context.get("beside", self._beside)

    @property
    def language(self) -> str:
        """Its own language (BCP 47); "" where that is the language of what it stands in."""
        return self._beside.language

    @property
    def when(self) -> str:
        """The segment whose people alone get it; "" for everybody."""
        return self._beside.when

    def walk(self) -> Iterator[Block]:
        """Itself, and after it the blocks that stand in it, in the order of reading."""
        yield self

    def texts(self) -> Iterator[IssueText]:
        """Every text that was written in its fields, with the block's language where it has one."""
        for text in super().texts():
            yield replace(text, language=text.language or self.language)


class Paragraph(Block):
    """Running text.

    ```yaml
    - paragraph: Text with **bold**, *emphasis*, [a link](https://example.org) and {{first_name|there}}.
    ```
    """

    kind = "paragraph"
    short = "text"

    text: Annotated[FilledRich, Field(description="Inline Markdown and merge fields.")]


class Heading(Block):
    """A heading; `level` 2 (the default) opens a part of the issue, 3 a part of that.

    ```yaml
    - heading: Historical context
    - heading: {text: The rail bridge, level: 3}
    ```
    """

    kind = "heading"
    short = "text"

    text: Annotated[FilledRich, Field(description="Inline Markdown and merge fields.")]
    level: Annotated[int, Field(ge=2, le=4, description="2 for a part of the issue, 3 and 4 for parts of that.")] = 2


class List(Block):
    """A list, with bullets or with numbers.

    ```yaml
    - list: [first, second]
    - list: {items: [first, second], ordered: true}
    ```
    """

    kind = "list"
    short = "items"

    items: Annotated[tuple[FilledRich, ...], Field(min_length=1, description="The items, in inline Markdown.")]
    ordered: Annotated[bool, Field(description="true for numbers instead of bullets.")] = False


class Figure(Block):
    """A picture; `alt` says what it shows to those who do not see it, and is empty for mere decoration.

    ```yaml
    - figure:
        image: images/map.png
        alt: Map of the border
        caption: The border, in *red*
        source: "[Example Maps](https://example.org)"
        link: https://example.org/map
    ```
    """

    kind = "figure"

    image: Annotated[ImagePath, Field(description="The picture's path, from the newsletter's folder.")]
    alt: Annotated[Plain | None, Field(description='What it shows; "" for mere decoration.')] = None
    caption: Annotated[Rich, Field(description="The line below the picture.")] = ""
    source: Annotated[Rich, Field(description="Whom the picture is owed to.")] = ""
    link: Annotated[Url, Field(description="Where a click on the picture leads.")] = ""


class Quote(Block):
    """Somebody else's words.

    ```yaml
    - quote: {text: We shall see., by: Somebody, source: "[Example News](https://example.org)"}
    ```
    """

    kind = "quote"
    short = "text"

    text: Annotated[FilledRich, Field(description="The words, without quotation marks.")]
    by: Annotated[Plain, Field(description="Who said them.")] = ""
    source: Annotated[Rich, Field(description="Where they were said.")] = ""


class Button(Block):
    """A link that wants to be pressed.

    ```yaml
    - button: {text: Read on, url: "https://example.org/more"}
    ```
    """

    kind = "button"

    text: Annotated[FilledPlain, Field(description="What stands on the button.")]
    url: Annotated[FilledUrl, Field(description="Where it leads.")]


class Callout(Block):
    """A box beside the running text.

    ```yaml
    - callout: {title: In short, text: Three things to remember.}
    ```
    """

    kind = "callout"
    short = "text"

    title: Annotated[Rich, Field(description="The line above the text.")] = ""
    text: Annotated[FilledRich, Field(description="Inline Markdown and merge fields.")]


class Table(Block):
    """Rows of cells; every row has as many as the header, and the first of them names it.

    ```yaml
    - table:
        header: [Year, Trade]
        rows: [["2022", $3.8 million], ["2025", $52.9 million]]
        caption: Trade between the two
        source: Example Statistics
    ```
    """

    kind = "table"

    header: Annotated[tuple[Cell, ...], Field(min_length=1, description="The heading of each column.")]
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(min_length=1, description="The rows, a list of cells each.")]
    caption: Annotated[Rich, Field(description="The line above it that says what it shows.")] = ""
    source: Annotated[Rich, Field(description="Whom the figures are owed to.")] = ""

    @model_validator(mode="after")
    def _rows_are_complete(self) -> Self:
        columns = len(self.header)
        faults = [
            Fault(
                f"this row has {count(len(row), 'cell')}, but the header has {count(columns, 'cell')}",
                'Write as many cells as columns; an empty one is "".',
                path=("rows", position),
            )
            for position, row in enumerate(self.rows)
            if len(row) != columns
        ]
        if faults:
            raise all_wrong(faults)
        return self


ChartType = Literal["bar", "column", "line", "number"]
_NUMBER = {"type": ["number", "null"]}
_DATA = {"type": "object", "additionalProperties": {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]}}


class Chart(Block):
    """Figures that are drawn: bars across, columns, a line, or one number in large type.

    ```yaml
    - chart:
        title: Trade between the two
        type: bar
        data: {"2022": 3.8, "2025": 52.9}
        unit: million dollars
        alt: Trade grew fourteenfold between 2022 and 2025.
        caption: Goods only
        source: "[Example Statistics](https://example.org)"
    - chart: {title: By road and by rail, type: line, csv: data/goods.csv}
    - chart: {title: Before and after, type: column, series: [road, rail], data: {"2022": [3, 1], "2025": [2, 6]}}
    - chart: {title: Trade in a year, type: number, data: {"2022": 3.8, "2025": 52.9}}
    ```
    """

    kind = "chart"

    title: Annotated[FilledRich, Field(description="What the figures are, in inline Markdown.")]
    type: Annotated[ChartType, Field(description="`bar`, `column`, `line`, or `number`.")] = "bar"
    data: Annotated[
        dict[str, Row],
        BeforeValidator(read_data),
        WithJsonSchema(_DATA),
        Field(description="A number behind each label; a list of numbers where there are several series."),
    ] = {}  # noqa: RUF012 - pydantic copies it
    series: Annotated[tuple[FilledPlain, ...], Field(description="The names of the series, at most four.")] = ()
    csv: Annotated[CsvPath, Field(description="A file with the figures, in the place of `data` and `series`.")] = ""
    unit: Annotated[Plain, Field(description="What is counted; `{}` in it is where the number goes.")] = ""
    alt: Annotated[Plain | None, Field(description="What it shows; told from the figures if it is left out.")] = None
    caption: Annotated[Rich, Field(description="The line below it.")] = ""
    source: Annotated[Rich, Field(description="Whom the figures are owed to.")] = ""

    @property
    def figures(self) -> Figures:
        """Those that stand in the issue; none where they are in a file."""
        return Figures(self.series or ("",), tuple(self.data.items()))

    def texts(self) -> Iterator[IssueText]:
        """Every text that was written in its fields, and the labels, which are keys."""
        yield from super().texts()
        for position, label in enumerate(self.data):
            yield IssueText((*self.path_to("data"), position), label, TextKind.PLAIN, self.language)

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        faults = list(self._faults())
        if faults:
            raise all_wrong(faults)
        return self

    def _faults(self) -> Iterator[Fault]:
        if self.csv and (self.data or self.series):
            field = "data" if self.data else "series"
            yield Fault(f"`{field}` stands beside `csv`", "Delete one of the two.", path=(field,))
        elif not self.csv and not self.data:
            yield Fault(
                "this chart has no figures", 'Add `data: {"2022": 3.8, "2025": 52.9}` or `csv: data/trade.csv`.'
            )
        elif not self.csv:
            yield from (replace(fault, path=("series", *fault.path)) for fault in faults_of_names(self.series))
            uneven = list(self._uneven_rows())
            yield from uneven or self._placed(faults_of(self.figures, self.type))
        if self.type == "number" and self.alt is not None:
            yield Fault("a large number is text, and needs no `alt`", "Delete it.", path=("alt",))
        if any(field in self.unit for field in ("{{", "}}")) or self.unit.count("{}") > 1:
            remedy = "Write `{}` once, where the number goes: `${} million`."
            yield Fault("this unit cannot stand at a number", remedy, path=("unit",))

    def _uneven_rows(self) -> Iterator[Fault]:
        expected = len(self.series) or 1
        for label, row in self.data.items():
            if len(row) != expected and not self.series:
                remedy = "Name what they are, for all rows: `series: [road, rail]`."
                yield Fault("there are several numbers here and no `series`", remedy, path=("data", label))
            elif len(row) != expected:
                numbers = f"{agreeing(len(row), 'is', 'are')} {count(len(row), 'number')}"
                message = f"there {numbers} here, and {expected} series"
                remedy = "Write as many numbers as series; `null` is one that is missing."
                if len(row) > expected:
                    remedy = "Write as many numbers as series; decimals stand behind a point: `3.8`."
                yield Fault(message, remedy, path=("data", label))

    def _placed(self, faults: Iterator[Fault]) -> Iterator[Fault]:
        """Faults of rows, at the labels of these rows."""
        for fault in faults:
            yield replace(fault, path=("data", *fault.path) if fault.path else ())


class Divider(Block):
    """A line across.

    ```yaml
    - divider:
    ```
    """

    kind = "divider"


Side = Annotated[tuple[SerializeAsAny[Block], ...], Field(min_length=1)]


class Columns(Block):
    """Two columns side by side, each of them blocks; on a phone the second stands below the first.

    ```yaml
    - columns:
        - - figure: {image: images/map.png, alt: Map of the border}
        - - heading: {text: The border, level: 3}
          - paragraph: Seventeen kilometres, and one bridge.
    - columns:
        ratio: "1:2"
        sides: [[paragraph: Short], [paragraph: Twice as wide]]
    ```
    """

    kind = "columns"
    short = "sides"

    sides: Annotated[
        tuple[Side, ...], Field(min_length=2, max_length=2, description="The two columns, a list of blocks each.")
    ]
    ratio: Annotated[
        Literal["1:1", "1:2", "2:1"], Field(description="`1:1`, `1:2` or `2:1`: which of them is twice as wide.")
    ] = "1:1"

    def walk(self) -> Iterator[Block]:
        """Itself, and after it the blocks of the first column, then those of the second."""
        yield self
        for side in self.sides:
            yield from side


IN_COLUMNS: tuple[type[Block], ...] = (Paragraph, Heading, List, Figure, Quote, Button, Callout, Divider)
"""What may stand in a column: nothing that needs the width of the mail."""

KINDS: dict[str, type[Block]] = {
    block.kind: block
    for block in (Paragraph, Heading, List, Figure, Quote, Button, Callout, Table, Chart, Columns, Divider)
}
"""Every kind of block by its name in the YAML file."""
