"""The whole desk without a mouse: everything is reached in the order of reading, shows that it is, and does its work."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from preview.browsing import mail_of, opened
from preview.client import Preview

pytestmark = pytest.mark.browser

# What has the focus: what it is, and whether it looks other than without. A line beside a pane is drawn by its ground.
FOCUSED = """() => {
  const it = document.activeElement, look = () => { const style = getComputedStyle(it);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.clipPath].join(); };
  const name = it.id || it.dataset.value || it.dataset.fold || it.dataset.side || it.dataset.issue || it.dataset.toggle || it.tagName;
  const focused = look();
  it.blur();
  const plain = look();
  it.focus({focusVisible: true, preventScroll: true});
  return [name, focused !== plain || it.tagName === 'IFRAME'];
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
  .filter(it => !it.disabled && it.checkVisibility({visibilityProperty: true}))
  .map(it => it.id || it.dataset.value || it.dataset.fold || it.dataset.side || it.dataset.issue || it.dataset.toggle || it.tagName)"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


@pytest.mark.parametrize("width", [1400, 390])
def test_tab_leads_to_everything_in_the_order_of_reading(browser: Browser, quiet: Preview, width: int) -> None:
    with opened(browser, quiet, width=width) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(page.locator("#findings")).to_contain_text("The checks found nothing.")
        expected: list[str] = page.evaluate(REACHABLE)
        seen: list[str] = []
        for _ in range(80):
            page.keyboard.press("Tab")
            name, shows = page.evaluate(FOCUSED)
            if name == "BODY":
                break
            assert shows, f"{name} does not show that it has the focus"
            if name != "IFRAME":
                seen.append(name)
        assert seen == expected
        assert seen[0] == "skip"


def test_the_skip_link_leads_past_the_bar(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        url = page.url
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the preview")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#stage")).to_be_focused()
        assert page.url == url


def test_an_issue_is_looked_at_from_its_choice_to_its_findings(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        expect(page.get_by_role("link", name="Winds and weather")).to_be_attached()
        tab_to(page, page.get_by_role("link", name="Winds and weather"))
        page.keyboard.press("Enter")
        expect(page.locator("#stage")).to_be_focused()
        expect(mail_of(page).get_by_text("It blew.")).to_be_attached()
        expect(page.locator("#findings")).to_contain_text("There is no preheader")

        for view in page.locator("[data-choice=view]").all():
            tab_to(page, view)
            page.keyboard.press("Space")
            expect(view).to_have_attribute("aria-pressed", "true")
            expect(view).to_be_focused()

        tab_to(page, page.locator("#as"))
        page.keyboard.press("Enter")
        page.keyboard.type("omar")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("#as")).to_have_text("Omar <b>Bold</b> (ar)")
        expect(page.locator("#as")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.locator("#people")).to_be_hidden()
        expect(page.locator("#as")).to_be_focused()

        line = page.get_by_role("separator", name="Width of the findings")
        tab_to(page, line)
        page.keyboard.press("ArrowLeft")
        expect(line).to_have_attribute("aria-valuenow", "336")
        page.keyboard.press("Enter")
        expect(page.locator("#findings")).to_be_hidden()
        tab_to(page, page.locator("[data-fold=findings]"))
        page.keyboard.press("Enter")
        expect(page.locator("#findings")).to_be_visible()

        tab_to(page, page.locator("#help-button"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        page.keyboard.press("Escape")
        expect(page.locator("#help-button")).to_be_focused()


def test_on_a_phone_the_panes_are_chosen_by_keys(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, width=390) as page:
        for name, pane in {"Issues": "#issues-pane", "Findings": "#findings-pane", "Preview": ".centre"}.items():
            tab = page.locator(".tabs").get_by_role("button", name=re.compile(name))
            tab_to(page, tab)
            page.keyboard.press("Enter")
            expect(page.locator(pane)).to_be_visible()
            expect(tab).to_have_attribute("aria-pressed", "true")
