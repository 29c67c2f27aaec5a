"""Mail clients as models: what each makes of the HTML that is sent, and what it loses there."""

from __future__ import annotations

from dispatch.preview.simulations import (
    apple_mail,
    gmail,
    gmail_android,
    gmail_iphone,
    gmail_other_account,
    outlook_com,
    outlook_windows,
    screen_reader,
)
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation

__all__ = ["AS_SENT", "SIMULATIONS", "Scheme", "Simulated", "Simulation"]

AS_SENT = apple_mail.SIMULATION
"""The one that changes nothing."""

SIMULATIONS: dict[str, Simulation] = {
    each.name: each
    for each in (
        AS_SENT,
        gmail.SIMULATION,
        gmail_android.SIMULATION,
        gmail_iphone.SIMULATION,
        gmail_other_account.SIMULATION,
        outlook_windows.SIMULATION,
        outlook_com.SIMULATION,
        screen_reader.SIMULATION,
    )
}
"""By name, in the order of the menu."""
