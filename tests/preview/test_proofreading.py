"""The desk's proof-reader: the mail and what is known come first, and its process lives and dies with the desk's."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from dispatch.inspection.proofreading import engine_for
from preview.browsing import comes_to, opened
from preview.client import Preview

pytestmark = pytest.mark.skipif(not engine_for("en"), reason="no engine for English is installed")

SLIPS = (
    "title: The tides of March\n"
    "preheader: What they bring.\n"
    "date: 2026-03-02\n"
    "blocks:\n"
    "  - paragraph: >-\n"
    "      The boats 🌊 avoid the **dependance** on it: # no comment.\n"
    "      This help reduce the costs.\n"
)


@pytest.fixture
def reading(newsletter: Path, start: Callable[..., Preview], monkeypatch: pytest.MonkeyPatch) -> Preview:
    """A preview that proof-reads, of an issue with two slips."""
    monkeypatch.setenv("DISPATCH_PROOFREADING", "auto")
    (newsletter / "issues/tides.yaml").write_text(SLIPS, "utf-8")
    return start(newsletter)


def findings(preview: Preview, **asked: str) -> dict[str, Any]:
    """What the checks say of the issue as it is now."""
    with preview.views(issue="tides") as views:
        generation = str(next(views)["generation"])
    until = time.monotonic() + 60
    while True:
        try:
            answer: dict[str, Any] = preview.ask("findings", issue="tides", generation=generation, **asked).json
        except TimeoutError:  # the engine is still being loaded
            assert time.monotonic() < until
        else:
            return answer


def slips(answer: dict[str, Any]) -> list[str]:
    """The slips that were found."""
    told = [each for each in answer["findings"] if each["check"] in {"misspelling", "grammar-mistake"}]
    return [f"{each['line']}:{each['column']} {each['suggestions'][0]['title']}" for each in told]


FOUND = ["6:31 Write dependence", "7:17 Write reduces"]


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < end
        time.sleep(0.02)


def children_of(preview: Preview) -> list[int]:
    """The processes that the desk has started, from whichever of its threads."""
    tasks = Path(f"/proc/{preview.process.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def test_what_is_known_comes_at_once_and_the_rest_to_whoever_waits(reading: Preview) -> None:
    hasty = findings(reading)
    assert (hasty["pending"], slips(hasty), children_of(reading)) == (True, [], [])
    patient = findings(reading, proofs="wait")
    assert (patient["pending"], slips(patient), patient["notices"]) == (False, FOUND, [])
    assert findings(reading) == patient, "and then it is known"


def test_its_process_is_started_again_and_ends_with_the_desk(reading: Preview) -> None:
    findings(reading, proofs="wait")
    [first] = children_of(reading)
    os.kill(first, signal.SIGKILL)
    wait_until_gone(first)
    reading.settle(SLIPS.replace("costs", "costs greatly and recieve"))
    assert "Write receive" in slips(findings(reading, proofs="wait"))[-1]
    [second] = children_of(reading)
    assert second != first
    reading.process.terminate()
    assert reading.process.wait(20) == 0
    wait_until_gone(second)


def test_other_settings_leave_it_running(reading: Preview) -> None:
    findings(reading, proofs="wait")
    before = children_of(reading)
    settings = reading.folder / "dispatch.yaml"
    settings.write_text(settings.read_text() + "checks: {severity: {misspelling: error}}\n")
    until = time.monotonic() + 60
    while not any(each["severity"] == "error" for each in findings(reading, proofs="wait")["findings"] or ()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert children_of(reading) == before


@pytest.mark.browser
def test_a_suggestion_is_chosen_by_keys_and_changes_those_characters_alone(browser: Browser, reading: Preview) -> None:
    file = reading.folder / "issues/tides.yaml"
    text = SLIPS.replace("avoid the **dependance** on", "will **recieve**")
    file.write_text(text, "utf-8")
    with opened(browser, reading) as page:
        page.goto("about:blank")
        held: list[Route] = []
        page.route(re.compile("proofs=wait"), lambda route: route.continue_() if held else held.append(route))
        page.goto(f"{reading.base}?issue=tides")
        expect(page.locator(".notice")).to_have_text("Proof-reading…")
        comes_to(page, lambda: len(held), expected=1)
        held[0].continue_()
        suggestions = page.locator(".finding .suggestions").first.get_by_role("button")
        expect(suggestions).to_have_text(["receive", "relieve", "Accept recieve"], timeout=30_000)
        expect(page.locator(".notice")).to_have_count(0)
        page.keyboard.press("f")
        expect(page.locator("#editor-title")).to_have_text("Write receive")
        choices = page.locator("#editor-alternatives")
        expect(choices.get_by_role("radio", name="receive")).to_be_focused()
        expect(page.locator("#editor-difference ins")).to_have_text("ei")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#editor-title")).to_have_text("Write relieve")
        expect(page.locator("#editor-difference ins")).to_have_text("l")
        page.keyboard.press("Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert file.read_text("utf-8") == text.replace("recieve", "relieve")
        suggestions = page.locator(".suggestions").get_by_role("button")
        expect(suggestions).to_have_text(["reduces"], timeout=30_000)
        suggestions.click()
        expect(choices).to_be_hidden()
        expect(page.locator("#editor-write")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#editor")).to_be_hidden()
        assert file.read_text("utf-8") == text.replace("recieve", "relieve").replace("reduce ", "reduces ")
        expect(page.locator(".suggestions")).to_have_count(0, timeout=30_000)


@pytest.mark.browser
def test_what_was_not_read_is_not_said_to_be_fine(browser: Browser, reading: Preview) -> None:
    (reading.folder / "issues/tides.yaml").write_text(
        SLIPS.replace("dependance", "harbour").replace("help", "helps to")
    )
    with opened(browser, reading) as page:
        nothing, tab = page.locator("#findings .nothing"), page.locator("#tab-icon")
        expect(nothing).to_have_text("The checks found nothing.", timeout=30_000)
        expect(tab).to_have_attribute("href", "#icon-fine")
        failed = {"findings": [], "waived": [], "notices": ["The proof-reader failed: why."], "pending": False}
        page.route("**/findings?*", lambda route: route.fulfill(json=failed))
        page.reload()
        expect(page.locator(".notice")).to_have_text("The proof-reader failed: why.")
        expect(nothing).to_have_text("The checks found nothing in what was read.")
        expect(tab).to_have_attribute("href", "#icon-list")
