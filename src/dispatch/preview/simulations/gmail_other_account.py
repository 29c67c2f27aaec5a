"""Gmail's app with an account elsewhere (IMAP, Exchange): no style element counts, only style attributes."""

from __future__ import annotations

from dataclasses import replace

from dispatch.preview.simulations.gmail import as_gmail_shows, without_styles
from dispatch.preview.simulations.inversion import partly_inverted
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation


def _simulate(html: str, scheme: Scheme) -> Simulated:
    bare = without_styles(html)
    shown = as_gmail_shows(bare, "gmail/android")
    if bare != html:
        shown = replace(shown, losses=("What is for phones, or for the dark, is lost.", *shown.losses))
    return replace(shown, html=partly_inverted(shown.html)) if scheme == "dark" else shown


SIMULATION = Simulation(
    name="gmail-other-account",
    label="Gmail app, other account",
    shows="The mail without any style element, as for an account that is not at Gmail: the style attributes are all.",
    omits="the app on the iPhone, where the dark turns more colours over; this is the one on Android.",
    simulate=_simulate,
)
