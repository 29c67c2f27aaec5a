"""`dispatch build`: the same bytes from every clone, light, and no spam."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from end_to_end.repository import ISSUE, ROOT, copy_newsletter, finish, run, start

SPAMASSASSIN = shutil.which("spamassassin")


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two builds of everything: in other folders, time zones, languages and orders of sets."""
    folders = (
        copy_newsletter(tmp_path_factory.mktemp("here") / "newsletter"),
        copy_newsletter(tmp_path_factory.mktemp("there") / "some where else" / "geo"),
    )
    worlds = (
        {"TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Anchorage", "LANG": "fr_FR.UTF-8", "LC_ALL": "fr_FR.UTF-8", "PYTHONHASHSEED": "2"},
    )
    slugs = [path.stem for path in sorted((ROOT / "issues").glob("*.yaml"))]
    for arguments in (("build", *slugs), ("build", "--out", "site")):
        builds = [start(folder, *arguments, environ=world) for folder, world in zip(folders, worlds, strict=True)]
        for build in builds:
            finish(build)
    return folders


def built(folder: Path) -> dict[str, bytes]:
    places = [*(folder / "build").rglob("*"), *(folder / "site").rglob("*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in places if path.is_file()}


def test_two_clones_build_the_same_bytes(clones: tuple[Path, Path]) -> None:
    here, there = map(built, clones)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []
    assert {f"build/{ISSUE}/{name}" for name in ("email.html", "email.txt", "message.eml", "web.html")} < here.keys()
    assert {"site/index.html", "site/feed.xml", "site/sitemap.xml", f"site/{ISSUE}/index.html"} < here.keys()


def test_a_second_build_gives_the_same_bytes(clones: tuple[Path, Path]) -> None:
    before = built(clones[0])
    run(clones[0], "build", ISSUE)
    assert built(clones[0]) == before


def test_the_mail_is_light(clones: tuple[Path, Path]) -> None:
    assert len(built(clones[0])[f"build/{ISSUE}/email.html"]) <= 25 * 1024


@pytest.mark.skipif(not SPAMASSASSIN, reason="needs spamassassin; `make test` installs it")
def test_spamassassin_lets_it_pass(clones: tuple[Path, Path]) -> None:
    assert SPAMASSASSIN
    message = built(clones[0])[f"build/{ISSUE}/message.eml"]
    judged = subprocess.run([SPAMASSASSIN, "-L", "-t"], input=message, capture_output=True, check=True, timeout=120)
    verdict = re.search(rb"^X-Spam-Status: \w+, score=(-?[0-9.]+)[^\n]*(?:\n[ \t][^\n]*)*", judged.stdout, re.MULTILINE)
    assert verdict, judged.stdout[:2000]
    assert float(verdict[1]) <= 0.5, verdict[0].decode()
