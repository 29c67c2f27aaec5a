"""Findings and blocks in Chromium: they point at each other, by mouse and by keys, and into the author's editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from preview.browsing import MAIL, Scheme, comes_to, mail_of, opened
from preview.client import Preview, write_newsletter
from sampling import sampled

pytestmark = pytest.mark.browser

BOATS = "Boats need water under them."
ISSUE = f"""\
title: The tides of March
preheader: When the water comes.
date: 2026-03-02
cover: {{image: images/pier.png, alt: A pier at low tide.}}
allow: {{vague-link-text: The page has no other name.}}
blocks:
  - paragraph: The tide is out (as [here](https://harbour.example/tides) it says.
  - heading: Why it matters
  - paragraph: {BOATS * 60}
  - quote:
      text: Water (and more water.
      by: Kim  # a friend
  - paragraph: TODO
"""
ODDS = """\
title: Winds and weather
subtitle: It blew (and blew.
preheader: The wind (of March.
date: 2026-02-02
blocks:
  - paragraph: It blew.
signoff: {signature: Mara (of the harbour}
"""
PAIR = """\
title: Two banks
date: 2026-01-02
preheader: The river has two sides.
blocks:
  - columns:
      - - paragraph: The north (it says.
        - list: [quay, crane]
      - - heading: The south
        - paragraph: A meadow.
"""
DISTANT = ISSUE.replace("TODO", "Later.")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview of an issue with findings, which nobody changes."""
    folder = write_newsletter(tmp_path_factory.mktemp("points"))
    (folder / "issues/tides.yaml").write_text(ISSUE, "utf-8")
    (folder / "issues/winds.yaml").write_text(ODDS, "utf-8")
    (folder / "issues/banks.yaml").write_text(PAIR, "utf-8")
    preview = Preview.start(folder)
    yield preview
    preview.stop()


def block(page: Page, name: str) -> Locator:
    """What a block is, in the mail."""
    return mail_of(page).locator(f'[data-block="{name}"]').first


def finding(page: Page, text: str) -> Locator:
    return page.locator(".finding", has_text=text)


def expect_around(page: Page, outline: str, inner: Locator) -> None:
    """Wait until a box on the desk lies closely around something in the mail: it follows what comes in later."""
    comes_to(page, lambda: lies_around(page, outline, inner), expected=True)


def lies_around(page: Page, outline: str, inner: Locator) -> bool:
    """Whether a box on the desk lies closely around something in the mail, also where the whole is made smaller."""
    outer = page.locator(outline).evaluate("box => box.getBoundingClientRect().toJSON()")
    frame = page.locator(MAIL).evaluate("frame => frame.getBoundingClientRect().toJSON()")
    what = inner.evaluate("it => ({...it.getBoundingClientRect().toJSON(), scale: innerWidth})")
    scale = frame["width"] / what["scale"]
    gaps = {
        side: (frame["left" if side in {"left", "right"} else "top"] + what[side] * scale - outer[side]) * sign / scale
        for side, sign in {"left": 1, "top": 1, "right": -1, "bottom": -1}.items()
    }
    return all(0 < gap < 32 for gap in gaps.values()) and gaps["top"] < 8


def catch_addresses(page: Page) -> None:
    """Let the links into the editor lead nowhere; where they would have led stands in the page's title."""
    page.evaluate(
        """document.addEventListener("click", event => {
          const link = event.target.closest("a.open");
          if (link) event.preventDefault(), document.title = link.href;
        }, true)"""
    )


def address(preview: Preview, place: str) -> str:
    return f"vscode://file{quote(str(preview.folder))}/issues/tides.yaml:{place}"


@pytest.mark.parametrize(("scheme", "width"), sampled([("light", 1400), ("dark", 1000)], every=2))
def test_a_finding_under_the_pointer_outlines_its_block(
    browser: Browser, calm: Preview, scheme: Scheme, width: int
) -> None:
    with opened(browser, calm, scheme=scheme, width=width) as page:
        finding(page, "( is never closed").first.hover()
        expect(page.locator(".points .pointed")).to_have_count(1)
        expect_around(page, ".points .pointed", block(page, "blocks.0"))
        page.locator("#newsletter").hover()
        expect(page.locator(".points .pointed")).to_have_count(0)
        # The other block with a finding, and nothing else, is marked from the start.
        expect(page.locator(".points .mark")).to_have_count(3)
        expect(page.locator(".points .mark.error")).to_have_count(0)


def test_choosing_a_finding_scrolls_to_its_block_and_shows_its_lines(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm) as page:
        catch_addresses(page)
        finding(page, "11:19").locator(".hint").click()
        expect(block(page, "blocks.3")).to_be_in_viewport()
        expect_around(page, ".points .chosen", mail_of(page).locator("div:has(> blockquote)"))
        assert page.locator("#stage").evaluate("stage => stage.scrollTop") > 500
        expect(page.locator(".finding:has([aria-current=true])")).to_have_count(1)
        lines = page.locator("#lines-section")
        expect(lines.get_by_role("link")).to_have_text("Lines 10–12")
        rows = ["  - quote:", "      text: Water (and more water.", "      by: Kim  # a friend"]
        expect(lines.locator("pre div")).to_have_text(rows)
        expect(lines.locator("pre .at")).to_have_attribute("data-line", "11")
        finding(page, "11:19").get_by_role("link").click()
        expect(page).to_have_title(address(calm, "11:19"))
        lines.get_by_role("link").click()
        expect(page).to_have_title(address(calm, "10:5"))
        lines.get_by_role("button", name="Close").click()
        expect(lines).to_be_hidden()
        expect(page.locator("[aria-current=true]")).to_have_count(0)


def test_findings_are_walked_by_keys_alone(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm, "?issue=tides&view=text") as page:
        catch_addresses(page)
        expect(page.locator(".finding")).to_have_count(4)  # of which one is allowed, and folded away
        current = page.locator("#findings [aria-current=true]")
        page.keyboard.press("o")
        expect(page).to_have_title(address(calm, "1:1"))
        for key, place in [("j", "7:32"), ("k", "7:32"), ("j", "11:19"), ("j", "13:16"), ("j", "13:16")]:
            page.keyboard.press(key)
            expect(current).to_be_focused()
            page.keyboard.press("o")
            expect(page).to_have_title(address(calm, place))
        expect(page.locator(".finding:has([aria-current=true])")).to_have_css("outline-style", "solid")
        expect(block(page, "blocks.4")).to_be_in_viewport()  # the mail has come in the text's place
        page.keyboard.press("Escape")
        expect(current).to_have_count(0)
        expect(page.locator(".points .chosen")).to_have_count(0)
        page.keyboard.press("k")
        expect(finding(page, "13:16").locator(".told")).to_be_focused()


def test_a_block_in_a_column_is_outlined_walked_and_edited_by_itself(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm, "?issue=banks&width=desktop") as page:
        lines = page.locator("#lines-section")
        finding(page, "( is never closed").first.hover()
        expect(page.locator(".points .pointed")).to_have_count(1)
        expect_around(page, ".points .pointed", block(page, "blocks.0.columns.0.0"))
        mail_of(page).get_by_text("A meadow.").click()
        expect(lines.locator("pre")).to_have_text("        - paragraph: A meadow.")
        expect_around(page, ".points .chosen", mail_of(page).get_by_text("A meadow."))
        page.keyboard.press("Shift+K")
        expect(lines.locator("pre")).to_have_text("      - - heading: The south")
        page.keyboard.press("Shift+K")
        expect(lines.locator("pre")).to_have_text("        - list: [quay, crane]")
        for _ in range(2):
            page.keyboard.press("Shift+K")
        expect(lines.locator("pre div")).to_have_count(5)  # the columns as a whole
        mail_of(page).get_by_text("crane").dblclick()
        expect(page.locator("#editor-text")).to_have_value("crane")
        expect(page.locator("#editor-place")).to_have_text("issues/banks.yaml:7:24")


def test_a_block_in_the_mail_shows_its_lines_by_mouse_and_by_keys(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm) as page:
        catch_addresses(page)
        lines = page.locator("#lines-section")
        mail_of(page).get_by_role("heading", name="Why it matters").click()
        expect(lines.locator("pre")).to_have_text("  - heading: Why it matters")
        page.keyboard.press("o")
        expect(page).to_have_title(address(calm, "8:5"))
        page.keyboard.press("Shift+J")
        expect(lines.locator("pre")).to_contain_text("  - paragraph: Boats need")
        page.keyboard.press("Shift+K")
        page.keyboard.press("Shift+K")
        expect(lines.locator("pre")).to_contain_text("  - paragraph: The tide is out")
        page.keyboard.press("Shift+K")
        expect(lines.locator("pre")).to_have_text(re.compile("cover: {image: images/pier.png"))
        page.keyboard.press("Escape")
        expect(lines).to_be_hidden()
        # A link leads where it leads, and what is marked to be copied chooses nothing.
        page.context.route("https://harbour.example/**", lambda route: route.fulfill(body="the tides"))
        with page.expect_popup() as popup:
            mail_of(page).get_by_role("link", name="here").click()
        popup.value.close()
        page.bring_to_front()
        expect(lines).to_be_hidden()
        mail_of(page).get_by_role("heading", name="Why it matters").evaluate(
            "heading => { getSelection().selectAllChildren(heading); heading.click() }"
        )
        expect(lines).to_be_hidden()


@pytest.mark.parametrize(("scheme", "width"), sampled([("light", 1400), ("dark", 390)], every=2))
def test_what_stands_around_the_blocks_is_pointed_at_and_edited_as_they_are(
    browser: Browser, calm: Preview, scheme: Scheme, width: int
) -> None:
    with opened(browser, calm, "?issue=winds", scheme=scheme, width=width) as page:
        lines, chosen = page.locator("#lines-section pre"), page.locator(".points .chosen")
        expect(page.locator(".points .mark")).to_have_count(3)  # that of the preheader is not seen
        expect(page.locator(".points .mark:not([hidden])")).to_have_count(2)
        for line, name in (("2:19", "subtitle"), ("7:27", "signoff.signature")):
            finding(page, line).evaluate("it => it.click()")
            expect(chosen).to_be_visible()
            expect_around(page, ".points .chosen", block(page, name))
        expect(lines).to_have_text("signoff: {signature: Mara (of the harbour}")
        page.keyboard.press("e")
        expect(page.locator("#editor-text")).to_have_value("Mara (of the harbour")
        page.keyboard.press("Escape")
        finding(page, "3:21").evaluate("it => it.click()")
        expect(page).to_have_url(re.compile("view=inbox"))
        expect(page.locator("#inboxes .chosen")).to_have_count(6)
        page.locator("#inboxes .subject").first.click()  # which is the title
        expect(lines).to_have_text("title: Winds and weather")
        page.keyboard.press("m")
        expect(chosen).to_be_visible()
        expect_around(page, ".points .chosen", mail_of(page).locator("h1"))
        for _ in range(3):
            page.keyboard.press("Shift+K")
        expect(lines).to_have_text("date: 2026-02-02")  # the first that is seen


def test_what_is_allowed_is_folded_below_the_findings_with_its_reason(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm) as page:
        expect(page.get_by_text("1 allowed")).to_be_visible()
        allowed = finding(page, "does not say where the link leads")
        expect(allowed).to_be_hidden()
        page.get_by_text("1 allowed").focus()
        page.keyboard.press("Enter")
        expect(allowed).to_contain_text("Allowed: The page has no other name.")
        allowed.hover()
        expect_around(page, ".points .pointed", block(page, "blocks.0"))
        expect(page.locator("#count")).to_have_text("3 warnings")


def test_on_a_phone_a_finding_that_is_tapped_is_shown_in_the_mail(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm, "?issue=tides", width=390) as page:
        tab = page.locator(".tabs").get_by_role("button", name="Findings")
        expect(tab.locator("use")).to_have_attribute("href", "#icon-warning")
        tab.click()
        finding(page, "11:19").click()
        expect(block(page, "blocks.3")).to_be_in_viewport()
        expect_around(page, ".points .chosen", mail_of(page).locator("div:has(> blockquote)"))
        expect(page.locator(MAIL)).to_have_js_property("clientWidth", 390)  # a phone's mail, not a desktop's made small
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        tab.click()
        expect(page.locator("#lines-section pre")).to_contain_text("Water (and more water.")


def test_what_is_chosen_leaves_room_for_the_findings_whose_heading_stays(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm) as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        finding(page, "11:19").click()
        roll = page.locator(".findings .roll")
        assert roll.evaluate("roll => roll.clientHeight") > 400
        roll.evaluate("roll => roll.scrollTop = 1000")
        assert roll.evaluate("roll => roll.scrollTop") > 0
        expect(page.locator("#count")).to_be_in_viewport()
        client = page.locator("#client")
        before = client.bounding_box()
        page.keyboard.press("c")
        page.get_by_role("menuitemradio", name="Gmail app, other account").click()
        expect(client).to_have_text("Gmail app, other account")
        assert client.bounding_box() == before


@pytest.mark.parametrize("motion", sampled(["reduce", "no-preference"], every=2))
def test_what_a_save_has_changed_glows_and_nothing_moves(browser: Browser, preview: Preview, motion: str) -> None:
    personal = DISTANT.replace("The tide is out", "Hello {{first_name|reader}}, the tide is out")
    preview.write("issues/tides.yaml", personal)
    with opened(browser, preview) as page:
        page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
        expect(finding(page, "11:19")).to_be_visible()
        expect(page.locator(".points .glow")).to_have_count(0)
        page.keyboard.press("j")
        page.evaluate(
            """() => {
              const told = document.body.dataset;
              new MutationObserver(() => document.querySelectorAll(".points .glow").forEach(glow =>
                told.glowed = `${glow.dataset.block} ${getComputedStyle(glow).animationName}`
              )).observe(document.querySelector(".points"), {childList: true});
              new PerformanceObserver(() => told.shifted = "").observe({type: "layout-shift"});
            }"""
        )
        scrolled = page.locator("#stage").evaluate("stage => stage.scrollTop = 40")
        preview.write("issues/tides.yaml", personal.replace("  - heading", "  - paragraph: New.\n  - heading"))
        body = page.locator("body")
        expect(body).to_have_attribute("data-glowed", f"blocks.1 {'none' if motion == 'reduce' else 'fade'}")
        assert page.locator("#stage").evaluate("stage => stage.scrollTop") == scrolled
        expect(body).not_to_have_attribute("data-shifted", "")
        expect(page.locator("#findings [aria-current=true]")).to_be_focused()  # as it was before
        expect(page.locator(".points .glow")).to_have_count(0)
        # Another reader's mail is no change of the files.
        page.evaluate("delete document.body.dataset.glowed")
        page.keyboard.press("d")
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile("scheme=dark"))
        assert body.get_attribute("data-glowed") is None
        page.keyboard.press("a")
        page.keyboard.type("elodie")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(mail_of(page).get_by_text("Hello Élodie")).to_be_attached()
        assert body.get_attribute("data-glowed") is None


FIXABLE = """\
title: Twice the same
preheader: A list of what is wrong.
date: 2026-03-02
blocks:
  - paragraph: A [first](https://harbour.example/tide table) link.
  - paragraph: Nothing to write ( here.
  - paragraph: A [second](https://harbour.example/tide table) link.
  - callout: A [third](https://harbour.example/tide table) link ( and more.
  - paragraph: The last ( of them.
"""


def test_a_fix_is_that_of_the_chosen_finding_and_what_follows_it_is_chosen_next(
    browser: Browser, preview: Preview
) -> None:
    preview.settle(FIXABLE)
    with opened(browser, preview) as page:
        current = page.locator(".finding:has([aria-current=true])")
        write, told, editor = page.locator("#editor-write"), page.locator("#told"), page.locator("#editor")
        expect(page.locator(".finding")).to_have_count(6)
        lines = [int(text.split(":")[0]) for text in page.locator(".finding .open").all_inner_texts()]
        assert lines == [5, 6, 7, 8, 8, 9]
        # One without a fix is passed over by nobody.
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("f")
        expect(told).to_contain_text("This finding has no fix")
        expect(editor).to_be_hidden()
        page.keyboard.press("k")
        # Down the list: the first, which is said again of two others; the next in place is chosen then.
        for place, rest in (("6:", 5), ("8:", 4)):
            page.keyboard.press("f")
            expect(page.locator("#editor-difference ins")).to_have_text("%20")
            expect(write).to_be_focused()
            page.keyboard.press("Enter")
            expect(editor).to_be_hidden()
            expect(page.locator(".finding")).to_have_count(rest)
            expect(current).to_contain_text(place)
            expect(current.locator(".told")).to_be_focused()
            if place == "6:":
                page.keyboard.press("j")
                expect(current).to_contain_text("7:")
        # With none chosen, the first that has a fix is, for all to see.
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        expect(current).to_contain_text("8:")
        expect(write).to_be_focused()
        expect(page.locator("#editor-difference ins")).to_have_text("%20")
        page.keyboard.press("Enter")
        expect(current).to_contain_text("8:")
        expect(page.locator(".finding")).to_have_count(3)


def test_where_something_stands_that_stood_in_a_list_before(browser: Browser, calm: Preview) -> None:
    cases = [
        ("abc", 1, "abc", 1, True),
        ("abc", 1, "ac", 1, False),
        ("abc", 2, "ab", 1, False),
        ("a", 0, "", -1, False),
        ("axxc", 2, "axc", 2, False),
        ("axxc", 1, "axc", 1, True),  # they are alike: the one that is left is the next
        ("xbx", 0, "bx", 0, False),
        ("abc", 1, "nabc", 2, True),
        ("abcd", 1, "anncmd", 3, False),
        ("abcd", 2, "anncmd", 3, True),
    ]
    with opened(browser, calm) as page:
        found = page.evaluate(
            """async (cases) => (({ successor }) => cases.map(([before, at, now]) => successor([...before], at, [...now])))(
                await import('./static/succession.js'))""",
            cases,
        )
    assert [(each["index"], each["same"]) for each in found] == [(index, same) for *_, index, same in cases]


@pytest.mark.parametrize("scheme", sampled(["light", "dark"], every=2))
def test_a_box_is_outlined_by_its_own_bounds(browser: Browser, preview: Preview, scheme: Scheme) -> None:
    preview.settle(FIXABLE)
    with opened(browser, preview, scheme=scheme) as page:
        mail_of(page).get_by_text("and more.").click()
        expect(page.locator(".points .chosen")).to_be_visible()
        expect_around(page, ".points .chosen", mail_of(page).locator("td.callout"))
