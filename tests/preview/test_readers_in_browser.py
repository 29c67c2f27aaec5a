"""What some readers only get, on the desk in Chromium: as somebody on the list, or as a reader who is made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from preview.browsing import Scheme, mail_of, opened
from preview.client import Preview, write_newsletter
from sampling import sampled

pytestmark = pytest.mark.browser

ISSUE = """\
title: For whom
blocks:
  - paragraph: This is for all.
  - paragraph: This is for those who pay.
    when: paid
  - callout: Ceci est pour vous.
    when: french
  - columns:
      - - paragraph: Left of it.
      - - paragraph: Right of it.
    when: paid
"""


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    folder: Path = write_newsletter(tmp_path_factory.mktemp("newsletter"))
    with (folder / "dispatch.yaml").open("a") as settings:
        settings.write("segments: {paid: '\"paid\" in tags', french: 'language == \"fr\"'}\n")
    (folder / "issues" / "whom.yaml").write_text(ISSUE)
    preview = Preview.start(folder)
    yield preview
    preview.stop()


def sees(page: Page, *texts: str) -> None:
    """The mail has these of its texts and not the others."""
    for text in ("This is for all.", "This is for those who pay.", "Ceci est pour vous."):
        expect(mail_of(page).get_by_text(text)).to_have_count(int(text in texts))


@pytest.mark.parametrize("scheme", sampled(["light", "dark"], every=2))
def test_a_reader_is_made_up_by_ticks_and_a_language(browser: Browser, preview: Preview, scheme: Scheme) -> None:
    with opened(browser, preview, "?issue=whom", scheme=scheme) as page:
        sees(page, "This is for all.", "This is for those who pay.", "Ceci est pour vous.")
        paid = page.get_by_role("group", name="Blocks for").get_by_label("paid")
        expect(paid).to_be_checked()
        paid.focus()
        page.keyboard.press("Space")
        sees(page, "This is for all.", "Ceci est pour vous.")
        expect(paid).to_be_focused()
        expect(page).to_have_url(re.compile("without=paid"))
        page.get_by_label("french").uncheck()
        sees(page, "This is for all.")
        page.get_by_label("Footer").select_option("French")
        expect(mail_of(page).get_by_text("Se désabonner")).to_have_count(1)
        page.reload()
        sees(page, "This is for all.")
        expect(page.get_by_label("Footer")).to_have_value("fr")
        page.get_by_label("paid").check()
        sees(page, "This is for all.", "This is for those who pay.")


def test_a_subscriber_gets_what_is_for_them(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview, "?issue=whom&as=elodie%40example.org") as page:
        sees(page, "This is for all.", "This is for those who pay.", "Ceci est pour vous.")
        expect(mail_of(page).get_by_text("Se désabonner")).to_have_count(1)
        expect(page.get_by_label("french")).to_be_checked()
        expect(page.get_by_label("french")).to_be_disabled()
        expect(page.locator("#readers-note")).to_have_text("Élodie Laurent is in what is ticked.")
        expect(page.get_by_label("Footer")).to_be_hidden()
        page.keyboard.press("a")
        page.keyboard.type("omar")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        sees(page, "This is for all.")
        expect(mail_of(page).get_by_text("إلغاء الاشتراك")).to_have_count(1)
        expect(page.get_by_label("paid")).not_to_be_checked()


def test_the_lines_of_a_block_tell_for_whom_it_is(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview, "?issue=whom") as page:
        mail_of(page).get_by_text("This is for those who pay.").click()
        expect(page.locator("#lines > p")).to_have_text("For paid only.")
        page.get_by_label("paid").uncheck()
        expect(page.locator("#lines > p")).to_have_text("For paid only: not for the reader you look at.")
        page.get_by_label("paid").check()
        mail_of(page).get_by_text("Right of it.").click()
        expect(page.locator("#lines > p")).to_have_text("For paid only.")
        mail_of(page).get_by_text("This is for all.").click()
        expect(page.locator("#lines > p")).to_have_count(0)


def test_the_page_in_the_archive_has_what_is_for_all(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview, "?issue=whom&view=web") as page:
        sees(page, "This is for all.")


def test_an_issue_for_all_asks_for_no_segments(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview, "?issue=tides") as page:
        expect(page.get_by_label("Footer")).to_be_visible()
        expect(page.get_by_role("group", name="Blocks for")).to_be_hidden()


def test_a_reader_who_can_get_no_message_is_no_fault_of_a_file(browser: Browser, preview: Preview) -> None:
    with (preview.folder / "subscribers.csv").open("a", encoding="utf-8") as file:
        file.write("jürgen@example.org,Jürgen,Jürgen,de,,subscribed\n")
    with opened(browser, preview, "?issue=whom&as=jürgen%40example.org") as page:
        trouble = page.locator("#trouble")
        expect(trouble).to_contain_text("jürgen@example.org")
        expect(trouble).to_contain_text(
            "The issue compiles, and its file is at no fault: look as another reader, and this goes away."
        )
        expect(trouble).not_to_contain_text("Mend the file")
        expect(page.locator(".finding")).not_to_have_count(0)  # of the issue, which compiles
        page.keyboard.press("a")
        page.keyboard.type("omar")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(trouble).to_be_hidden()
        expect(mail_of(page).get_by_text("This is for all.")).to_have_count(1)
