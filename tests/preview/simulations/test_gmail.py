"""Gmail: style elements that go as a whole, what it does not know, and the line where it clips."""

from __future__ import annotations

import re

import pytest

from dispatch.preview.simulations import SIMULATIONS
from dispatch.preview.simulations.simulation import Simulated

PAGE = "<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def gmail(head: str = "", body: str = "") -> Simulated:
    """What Gmail in the browser shows."""
    return SIMULATIONS["gmail"].simulate(PAGE.format(head=head, body=body), "light")


def sized(size: int) -> str:
    """A mail of so many bytes, whose last line has the way out."""
    start = "<!DOCTYPE html><html><head></head><body><table><tbody><tr><td><p>"
    end = "</p><p><a href='https://example.org/u'>Unsubscribe</a></p></td></tr></tbody></table></body></html>"
    return start + "é" * ((size - len(start) - len(end)) // 2) + "x" * ((size - len(start) - len(end)) % 2) + end


@pytest.mark.parametrize(
    "broken",
    ["p{color:red", "p{color}", "p{color:red}}", "@media screen{@font-face{font-family:x}}", "{}", "p{color:red;!}"],
)
def test_a_style_element_goes_as_a_whole_for_one_mistake(broken: str) -> None:
    shown = gmail(f"<style>a{{color:blue}}{broken}</style><style>p{{color:green}}</style>", "<p>x</p>")
    assert "blue" not in shown.html
    assert "<style>p{color:green}</style>" in shown.html
    assert len(shown.losses) == 1
    assert shown.losses[0].startswith("A style element is dropped for a mistake")


@pytest.mark.parametrize("sound", ["p{color:red}", "@media screen{p{color:red}}", "p{}", "/* ; */ p{color:red;;}"])
def test_a_sound_style_element_stays(sound: str) -> None:
    assert gmail(f"<style>a{{color:blue}}{sound}</style>").losses == ()


def test_style_elements_count_up_to_16_kb_together() -> None:
    def styles(last: int) -> str:
        first = f"<style>a{{color:blue}}{' ' * (10_000 - 13)}</style>"
        return first + f"<style>p{{color:green}}{' ' * (last - 14)}</style>"

    assert gmail(styles(6_384)).losses == ()
    over = gmail(styles(6_385))
    assert "blue" in over.html
    assert "green" not in over.html
    assert "16,384 bytes" in over.losses[0]


def test_a_style_element_in_the_body_is_dropped() -> None:
    assert "red" not in gmail(body="<style>p{color:red}</style><p>x</p>").html
    assert "red" in gmail(body="<p style='color:red'>x</p>").html


def test_what_it_does_not_know_is_left_out() -> None:
    shown = gmail(
        "<style>@media (prefers-color-scheme:dark){p{color:#fff}}p:first-child{margin:0}p.a{margin:1px}</style>",
        '<p style="position:absolute;top:0;color:red">x</p><p style="display:flex">y</p>',
    )
    assert "<style>p.a{margin:1px}</style>" in shown.html
    assert '<p style="color:red">x</p>' in shown.html
    assert '<p style="display:flex">y</p>' in shown.html  # Gmail knows it
    [loss] = shown.losses
    assert loss == "Some of its styles are not known here: it is shown without them."
    [left_out] = shown.left_out
    assert left_out == (
        "Not known here, and left out: @media (prefers-color-scheme) (1), :first-child (1), position (1), "
        "left, right, top, bottom (1)."
    )


def test_a_long_mail_is_cut_at_the_byte_where_gmail_cuts() -> None:
    # Ghost#11536: the footer with the way out is behind the line.
    shown = SIMULATIONS["gmail"].simulate(sized(102_400), "light")
    before, line, after = shown.html.partition('<div style="margin:16px')
    assert line
    assert "[Message clipped]" in after
    assert shown.losses[0].startswith("Cut after 102,")
    assert "of 102,400 bytes" in shown.losses[0]

    longer = SIMULATIONS["gmail"].simulate(sized(120_000), "light")
    before = longer.html.partition('<div style="margin:16px')[0]
    assert "Unsubscribe" not in longer.html
    assert before.endswith("é</p></td></tr></tbody></table>")
    assert len(before.removesuffix("</p></td></tr></tbody></table>").encode()) in (102_398, 102_399)
    assert longer.losses[0].endswith("what comes after the line is hidden, 1 link in it.")


def test_a_mail_one_byte_shorter_is_whole() -> None:
    html = sized(102_399)
    assert len(html.encode()) == 102_399
    assert SIMULATIONS["gmail"].simulate(html, "light") == Simulated(html)


def test_the_end_of_a_line_counts_twice_as_it_arrives() -> None:
    html = sized(102_390).replace("</p><p>", "</p>" + "\n" * 5 + "<p>")
    assert len(html.encode()) == 102_395
    assert SIMULATIONS["gmail"].simulate(html, "light").losses[0].startswith("Cut after 102,")
    assert SIMULATIONS["gmail"].simulate(html.replace("\n<p>", "<p>"), "light").losses == ()


def test_no_tag_is_cut_in_two() -> None:
    html = (
        f"<html><head></head><body><p>{'x' * 102_300}<a href='https://example.org/{'y' * 300}'>z</a></p></body></html>"
    )
    shown = SIMULATIONS["gmail"].simulate(html, "light").html
    assert re.search(r"x</p><div style=\"margin", shown)


def test_in_the_dark_it_leaves_the_mail_light() -> None:
    html = PAGE.format(head="", body='<p style="color:#000;background:#fff">x</p>')
    assert SIMULATIONS["gmail"].simulate(html, "dark") == Simulated(html)


def test_with_an_account_elsewhere_no_style_element_counts() -> None:
    html = PAGE.format(head="<style>p{color:red}</style>", body='<p style="margin:0">x</p>')
    other = SIMULATIONS["gmail-other-account"].simulate(html, "light")
    assert "red" not in other.html
    assert '<p style="margin:0">x</p>' in other.html
    assert "red" in SIMULATIONS["gmail-android"].simulate(html, "light").html
