"""Edits in Chromium: typed or fixed, seen as a difference, written as those characters; never over somebody's save."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from preview.browsing import Scheme, comes_to, mail_of, opened
from preview.client import TIDES, Preview
from sampling import sampled

pytestmark = pytest.mark.browser

# An emoji, CRLF, every style of YAML text, and a link that can be fixed.
EVERY_STYLE = (
    "title: The tides 🌊 of March  # a comment\r\n"
    "preheader: 'It''s the water 🌊.'\r\n"
    'subtitle: "Say \\"when\\" 🌊\\u2026"\r\n'
    "blocks:\r\n"
    "  - paragraph: >-\r\n"
    "      The boats 🌊 wait, {{first_name|reader}},\r\n"
    "      for the [tide](https://harbour.example/tide 🌊 table).\r\n"
    "  - paragraph: |\r\n"
    "      A line 🌊.\r\n"
    "      Another line.\r\n"
)


class Stranger(BaseHTTPRequestHandler):
    """Serves a page of somebody else's on this machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><p>Hello.</p>")

    def log_message(self, *_: object) -> None:
        """Nothing: this is a test."""


def saved(preview: Preview) -> bytes:
    """The issue's file."""
    return (preview.folder / "issues/tides.yaml").read_bytes()


def edit(page: Page, label: str) -> None:
    """Open a text by keys: `e`, and its name in the list."""
    expect(page.locator("#saved")).not_to_be_empty(timeout=20_000)  # the desk has its first view
    page.keyboard.press("e")
    expect(page.locator("#editor-text")).to_be_focused()
    option = page.locator("#editor-which option").filter(has_text=label).first
    page.locator("#editor-which").select_option(index=option.evaluate("option => option.index"))
    expect(page.locator("#editor-text")).to_be_focused()


def test_a_text_is_edited_where_it_stands(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        mail_of(page).get_by_role("heading", name="Why it matters").dblclick(position={"x": 12, "y": 14})
        text = page.locator("#editor-text")
        expect(text).to_be_focused()
        word = text.evaluate("text => text.value.slice(text.selectionStart, text.selectionEnd)")
        assert word == "Why"  # the one under the pointer
        mail_of(page).get_by_text("the tide is out").dblclick()
        expect(text).to_have_value(
            "Hello {{first_name|reader}}, the tide is out. Read [the table](https://harbour.example/tides)."
        )
        expect(page.locator("#editor-place")).to_have_text("issues/tides.yaml:6:16")
        expect(page.locator("#editor-write")).to_be_disabled()
        text.press("Home")
        page.keyboard.type("Dear all 1d? ")  # none of the desk's keys is one here
        difference = page.locator("#editor-difference")
        expect(difference.locator("ins")).to_have_text("Dear all 1d? ")
        expect(difference.locator("del")).to_have_count(0)
        expect(difference.locator(".line").first).to_have_text("6")
        assert saved(desk).decode() == TIDES
        text.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk).decode() == TIDES.replace("Hello {{", "Dear all 1d? Hello {{")
        expect(page.locator("#told")).to_have_text("Written: issues/tides.yaml:6:16")
        expect(mail_of(page).get_by_text("Dear all 1d? Hello reader")).to_be_attached()
        for label, part in {"Heading": "Why it matters", "Title": "The tides of March", "Sign": "Mara"}.items():
            mail_of(page).get_by_text(part, exact=True).last.dblclick()
            expect(page.locator("#editor-which option:checked")).to_contain_text(label)
            expect(text).to_have_value(part)
            page.keyboard.press("Escape")
        mail_of(page).get_by_alt_text("A pier at low tide.").dblclick()
        expect(text).to_have_value("A pier at low tide.")


