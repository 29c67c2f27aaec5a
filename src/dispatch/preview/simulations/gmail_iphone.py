"""Gmail on the iPhone: as in the browser; in the dark, every colour is turned over."""

from __future__ import annotations

from dataclasses import replace

from dispatch.preview.simulations.gmail import as_gmail_shows
from dispatch.preview.simulations.inversion import fully_inverted
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation


def _simulate(html: str, scheme: Scheme) -> Simulated:
    shown = as_gmail_shows(html, "gmail/ios")
    return replace(shown, html=fully_inverted(shown.html)) if scheme == "dark" else shown


SIMULATION = Simulation(
    name="gmail-iphone",
    label="Gmail on iPhone",
    shows="What Gmail drops, and the line where it clips; in the dark, every colour turned over, dark grounds too, "
    "whatever dark colours the mail has.",
    omits="the very colours: Gmail does not publish how it picks them, and versions of its app differ.",
    simulate=_simulate,
)
