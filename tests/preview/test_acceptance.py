"""Words that the desk puts into terms.yaml: what was seen is written, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from preview.browsing import opened
from preview.client import TIDES, Preview

TERMS = "accept: [ KCNA ] # names\nterms: {Putin: Poutine}\n"
BOATS = TIDES.replace("Boats need water", "When Putin saw Putin, Poutine saw boats that need water")


@pytest.fixture(autouse=True)
def _without_terms(shared: Preview) -> None:
    (shared.folder / "terms.yaml").unlink(missing_ok=True)


def findings(preview: Preview, issue: str = "tides") -> list[dict[str, Any]]:
    """What the checks say of an issue as the desk has it."""
    for _ in range(20):  # where a save was told in two parts
        with preview.views(issue=issue) as views:
            view = next(views)
        found = preview.ask("findings", issue=issue, generation=str(view["generation"])).json["findings"]
        if found is not None:
            return list(found)
    raise AssertionError("the desk never came to rest")


def test_a_word_that_a_finding_is_about_is_accepted_once_and_for_all(desk: Preview) -> None:
    desk.settle(BOATS)
    [word] = [finding["word"] for finding in findings(desk) if finding["word"]]
    assert word == "Poutine"
    proposed = desk.post("acceptance", {"word": word}).json
    assert proposed["file"] == "terms.yaml"
    assert proposed["difference"][-2:] == ["+accept:", "+  - Poutine"]
    assert not (desk.folder / "terms.yaml").exists()
    written = desk.post("accept", {"word": word, "seen": proposed["seen"]})
    assert (written.status, written.json) == (200, proposed)
    assert (desk.folder / "terms.yaml").read_text().endswith("accept:\n  - Poutine\n")
    assert json.loads((desk.folder / ".dispatch/terms.schema.json").read_text())
    assert [finding["word"] for finding in findings(desk) if finding["word"]] == []
    assert desk.post("acceptance", {"word": word}).status == 422, "there is nothing left to accept"


def test_only_the_word_is_put_in(desk: Preview) -> None:
    desk.write("terms.yaml", TERMS)
    seen = desk.post("acceptance", {"word": "Tumen"}).json["seen"]
    assert desk.post("accept", {"word": "Tumen", "seen": seen}).status == 200
    assert (desk.folder / "terms.yaml").read_text() == TERMS.replace("KCNA", "KCNA, Tumen")


def test_terms_that_changed_meanwhile_are_left_as_they_are(desk: Preview) -> None:
    for before, after in ((None, TERMS), (TERMS, f"{TERMS}# more\n")):
        if before:
            desk.write("terms.yaml", before)
        seen = desk.post("acceptance", {"word": "Tumen"}).json["seen"]
        desk.write("terms.yaml", after)
        answer = desk.post("accept", {"word": "Tumen", "seen": seen})
        assert (answer.status, answer.json["problems"][0]["message"]) == (
            409,
            "terms.yaml was changed meanwhile, and is left as it is",
        )
        assert (desk.folder / "terms.yaml").read_text() == after


@pytest.mark.parametrize(
    ("terms", "word", "why"),
    [
        (TERMS, "Poutine", "“Poutine” is a wrong form of “Putin” in terms.yaml, and cannot be accepted as well"),
        (TERMS, "KCNA", "“KCNA” is in order already"),
        (TERMS, "a\nb", "a term is one line of at most 100 characters, and is not accepted"),
        (TERMS, "*Tumen*", "“*Tumen*” does not begin with a letter or a digit, and is not accepted"),
        ("terms: []\n", "Tumen", "`terms` does not tell the right forms from the wrong ones"),
        ("accept: [\n", "Tumen", "what stands between this `[` and its `]` cannot be read from line 2 on"),
    ],
)
def test_what_cannot_be_accepted_is_told(desk: Preview, terms: str, word: str, why: str) -> None:
    desk.write("terms.yaml", terms)
    for path in ("acceptance", "accept"):
        answer = desk.post(path, {"word": word})
        assert (answer.status, answer.json["problems"][0]["message"]) == (422, why)
    assert (desk.folder / "terms.yaml").read_text() == terms


def test_nothing_is_written_that_nobody_has_seen(desk: Preview) -> None:
    assert desk.post("accept", {"word": "Tumen"}).status == 422
    assert not (desk.folder / "terms.yaml").exists()


def test_terms_from_elsewhere_are_not_written(desk: Preview, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(TERMS)
    (desk.folder / "terms.yaml").symlink_to(elsewhere)
    for path in ("acceptance", "accept"):
        assert desk.post(path, {"word": "Tumen"}).status == 422
    assert elsewhere.read_text() == TERMS


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"seen": ""}', b'{"word": 1}', b'{"word": "a", "file": "x.yaml"}', b'{"word": "\\ud83c"}']
)
def test_what_is_no_word_is_not_accepted(quiet: Preview, content: bytes) -> None:
    assert quiet.post("accept", content).status == 400
    assert quiet.post("accept", {"word": "a" * 101}).status == 400


# --- on the desk -------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_word_is_accepted_by_keys(browser: Browser, desk: Preview) -> None:
    desk.settle(BOATS)
    with opened(browser, desk) as page:
        buttons = page.locator(".finding .suggestions").get_by_role("button")
        expect(buttons).to_have_text(["Putin", "Accept Poutine"])
        page.keyboard.press("y")
        expect(page.locator("#editor-title")).to_have_text("Accept Poutine")
        expect(page.locator("#editor-place")).to_have_text("terms.yaml")
        expect(page.locator("#editor-difference")).to_contain_text("- Poutine")
        assert not (desk.folder / "terms.yaml").exists()
        page.keyboard.press("Enter")
        expect(page.locator(".finding .suggestions")).to_have_count(0)
        assert (desk.folder / "terms.yaml").read_text().endswith("accept:\n  - Poutine\n")
        assert (desk.folder / "issues/tides.yaml").read_text() == BOATS
        page.keyboard.press("y")
        expect(page.locator("body")).to_contain_text("No finding is about a word that could be accepted.")


@pytest.mark.browser
def test_a_word_is_written_as_it_stands_elsewhere_or_accepted(browser: Browser, desk: Preview) -> None:
    desk.settle(BOATS)
    with opened(browser, desk) as page:
        page.get_by_role("button", name="Accept Poutine").click()
        expect(page.get_by_role("radio", name="Accept Poutine")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(page.locator("#editor-title")).to_have_text("Write Putin")
        expect(page.locator("#editor-place")).to_contain_text("issues/tides.yaml")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#editor-difference")).to_contain_text("- Poutine")
        desk.write("terms.yaml", "accept: [KCNA]\n")
        page.keyboard.press("Enter")
        expect(page.locator("#editor-problems")).to_contain_text("was changed meanwhile")
        assert (desk.folder / "terms.yaml").read_text() == "accept: [KCNA]\n"