def test_the_key_after_an_edit_is_not_lost_however_soon_it_comes(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        edit(page, "Title")
        at_once = """() => {
            document.getElementById("editor-leave").click();
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
            return document.body.dataset.scheme;
        }"""
        assert page.evaluate(at_once) == "dark"


def test_while_another_issue_is_on_its_way_nothing_of_the_one_before_is_edited(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        page.route("**/events?issue=winds", lambda route: None)
        page.get_by_role("link", name="Winds and weather").click()
        page.keyboard.press("e")
        expect(page.locator("#told")).to_have_text("There is nothing to edit yet.")
        expect(page.locator("#editor")).to_be_hidden()


@pytest.mark.parametrize(("scheme", "width"), sampled([("light", 1400), ("dark", 390)], every=2))
def test_in_every_style_of_yaml_only_the_characters_of_the_edit_change(
    browser: Browser, desk: Preview, scheme: Scheme, width: int
) -> None:
    content = EVERY_STYLE.encode()
    desk.settle(content)
    edits = {
        "Title": ("March", "April 🛟"),
        "Preheader": ("water 🌊", "wind 🌬"),
        "Subtitle": ("when", "then"),
        "Paragraph – The": ("boats 🌊", "ships ⛵"),
        "Paragraph – A": ("Another", "The last"),
    }
    with opened(browser, desk, scheme=scheme, width=width) as page:
        for label, (old, new) in edits.items():
            edit(page, label)
            text = page.locator("#editor-text")
            before = text.input_value()
            assert before.count(old) == 1
            text.fill(before.replace(old, new))
            expect(page.locator("#editor-difference ins")).not_to_have_count(0)
            page.keyboard.press("Control+Enter")
            expect(page.locator("#editor")).to_be_hidden()
            content = content.replace(old.encode(), new.encode())
            assert saved(desk) == content


def test_a_fix_is_seen_and_written_by_keys(browser: Browser, desk: Preview) -> None:
    content = EVERY_STYLE.encode()
    desk.settle(content)
    with opened(browser, desk) as page:
        expect(page.get_by_role("button", name="Fix")).to_have_count(1)
        page.keyboard.press("f")
        expect(page.locator("#editor-title")).to_have_text("Write https://harbour.example/tide%20🌊%20table")
        expect(page.locator("#editor-difference ins")).to_have_text("%20🌊%20")
        expect(page.locator("#editor-text")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk) == content
        page.get_by_role("button", name="Fix").click()
        expect(page.locator("#editor-write")).to_be_focused()
        expect(page.locator("#editor-difference ins")).to_have_text("%20🌊%20")
        page.keyboard.press("Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk) == content.replace("tide 🌊 table".encode(), "tide%20🌊%20table".encode())
        expect(page.get_by_role("button", name="Fix")).to_have_count(0)
        page.keyboard.press("f")
        expect(page.locator("#told")).to_have_text("There is no finding with a fix.")


def test_to_leave_writes_nothing_and_keeps_what_was_typed(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        page.locator("#as").focus()
        edit(page, "Heading")
        text = page.locator("#editor-text")
        text.fill("Why it does not matter")
        page.locator("#editor-which").select_option(index=0)  # another text
        expect(text).to_have_value("The tides of March")
        page.keyboard.press("Escape")
        expect(page.locator("#editor")).to_be_hidden()
        expect(page.locator("#as")).to_be_focused()
        edit(page, "Heading")
        expect(text).to_have_value("Why it does not matter")
        page.get_by_role("link", name="Winds and weather").click()
        expect(page.locator("#editor")).to_be_hidden()
        page.go_back()
        expect(page).to_have_title("The tides of March – preview")
        edit(page, "Heading")
        expect(text).to_have_value("Why it does not matter")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        expect(text).to_have_value("Why it does not matter")
        assert asked == ["beforeunload"]
        page.get_by_role("button", name="Start over").click()
        expect(text).to_have_value("Why it matters")
        expect(page.locator("#editor-note")).to_have_text("As it stands in the file.")
        page.get_by_role("button", name="Leave, and write nothing").click()
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk).decode() == TIDES


def test_what_was_typed_outlives_a_reload_and_goes_with_its_text(browser: Browser, desk: Preview) -> None:
    asked: list[str] = []
    with opened(browser, desk) as page:
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        edit(page, "Paragraph – Boats")
        text = page.locator("#editor-text")
        text.fill("Boats need luck.")
        page.keyboard.press("Escape")
        page.reload()
        assert asked == ["beforeunload"]  # who closes the tab loses it
        desk.settle(TIDES.replace("  - heading:", "  - paragraph: Wait.\n  - paragraph: Hope.\n  - heading:"))
        edit(page, "Paragraph – Hope")
        expect(text).to_have_value("Hope.")
        edited = page.locator("#editor-which option").filter(has_text="not written yet")
        expect(edited).to_have_text("Paragraph, not written yet – Boats need water under them.")
        page.locator("#editor-which").select_option(index=edited.evaluate("option => option.index"))
        expect(text).to_have_value("Boats need luck.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        page.reload()
        assert asked == ["beforeunload"]
        assert b"Boats need luck." in saved(desk)


def test_the_chosen_block_is_the_one_that_is_edited(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        mail_of(page).get_by_text("Boats need water").click()
        page.keyboard.press("e")
        expect(page.locator("#editor-text")).to_have_value("Boats need water under them.")
        page.keyboard.press("Escape")
        mail_of(page).get_by_text("Why it matters").click()
        page.get_by_role("button", name="Edit its text").click()
        expect(page.locator("#editor-text")).to_have_value("Why it matters")


def test_the_text_of_a_finding_is_edited_with_what_it_is_about_selected(browser: Browser, desk: Preview) -> None:
    flawed = TIDES.replace("When the water", "🌊 TODO the water").replace(
        "Boats need", "They cost $3,8 million. Boats need"
    )
    desk.settle(flawed.replace("signoff:", "  - list: [one, two, xx FIXME.]\nsignoff:"))
    with opened(browser, desk) as page:
        text = page.locator("#editor-text")
        for message, label, meant in (
            ("“TODO” looks like", "Preheader", "TODO"),
            ("“FIXME” looks like", "List 3", "FIXME"),
            ("3,8", "Paragraph", "3,8"),
        ):
            page.locator(".finding").filter(has_text=message).locator(".told").click()
            page.keyboard.press("e")
            expect(text).to_be_focused()
            expect(page.locator("#editor-which option:checked")).to_contain_text(label)
            selected = text.evaluate("text => text.value.slice(text.selectionStart, text.selectionEnd)")
            assert selected == meant
            page.keyboard.press("Escape")


def test_what_is_missing_is_written_in_the_desk(browser: Browser, desk: Preview) -> None:
    desk.settle(TIDES.replace(", alt: A pier at low tide.", ", caption: The pier"))
    with opened(browser, desk) as page:
        text, chosen = page.locator("#editor-text"), page.locator("#editor-which option:checked")
        page.locator(".finding").filter(has_text="has no alternative text").locator(".told").click()
        page.keyboard.press("e")
        expect(chosen).to_have_text("Cover alt – nothing yet")
        page.keyboard.press("Escape")
        mail_of(page).locator("img").first.dblclick()
        expect(chosen).to_have_text("Cover alt – nothing yet")
        expect(page.locator("#editor-note")).to_have_text("The file has no such text yet: write one.")
        text.fill("A pier at low tide.")
        expect(page.locator("#editor-difference ins")).to_have_text(", alt: A pier at low tide.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert b"caption: The pier, alt: A pier at low tide.}" in saved(desk)
        edit(page, "Subtitle – nothing yet")
        text.fill("Low water")
        expect(page.locator("#editor-difference .line")).to_have_text("4")
        page.keyboard.press("Escape")
        mail_of(page).locator("img").first.dblclick()
        expect(text).to_have_value("A pier at low tide.")


def test_the_row_in_the_inbox_is_edited_where_it_stands(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk, "?issue=tides&view=inbox") as page:
        page.locator("#inboxes").get_by_text("When the water comes, reader.").first.dblclick()
        expect(page.locator("#editor-text")).to_have_value("When the water comes, {{first_name|reader}}.")
        page.locator("#inboxes").get_by_text("The tides of March").first.dblclick()
        expect(page.locator("#editor-text")).to_have_value("The tides of March")


def test_a_finger_can_edit_as_well(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk, width=390) as page:
        expect(page.locator("#saved")).not_to_be_empty()
        page.get_by_role("button", name="Findings").click()
        page.get_by_role("button", name="Edit", exact=True).click()
        text = page.locator("#editor-text")
        expect(text).to_be_focused()
        text.fill("The tides of April")
        page.get_by_role("button", name="Write", exact=True).click()
        expect(page.locator("#editor")).to_be_hidden()
        expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()
        assert saved(desk).decode() == TIDES.replace("of March", "of April")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_what_is_edited_stays_in_sight_above_the_editor(browser: Browser, desk: Preview) -> None:
    more = "".join(f"  - paragraph: Boat {number} waits, and so does its crew.\n" for number in range(20))
    issue = TIDES.replace("signoff:", f"{more}signoff:")
    desk.settle(issue)
    with opened(browser, desk, width=390) as page:
        edit(page, "Paragraph – Boat 12 ")
        text = page.locator("#editor-text")
        text.fill("Boat 12 sails, whatever comes. " * 9)
        expect(page.locator("#editor-difference ins").first).to_be_visible()
        outline = page.locator(".points .pointed")
        expect(outline).to_be_in_viewport(ratio=1)
        assert text.evaluate("text => text.clientWidth") > 350  # that of the phone
        above = """() => {
          const [block, stage] = [".points .pointed", "#stage"].map(each => document.querySelector(each).getBoundingClientRect());
          return stage.top <= block.top && block.bottom <= stage.bottom;
        }"""
        comes_to(page, lambda: page.evaluate(above), expected=True)
        desk.settle(issue.replace("Boat 3 waits", "Boat 3 TK waits"))
        expect(page.locator("#tab-count")).to_have_text("(1)")
        expect(outline).to_be_in_viewport(ratio=1)  # new findings leave it where it is
        page.keyboard.press("Escape")
        expect(outline).to_have_count(0)


def test_a_mail_that_comes_later_than_the_editor_shows_what_is_edited(browser: Browser, desk: Preview) -> None:
    more = "".join(f"  - paragraph: Boat {number} waits, and so does its crew.\n" for number in range(30))
    desk.settle(TIDES.replace("signoff:", f"{more}signoff:"))
    with opened(browser, desk) as page:
        page.goto("about:blank")
        held: list[Route] = []
        page.route("**/mail?*", lambda route: held.append(route))  # noqa: PLW0108 - it counts parameters
        page.goto(f"{desk.base}?issue=tides")
        comes_to(page, lambda: len(held), expected=1)
        edit(page, "Paragraph – Boat 29 ")
        held[0].continue_()
        expect(page.locator(".points .pointed")).to_be_in_viewport(ratio=1)


def test_a_difference_holds_both_texts_and_halves_no_character(browser: Browser, desk: Preview) -> None:
    some = random.Random(4)
    words = ["the", "tide", "🌊", "🌬", "a🌊b", "a🌬b", "ü", " ", "\n", "tides", "the tide", "e\u0301", "{{name|x}}"]
    texts = ["", *("".join(some.choices([*words, " "], k=some.randrange(1, 12))) for _ in range(300))]
    pairs = list(itertools.pairwise(texts))
    with opened(browser, desk) as page:
        found = page.evaluate(
            "async (pairs) => (({ compared }) => pairs.map((pair) => compared(...pair)))(await import('./static/diff.js'))",
            pairs,
        )
    for (before, after), pieces in zip(pairs, found, strict=True):
        assert "".join(text for kind, text in pieces if kind != "ins") == before
        assert "".join(text for kind, text in pieces if kind != "del") == after
        assert all(text.encode() for _, text in pieces)  # half an emoji could not be encoded


def test_what_cannot_be_written_is_told_with_its_remedy(browser: Browser, desk: Preview) -> None:
    with opened(browser, desk) as page:
        edit(page, "Paragraph")
        page.locator("#editor-text").fill("Hello {{first name}}, the tide is out.")
        problems = page.locator("#editor-problems")
        expect(problems).to_contain_text("issues/tides.yaml:6:")
        expect(problems.locator(".hint")).not_to_be_empty()
        expect(page.locator("#editor-write")).to_be_disabled()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_visible()
        page.locator("#editor-text").fill("Hello, the tide is out.")
        expect(problems.locator("li")).to_have_count(0)
        expect(page.locator("#editor-write")).to_be_enabled()
        assert saved(desk).decode() == TIDES


def test_a_save_meanwhile_is_never_overwritten_and_the_typed_text_never_lost(browser: Browser, desk: Preview) -> None:
    mine = "Boats need deep seas."
    with opened(browser, desk) as page:
        edit(page, "Paragraph – Boats")
        text = page.locator("#editor-text")
        text.fill(mine)
        # Somebody writes above it: the text is found again, at its new place.
        grown = TIDES.replace("  - heading:", "  - paragraph: New.\n  - heading:")
        desk.settle(grown)
        expect(page.locator("#editor-place")).to_have_text("issues/tides.yaml:9:16")
        expect(text).to_have_value(mine)
        expect(page.locator("#editor-conflict")).to_be_hidden()
        # Somebody writes in it: both are shown, and the author says which.
        theirs = grown.replace("need water under them", "need a harbour")
        desk.settle(theirs)
        conflict = page.locator("#editor-conflict")
        expect(conflict).to_contain_text("This text was changed in the file meanwhile")
        expect(conflict.locator("del")).to_contain_text("water under them")
        expect(conflict.locator("ins")).to_contain_text("a harbour")
        expect(text).to_have_value(mine)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor-write")).to_be_disabled()
        assert saved(desk).decode() == theirs
        # What is no text opens none, and takes nothing from the one that is open.
        mail_of(page).get_by_text("1 Quay Street").dblclick()
        expect(page.locator("#told")).to_contain_text("This is no text of the issue")
        expect(conflict).to_be_visible()
        desk.settle(grown)  # they thought better of it
        expect(conflict).to_be_hidden()
        expect(page.locator("#editor-difference del")).to_have_text("water under them")
        expect(text).to_have_value(mine)
        desk.settle(theirs)
        expect(conflict).to_be_visible()
        page.get_by_role("button", name="Put mine in its place").click()
        expect(page.locator("#editor-difference del")).to_have_text("a harbour")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk).decode() == theirs.replace("need a harbour", "need deep seas")


def test_a_file_that_the_desk_has_not_read_yet_is_not_written(browser: Browser, desk: Preview) -> None:
    theirs = TIDES.replace("the tide is out", "the tide is in")
    with opened(browser, desk) as page:
        edit(page, "Heading")
        page.locator("#editor-text").fill("Why it counts")
        expect(page.locator("#editor-difference ins")).not_to_have_count(0)
        broken = theirs + "blocks: []\n"  # with a mistake, so that the desk stays with what it had
        (desk.folder / "issues/tides.yaml").write_bytes(broken.encode())
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor-problems")).to_contain_text("was changed meanwhile, and is left as it is")
        assert saved(desk).decode() == broken
        expect(page.locator("#editor-text")).to_have_value("Why it counts")
        # Mended, it is the file that the edit goes into.
        desk.settle(theirs)
        expect(page.locator("#editor-write")).to_be_enabled()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert saved(desk).decode() == theirs.replace("Why it matters", "Why it counts")


def test_what_is_typed_outlives_the_preview(browser: Browser, preview: Preview, start: Callable[..., Preview]) -> None:
    page = browser.new_page()
    page.goto(preview.url)
    edit(page, "Heading")
    page.locator("#editor-text").fill("Why it counts")
    preview.stop()
    page.locator("#editor-text").press("End")
    page.keyboard.type("!")
    expect(page.locator("#editor-problems")).to_contain_text("Start dispatch preview again")
    start(preview.folder, "--port", str(preview.port))
    page.keyboard.type("!")
    expect(page.locator("#editor-difference ins")).to_have_text("counts!!", timeout=20_000)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#editor")).to_be_hidden()
    assert saved(preview).decode() == TIDES.replace("Why it matters", "Why it counts!!")
    page.close()


def test_a_page_from_elsewhere_can_neither_frame_the_desk_nor_write(browser: Browser, desk: Preview) -> None:
    attack = """async ([base, body]) => {
      const tried = [];
      for (const type of ["text/plain", "application/json"]) {
        for (const mode of ["no-cors", "cors"]) {
          const headers = { "Content-Type": type, "X-Edit-Token": "guessed" };
          const simple = mode === "no-cors" ? { "Content-Type": type } : headers;
          tried.push(await fetch(`${base}edit`, { method: "POST", mode, headers: simple, body }).then((a) => a.type, () => "failed"));
        }
      }
      tried.push(await fetch(`${base}texts?issue=tides`).then(() => "read", () => "failed"));
      const frame = document.createElement("iframe");
      frame.src = base;
      const loaded = new Promise((done) => (frame.onload = done));
      document.body.append(frame);
      await loaded;
      return tried;
    }"""
    edit_of_mine = '{"issue": "tides", "digest": "", "edits": [{"path": ["title"], "text": "Mine"}]}'
    told: list[str] = []
    # On this machine too: Chromium itself keeps pages from elsewhere away from it.
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"http://127.0.0.1:{stranger.server_port}/")
        tried = page.evaluate(attack, [desk.base, edit_of_mine])
        framed = page.frames[1].locator("#newsletter").count()
        page.close()
        stranger.shutdown()
    # Opaque: it was sent and refused, and the page cannot even see that. The others were not sent, or not to be read.
    assert tried == ["opaque", "failed", "opaque", "failed", "failed"]
    assert framed == 0
    assert any("frame-ancestors 'none'" in each for each in told), told
    assert saved(desk).decode() == TIDES
