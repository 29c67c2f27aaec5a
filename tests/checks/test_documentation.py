"""Every check is documented, once, in its own words."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from dispatch.checks import CHECKS
from dispatch.checks.check import CheckFunction, documentation_of, name_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "checks.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """The page's text below each check's name, as one line."""
    parts = re.split(r"^#+ (.+)\n", PAGE, flags=re.MULTILINE)[1:]
    return {title: " ".join(body.split()) for title, body in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
def test_the_page_says_what_the_check_says_of_itself(check: CheckFunction) -> None:
    assert sections()[f"`{name_of(check)}`"] == " ".join(documentation_of(check).split())


def test_the_page_has_no_check_that_is_gone() -> None:
    documented = [title.strip("`") for title in sections() if title.startswith("`")]
    assert documented == [name_of(check) for check in CHECKS]


def test_what_looks_after_the_rules_for_bulk_senders_is_there() -> None:
    doctor = (DOCS / "doctor.md").read_text(encoding="utf-8")
    examinations = set(re.findall(r"^### `(.+)`$", doctor, re.MULTILINE))
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z]+(?:-[a-z]+)+|spf|dkim|dmarc)`", row)}
    assert "spf" in named
    assert named <= {name_of(check) for check in CHECKS} | examinations


def test_names_are_unique() -> None:
    assert len({name_of(check) for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("module", sorted({check.__module__ for check in CHECKS}))
def test_every_theme_is_under_contract(module: str) -> None:
    theme = import_module(module)
    source = (Path(__file__).parent / f"test_{module.rpartition('.')[2]}.py").read_text(encoding="utf-8")
    assert f"theme = {theme.__name__.rpartition('.')[2]}" in source
    assert "(CheckContract)" in source
