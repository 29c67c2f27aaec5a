"""A small newsletter of five people, three of whom may be mailed, and ways to change it."""

from __future__ import annotations

import base64
from pathlib import Path

KEY = "a key for tests, which must be long enough"

CONFIG = """\
newsletter:
  name: Crossings
  description: Who pays for what.
  url: https://crossings.example
  postal_address: Crossings, 1 River Street, Northtown
from: Crossings <news@crossings.example>
segments: {french: 'language == "fr"'}
"""

ISSUE = """\
title: Who pays for the bridge?
preheader: Two towns and one river.
date: 2026-03-02
blocks:
  - paragraph: Dear {{first_name|reader}}, the bridge is half built.
"""

PEOPLE = """\
email,first_name,language,status
ada@example.com,Ada,en,subscribed
bo@example.com,Bo,fr,subscribed
cy@example.com,Cy,en,subscribed
di@example.com,Di,en,unsubscribed
ed@example.com,Ed,en,unconfirmed
"""

MAILABLE = ["ada@example.com", "bo@example.com", "cy@example.com"]

FIGURE = "  - figure: {image: images/dot.png, alt: A dot, caption: The bridge}\n"
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")


def write_newsletter(folder: Path) -> Path:
    """Write it into a new folder."""
    (folder / "issues").mkdir(parents=True)
    (folder / "dispatch.yaml").write_text(CONFIG)
    (folder / "issues" / "bridge.yaml").write_text(ISSUE)
    (folder / "subscribers.csv").write_text(PEOPLE)
    return folder


def configure(folder: Path, settings: str) -> None:
    """Write more settings behind those that are there."""
    with (folder / "dispatch.yaml").open("a") as file:
        file.write(settings)


def add_segment_of_nobody(folder: Path) -> None:
    """Define the segment `nobody`, which matches none of the list."""
    settings = (folder / "dispatch.yaml").read_text()
    (folder / "dispatch.yaml").write_text(settings.replace("segments: {", "segments: {nobody: 'language == \"sv\"', "))


def add_people(folder: Path, *lines: str) -> None:
    """Write more lines into the list."""
    with (folder / "subscribers.csv").open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def add_picture(folder: Path) -> None:
    """Give the issue a picture."""
    (folder / "images").mkdir()
    (folder / "images" / "dot.png").write_bytes(DOT)
    with (folder / "issues" / "bridge.yaml").open("a") as file:
        file.write(FIGURE)


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files of the newsletter; of the database, what it says: SQLite keeps its files as it likes."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("dispatch.db"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
