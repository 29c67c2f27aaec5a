"""The words that a finding is about, marked in the mail in Chromium: those very ones, also after a save, and readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch.rendering.palette import contrast
from preview.browsing import MAIL, Scheme, comes_to, mail_of, opened
from preview.client import Preview, write_newsletter
from sampling import sampled

pytestmark = pytest.mark.browser

TERMS = "terms:\n  the: [teh]\n  Hafen: [hafn]\n  المد: [الميد]\n"
FILLER = "Boats need water under them. " * 120
ISSUE = f"""\
title: The tides of March
subtitle: Teh water comes.
preheader: What teh water brings.
date: 2026-03-02
blocks:
  - paragraph: The teh tide, teh **t**eh tide, {{{{first_name|teh}}}} teh {{{{first_name|reader}}}} teh.
  - list: [teh, "The [quay](https://harbour.example/teh) and teh crane", teh]
  - {{paragraph: يأتي الميد ثم الميد مساء., language: ar}}
  - table: {{header: [teh, Boats], rows: [[One, teh], [teh, two]]}}
  - quote: {{text: "One\\\\\\nteh `teh` two.", by: Kim}}
  - paragraph: {FILLER}At the end stands teh boat.
"""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview of an issue with one slip many times, which nobody changes."""
    folder = write_newsletter(tmp_path_factory.mktemp("words"))
    (folder / "terms.yaml").write_text(TERMS, "utf-8")
    (folder / "issues/tides.yaml").write_text(ISSUE, "utf-8")
    preview = Preview.start(folder)
    yield preview
    preview.stop()


def choose(page: Page, place: str) -> None:
    """Choose the finding at a place."""
    page.locator(".finding", has=page.get_by_text(place, exact=True)).locator(".told").click()


def colours(page: Page, kind: str) -> dict[str, str]:
    """The colours of marked words."""
    told: dict[str, str] = (
        mail_of(page)
        .locator("body")
        .evaluate(
            """(body, kind) => {
          const hex = (colour) => "#" + colour.match(/\\d+/g).slice(0, 3).map(each => Number(each).toString(16).padStart(2, "0")).join("");
          const { color, backgroundColor, textDecorationColor } = getComputedStyle(body, `::highlight(dispatch-${kind})`);
          return { ink: hex(color), ground: hex(backgroundColor), line: hex(textDecorationColor) };
        }""",
            kind,
        )
    )
    return told


MARKED = """([kind, frame]) => {
  const page = frame ? document.querySelector(frame)?.contentDocument : document;
  return [...page?.defaultView.CSS.highlights.get(`dispatch-${kind}`) ?? []].map((range) => {
    const [before, after] = [page.createRange(), page.createRange()];
    const around = range.commonAncestorContainer.parentElement.closest("p, div, td, th, li, blockquote, [data-block]");
    before.selectNodeContents(around), before.setEnd(range.startContainer, range.startOffset);
    after.selectNodeContents(around), after.setStart(range.endContainer, range.endOffset);
    const alike = [...page.querySelectorAll(around.localName)].filter((each) => each.textContent === around.textContent);
    const place = alike.length > 1 && frame ? ` ${alike.indexOf(around) + 1} of ${alike.length}` : "";
    return `${String(before).slice(-6)}[${range}]${String(after).slice(0, 6)}${place}`.replace(/\\s+/g, " ").trim();
  });
}"""


def expect_marked(page: Page, kind: str, *expected: str, frame: str = MAIL) -> None:
    """Wait until these words are marked in the mail, with what stands around them there; without a frame, in the inbox."""
    comes_to(page, lambda: page.evaluate(MARKED, [kind, frame]), [*expected])


PLACES = {
    "2:11": "[Teh] water",
    "6:20": "The [teh] tide,",
    "6:30": "tide, [teh] teh t",
    "6:67": "{0} [teh] {1}",
    "6:93": "{2} [teh].",
    "7:12": "[teh] 1 of 2",
    "7:62": "y and [teh] crane",
    "7:74": "[teh] 2 of 2",
    "8:22": "يأتي [الميد] ثم ال",
    "8:31": "يد ثم [الميد] مساء.",
    "9:22": "[teh] 1 of 2",
    "9:48": "[teh]",
    "9:55": "[teh] 2 of 2",
    "10:27": "One[teh] teh t",
    "11:3514": "tands [teh] boat.",
}
NOBODY, OMAR = ("", (", teh", "reade", "eader")), ("omar@example.org", ("Omar", "Omar", "Omar"))


