"""From saving the sample issue to seeing it in the browser, with `dispatch preview` and Chromium."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, sync_playwright

from bench.measuring import Line, Table, Target
from bench.newsletter import SAMPLE, copy_sample
from bench.process import ROOT
from bench.scope import Scope
from bench.sinks import tool

TARGET = Target(150, unit=" ms")
_PAUSE = 1.5  # seconds between a save and the next: the checks of the one before are done

# The moment, in milliseconds since 1970, at which a frame has been painted in which the mail says a word.
_SEEN = """word => { window.seen = new Promise(done => {
  const device = document.getElementById("device");
  const watch = new MutationObserver(look);
  const changes = { childList: true, subtree: true, attributes: true, characterData: true };
  function look() {
    const mail = device.querySelector("iframe:not(.coming)")?.contentDocument;
    if (!mail?.body?.textContent.includes(word)) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.timeOrigin + performance.now())));
  }
  watch.observe(device, changes);
  watch.observe(device.querySelector("iframe:not(.coming)").contentDocument, changes);
}); }"""


def compare(scope: Scope) -> Table:
    """Saves the issue again and again, and asks the browser when each save was seen."""
    chromium = tool("chromium-headless-shell", "chromium-headless-shell")
    folder = copy_sample(scope.folder / "desk")
    rounds = scope.pick(tiny=2, quick=11, usual=31)
    with _preview(folder) as url, _desk(chromium, url) as page:
        waited = [_save(page, folder, f"word{number}", pause=_PAUSE) for number in range(rounds)]
    return Table(
        "Save to visible",
        f"{SAMPLE} is saved while `dispatch preview` shows it in Chromium, {rounds} times: from the end of the write to "
        "the first painted frame with the new text.",
        lines=[
            Line("median", f"{median(waited):.0f} ms", result=median(waited), target=TARGET),
            Line("95 % within", f"{quantiles(waited, n=20)[-1]:.0f} ms"),
        ],
    )


@contextmanager
def _preview(folder: Path) -> Iterator[str]:
    """The address of a preview of the issue."""
    command = [sys.executable, "-m", "dispatch", "preview", SAMPLE, "--no-open", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def _desk(chromium: str, url: str) -> Iterator[Page]:
    """The desk in a browser, the mail on it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(url)
        page.frame_locator("#device iframe:not(.coming)").get_by_role("heading", level=1).wait_for()
        page.locator("#findings :first-child").first.wait_for()
        yield page
        browser.close()


def _save(page: Page, folder: Path, word: str, *, pause: float) -> float:
    """Write a word into the first paragraph; the milliseconds until it was seen."""
    file = folder / "issues" / f"{SAMPLE}.yaml"
    text = (ROOT / "issues" / file.name).read_text("utf-8").replace("Kyiv expects", f"{word}: Kyiv expects", 1)
    page.evaluate(_SEEN, word)
    time.sleep(pause)
    file.write_text(text, "utf-8")
    saved = time.time() * 1000
    return float(page.evaluate("() => window.seen")) - saved
