"""axe-core finds nothing serious on the desk, in any view, pane and state; nor in the mail and on the archive's pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dispatch.project import Project
from dispatch.publishing import build_archive, build_issue
from end_to_end.repository import copy_newsletter
from preview.browsing import mail_of
from preview.client import TIDES, Preview
from sampling import sampled

pytestmark = pytest.mark.browser

WINDS = "title: Winds\ndate: 2026-02-02\nblocks:\n  - paragraph: '[click here](javascript:x) in 2025'\n"
DESKTOP, PHONE = 1400, 390
LOOKS = [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)]


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical. The mail's frame is left out: no script may run in it, so it is judged alone."""
    # Contrast is measured on what is shown in the end, and not on what is fading in.
    page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
    found: dict[str, Any] = Axe().run(page, options={"iframes": False, "resultTypes": ["violations"]}).response
    assert found["passes"], "axe did not look"
    return [
        f"{each['id']}: {each['help']}: {node['target']} {node['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.fixture
def open_desk(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page with the desk that lets axe in: the desk's own policy allows no script from elsewhere."""
    contexts = []

    def begin(preview: Preview, query: str, *, scheme: str, width: int) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(preview.base + query)
        return page

    yield begin
    for context in contexts:
        context.close()


def test_axe_speaks_where_there_is_something_to_say(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><p style='color:#999'>Pale.</p><img src=x></main>")
    assert [line.partition(":")[0] for line in violations(page)] == ["color-contrast", "image-alt"]
    page.close()


@pytest.mark.parametrize(("scheme", "width"), sampled(LOOKS, every=4))
def test_every_view_and_pane_of_the_desk(
    open_desk: Callable[..., Page], preview: Preview, scheme: str, width: int
) -> None:
    preview.write("issues/winds.yaml", WINDS)
    page = open_desk(preview, "?issue=winds&as=elodie%40example.org", scheme=scheme, width=width)
    expect(page.locator("#findings .finding.error")).not_to_have_count(0)
    expect(page.locator("#issues .standing.checked")).not_to_have_count(0)
    for view in page.locator("[data-choice=view]").all():
        view.click()
        assert violations(page) == [], view.get_attribute("data-value")
    page.locator("[data-choice=view]").first.click()
    page.keyboard.press("d")
    assert violations(page) == [], "the mail in dark"
    for pane in page.locator(".tabs button").all() if width == PHONE else []:
        pane.click()
        assert violations(page) == [], pane.inner_text()
    page.keyboard.press("a")
    expect(page.locator("#found").get_by_role("option")).not_to_have_count(0)
    assert violations(page) == [], "whose message"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert violations(page) == [], "the keys"


@pytest.mark.parametrize("scheme", sampled(["dark", "light"], every=2))
def test_the_desk_in_trouble(open_desk: Callable[..., Page], preview: Preview, scheme: str) -> None:
    preview.write("issues/winds.yaml", "titel: Winds\n" + "blox:\n" * 40)
    page = open_desk(preview, "?issue=winds", scheme=scheme, width=DESKTOP)
    expect(page.get_by_role("alert")).to_contain_text("problem")
    assert violations(page) == [], "an issue that never compiled"
    page.goto(f"{preview.base}?issue=tides&as=gone%40example.org")
    expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    preview.write("issues/tides.yaml", TIDES.replace("title", "titel"))
    expect(page.get_by_role("alert")).to_contain_text("problem")
    assert violations(page) == [], "problems over the last good mail"
    page.keyboard.press("p")
    assert violations(page) == [], "with its panes folded"
    preview.stop()
    expect(page.get_by_role("heading", name="The preview has ended")).to_be_visible()
    assert violations(page) == [], "when the preview has ended"


@pytest.mark.parametrize("scheme", sampled(["dark", "light"], every=2))
def test_the_desk_without_an_issue(
    open_desk: Callable[..., Page], newsletter: Path, start: Callable[..., Preview], scheme: str
) -> None:
    for file in (newsletter / "issues").iterdir():
        file.unlink()
    page = open_desk(start(newsletter), "", scheme=scheme, width=DESKTOP)
    expect(page.get_by_role("heading", name="No issue yet")).to_be_visible()
    assert violations(page) == []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample newsletter's issues, as they are mailed and as pages, and its archive."""
    folder = copy_newsletter(tmp_path_factory.mktemp("sample") / "newsletter")
    out = folder / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with Project.open(folder, environ=os.environ) as project:
            issues = [project.read_issue(path.stem) for path in project.issue_files()]
            for issue in issues:
                build_issue(project, issue, out)
            build_archive(project, issues, out / "archive")
    return out


@pytest.mark.parametrize(("scheme", "width"), sampled(LOOKS, every=4))
def test_the_mail_and_the_archive(browser: Browser, built: Path, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    files = [*built.glob("*/email.html"), *built.glob("archive/**/index.html")]
    assert len(files) == 3 + 4
    for file in files:
        page.goto(file.as_uri())
        assert violations(page) == [], file.relative_to(built)
    context.close()
