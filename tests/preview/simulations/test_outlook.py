"""Outlook on Windows reads the branch for Word; Outlook.com turns colours over, and reads rules that object."""

from __future__ import annotations

import pytest

from dispatch.preview.simulations import SIMULATIONS
from dispatch.preview.simulations.simulation import Scheme, Simulated


def windows(html: str, scheme: Scheme = "light") -> Simulated:
    """What Outlook on Windows shows."""
    return SIMULATIONS["outlook-windows"].simulate(html, scheme)


def test_conditional_comments_are_opened() -> None:
    html = (
        "<!--[if mso]><b>Word</b><![endif]--><!--[if !mso]><!--><i>others</i><!--<![endif]--><!-- nobody --><p>all</p>"
    )
    assert windows(html).html == "<b>Word</b><p>all</p>"


def test_the_settings_for_word_are_not_shown_as_text() -> None:
    html = "<!--[if mso]><noscript><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml></noscript><![endif]--><p>all</p>"
    assert windows(html).html == "<noscript></noscript><p>all</p>"


def test_boxes_side_by_side_stand_below_each_other() -> None:
    flex = windows('<div style="display:flex;gap:8px"><p>a</p><p>b</p></div>')
    assert flex.html == '<div style=""><p>a</p><p>b</p></div>'
    assert flex.losses == ("Some of its styles are not known here: it is shown without them.",)
    assert flex.left_out == ("Not known here, and left out: display:flex (1), gap, column-gap, row-gap (1).",)
    table = "<table><tr><td>a</td><td>b</td></tr></table>"
    assert windows(table) == Simulated(table)


def test_corners_are_square_and_pictures_of_the_web_are_missing() -> None:
    html = '<td bgcolor="#a3241b" style="border-radius:4px;padding:8px"><img src="a.webp" alt="A pier"><img src="b.png"></td>'
    shown = windows(html)
    assert shown.html == '<td bgcolor="#a3241b" style="padding:8px"><img src="" alt="A pier"><img src="b.png"></td>'


def test_media_queries_and_selectors_that_word_does_not_know_are_gone() -> None:
    html = "<style>@media screen{p{margin:0}}div>p{margin:1px}p{margin:2px}</style>"
    assert windows(html).html == "<style>p{margin:2px}</style>"


def test_outlook_com_reads_the_rules_that_object_in_the_dark_only() -> None:
    html = (
        "<html><head><style>@media (prefers-color-scheme:dark){p{color:#eee}}</style>"
        "<style>[data-ogsc] p{color:#abcdef}</style></head><body><p style='color:#111111'>x</p></body></html>"
    )
    dark = SIMULATIONS["outlook-com"].simulate(html, "dark").html
    assert dark.startswith("<html data-ogsc data-ogsb>")
    assert "[data-ogsc] p{color:#abcdef}" in dark
    assert "prefers-color-scheme" not in dark
    assert "#111111" not in dark
    light = SIMULATIONS["outlook-com"].simulate(html, "light").html
    assert light.startswith("<html><head>")
    assert "#111111" in light


@pytest.mark.parametrize(
    ("style", "is_missed"),
    [
        ("border-radius:8px", True),
        ("max-height:40px", True),
        ("display:none;max-height:40px", False),
        ("word-spacing:normal", False),
        ("cursor:pointer", False),
    ],
)
def test_what_no_reader_would_miss_is_no_loss(style: str, is_missed: bool) -> None:
    assert bool(windows(f'<p style="{style}">x</p>').losses) == is_missed
