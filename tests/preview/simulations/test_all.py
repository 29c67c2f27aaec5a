"""What every simulation owes its reader: that it calls itself a model, changes nothing it need not, and never fails."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks.support import client_names
from dispatch.preview.simulations import AS_SENT, SIMULATIONS, Scheme, Simulation

EACH = pytest.mark.parametrize("simulation", SIMULATIONS.values(), ids=lambda simulation: simulation.name)
PLAIN = '<!DOCTYPE html>\n<html lang="en"><head><title>x</title></head><body><p>{}</p></body></html>'
OF_HTML = [each for each in SIMULATIONS.values() if each.name != "screen-reader"]


@EACH
def test_it_says_what_it_shows_and_what_it_does_not(simulation: Simulation) -> None:
    assert simulation.shows[0].isupper()
    assert simulation.omits
    assert simulation.shows.endswith(".")
    assert simulation.omits.endswith(".")


@EACH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_a_function_of_the_html_alone(simulation: Simulation, scheme: Scheme) -> None:
    html = PLAIN.format('<b style="color:red">x</b>')
    assert simulation.simulate(html, scheme) == simulation.simulate(html, scheme)


@pytest.mark.parametrize("simulation", OF_HTML, ids=lambda simulation: simulation.name)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_word_is_ever_changed(simulation: Simulation, text: str) -> None:
    html = PLAIN.format(f"<b title='{escape(text)}'>{escape(text)}</b>")
    shown = simulation.simulate(html, "light")
    assert shown.html == html
    assert not shown.losses


@EACH
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_broken_html_is_no_reason_to_fail(simulation: Simulation, html: str) -> None:
    for scheme in ("light", "dark"):
        assert isinstance(simulation.simulate(html, scheme).html, str)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("simulation", OF_HTML, ids=lambda simulation: simulation.name)
def test_names_of_blocks_stand_and_count_for_nothing(simulation: Simulation, scheme: Scheme) -> None:
    text = "<td{}><p{} style='display:flex;color:#111111'>{}</p></td><!--[if mso]><td{} width='9'>z</td><![endif]-->"
    name = ' data-block="blocks.0"'
    for length in (10, 102_100, 120_000):  # of which the last is longer than Gmail shows
        sent = simulation.simulate(PLAIN.format(text.format("", "", "é" * (length // 2), "")), scheme)
        named = simulation.simulate(PLAIN.format(text.format(name, name, "é" * (length // 2), name)), scheme)
        assert named.losses == sent.losses
        assert named.html.replace(name, "") == sent.html
        assert named.html.count(name) >= 2


def test_the_first_changes_nothing() -> None:
    html = PLAIN.format("<b style='display:flex;color:var(--x)'>x</b><style>broken</style>")
    assert next(iter(SIMULATIONS.values())) is AS_SENT
    assert AS_SENT.simulate(html, "light").html == html


def test_the_clients_are_known_to_caniemail() -> None:
    assert {"gmail/desktop-webmail", "gmail/android", "gmail/ios", "outlook/outlook-com", "outlook/windows"} <= set(
        client_names()
    )
