"""Takes the pictures of the sample issue in docs/images: `python tools/take_screenshots.py`, with Debian's chromium."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from dispatch.project import Project
from dispatch.publishing import build_issue

ROOT = Path(__file__).resolve().parent.parent
ISSUE = "russia-and-north-korea"
SHOTS = {
    # name: width, height, colour scheme, pictures
    "issue-light": (700, 1100, "light", True),
    "issue-dark": (700, 1100, "dark", True),
    "issue-phone": (390, 1100, "light", True),
    "issue-images-off": (700, 1100, "light", False),
}


def take(folder: Path) -> None:
    """Build the issue into a folder and take a picture of each way to see it."""
    project = Project.open(ROOT, environ=os.environ)
    build_issue(project, project.read_issue(ISSUE), folder)
    page_url = (folder / ISSUE / "email.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (width, height, scheme, pictures) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=False
            )
            page = context.new_page()
            if not pictures:
                page.route("**/media/*", lambda route: route.abort())
            page.goto(page_url)
            path = ROOT / "docs" / "images" / f"{name}.png"
            page.screenshot(path=path)
            shrink(path)
            context.close()
        browser.close()


def shrink(path: Path) -> None:
    """A palette is enough for text and a map."""
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        take(Path(scratch))
