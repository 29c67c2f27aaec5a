"""Gmail on Android: as in the browser; in the dark, light grounds and dark text are turned over."""

from __future__ import annotations

from dataclasses import replace

from dispatch.preview.simulations.gmail import as_gmail_shows
from dispatch.preview.simulations.inversion import partly_inverted
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation


def _simulate(html: str, scheme: Scheme) -> Simulated:
    shown = as_gmail_shows(html, "gmail/android")
    return replace(shown, html=partly_inverted(shown.html)) if scheme == "dark" else shown


SIMULATION = Simulation(
    name="gmail-android",
    label="Gmail on Android",
    shows="What Gmail drops, and the line where it clips; in the dark, light grounds made dark and dark text light, "
    "whatever dark colours the mail has.",
    omits="the very colours: Gmail does not publish how it picks them, and versions of its app differ.",
    simulate=_simulate,
)
