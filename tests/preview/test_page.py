"""The mail as the browser is given it: one colour scheme, links into new tabs, and not a word changed."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.preview.page import static_files
from dispatch.preview.schemes import in_scheme

HTML = """\
<html><head><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}</style>
<style type="text/css">@media (prefers-color-scheme:dark){p{color:#fff !important}}</style>
<STYLE>@media screen and ( Prefers-Color-Scheme : light ){p{color:#000}}</STYLE></head>
<body><p style="color:red">color-scheme: light dark (prefers-color-scheme:dark)</p></body></html>
"""


def test_dark_holds_although_the_browser_is_light() -> None:
    dark = in_scheme(HTML, "dark")
    assert "@media (min-width:0px){p{color:#fff !important}}" in dark
    assert "@media screen and (max-width:0px){p{color:#000}}" in dark
    assert ":root{color-scheme:dark;supported-color-schemes:light dark}" in dark
    assert dark.count('content="dark"') == 2


def test_light_holds_although_the_browser_is_dark() -> None:
    light = in_scheme(HTML, "light")
    assert "@media (max-width:0px){p{color:#fff !important}}" in light
    assert "@media screen and (min-width:0px){p{color:#000}}" in light
    assert light.count('content="light"') == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_about_colours_stays_as_it_is(scheme: str) -> None:
    assert '<p style="color:red">color-scheme: light dark (prefers-color-scheme:dark)</p>' in in_scheme(HTML, scheme)


@given(st.text(), st.sampled_from(["light", "dark"]))
def test_no_text_is_ever_changed(text: str, scheme: str) -> None:
    body = f"<body><p title='{escape(text)}'>{escape(text)}</p></body>"
    assert in_scheme(f"<html><head></head>{body}</html>", scheme) == f"<html><head></head>{body}</html>"


def test_the_desks_own_files_are_all_that_is_served() -> None:
    files = static_files()
    assert files["desk.html"][0] == "text/html"
    assert {kind for kind, _ in files.values()} == {"text/html", "text/css", "text/javascript", "image/svg+xml"}
    html = files["desk.html"][1].decode()
    assert "<script>" not in html
    assert "style=" not in html
    assert " on" not in html.replace(" one", "").replace(" only", "").replace(" on ", "")


def test_every_key_of_the_desk_is_told_in_its_help_and_in_the_guide() -> None:
    files = {name: content.decode() for name, (_, content) in static_files().items()}
    (keys,) = re.findall(r"^const KEYS = \{\n(.*?)^\};", files["desk.js"], re.MULTILINE | re.DOTALL)
    known = set(re.findall(r'^  "?(.)"?: ', keys, re.MULTILINE))
    assert {"1", "d", "?"} <= known
    told = re.findall(r"<kbd>(.+?)</kbd>", files["desk.html"])
    assert known == {key for key in told if len(key) == 1 and key not in "←→"}
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text("utf-8")
    part = guide.partition("\n## Preview, check, test\n")[2].partition("\n## ")[0]
    assert known - set(re.findall(r"`(.)`", part)) == set()
