"""A newsletter to measure with: an issue of the usual size and a list of any length."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.process import ROOT
from dispatch.testing.postmark_server import TOKEN

ISSUE = "long-read"

SAMPLE = "russia-and-north-korea"
"""The issue of the newsletter that comes with dispatch."""

_CONFIG = """\
newsletter:
  name: Crossings
  description: Who pays for what.
  url: https://crossings.example
  postal_address: Crossings, 1 River Street, Northtown
from: Crossings <news@crossings.example>
reply_to: Robin <robin@crossings.example>
keys: ["${DISPATCH_KEY}"]
unsubscribe: {mailto: leave@crossings.example, probe: false}
images: hosted
"""

_SECRETS = f"""\
DISPATCH_KEY=a key to measure with, and long enough for it
CARRIER_KEY={TOKEN}
"""

_HEAD = """\
title: Who pays for the bridge?
subject: "{{first_name|Dear reader}}, who pays for the bridge?"
preheader: Two towns and one river.
date: 2026-03-02
blocks:
"""

_PARAGRAPH = """\
  - paragraph: >-
      The two towns have argued about **the bridge** for as long as anybody can remember, and every spring the river
      settles the question for them ({number}). One of them has [the money](https://crossings.example/money/{number}),
      the other one has the road; neither trusts the other with the keys, and both are right about *something*.
"""

_PERSONAL = """\
  - paragraph: >-
      You know this, {{{{first_name|reader}}}}: in {{{{city|your town}}}} it was the same, the {number}. time that
      [somebody counted](https://crossings.example/counts?for={{{{email|}}}}), as {{{{name|everybody}}}} will tell you.
"""

# 33 kB of HTML and 19 kB of text, 57 kB as mail, 26 merge fields.
_PARAGRAPHS = 60
_EVERY = 20

_TAGS = ("", "paid", "founder", '"paid,founder"')
_LANGUAGES = ("en", "fr", "de")
_CITIES = ("Lagos", "Göteborg", "Dakar", "Cork", "Köln")


def write_newsletter(folder: Path, people: int, settings: str = "", *, paragraphs: int = _PARAGRAPHS) -> Path:
    """A folder with an issue, and a list of so many people; an older one is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "issues").mkdir(parents=True)
    configure(folder, settings)
    (folder / ".env").write_text(_SECRETS, "utf-8")
    blocks = [
        (_PERSONAL if number % _EVERY == 1 else _PARAGRAPH).format(number=number) for number in range(1, paragraphs + 1)
    ]
    (folder / "issues" / f"{ISSUE}.yaml").write_text(_HEAD + "".join(blocks), "utf-8")
    write_list(folder / "subscribers.csv", people)
    return folder


def copy_sample(folder: Path) -> Path:
    """A copy of the newsletter that comes with dispatch."""
    for name in ("issues", "images", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("dispatch.yaml", "subscribers.csv", "terms.yaml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def configure(folder: Path, settings: str) -> None:
    """Write dispatch.yaml anew; `settings` are those of the carrier."""
    (folder / "dispatch.yaml").write_text(_CONFIG + settings, "utf-8")


def write_list(path: Path, people: int) -> None:
    """So many lines of a list, as the sample newsletter has them: 130 bytes each."""
    with path.open("w", encoding="utf-8") as file:
        file.write("email,name,first_name,language,tags,status,consent_source,consent_at,city\n")
        file.writelines(
            f"reader.{number}@example.{('com', 'org', 'net')[number % 3]},Reader Number {number},Reader,"
            f"{_LANGUAGES[number % 3]},{_TAGS[number % 4]},subscribed,website form,"
            f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T08:12:44Z,{_CITIES[number % 5]}\n"
            for number in range(1, people + 1)
        )
