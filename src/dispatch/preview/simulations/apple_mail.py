"""Apple Mail: the mail as it is sent, in the dark with its own dark colours."""

from __future__ import annotations

from dispatch.preview.schemes import in_scheme
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation


def _simulate(html: str, scheme: Scheme) -> Simulated:
    return Simulated(in_scheme(html, scheme))


SIMULATION = Simulation(
    name="apple-mail",
    label="Apple Mail",
    shows="The HTML as it is sent; in the dark, the mail's own dark colours.",
    omits="what Mail darkens by itself where a mail has no dark colours of its own.",
    simulate=_simulate,
)
