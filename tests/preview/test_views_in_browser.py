"""The views beside the mail in Chromium: widths, pictures off, source, web page, the inbox of three programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from preview.browsing import MAIL, Scheme, comes_to, ground_of, mail_of, opened
from preview.client import TIDES, Preview
from sampling import sampled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(browser: Browser, quiet: Preview) -> Iterator[Page]:
    """One page for all that leave nothing behind but choices."""
    with opened(browser, quiet) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield page


@pytest.fixture
def page(desk: Page, quiet: Preview) -> Page:
    """The desk with the choices that it begins with."""
    desk.set_viewport_size({"width": 1400, "height": 800})
    desk.goto(f"{quiet.base}?issue=tides")
    expect(mail_of(desk).get_by_text("the tide is out")).to_be_attached()
    return desk


def expect_width(page: Page, *widths: int) -> None:
    """Wait until the mail believes the window to be as wide as this, or as something between two widths."""
    inside = "(frame, widths) => widths.at(0) <= frame.contentWindow.innerWidth && frame.contentWindow.innerWidth <= widths.at(-1)"
    comes_to(page, lambda: page.locator(MAIL).evaluate(inside, widths), expected=True)


@pytest.mark.parametrize("window", sampled([1400, 1100, 768, 390], every=2))
def test_each_width_is_the_same_wherever_the_desk_stands(page: Page, window: int) -> None:
    page.set_viewport_size({"width": window, "height": 800})
    for key, name, width in (("1", "phone", 390), ("2", "tablet", 768)):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"width={name}"))
        expect_width(page, width)
    page.keyboard.press("3")
    expect(page).not_to_have_url(re.compile("width="))
    expect_width(page, 760, 1100)
    comes_to(page, lambda: page.evaluate("document.documentElement.scrollWidth"), window)
    bar = page.locator(".bar").bounding_box()
    assert bar is not None
    for button in page.locator(".bar button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert bar["x"] <= box["x"]
        assert box["x"] + box["width"] <= window


def test_widths_are_chosen_with_the_mouse(page: Page) -> None:
    page.get_by_role("button", name="Tablet").click()
    expect_width(page, 768)
    expect(page.get_by_role("button", name="Tablet")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", sampled(["light", "dark"], every=2))
def test_with_pictures_off_none_is_asked_for(browser: Browser, quiet: Preview, scheme: Scheme) -> None:
    asked: list[str] = []
    with opened(browser, quiet, f"?issue=tides&images=off&scheme={scheme}", scheme=scheme) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        picture = mail_of(page).get_by_alt_text("A pier at low tide.")
        expect(picture).to_have_js_property("complete", True)
        expect(picture).to_have_js_property("naturalWidth", 0)
        assert ground_of(page) == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 20, 19)")
        assert not [url for url in asked if "/media/" in url]
        expect(page.locator("#note")).to_contain_text("Pictures off")
        page.keyboard.press("i")
        expect(page).not_to_have_url(re.compile("images="))
        expect(page.get_by_role("button", name="Pictures off")).to_have_attribute("aria-pressed", "false")
        expect(mail_of(page).get_by_alt_text("A pier")).to_have_js_property("naturalWidth", 40)


def test_the_source_has_numbers_and_can_be_copied(page: Page) -> None:
    page.keyboard.press("s")
    source = page.locator("#source")
    expect(source.locator(".fields")).to_contain_text("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    expect(source.locator("ol").last).to_contain_text("Hello reader, the tide is out.")
    expect(page.locator("#device")).to_be_hidden()
    lines = source.locator("ol").last.locator("li")
    source.get_by_role("button", name="Copy the HTML").click()
    expect(source.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("<!DOCTYPE html>\n<html")
    assert lines.count() == copied.count("\n") + 1
    assert lines.all_text_contents() == copied.split("\n")
    page.keyboard.press("s")
    expect(page.locator("#device")).to_be_visible()


def test_the_web_page_stands_in_the_same_frame(page: Page) -> None:
    page.keyboard.press("w")
    expect(page.locator("iframe[title='The web page']")).to_be_visible()
    expect(mail_of(page).locator(".crumbs, nav").first).to_be_attached()
    expect(mail_of(page).get_by_text("the tide is out")).to_be_visible()
    expect(mail_of(page).locator("img").first).to_have_js_property("naturalWidth", 40)
    light = ground_of(page)
    page.keyboard.press("d")
    expect(page.locator(MAIL)).to_have_attribute("src", re.compile("^web.*scheme=dark"))
    assert ground_of(page) != light
    page.get_by_role("button", name="Mail", exact=True).click()
    expect(page.locator("iframe[title='The mail']")).to_be_visible()


def test_every_program_tells_what_it_cuts(browser: Browser, preview: Preview) -> None:
    subject = "What nobody told you about the tides of March and all the months that follow it"
    preview.write("issues/tides.yaml", TIDES.replace("The tides of March", subject))
    with opened(browser, preview, "?issue=tides&view=inbox") as page:
        inboxes = page.locator("#inboxes figure")
        expect(inboxes).to_have_count(6)
        assert inboxes.locator("h4").all_text_contents() == 2 * ["Apple Mail", "Gmail", "Outlook"]
        told = inboxes.first.locator("figcaption")
        expect(told).to_contain_text(f"The subject, {len(subject)} characters, is cut after “What nobody told you")
        left = told.locator("b").inner_text()
        assert subject.startswith(left)
        assert 30 < len(left) < 60
        expect(told).to_contain_text("The preheader, 29 characters, is shown whole.")
        expect(inboxes.first.locator(".preheader")).to_have_text("When the water comes, reader.")
        line = inboxes.nth(4).locator("figcaption")
        expect(line).to_contain_text(f"Subject and preheader, {len(subject) + 3 + 29} characters, is cut after “What")
        assert len(line.locator("b").inner_text()) > len(left)


def test_buttons_that_make_no_difference_are_out_of_use(page: Page) -> None:
    page.keyboard.press("s")
    for name in ("Phone", "Dark", "Pictures off"):
        expect(page.get_by_role("button", name=name).first).to_be_disabled()
    page.keyboard.press("m")
    for name in ("Phone", "Dark", "Pictures off"):
        expect(page.get_by_role("button", name=name).first).to_be_enabled()


def test_choices_stand_in_the_address(page: Page, quiet: Preview) -> None:
    page.goto(f"{quiet.base}?issue=tides&view=web&width=tablet&scheme=dark&images=off")
    expect(page.locator("iframe[title='The web page']")).to_be_visible()
    expect_width(page, 768)
    for name in ("Web", "Tablet", "Pictures off"):
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    page.goto(f"{quiet.base}?issue=tides&view=none&images=maybe&width=7")
    expect(page.get_by_role("button", name="Mail", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(mail_of(page).get_by_text("the tide is out")).to_be_visible()
