"""Letters for tests, of issues that are compiled with the built-in theme."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch.comparison.letter import Letter, read_letter
from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_marked
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.theme import NewsletterFacts, Theme, ThemeSettings
from newsletter import DOT

SENDER = "Crossings <news@crossings.example>"


def letter_of(blocks: str, head: str = "title: Who pays?\n", *, accent: str = "#a3241b", dot: bytes = DOT) -> Letter:
    """What a reader gets of an issue of these blocks."""
    segments = {"paid": '"paid" in tags'}
    issue = read_issue(f"{head}blocks:\n{blocks}", "issues/bridge.yaml")
    newsletter = NewsletterFacts(name="Crossings", url="https://crossings.example")
    with TemporaryDirectory() as folder:
        (Path(folder) / "dot.png").write_bytes(dot)
        theme = Theme(Path(folder), ThemeSettings(accent=accent))
        compiled, marked = compile_marked(issue, theme, newsletter, pictures=PictureShelf(Path(folder)), embed=True)
    return read_letter(issue, compiled, marked, sender=SENDER, file="issues/bridge.yaml", fixed={}, segments=segments)
