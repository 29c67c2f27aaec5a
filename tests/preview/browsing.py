"""The desk in Chromium: opened for a test, and looked at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar

from playwright.sync_api import Browser, FrameLocator, Page

from preview.client import Preview

Scheme = Literal["light", "dark"]
MAIL = "#device iframe:not(.coming)"
PATIENCE = 20  # seconds: a busy machine takes its time

Seen = TypeVar("Seen")


@contextmanager
def opened(
    browser: Browser, preview: Preview, query: str = "?issue=tides", *, scheme: Scheme = "light", width: int = 1400
) -> Iterator[Page]:
    """A page with the desk, on which no script went wrong and the policy forbade nothing."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(preview.base + query)
    yield page
    context.close()
    # Chromium complains for the mail, into which Playwright wanted to put its own scripts, and where an edit was refused.
    usual = re.compile("Blocked script execution|status of (409|422)")
    complaints = [text for text in complaints if not usual.search(text)]
    assert not complaints, complaints


def comes_to(page: Page, look: Callable[[], Seen], expected: Seen) -> None:
    """Wait until what is looked at is as expected, where Playwright's `expect` cannot see it."""
    end = time.monotonic() + PATIENCE
    while (seen := look()) != expected:
        assert time.monotonic() < end, seen
        page.wait_for_timeout(50)


def mail_of(page: Page) -> FrameLocator:
    """The mail on the stage."""
    return page.frame_locator(MAIL)


def ground_of(page: Page) -> str:
    """The colour behind the mail."""
    return str(mail_of(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
