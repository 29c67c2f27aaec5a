"""The frame of the desk in Chromium: issues with their standing, panes, what is remembered, and states of trouble."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from preview.browsing import MAIL, mail_of, opened
from preview.client import SETTINGS, TIDES, Preview
from preview.test_standings import dispatch

pytestmark = pytest.mark.browser


def expect_widths(page: Page, **widths: int) -> None:
    """Wait until panes are as wide as this, in CSS pixels."""
    for pane, width in widths.items():
        expect(page.locator(f"#{pane}-pane")).to_have_js_property("offsetWidth", width)


def line_beside(page: Page, pane: str) -> Locator:
    """The separator."""
    return page.get_by_role("separator", name=f"Width of the {pane}")


def standing_of(page: Page, title: str) -> Locator:
    """The line below an issue that says how far it has come."""
    return page.get_by_role("link", name=title).locator(".standing")


# --- issues ------------------------------------------------------------------------------------


def test_each_issue_says_how_far_it_has_come(browser: Browser, preview: Preview) -> None:
    dispatch(preview.folder, "send", "winds", "--yes")
    preview.write("issues/tides.yaml", TIDES.replace("https://harbour.example/tides", "javascript:x"))
    with opened(browser, preview) as page:
        expect(standing_of(page, "The tides of March")).to_have_text("draft · 1 error")
        expect(standing_of(page, "Winds and weather")).to_have_text(re.compile(r"^sent to 2 on \d{1,2} [A-Z][a-z]+$"))
        expect(standing_of(page, "Winds and weather").locator("use")).to_have_attribute("href", "#icon-sent")
        heights = page.locator("#issues").evaluate("list => list.offsetHeight")
        preview.write("issues/tides.yaml", TIDES)
        expect(standing_of(page, "The tides of March")).to_have_text("checked")
        assert page.locator("#issues").evaluate("list => list.offsetHeight") == heights
        # A mailing changes no file; the author comes back from the terminal.
        dispatch(preview.folder, "send", "tides", "--yes")
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(standing_of(page, "The tides of March")).to_have_text(re.compile(r"sent to 2 on \d{1,2} [A-Z][a-z]+$"))
        preview.write("issues/tides.yaml", TIDES.replace("the tide is out", "the tide is in"))
        expect(standing_of(page, "The tides of March")).to_have_text(re.compile(r"^sent to 2 on .+, changed since$"))
        expect(standing_of(page, "The tides of March")).to_have_attribute("title", re.compile("not what was mailed"))


def test_a_database_that_cannot_be_reached_leaves_the_desk_as_it_is(browser: Browser, preview: Preview) -> None:
    preview.write("dispatch.yaml", SETTINGS + "database: postgresql://nobody@127.0.0.1:1/none\n")
    with opened(browser, preview) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(standing_of(page, "The tides of March")).to_have_text("whether it was sent is not known")
        expect(standing_of(page, "The tides of March")).to_have_attribute("title", re.compile("127.0.0.1"))


def test_the_list_keeps_the_focus_while_files_change(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview) as page:
        page.get_by_role("link", name="Winds and weather").focus()
        preview.write("issues/tides.yaml", TIDES.replace("The tides of March", "The tides of April"))
        expect(page.get_by_role("link", name="The tides of April")).to_be_attached()
        expect(page.get_by_role("link", name="Winds and weather")).to_be_focused()


# --- panes -------------------------------------------------------------------------------------


def test_panes_are_resized_by_keys_within_bounds_and_remembered(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        line = line_beside(page, "issues")
        expect_widths(page, issues=232, findings=320)
        line.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect_widths(page, issues=264)
        expect(line).to_have_attribute("aria-valuenow", "264")
        page.keyboard.press("Home")
        expect_widths(page, issues=168)
        expect(line).to_have_attribute("aria-valuemin", "168")
        page.keyboard.press("ArrowLeft")
        expect_widths(page, issues=168)
        line_beside(page, "findings").focus()
        page.keyboard.press("ArrowLeft")  # the line moves to the left: the pane at the right is wider
        expect_widths(page, findings=336)
        page.keyboard.press("End")
        expect_widths(page, findings=720)
        assert page.locator(".centre").evaluate("centre => centre.clientWidth") >= 360
        page.reload()
        expect_widths(page, issues=168, findings=720)
        page.set_viewport_size({"width": 1000, "height": 800})
        expect_widths(page, issues=168, findings=1000 - 168 - 362)
        assert page.locator(".centre").evaluate("centre => centre.clientWidth") == 360


def test_panes_are_resized_by_the_mouse_over_the_mail_too(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        page.mouse.move(1400 - 320 - 1, 400)
        page.mouse.down()
        page.mouse.move(900, 300, steps=4)
        page.mouse.up()
        expect_widths(page, findings=320 + 1079 - 900)
        page.mouse.move(800, 300)
        expect_widths(page, findings=499)
        line_beside(page, "findings").dblclick()
        expect_widths(page, findings=320)


def test_panes_fold_and_come_back(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        fold = page.get_by_role("button", name="Issues", exact=True).first
        fold.click()
        expect(page.get_by_role("link", name="Winds and weather")).to_be_hidden()
        expect(fold).to_have_attribute("aria-expanded", "false")
        expect_widths(page, issues=44)
        page.reload()
        expect_widths(page, issues=44)
        line_beside(page, "issues").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Winds and weather")).to_be_visible()
        page.keyboard.press("p")
        expect_widths(page, issues=44, findings=44)
        page.keyboard.press("p")
        expect_widths(page, issues=232, findings=320)


def test_a_folded_pane_is_whole_on_a_phone(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        page.keyboard.press("p")
        page.set_viewport_size({"width": 390, "height": 800})
        page.get_by_role("button", name="Issues").click()
        expect(page.get_by_role("link", name="Winds and weather")).to_be_visible()
        expect_widths(page, issues=390)
        expect(page.get_by_role("separator")).to_have_count(0)


# --- what is remembered ------------------------------------------------------------------------


def test_each_issue_is_looked_at_as_it_was_last(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=tides&as=elodie%40example.org") as page:
        page.keyboard.press("t")
        page.get_by_role("link", name="Winds and weather").click()
        expect(page).to_have_url(re.compile("issue=winds.*view=text"))  # the first time, as the one before
        page.keyboard.press("m")
        page.keyboard.press("d")
        page.get_by_role("link", name="The tides of March").click()
        expect(page.locator("#textpart")).to_contain_text("Hello Élodie")
        expect(page).not_to_have_url(re.compile("scheme"))
        page.goto(f"{quiet.base}?issue=winds")
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile("scheme=dark"))
        # What the address says counts for more; and no reader's address is remembered.
        page.goto(f"{quiet.base}?issue=winds&scheme=light")
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile("scheme=light"))
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "winds" in kept
        assert "elodie" not in kept
        assert quiet.token not in kept


@pytest.mark.parametrize(
    "memory", ["", "null", "{", '{"issues":[["tides",{"view":"fax","issue":"winds"}]],"panes":{}}']
)
def test_a_memory_that_makes_no_sense_is_none(browser: Browser, quiet: Preview, memory: str) -> None:
    with opened(browser, quiet) as page:
        page.keyboard.press("2")
        page.evaluate("memory => Object.keys(localStorage).forEach((key) => localStorage.setItem(key, memory))", memory)
        page.reload()
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()


def test_a_browser_that_remembers_nothing_is_no_trouble(browser: Browser, quiet: Preview) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})")
    page = context.new_page()
    page.goto(quiet.url)
    expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    page.keyboard.press("p")
    expect_widths(page, issues=44)
    context.close()


SHIFTS = """() => new Promise(done => new PerformanceObserver(
  list => done(list.getEntries().map(shift => [shift.value, ...shift.sources.map(source => source.node?.outerHTML ?? source.node?.data)]))
).observe({type: 'layout-shift', buffered: true}) ?? setTimeout(() => done([]), 300))"""


def test_nothing_jumps_when_an_issue_is_saved_or_the_page_is_loaded_anew(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview) as page:
        line_beside(page, "issues").focus()
        page.keyboard.press("ArrowRight")
        page.reload()
        expect(standing_of(page, "Winds and weather")).to_have_text("checked")
        expect(page.locator("#findings")).to_contain_text("The checks found nothing.")
        assert page.evaluate(SHIFTS) == []
        preview.write("issues/tides.yaml", TIDES.replace("the tide is out", "the tide is in"))
        expect(mail_of(page).get_by_text("the tide is in")).to_be_attached()
        expect(page.locator("#findings")).to_contain_text("The checks found nothing.")
        assert page.evaluate(SHIFTS) == []


# --- states ------------------------------------------------------------------------------------


def test_a_newsletter_without_issues_says_how_to_begin(
    browser: Browser, newsletter: Path, start: Callable[..., Preview]
) -> None:
    for file in (newsletter / "issues").iterdir():
        file.unlink()
    preview = start(newsletter)
    with opened(browser, preview, "") as page:
        expect(page.get_by_role("heading", name="No issue yet")).to_be_visible()
        expect(page.locator("#no-issues")).to_have_text("None yet.")
        expect(page.locator("#findings")).to_have_text("There is no issue to check.")
        preview.write("issues/tides.yaml", TIDES)
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(page.locator("#no-issues")).to_be_hidden()


def test_findings_of_another_issue_do_not_stay(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=winds") as page:
        expect(page.locator("#findings")).to_contain_text("There is no preheader")
        page.route("**/findings?*", lambda route: None)
        page.get_by_role("link", name="The tides of March").click()
        expect(page.locator("#findings")).to_have_text("Checking…")


def test_the_end_of_the_preview_is_told_where_one_looks_until_it_is_back(
    browser: Browser, newsletter: Path, start: Callable[..., Preview]
) -> None:
    preview = start(newsletter)
    page = browser.new_page()
    page.goto(preview.url)
    expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    expect(page.get_by_role("heading", name="The preview has ended")).to_be_hidden()
    preview.stop()
    expect(page.get_by_role("heading", name="The preview has ended")).to_be_visible()
    start(newsletter, "--port", str(preview.port))
    expect(page.get_by_role("heading", name="The preview has ended")).to_be_hidden(timeout=15_000)
    page.close()
