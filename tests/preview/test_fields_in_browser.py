"""The merge fields on the desk, in Chromium: what fills each, and a reader who is made up."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from preview.browsing import Scheme, mail_of, opened
from preview.client import Preview
from sampling import sampled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", sampled(["light", "dark"], every=2))
def test_a_reader_is_made_up_by_typing(browser: Browser, quiet: Preview, scheme: Scheme) -> None:
    with opened(browser, quiet, scheme=scheme) as page:
        fields = page.locator("#fields")
        expect(fields).to_contain_text("No value: the fallback is in use, “reader”.")
        expect(page.get_by_label("first_name")).to_have_attribute("placeholder", "reader")
        page.get_by_label("first_name").focus()
        page.keyboard.type("Ada <b>")
        expect(mail_of(page).get_by_text("Hello Ada <b>, the tide is out.")).to_be_attached()
        expect(fields).to_contain_text("Made up; the fallback would be “reader”.")
        expect(page).to_have_url(re.compile("made=first_name%3DAda"))
        expect(page.get_by_role("button", name="A reader, made up")).to_be_visible()
        expect(page.get_by_label("first_name")).to_be_focused()
        page.reload()
        expect(mail_of(page).get_by_text("Hello Ada <b>, the tide is out.")).to_be_attached()
        expect(page.get_by_label("first_name")).to_have_value("Ada <b>")
        page.get_by_role("button", name="Take back").click()
        expect(mail_of(page).get_by_text("Hello reader, the tide is out.")).to_be_attached()
        expect(page.get_by_label("first_name")).to_have_value("")
        expect(page).not_to_have_url(re.compile("made="))


def test_what_comes_while_one_types_takes_no_letter_away(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        expect(page.get_by_label("first_name")).to_be_visible()
        at_once = """field => {
            field.focus();
            field.value = "Ada";
            field.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true })); // all is drawn anew
            return field.value;
        }"""
        assert page.get_by_label("first_name").evaluate(at_once) == "Ada"
        expect(mail_of(page).get_by_text("Hello Ada, the tide is out.")).to_be_attached()
        # Who leaves the field has typed it, and who takes it back leaves it.
        page.get_by_label("first_name").fill("Bo")
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_label("first_name")).to_have_value("")
        expect(mail_of(page).get_by_text("Hello reader, the tide is out.")).to_be_attached()


def test_a_subscribers_value_is_shown_and_can_be_tried_otherwise(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=tides&as=elodie%40example.org", width=390) as page:
        page.get_by_role("button", name="Findings").click()
        expect(page.locator("#fields")).to_contain_text("From the list; the fallback would be “reader”.")
        field = page.get_by_label("first_name")
        expect(field).to_have_attribute("placeholder", "Élodie")
        field.fill("Bo")
        expect(page.get_by_role("button", name="Élodie Laurent (fr), made up")).to_be_visible()
        expect(mail_of(page).get_by_text("Hello Bo, the tide is out.")).to_be_attached()
        page.keyboard.press("Tab")
        page.keyboard.press("a")
        page.keyboard.type("omar")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page).not_to_have_url(re.compile("made="))
        expect(mail_of(page).get_by_text("Hello Omar, the tide is out.")).to_be_attached()
        expect(field).to_have_attribute("placeholder", "Omar")


def test_an_issue_without_merge_fields_has_no_panel(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=winds") as page:
        expect(mail_of(page).get_by_text("It blew.")).to_be_attached()
        expect(page.locator("#fields-section")).to_be_hidden()
