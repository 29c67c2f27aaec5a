"""Every kind of block is read from its documented example, in short and long form."""

import inspect
import re
import textwrap

import pytest
from pydantic import ValidationError

from dispatch.content.blocks import (
    KINDS,
    Block,
    Button,
    Callout,
    Divider,
    Figure,
    Heading,
    List,
    Paragraph,
    Quote,
    Table,
)
from dispatch.content.issue import read_issue
from dispatch.content.richtext import parse, parse_plain
from dispatch.testing.samples import SAMPLE_ISSUE


def read_blocks(blocks: str) -> tuple[Block, ...]:
    return read_issue(f"title: T\nblocks:\n{textwrap.indent(textwrap.dedent(blocks), '  ')}", "issue.yaml").blocks


def said(*blocks: Block) -> list[tuple[str, dict[str, object]]]:
    """What blocks say, wherever they stand."""
    return [(block.kind, block.model_dump()) for block in blocks]


@pytest.mark.parametrize("kind", KINDS)
def test_the_documented_example_of_a_kind_is_that_kind(kind: str) -> None:
    documentation = inspect.getdoc(KINDS[kind]) or ""
    [example] = re.findall(r"```yaml\n(.*?)```", documentation, re.DOTALL)
    blocks = read_blocks(example)
    assert blocks
    assert {block.kind for block in blocks} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_shown_in_its_example_or_explained(kind: str) -> None:
    documentation = inspect.getdoc(KINDS[kind]) or ""
    for name, field in KINDS[kind].model_fields.items():
        assert field.description
        assert f"{name}:" in documentation or name == KINDS[kind].short


def test_the_sample_issue_uses_every_kind() -> None:
    assert {block.kind for block in read_issue(SAMPLE_ISSUE, "issue.yaml").blocks} == set(KINDS)


def test_short_and_long_forms_say_the_same() -> None:
    assert said(
        *read_blocks("""
        - paragraph: a *b*
        - paragraph: {text: a *b*}
        - heading: c
        - heading: {text: c, level: 2}
        - list: [d, e]
        - list: {items: [d, e], ordered: false}
        - quote: f
        - quote: {text: f}
        - callout: g
        - callout: {text: g}
        - divider:
        - divider: {}
    """)
    ) == said(
        *[Paragraph(text="a *b*")] * 2,
        *[Heading(text="c")] * 2,
        *[List(items=("d", "e"))] * 2,
        *[Quote(text="f")] * 2,
        *[Callout(text="g")] * 2,
        *[Divider()] * 2,
    )


def test_all_fields_are_read() -> None:
    assert said(
        *read_blocks("""
        - heading: {text: a, level: 4}
        - list: {items: [a], ordered: yes}
        - figure: {image: ./images/a b.png, alt: "", caption: b, source: c, link: d}
        - quote: {text: a, by: b, source: c}
        - button: {text: a, url: https://x.example/}
        - callout: {title: a, text: b}
        - table: {header: [a, ~], rows: [[1, 2.50], [x, ""]], caption: c, source: d}
    """)
    ) == said(
        Heading(text="a", level=4),
        List(items=("a",), ordered=True),
        Figure(image="images/a b.png", alt="", caption="b", source="c", link="d"),
        Quote(text="a", by="b", source="c"),
        Button(text="a", url="https://x.example/"),
        Callout(title="a", text="b"),
        Table(header=("a", ""), rows=(("1", "2.50"), ("x", "")), caption="c", source="d"),
    )


def test_a_field_with_nothing_behind_it_is_left_out() -> None:
    [figure] = read_blocks("- figure: {image: a.png, alt: , caption: , link: ~}")
    assert said(figure) == said(Figure(image="a.png"))
    assert isinstance(figure, Figure)
    assert figure.alt is None


def test_line_breaks_at_the_end_of_block_scalars_are_dropped() -> None:
    assert said(
        *read_blocks("""
        - paragraph: |
            one
            two

        - paragraph: >

            folded
            text
    """)
    ) == said(Paragraph(text="one\ntwo"), Paragraph(text="\nfolded text"))


def test_blocks_know_where_they_stand() -> None:
    issue = read_issue("title: T\nblocks:\n- list: [a, é]\n- figure: {image: x.png}\n", "issue.yaml")
    [items, figure] = issue.blocks
    assert items.path == ("blocks", 0, "list")
    assert str(issue.locate(items.path)) == "issue.yaml:3:9"
    assert str(issue.locate((*items.path_to("items"), 1))) == "issue.yaml:3:13"
    assert str(issue.locate(figure.path_to("image"))) == "issue.yaml:4:19"
    assert str(issue.locate(figure.path_to("alt"))) == "issue.yaml:4:11"


def test_blocks_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Paragraph(text="a").text = "b"  # type: ignore[misc]


def test_blocks_made_in_code_stand_nowhere() -> None:
    assert Paragraph(text="a").path == ()


def test_no_text_of_the_sample_has_a_problem() -> None:
    for text in read_issue(SAMPLE_ISSUE, "issue.yaml").texts():
        assert not (parse(text.value) if text.kind == "rich" else parse_plain(text.value)).problems
