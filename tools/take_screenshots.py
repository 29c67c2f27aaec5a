"""Takes the pictures in docs/images, of the sample issue, of the desk and of a difference, with Debian's chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dispatch.project import Project
from dispatch.publishing import build_issue
from dispatch.testing.samples import ARABIC_ISSUE

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ISSUE = "russia-and-north-korea"
SHOTS = {
    # name: width, height, colour scheme, pictures
    "issue-light": (700, 1100, "light", True),
    "issue-dark": (700, 1100, "dark", True),
    "issue-phone": (390, 1100, "light", True),
    "issue-images-off": (700, 1100, "light", False),
}
DESK = {
    # name: width, height, colour scheme, issue and choices, keys, what is cut out
    "desk": (1400, 860, "light", f"issue={ISSUE}&as=amara.diallo@example.com", "", ""),
    "desk-dark": (1400, 860, "dark", f"issue={ISSUE}&scheme=dark", "", ""),
    "desk-list": (1400, 460, "light", f"issue={ISSUE}", "", "#issues-pane"),
    "desk-findings": (1400, 860, "light", "issue=grain-and-gas", "", ""),
    "desk-edit": (1400, 860, "light", "issue=grain-and-gas", "e", ""),
    "desk-phone": (390, 844, "light", f"issue={ISSUE}&width=phone", "", ""),
}
# What an author might write on a bad day.
SLIPS = {
    "grain-and-gas": {
        "title: Grain, gas and the price of patience": 'title: "Re: Grain, gas and the price of patience"',
        "costs time, money and patience, in this order.": "costs $3,8 million a week, and more dependance on others ([click here](http://localhost/)).",
    }
}
DIFF = {
    # name: width, height, colour scheme
    "diff": (1000, 1400, "light"),
    "diff-phone": (390, 844, "dark"),
}
# What an author might change after a colleague has read it.
CHANGES = {
    "issues/russia-and-north-korea.yaml": {
        "Under Mr Putin the threads were picked up again, one at a time.": "Under Mr Putin the threads were picked up again.",
        "heading: Increased military cooperation": "heading: Military cooperation",
        "Delegations and members of parliament": "[Delegations](https://example.org/delegations) and members of parliament",
        "**$52.9 million**": "**$52,9 million**",
    }
}
COMMAND = [sys.executable, "-m", "dispatch"]


def take_issue(browser: Browser, folder: Path) -> None:
    """Build the issue into a folder and take a picture of each way to see it."""
    project = Project.open(ROOT, environ=os.environ)
    build_issue(project, project.read_issue(ISSUE), folder)
    page_url = (folder / ISSUE / "email.html").as_uri()
    for name, (width, height, scheme, pictures) in SHOTS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=False
        )
        page = context.new_page()
        if not pictures:
            page.route("**/media/*", lambda route: route.abort())
        page.goto(page_url)
        page.screenshot(path=IMAGES / f"{name}.png")
        shrink(IMAGES / f"{name}.png")
        context.close()
    page = browser.new_page(viewport={"width": 700, "height": 1100})
    page.goto((folder / ISSUE / "web.html").as_uri())
    page.locator("figure.chart").screenshot(path=IMAGES / "chart.png")
    shrink(IMAGES / "chart.png")
    page.close()


def take_arabic(browser: Browser, folder: Path) -> None:
    """Build the Arabic sample, without pictures, and take a picture of the mail."""
    copy_newsletter(folder)
    issue = yaml.safe_load(ARABIC_ISSUE)
    del issue["cover"]
    issue["blocks"] = [block for block in issue["blocks"] if "figure" not in block]
    (folder / "issues" / "bridge.yaml").write_text(yaml.safe_dump(issue, allow_unicode=True), "utf-8")
    project = Project.open(folder, environ=os.environ)
    build_issue(project, project.read_issue("bridge"), folder)
    page = browser.new_page(viewport={"width": 700, "height": 970})
    page.goto((folder / issue["slug"] / "email.html").as_uri())
    page.screenshot(path=IMAGES / "issue-arabic.png")
    shrink(IMAGES / "issue-arabic.png")
    page.close()


def take_desk(browser: Browser, folder: Path) -> None:
    """Show a copy of the newsletter, of which one issue was sent and one has slips, and take pictures of the desk."""
    copy_newsletter(folder)
    subprocess.run([*COMMAND, "send", "the-narrow-sea", "--yes"], cwd=folder, check=True, capture_output=True)
    for issue, slips in SLIPS.items():
        replace_in(folder / "issues" / f"{issue}.yaml", slips)
    with previewed(folder) as address:
        warm(browser, address, folder)
        for name, (width, height, scheme, query, keys, part) in DESK.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{address}?{query}")
            wait(page)
            for key in keys:
                page.keyboard.press(key)
                page.wait_for_timeout(1500)
            if name == "desk-edit":
                page.locator("#editor-text").fill("Grain, gas and the price of patience")
                expect(page.locator("#editor-difference")).not_to_be_empty(timeout=60_000)
            (page.locator(part) if part else page).screenshot(path=IMAGES / f"{name}.png")
            context.close()


def take_diff(browser: Browser, folder: Path) -> None:
    """Commit a copy of the newsletter, change an issue and a picture of it, and take pictures of the difference."""
    copy_newsletter(folder)
    git = ["git", "-c", "user.name=Joy", "-c", "user.email=joy@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "The issue"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    for name, changes in CHANGES.items():
        replace_in(folder / name, changes)
    with Image.open(folder / "images" / "tumen-border.png") as picture:
        picture.crop((0, 0, picture.width, picture.height * 9 // 10)).save(folder / "images" / "tumen-border.png")
    subprocess.run([*COMMAND, "diff", "--html", "diff.html"], cwd=folder, check=True, capture_output=True)
    for name, (width, height, scheme) in DIFF.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=False
        )
        page = context.new_page()
        page.goto((folder / "diff.html").as_uri())
        page.screenshot(path=IMAGES / f"{name}.png")
        shrink(IMAGES / f"{name}.png")
        context.close()


def copy_newsletter(folder: Path) -> None:
    """Copy what makes the newsletter of this repository."""
    for name in ("dispatch.yaml", "subscribers.csv", "terms.yaml"):
        shutil.copy(ROOT / name, folder)
    for name in ("issues", "images", "templates"):
        shutil.copytree(ROOT / name, folder / name)


def replace_in(path: Path, changes: dict[str, str]) -> None:
    """Write other words into a file."""
    text = path.read_text("utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@contextmanager
def previewed(folder: Path) -> Iterator[str]:
    """The address of the preview of a newsletter, for as long as it runs."""
    command = [*COMMAND, "preview", "--no-open", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip().partition("?")[0]
        finally:
            process.terminate()


def warm(browser: Browser, address: str, folder: Path) -> None:
    """Look at all issues and save them again: the first compilation takes longer than those that an author sees."""
    page = browser.new_page()
    for path in (folder / "issues").iterdir():
        page.goto(f"{address}?issue={path.stem}")
        wait(page)
        path.touch()
        page.wait_for_timeout(500)
    page.close()


def wait(page: Page) -> None:
    """Until all is there: the mail, the findings, how far the issues have come."""
    expect(page.locator("#device iframe:not(.coming)")).to_be_attached(timeout=60_000)
    expect(page.locator("#findings .waiting")).to_have_count(0, timeout=60_000)
    expect(page.locator("#issues .standing.sent")).to_have_count(1, timeout=60_000)
    page.wait_for_timeout(500)


def shrink(path: Path) -> None:
    """A palette is enough for text and a map."""
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        for number, shots in enumerate((take_issue, take_arabic, take_desk, take_diff)):
            (Path(scratch) / str(number)).mkdir()
            shots(chromium, Path(scratch) / str(number))
        chromium.close()
