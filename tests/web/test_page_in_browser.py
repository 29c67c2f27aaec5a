"""The page in Chromium, without scripts: it is styled under its own policy, and its button works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from web.client import Service, person, token

pytestmark = pytest.mark.browser


def test_a_reader_leaves_by_pressing_the_button(browser: Browser, service: Service) -> None:
    number, complaints = 77, list[str]()
    page = browser.new_page(java_script_enabled=False, color_scheme="dark", viewport={"width": 375, "height": 667})
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"http://{service.host}:{service.port}/u/{token(number)}?utm_source=mail")
    button = page.get_by_role("button", name="Unsubscribe")
    box = button.bounding_box()
    assert box
    assert box["height"] >= 48
    assert box["width"] == 375 - 2 * 16  # so the style was let in
    assert person(number) not in service.suppressions()
    button.click()
    expect(page.get_by_role("heading")).to_have_text("You have left GEOPOLITIKS <& friends>.")
    expect(page.get_by_role("button")).to_have_count(0)
    page.close()
    assert person(number) in service.suppressions()
    assert [text for text in complaints if "favicon" not in text] == []
