"""Outlook.com: in the dark, light grounds and dark text are turned over, and rules for [data-ogsc] may object."""

from __future__ import annotations

from dataclasses import replace

from dispatch.preview.schemes import in_scheme
from dispatch.preview.simulations.inversion import partly_inverted
from dispatch.preview.simulations.lacking import without_what_lacks
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation


def _simulate(html: str, scheme: Scheme) -> Simulated:
    shown = without_what_lacks(in_scheme(html, "light"), "outlook/outlook-com")
    if scheme == "light":
        return shown
    # It leaves the marks at each element that it changes, and mails are written as if the whole were one.
    dark = partly_inverted(shown.html).replace("<html", "<html data-ogsc data-ogsb", 1)
    return replace(shown, html=dark)


SIMULATION = Simulation(
    name="outlook-com",
    label="Outlook.com",
    shows="What it does not know according to caniemail.com; in the dark, light grounds made dark and dark text light, "
    "and then the mail's rules for [data-ogsc] and [data-ogsb].",
    omits="how it fits each colour to the ground behind it, and that it heeds the mail's own dark colours where the whole "
    "system is dark.",
    simulate=_simulate,
)