@pytest.mark.parametrize(("scheme", "reader"), sampled([("light", NOBODY), ("dark", OMAR)], every=2))
def test_the_very_words_of_a_finding_are_marked_by_keys(
    browser: Browser, calm: Preview, scheme: Scheme, reader: tuple[str, tuple[str, ...]]
) -> None:
    address, beside = reader
    with opened(browser, calm, f"?issue=tides&as={address}&scheme={scheme}", scheme=scheme) as page:
        expect(page.locator(".finding")).to_have_count(len(PLACES) + 1)
        html = mail_of(page).locator("html")
        before = html.evaluate("html => html.outerHTML")
        for place, told in PLACES.items():
            page.keyboard.press("j")
            if place == "6:20":  # the subject's row in the inbox came before, with the preheader
                expect_marked(page, "chosen", *["What [teh] water"] * 6, frame="")
                page.keyboard.press("j")
            expect_marked(page, "chosen", told.format(*beside))
        expect(page.locator(".points .words")).to_be_in_viewport()  # of a block that is higher than the stage
        assert html.evaluate("html => html.outerHTML") == before
        page.keyboard.press("Escape")
        expect_marked(page, "chosen")


def test_those_of_a_finding_under_the_pointer_are_marked_beside_the_chosen_ones(
    browser: Browser, calm: Preview
) -> None:
    with opened(browser, calm) as page:
        choose(page, "6:20")
        page.locator(".finding", has_text="7:62").hover()
        expect_marked(page, "chosen", PLACES["6:20"])
        expect_marked(page, "pointed", PLACES["7:62"])
        page.locator("#newsletter").hover()
        expect_marked(page, "pointed")
        for kind in ("chosen", "pointed"):
            seen = colours(page, kind)
            assert contrast(seen["ink"], seen["ground"]) > 7
            assert min(contrast(seen["line"], ground) for ground in (seen["ground"], "#ffffff")) > 3


@pytest.mark.parametrize(
    "client",
    sampled(["outlook-windows", "screen-reader", "gmail-iphone", "outlook-com", "gmail-other-account"], every=2),
)
def test_they_are_marked_in_the_models_of_mail_clients(browser: Browser, calm: Preview, client: str) -> None:
    with opened(browser, calm, f"?issue=tides&client={client}&scheme=dark") as page:
        for place in ("6:30", "7:62", "8:31", "11:3514"):
            choose(page, place)
            announced = client == "screen-reader"  # end of link
            expect_marked(page, "chosen", PLACES[place].replace("y and", "nkand" if announced else "y and"))


def test_they_are_marked_on_the_page_in_the_archive(browser: Browser, calm: Preview) -> None:
    with opened(browser, calm) as page:
        choose(page, "7:62")
        page.keyboard.press("w")
        expect(page.locator(MAIL)).to_have_attribute("title", "The web page")
        expect_marked(page, "chosen", PLACES["7:62"])


def test_a_save_leaves_them_marked_where_they_stand_now(browser: Browser, preview: Preview) -> None:
    preview.write("terms.yaml", TERMS)
    preview.settle(ISSUE)
    with opened(browser, preview) as page:
        choose(page, "6:30")
        frame = page.locator(MAIL).element_handle()
        preview.settle(ISSUE.replace("The teh tide", "Here is new, teh tide"))
        expect_marked(page, "chosen", PLACES["6:30"])
        expect(page.locator(".finding:has([aria-current=true])")).to_contain_text("6:39")
        assert frame.evaluate("frame => frame.isConnected"), "it became of the mail where it stands"
        page.keyboard.press("f")
        expect(page.locator("#editor-write")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#editor")).to_be_hidden()
        expect_marked(page, "chosen", ", teh [teh] reade")
