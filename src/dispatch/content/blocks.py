"""The kinds of block that an issue is made of: one class each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, PrivateAttr, model_validator

from dispatch.content.texts import (
    Cell,
    FilledPlain,
    FilledRich,
    FilledUrl,
    ImagePath,
    IssueText,
    Language,
    Plain,
    Rich,
    SegmentName,
    Url,
    Written,
)
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
                f"this row has {_cells(len(row))}, but the header has {_cells(columns)}",
                'Write as many cells as columns; an empty one is "".',
                path=("rows", position),
            )
            for position, row in enumerate(self.rows)
            if len(row) != columns
        ]
        if faults:
            raise all_wrong(faults)
        return self


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


class Divider(Block):
    """A line across.

    ```yaml
    - divider:
    ```
    """

    kind = "divider"


KINDS: dict[str, type[Block]] = {
    block.kind: block for block in (Paragraph, Heading, List, Figure, Quote, Button, Callout, Table, Divider)
}
"""Every kind of block by its name in the YAML file."""
