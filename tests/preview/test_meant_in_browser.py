"""Which text a double-click or `e` opens, in Chromium: that of the very cell, line or field that is meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from preview.browsing import Scheme, mail_of, opened
from preview.client import Preview, write_newsletter
from sampling import sampled

pytestmark = pytest.mark.browser

ISSUE = """\
title: Ports of the coast
preheader: Where ships can land.
date: 2026-03-02
blocks:
  - table:
      header: [Port, Terminals, Opened, What lies behind it]
      rows:
        - [Terminals, "5", "2022", A railway into the mountains and a road along them]
        - [Opened, "5", "2022", ""]
      source: Harbour Office
  - paragraph: A paragraph that stands between a table and a chart, so that there is something to scroll.
  - paragraph: Another one.
  - chart:
      title: Ships in the harbour
      type: line
      data: {"2022": 3.80, "2023": 12, "2025": 52.9}
      caption: Goods only
      source: "[Example Statistics](https://example.org)"
  - chart: {title: Boats on the river, type: number, data: {"2022": 3, "2025": 52}}
"""


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview of an issue with a table that stacks on phones, and with charts."""
    folder = write_newsletter(tmp_path_factory.mktemp("coast"))
    (folder / "issues/tides.yaml").write_text(ISSUE, "utf-8")
    preview = Preview.start(folder)
    yield preview
    preview.stop()


def row(page: Page, number: int) -> Locator:
    """A row of the table in the mail."""
    return mail_of(page).locator("table:has(> thead) > tbody > tr").nth(number)


@pytest.mark.parametrize(("scheme", "width"), sampled([("light", 1400), ("dark", 390)], every=2))
def test_a_double_click_on_a_cell_opens_that_cell(browser: Browser, coast: Preview, scheme: Scheme, width: int) -> None:
    with opened(browser, coast, scheme=scheme, width=width) as page:
        text, chosen = page.locator("#editor-text"), page.locator("#editor-which option:checked")
        for number in (0, 1):
            for cell, value in ((0, ("Terminals", "Opened")[number]), (1, "5"), (2, "2022")):
                at = row(page, number).locator("> *").nth(cell)
                box = at.bounding_box()
                assert box
                at.dblclick(position={"x": box["width"] - 20, "y": box["height"] / 2})
                expect(chosen).to_contain_text(f"Table row {number + 1}, cell {cell + 1}")
                expect(text).to_have_value(value)
                page.keyboard.press("Escape")
        if width > 390:  # where an empty cell is seen
            row(page, 1).locator("td.empty").dblclick()
            expect(chosen).to_contain_text("Table row 2, cell 4")
            page.keyboard.press("Escape")
        # The header, which on a phone is the label beside the cell.
        header = mail_of(page).get_by_text("Opened", exact=True)
        (header.nth(1) if width == 390 else header.first).dblclick()
        expect(text).to_have_value("Opened")
        expect(chosen).to_contain_text("Table header 3")
        page.keyboard.press("Escape")
        page.keyboard.press("w")  # on the page in the archive too
        expect(page.locator("#device iframe:not(.coming)")).to_have_attribute("title", "The web page")
        row(page, 1).locator("> *").nth(2).dblclick()
        expect(chosen).to_contain_text("Table row 2, cell 3")
        page.keyboard.press("Escape")
        mail_of(page).get_by_text("Harbour Office").dblclick()
        expect(chosen).to_contain_text("Table source")


def test_the_first_click_leaves_the_second_where_it_is_meant(browser: Browser, coast: Preview) -> None:
    with opened(browser, coast) as page:
        page.set_viewport_size({"width": 1400, "height": 600})
        chosen = page.locator("#editor-which option:checked")
        for shown, label in (("Ships in the harbour", "Chart title"), ("Goods only", "Chart caption")):
            there = mail_of(page).get_by_text(shown)
            there.evaluate("it => it.scrollIntoView({block: 'center'})")
            before = page.locator("#stage").evaluate("stage => stage.scrollTop")
            box = there.bounding_box()
            assert box
            # As a hand does it: what has moved meanwhile is not under the pointer any more.
            page.mouse.dblclick(box["x"] + 20, box["y"] + box["height"] / 2)
            expect(chosen).to_contain_text(label)
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
            there.evaluate("it => it.scrollIntoView({block: 'center'})")
            there.click()
            assert page.locator("#stage").evaluate("stage => stage.scrollTop") == before
            page.keyboard.press("Escape")


def test_what_a_finding_misses_is_opened_empty(browser: Browser, coast: Preview) -> None:
    with opened(browser, coast) as page:
        page.locator(".finding").filter(has_text="This chart names no source").locator(".told").click()
        page.keyboard.press("e")
        expect(page.locator("#editor-which option:checked")).to_have_text("Chart source – nothing yet")
        page.locator("#editor-text").fill("River Office")
        expect(page.locator("#editor-difference ins")).to_have_text("source: River Office, ")


def test_a_number_of_a_chart_is_one_of_its_texts(browser: Browser, coast: Preview) -> None:
    with opened(browser, coast) as page:
        chosen, text = page.locator("#editor-which option:checked"), page.locator("#editor-text")
        mail_of(page).get_by_text("52", exact=True).dblclick()
        expect(chosen).to_have_text("Chart number: 2025 – 52")
        text.fill("1,5")
        expect(page.locator("#editor-problems")).to_contain_text("“1,5” is not a number")
        expect(page.locator("#editor-problems")).to_contain_text("Write 1.5")
        expect(page.locator("#editor-write")).to_be_disabled()
        text.fill("53")
        expect(page.locator("#editor-difference ins")).to_have_text("3")
        expect(page.locator("#editor-write")).to_be_enabled()
