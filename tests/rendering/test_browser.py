"""What Chromium shows: readable in both schemes, whole on a phone."""

import pytest

from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.palette import contrast
from dispatch.rendering.slots import fill
from dispatch.rendering.webpage import compile_webpage
from dispatch.testing.samples import arabic_issue, sample_issue

from .conftest import FACTS, VALUES, draw

pytestmark = pytest.mark.browser

# Every visible stretch of text with its colour, its ground (the nearest ancestor that has one) and its size.
TEXTS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.getClientRects().length || text === "\\u200a") continue;
    let ground = element;
    while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    const style = getComputedStyle(element);
    found.push([text, style.color, ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)",
                parseFloat(style.fontSize)]);
  }
  return found;
}"""


@pytest.fixture(scope="module", params=["mail", "web"])
def html(request, shelf, theme):
    if request.param == "web":
        return compile_webpage(sample_issue(), theme, FACTS, pictures=shelf).html
    return fill(compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)


def shown(browser, html: str, width: int, scheme: str = "light"):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(html)
    return page


def hex_colour(rgb: str) -> str:
    return "#" + "".join(f"{int(channel):02x}" for channel in rgb[4:-1].split(","))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, html, scheme):
    texts = shown(browser, html, 600, scheme).evaluate(TEXTS)
    assert len(texts) > 30
    assert {hex_colour(ground) for _, _, ground, _ in texts} >= {"#ffffff" if scheme == "light" else "#151413"}
    for text, colour, ground, size in texts:
        assert contrast(hex_colour(colour), hex_colour(ground)) >= 4.5, text
        assert size >= 12, text


@pytest.mark.parametrize("width", [320, 390, 480, 600, 768, 1200])
def test_nothing_sticks_out(browser, html, width):
    page = shown(browser, html, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.compatMode") == "CSS1Compat"


# Each text that does not begin at the side of its column where its language begins.
AT_THE_WRONG_SIDE = """() => [...document.querySelectorAll("p, li:not(nav li), h1, h2, h3, blockquote")].filter(element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const text = range.getBoundingClientRect(), box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  if (!element.innerText.trim() || style.textAlign.includes("center")) return false;
  return style.direction === "rtl" ? box.right - text.right > 2 : text.left - box.left > 2;
}).map(element => element.textContent)"""


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("form", ["mail", "web"])
def test_an_arabic_issue_is_whole_and_begins_at_the_right(browser, shelf, theme, form, width):
    if form == "web":
        html = compile_webpage(arabic_issue(), theme, FACTS, pictures=shelf).html
    else:
        html = fill(compile_issue(arabic_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    page = shown(browser, html, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(AT_THE_WRONG_SIDE) == []
    directions = "[...document.querySelectorAll('blockquote')].map(e => getComputedStyle(e).direction)"
    assert page.evaluate(directions) == ["rtl", "ltr"]
    slanted = "[...document.querySelectorAll('blockquote')].map(e => getComputedStyle(e).fontStyle)"
    assert page.evaluate(slanted) == ["normal", "italic"]
    for joined in ("h1", ".masthead .name, .masthead li"):
        spacing = f"getComputedStyle(document.querySelector('{joined}')).letterSpacing"
        assert page.evaluate(spacing) == "normal"


def test_the_phone_has_narrower_sides_and_a_smaller_title(browser, shelf, theme):
    html = fill(compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    where = "(e => [e.getBoundingClientRect().left, getComputedStyle(e).fontSize])(document.querySelector('h1'))"
    assert shown(browser, html, 375).evaluate(where) == [16, "26px"]
    assert shown(browser, html, 600).evaluate(where) == [24, "32px"]


def test_the_masthead_keeps_its_words_together_and_apart_from_the_name(browser, shelf, theme):
    html = fill(compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    page = shown(browser, html, 320)
    assert page.evaluate("document.querySelector('.masthead a').getClientRects().length") == 1
    name, date = page.evaluate("""[...document.querySelectorAll('.masthead td')].map(cell => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    }).map(place => [place.left, place.right])""")
    assert name[1] + 8 <= date[0]


SMALL = """
title: A small picture
language: {language}
blocks:
  - columns: {{ratio: "1:2", sides: [[figure: {{image: images/small.png, alt: Small, caption: Small}}], [paragraph: It]]}}
"""


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_caption_of_a_small_picture_in_a_column_begins_where_it_does(
    browser, folder, shelf, theme, language, width
):
    draw(folder / "images/small.png", 300, 200)
    issue = read_issue(SMALL.format(language=language), "i.yaml")
    page = compile_webpage(issue, theme, FACTS, pictures=shelf).html
    mail = fill(compile_issue(issue, theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    side = "left" if language == "en" else "right"
    for html in (mail, page):
        picture, caption = shown(browser, html, width).evaluate(
            """side => [document.querySelector("img"), document.querySelector("figcaption, .caption div")].map(element => {
              const range = document.createRange();
              element.tagName === "IMG" ? range.selectNode(element) : range.selectNodeContents(element);
              return range.getBoundingClientRect()[side];
            })""",
            side,
        )
        assert picture == pytest.approx(caption, abs=1.5)


COLUMNS = """
title: Columns
language: {language}
blocks:
  - columns:
      - [{{figure: {{image: images/map.png, alt: Map}}}}, {{paragraph: Donaudampfschifffahrtsgesellschaftskapitän}}]
      - [{{heading: First}}, {{callout: A box}}, {{button: {{text: Press it, url: "https://example.org"}}}}]
  - columns: {{ratio: 1:2, sides: [[{{paragraph: Narrow}}], [{{quote: Wide}}]]}}
