"""Outlook on Windows: the branch for Word's engine, without what that does not know."""

from __future__ import annotations

import re
from dataclasses import replace

from dispatch.preview.simulations.inversion import fully_inverted
from dispatch.preview.simulations.lacking import without_what_lacks
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation
from dispatch.rendering.outlook import outlook_view

_OFFICE_SETTINGS = re.compile(r"<xml>.*?</xml>", re.DOTALL | re.IGNORECASE)
"""For Word alone: a browser would show the figures in them."""


def _simulate(html: str, scheme: Scheme) -> Simulated:
    seen = _OFFICE_SETTINGS.sub("", outlook_view(html))
    shown = without_what_lacks(seen, "outlook/windows")
    return replace(shown, html=fully_inverted(shown.html)) if scheme == "dark" else shown


SIMULATION = Simulation(
    name="outlook-windows",
    label="Outlook on Windows",
    shows="What stands in conditional comments for Outlook, nothing of what is for others, and no CSS that Word's engine "
    "does not know according to caniemail.com; in the dark, every colour turned over.",
    omits="Word's own layout, which measures tables, lines and margins in its own way, and drawings in VML.",
    simulate=_simulate,
)
