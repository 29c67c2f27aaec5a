"""Columns: side by side, in Outlook too, and in the order of reading."""

import pytest
from lxml import html as lxml_html

from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.outlook import outlook_view
from dispatch.rendering.parts import COLUMN_GAP, side_widths
from dispatch.rendering.slots import fill
from dispatch.rendering.tables import BODY_WIDTH
from dispatch.rendering.webpage import compile_webpage

from .conftest import FACTS, VALUES, draw

ISSUE = """
title: t
language: {language}
blocks:
  - paragraph: Before.
  - columns:
      ratio: {ratio}
      sides:
        - - figure: {{image: images/map.png, alt: Map, caption: Below it}}
          - paragraph: "First {{{{first_name|you}}}}."
          - heading: {{text: Second, level: 3}}
        - - quote: {{text: Third., by: Kim}}
          - button: {{text: Fourth, url: "https://example.org/fourth"}}
          - list: [Fifth]
  - paragraph: After.
"""
WORDS = ["Before.", "Below it", "First Amara.", "Second", "Third.", "Kim", "Fourth", "Fifth", "After."]


def mail(shelf, theme, text=None, ratio="1:1", language="en"):
    issue = read_issue(text or ISSUE.format(ratio=ratio, language=language), "i.yaml")
    return compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)


def html(compiled):
    return fill(compiled.html, VALUES)


def shown_order(text):
    places = [text.index(word) for word in WORDS]
    assert places == sorted(places)


@pytest.mark.parametrize(("ratio", "widths"), [("1:1", (264, 264)), ("1:2", (176, 352)), ("2:1", (352, 176))])
def test_two_columns_fill_the_width_of_the_mail_for_everybody(ratio, widths, shelf, theme):
    assert side_widths(ratio) == widths
    assert sum(widths) + COLUMN_GAP == BODY_WIDTH
    page = html(mail(shelf, theme, ratio=ratio))
    [columns] = lxml_html.document_fromstring(page).find_class("columns")
    sides = columns.find_class("mj-outlook-group-fix")
    assert [[name for name in side.classes if "px" in name] for side in sides] == [
        [f"mj-column-px-{width + COLUMN_GAP}"] for width in widths
    ]
    for width in widths:
        rule = f".mj-column-px-{width + COLUMN_GAP} {{ width:{width + COLUMN_GAP}px !important"
        assert rule in page.partition("@media only screen and (min-width:600px)")[2]
    outlook = outlook_view(page)
    cells = [f"vertical-align:top;width:{width + COLUMN_GAP}px;" for width in widths]
    assert outlook.index(cells[0]) <= outlook.rindex(cells[1])
    assert sum(outlook.count(cell) for cell in set(cells)) == 2
    assert columns.findall(".//img")[0].get("width") == str(widths[0])


def test_everything_is_read_in_order_in_all_three_forms(shelf, theme):
    compiled = mail(shelf, theme)
    shown_order(html(compiled))
    shown_order(outlook_view(html(compiled)))
    shown_order(fill(compiled.text, VALUES))
    page = compile_webpage(read_issue(ISSUE.format(ratio="2:1", language="en"), "i.yaml"), theme, FACTS, pictures=shelf)
    shown_order(page.html.replace("First you.", "First Amara."))
    [columns] = lxml_html.document_fromstring(page.html).find_class("columns")
    assert "ratio-2-1" in columns.classes
    assert len(columns.findall("div")) == 2


def test_prose_in_a_column_is_one_text_and_what_follows_columns_too(shelf, theme):
    tree = lxml_html.document_fromstring(html(mail(shelf, theme)))
    assert [each.text_content().split()[0] for each in tree.find_class("prose")] == [
        "Before.",
        "First",
        "Fifth",
        "After.",
    ]
    assert len(tree.find_class("column")) == 2  # the section before the columns and the one behind them


def test_columns_that_follow_each_other_leave_no_empty_section_between(shelf, theme):
    text = "title: t\nblocks: [{columns: [[{paragraph: a}], [{paragraph: b}]]}, {columns: [[{paragraph: c}], [{paragraph: d}]]}]\n"
    tree = lxml_html.document_fromstring(html(mail(shelf, theme, text)))
    assert [len(tree.find_class(name)) for name in ("columns", "column")] == [2, 2]


def test_from_right_to_left_the_first_column_is_the_right_one(shelf, theme):
    page = html(mail(shelf, theme, language="ar"))
    [columns] = lxml_html.document_fromstring(page).find_class("columns")
    assert "direction:rtl" in columns.find("table//td").get("style")
    assert "direction:ltr" not in lxml_html.tostring(columns, encoding="unicode")


def test_pictures_in_columns_have_pixels_for_a_phone_and_small_ones_stay_small(folder, shelf, theme):
    draw(folder / "images/tiny.png", 200, 120)
    text = """
title: t
blocks:
  - columns:
      - [{figure: {image: images/map.png, alt: Map}}, {figure: {image: images/tiny.png, alt: Tiny}}]
      - [{paragraph: x}]
  - figure: {image: images/map.png, alt: Large}
"""
    compiled = mail(shelf, theme, text)
    assert [(picture.width, picture.height) for picture in compiled.pictures] == [(716, 477), (200, 120), (1104, 736)]
    large, tiny, whole = lxml_html.document_fromstring(html(compiled)).findall(".//img")
    assert [image.get("width") for image in (large, tiny, whole)] == ["264", "200", "552"]
    assert ["mj-full-width-mobile" in image.getparent().get("class", "") for image in (large, tiny, whole)] == [
        True,
        False,
        False,
    ]
