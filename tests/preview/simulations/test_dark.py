"""Three ways of the dark: the mail's own colours, what is bright turned over, everything turned over."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinycss2.color3 import RGBA, parse_color

from dispatch.preview.simulations import SIMULATIONS
from dispatch.preview.simulations.inversion import fully_inverted, partly_inverted

PAGE = "<html><head></head><body>{}</body></html>"


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parsed = parse_color(colour)
    assert isinstance(parsed, RGBA)
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parsed[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(html: str) -> dict[str, str]:
    """Name and value of each colour of the last style attribute."""
    return dict(re.findall(r"(color|background[a-z-]*):(#\w+|linear-gradient\([^)]*\))", html.rpartition("style=")[2]))


@pytest.mark.parametrize("invert", [partly_inverted, fully_inverted])
def test_dark_text_on_a_light_ground_is_turned_over(invert: object) -> None:
    assert callable(invert)
    turned = colours(invert(PAGE.format('<p style="color:#1c1b1a;background-color:#ffffff">x</p>')))
    assert luminance(turned["background-color"]) < 0.02
    assert contrast(turned["color"], turned["background-color"]) > 7


def test_a_dark_ground_stays_in_one_way_and_turns_light_in_the_other() -> None:
    html = PAGE.format('<td style="color:#ffffff;background-color:#1c1b1a">x</td>')
    assert colours(partly_inverted(html)) == {"color": "#ffffff", "background-color": "#1c1b1a"}
    turned = colours(fully_inverted(html))
    assert luminance(turned["background-color"]) > 0.5
    assert contrast(turned["color"], turned["background-color"]) > 7


def test_dark_text_on_dark_is_seen() -> None:
    """A gradient is no colour and stays, the light text on it does not: the defect that full inversion makes."""
    html = PAGE.format('<td style="color:#ffffff;background:linear-gradient(#222222,#222222)">x</td>')
    defect = colours(fully_inverted(html))
    assert defect["background"] == "linear-gradient(#222222,#222222)"
    assert contrast(defect["color"], "#222222") < 3
    innocent = colours(partly_inverted(html))
    assert contrast(innocent["color"], "#222222") > 7


def test_own_dark_colours_that_forget_the_text_leave_it_dark_on_dark() -> None:
    html = (
        "<html><head><style>@media (prefers-color-scheme:dark){body{background:#151413 !important}}</style></head>"
        '<body><p style="color:#1c1b1a">x</p></body></html>'
    )
    dark = SIMULATIONS["apple-mail"].simulate(html, "dark").html
    assert "@media (min-width:0px){body{background:#151413 !important}}" in dark
    assert contrast(colours(dark)["color"], "#151413") < 1.2
    # Gmail never reads that rule.
    assert "#151413" not in SIMULATIONS["gmail-android"].simulate(html, "dark").html


def test_colours_are_found_wherever_they_stand() -> None:
    html = '<html><head><style>p,a{border:1px solid #000}</style></head><body text="black" bgcolor="#FFFFFF"><font color=red>'
    turned = fully_inverted(html)
    assert "border:1px solid #e8e8e8" in turned
    assert '<body text="#e8e8e8" bgcolor="#121212">' in turned
    assert "border:1px solid #000" in partly_inverted(html)


@pytest.mark.parametrize("kept", ["transparent", "currentcolor", "inherit", "url(a.png)", "rgba(0,0,0,0)"])
def test_what_is_no_colour_stays(kept: str) -> None:
    assert f'style="background:{kept}"' in fully_inverted(PAGE.format(f'<p style="background:{kept}">x</p>'))


@given(st.integers(0, 0xFFFFFF))
def test_a_colour_that_is_turned_keeps_its_hue_and_crosses_the_middle(number: int) -> None:
    before = f"#{number:06x}"
    after = colours(fully_inverted(PAGE.format(f'<p style="color:{before}">x</p>')))["color"]
    spread = [max(parse_color(colour)[:3]) + min(parse_color(colour)[:3]) for colour in (before, after)]
    assert (spread[0] - 0.98) * (spread[1] - 0.98) <= 0.02
