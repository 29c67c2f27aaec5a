"""The mail with the eyes of mail clients, in Chromium: chosen by mouse and keys, and each said to be a model."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, Route, expect

from preview.browsing import MAIL, comes_to, ground_of, mail_of, opened
from preview.client import TIDES, Preview
from sampling import sampled

pytestmark = pytest.mark.browser

PARAGRAPH = "  - paragraph: Boats need water under them."
INK = "p => getComputedStyle(p).color"


def test_a_client_is_chosen_by_keys_alone(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(page.locator("#note")).to_be_hidden()
        page.keyboard.press("c")
        expect(page.get_by_role("menuitemradio", name="Apple Mail")).to_be_focused()
        for key, name in (("End", "Screen reader"), ("ArrowDown", "Apple Mail"), ("ArrowUp", "Screen reader")):
            page.keyboard.press(key)
            expect(page.get_by_role("menuitemradio", name=name)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("client=screen-reader"))
        expect(page.get_by_role("button", name="Screen reader")).to_be_focused()
        expect(mail_of(page).get_by_text("heading level 1")).to_be_attached()
        expect(page.locator("#note")).to_contain_text("Screen reader, a model.")
        expect(page.locator("#note")).to_contain_text("Not shown:")
        page.keyboard.press("c")
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_be_hidden()
        expect(page.get_by_role("button", name="Screen reader")).to_be_focused()


def test_a_menu_that_is_opened_before_the_clients_are_known_has_them_then(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        page.goto("about:blank")
        held: list[Route] = []
        page.route(re.compile(r"/clients(\?|$)"), lambda route: held.append(route))  # noqa: PLW0108 - it counts parameters
        page.goto(f"{quiet.base}?issue=tides")
        comes_to(page, lambda: len(held), expected=1)
        page.keyboard.press("c")
        held[0].continue_()
        expect(page.get_by_role("menuitemradio", name="Apple Mail")).to_be_focused()


@pytest.mark.parametrize("width", [1400, 390])
def test_a_client_is_chosen_with_the_mouse(browser: Browser, quiet: Preview, width: int) -> None:
    with opened(browser, quiet, "?issue=tides&view=text", width=width) as page:
        page.get_by_role("button", name="Apple Mail").click()
        expect(page.get_by_role("menuitemradio", name="Screen reader")).to_be_visible()
        box = page.get_by_role("menu").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.get_by_role("menuitemradio", name="Outlook on Windows").click()
        expect(page).to_have_url(re.compile("tides&client=outlook-windows$"))  # and the mail is looked at
        expect(page.locator("#note")).to_contain_text("Not known here, and left out: ")
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        page.get_by_role("button", name="Outlook on Windows").click()
        page.mouse.click(5, 400)
        expect(page.get_by_role("menu")).to_be_hidden()


@pytest.mark.parametrize(
    ("client", "ground"),
    sampled(
        [
            ("apple-mail", "rgb(21, 20, 19)"),
            ("gmail", "rgb(255, 255, 255)"),
            ("gmail-android", "rgb(18, 18, 18)"),
            ("gmail-iphone", "rgb(18, 18, 18)"),
            ("outlook-com", "rgb(21, 20, 19)"),
            ("outlook-windows", "rgb(18, 18, 18)"),
            ("screen-reader", "rgb(21, 20, 19)"),
        ],
        every=2,
    ),
)
def test_the_dark_is_each_clients_own(browser: Browser, quiet: Preview, client: str, ground: str) -> None:
    with opened(browser, quiet, f"?issue=tides&scheme=dark&client={client}") as page:
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile(f"client={client}"))
        text = mail_of(page).get_by_text("the tide is out").first
        assert ground_of(page) == ground
        red = int(re.findall(r"\d+", text.evaluate(INK))[0])
        assert red < 100 if client == "gmail" else red > 180


@pytest.mark.parametrize("client", sampled(["gmail", "outlook-windows", "screen-reader"], every=2))
def test_in_every_client_a_block_is_chosen_and_edited(browser: Browser, quiet: Preview, client: str) -> None:
    with opened(browser, quiet, f"?issue=tides&client={client}") as page:
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile(f"client={client}"))
        mail_of(page).get_by_text("Boats need water under them.").click()
        expect(page.locator(".points .chosen")).to_be_visible()
        expect(page.locator("#lines pre")).to_have_text("  - paragraph: Boats need water under them.")
        mail_of(page).get_by_text("The tides of March").dblclick()
        expect(page.locator("#editor-text")).to_have_value("The tides of March")


def test_a_long_mail_ends_at_the_line_in_gmail(browser: Browser, preview: Preview) -> None:
    preview.write("issues/tides.yaml", TIDES.replace(PARAGRAPH, 8 * f"{PARAGRAPH} {'Boats need water. ' * 800}\n"))
    with opened(browser, preview, "?issue=tides&client=gmail") as page:
        line = mail_of(page).get_by_text("[Message clipped] View entire message")
        expect(line).to_be_attached(timeout=20_000)  # a busy machine takes its time over 100 KB
        expect(page.locator("#note")).to_contain_text(re.compile("Cut after 102,.* bytes"))
        expect(mail_of(page).get_by_role("link", name="Unsubscribe")).to_have_count(0)
        # Below all that is seen, and the last thing of all.
        lowest = "e => [e.getBoundingClientRect().bottom, Math.max(...[...e.ownerDocument.querySelectorAll('p')].map(p => p.getBoundingClientRect().bottom))]"
        bottom, text = line.evaluate(lowest)
        assert bottom > text
        page.keyboard.press("c")
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        expect(mail_of(page).get_by_role("link", name="Unsubscribe")).to_have_count(1)


def test_an_unknown_client_in_the_address_is_passed_over(browser: Browser, quiet: Preview) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{quiet.base}?issue=tides&client=pine")
        expect(page).to_have_url(re.compile("issue=tides$"))
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()


@pytest.mark.parametrize(("scheme", "width"), sampled([("light", 1400), ("dark", 390)], every=2))
def test_what_cannot_be_found_out_is_told_in_its_place(
    browser: Browser, quiet: Preview, scheme: Literal["light", "dark"], width: int
) -> None:
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        lost = re.compile(r"/(clients|findings|losses|standings)\?")
        page.route(lost, lambda route: route.fulfill(status=500, body="no"))
        page.goto(f"{quiet.base}?issue=tides")
        expect(page.locator("#told")).to_have_text("The mail clients could not be found out: the preview answers 500.")
        expect(page.locator("#findings")).to_have_text(
            "They could not be found out: the preview answers 500. The next save asks again."
        )
        page.evaluate("dispatchEvent(new Event('focus'))")  # asks how far the issues have come
        expect(page.locator("#told")).to_contain_text("How far the issues have come could not be found out")
        page.unroute(lost)
        page.route("**/losses*", lambda route: route.abort())
        page.goto(f"{quiet.base}?issue=tides&scheme=dark")
        expect(page.locator("#model")).to_contain_text(
            "What is lost could not be found out: the preview does not answer."
        )
        expect(page.locator("#findings")).to_have_text("The checks found nothing.")
        page.evaluate("void Promise.reject(new Error('out of ink'))")
        expect(page.locator("#told")).to_have_text("Something went wrong here: out of ink. Reload this page.")
        page.goto(f"{quiet.base}?issue=tides&view=source")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download .eml").click()
        assert download.value.suggested_filename == "tides.eml"
        assert page.evaluate("document.documentElement.scrollWidth") == width