"""

# Where the two columns of each pair are: [left, top, right, bottom] of what stands in them.
PLACES = """() => [...document.querySelectorAll(".columns")].map(pair => {
  const sides = pair.querySelectorAll(":scope > div, .mj-outlook-group-fix");
  return [...sides].map(side => {
    const range = document.createRange();
    range.selectNodeContents(side);
    const {left, top, right, bottom} = range.getBoundingClientRect();
    return [left, top, right, bottom];
  });
})"""


@pytest.mark.parametrize("width", [320, 390, 599, 768])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_columns_stand_side_by_side_or_below_each_other(browser, shelf, theme, language, width):
    issue = read_issue(COLUMNS.format(language=language), "i.yaml")
    page = compile_webpage(issue, theme, FACTS, pictures=shelf).html
    mail = fill(compile_issue(issue, theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    for html in (mail, page):
        shown_page = shown(browser, html, width)
        assert shown_page.evaluate("document.documentElement.scrollWidth") <= width
        pairs = shown_page.evaluate(PLACES)
        assert [len(pair) for pair in pairs] == [2, 2]
        for first, second in pairs:
            if width < 600:
                assert first[3] <= second[1] + 1
            elif language == "en":
                assert first[2] <= second[0]
                assert first[1] < second[3]
            else:
                assert second[2] <= first[0]
                assert first[1] < second[3]
        shown_page.close()


TABLES = """
title: Tables
language: {language}
blocks:
  - table:
      header: [Country, Troops, Artillery shells, Ballistic missiles, Trade volume, Change since 2022, Remarks]
      rows:
        - [North Korea, 11 000, 9 million, 148, $52.9 million, +805 %, "{{{{first_name|Figures}}}} of the services, estimated"]
        - [Russian Federation, n/a, 2 million, 1 200, $1.2 billion, -3 %, ""]
      caption: Who delivers what to whom
      source: "[Example Statistics](https://example.org)"
  - table:
      header: [STATE, CAPITAL, AIRCRAFT]
      rows: [[WASHINGTON, OLYMPIA, MMMMMMMM], [MASSACHUSETTS, BOSTON, WWWWWWWW]]
  - table: {{header: [Year, Trade, Share, Kind], rows: [[2022, $3.8 million, 12 %, coal], [2025, $52.9 million, 13 %, coal]]}}
  - table: {{header: [Name, Where], rows: [[Bernadette, "https://example.org/a/very/long/address/that/nobody/can/break"]]}}
  - table: {{header: ["", "2024"], rows: [["", "1"], [x, ""]]}}
  - table: {{header: [One], rows: [[a]]}}
"""

# Each cell of a data table whose text sticks out of it, or stands over another one's.
CRAMPED = """() => {
  const cells = [...document.querySelectorAll("table:not([role]) :is(td, th), caption")].filter(e => e.innerText.trim());
  const boxes = cells.map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return [cell, range.getBoundingClientRect(), cell.getBoundingClientRect()];
  });
  const cramped = boxes.filter(([cell, text, box]) => text.left < box.left - 1 || text.right > box.right + 1);
  const over = boxes.filter(([cell, text], n) => boxes.slice(n + 1).some(([other, its]) => text.width && its.width
    && text.left < its.right - 1 && its.left < text.right - 1 && text.top < its.bottom - 6 && its.top < text.bottom - 6));
  return [...cramped, ...over].map(([cell]) => cell.textContent);
}"""


@pytest.mark.parametrize("width", [320, 390, 480, 600, 640])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_tables_have_room_at_every_width(browser, shelf, theme, language, width):
    issue = read_issue(TABLES.format(language=language), "i.yaml")
    page = compile_webpage(issue, theme, FACTS, pictures=shelf).html
    mail = fill(compile_issue(issue, theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    for html in (mail, page):
        shown_page = shown(browser, html, width)
        assert shown_page.evaluate(CRAMPED) == []
        assert shown_page.evaluate("document.documentElement.scrollWidth") <= width
        labels = shown_page.evaluate(
            "[...document.querySelectorAll('.label')].filter(e => e.getClientRects().length).length"
        )
        assert (labels > 0) == (width <= 600)
        columns = "[...document.querySelectorAll('.table')].map(e => [e.scrollWidth, e.clientWidth])"
        assert all(table <= column for table, column in shown_page.evaluate(columns))
        shown_page.close()


@pytest.mark.parametrize(("language", "end"), [("en", "right"), ("ar", "left")])
def test_figures_stand_at_the_right_in_cards_at_the_end_and_read_from_left_to_right(
    browser, shelf, theme, language, end
):
    issue = read_issue(TABLES.format(language=language), "i.yaml")
    mail = fill(compile_issue(issue, theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    page = compile_webpage(issue, theme, FACTS, pictures=shelf).html
    edges = """end => [...document.querySelectorAll("td.figures")].map(cell => {
      const range = document.createRange();
      range.setStart(cell.querySelector("span:not(.label)")?.firstChild ?? cell.lastChild, 0);
      range.setEndAfter(cell.lastChild);
      const first = document.createRange(), text = range.startContainer;
      first.setStart(text, 0);
      first.setEnd(text, 1);
      const all = range.getBoundingClientRect();
      const side = cell.querySelector(".label")?.getClientRects().length ? end : "right";
      const padding = parseFloat(getComputedStyle(cell).getPropertyValue(`padding-${side}`));
      return [Math.abs(Math.abs(all[side] - cell.getBoundingClientRect()[side]) - padding) < 1.5, Math.abs(first.getBoundingClientRect().left - all.left) < 1.5];
    })"""
    for html in (mail, page):
        for width in (320, 768):
            found = shown(browser, html, width).evaluate(edges, end)
            assert len(found) > 10
            assert all(aligned and reads_on for aligned, reads_on in found), (width, found)
