"""Settings and theme."""

from __future__ import annotations

from pathlib import Path

import pytest

import dispatch.doctor.settings as examined
from dispatch.doctor.settings import proofreading, settings, theme
from dispatch.inspection.proofreading.lingotweaker import LingoTweaker
from doctor.conftest import Open
from doctor.looks import only
from newsletter import DOT, configure, snapshot


def test_all_is_in_order(case: Open) -> None:
    assert (only(settings, case()).verdict, only(theme, case()).verdict) == ("ok", "ok")


def test_a_secret_that_is_not_set(case: Open, folder: Path) -> None:
    configure(folder, 'provider: postmark\nproviders: {postmark: {token: "${NOWHERE}"}, smtp: {host: "${NOWHERE}"}}\n')
    seen = only(settings, case())
    assert (seen.verdict, seen.message) == (
        "error",
        "dispatch.yaml:9:32: the environment variable NOWHERE is not set",
    )
    assert "NOWHERE=…" in seen.hint


def test_an_option_that_the_provider_does_not_have(case: Open, folder: Path) -> None:
    configure(folder, "provider: smtp\nproviders: {smtp: {host: x.example, prot: 25}}\n")
    seen = only(settings, case())
    assert (seen.verdict, seen.message) == ("error", "dispatch.yaml:9:19: smtp has no option `prot`")
    assert "Did you mean `port`?" in seen.hint


@pytest.mark.parametrize("logo", ["images/none.png", "subscribers.csv"])
def test_a_logo_that_is_no_picture(case: Open, folder: Path, logo: str) -> None:
    configure(folder, f"theme: {{logo: {logo}}}\n")
    seen = only(theme, case())
    assert seen.verdict == "error"
    assert logo in seen.message


def test_a_logo_leaves_no_trace(case: Open, folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "logo.png").write_bytes(DOT)
    configure(folder, "theme: {logo: images/logo.png}\n")
    before = snapshot(folder)
    assert only(theme, case()).verdict == "ok"
    assert snapshot(folder) == before


def test_a_template_that_is_broken(case: Open, folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "email.mjml.j2").write_text("{% if %}")
    seen = only(theme, case())
    assert seen.verdict == "error"
    assert "email.mjml.j2:1" in seen.message


def test_what_reads_the_issues_or_would_have_to_be_installed(
    case: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_PROOFREADING", "auto")
    there = {"en": "", "fr": "pip install some-french"}
    monkeypatch.setattr(examined, "engine_for", lambda language: None if there[language] else LingoTweaker)
    monkeypatch.setattr(examined, "lacking", there.get)
    monkeypatch.setattr(LingoTweaker, "edition", lambda language: f"an engine, {language} 1")
    assert only(proofreading, case()).message == "issues are read by an engine, en 1"
    text = (folder / "dispatch.yaml").read_text()
    (folder / "dispatch.yaml").write_text(text.replace("newsletter:\n", "newsletter:\n  language: fr\n"))
    seen = only(proofreading, case())
    assert (seen.verdict, seen.message) == ("ok", "pip install some-french")
    monkeypatch.setenv("DISPATCH_PROOFREADING", "off")
    assert only(proofreading, case()).message == "switched off by proofreading: off"
