"""Gmail in the browser: its limits for styles, what it does not know, and the line where it clips."""

from __future__ import annotations

import re
from dataclasses import replace

from dispatch.checks.weight import MOST_STYLES
from dispatch.preview.rewriting import rewrite
from dispatch.preview.simulations.clipping import clipped
from dispatch.preview.simulations.css import is_broken
from dispatch.preview.simulations.lacking import without_what_lacks
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation

_BODY = re.compile(r"<body\b", re.IGNORECASE)


def as_gmail_shows(html: str, client: str) -> Simulated:
    """What all Gmails have in common; `client` is the one whose features count."""
    cut = clipped(html)
    heeded = _with_heeded_styles(cut.html)
    known = without_what_lacks(heeded.html, client)
    return replace(known, losses=cut.losses + heeded.losses + known.losses)


def without_styles(html: str) -> str:
    """HTML whose style elements are empty."""
    return rewrite(html, style=lambda _css: "")


def _with_heeded_styles(html: str) -> Simulated:
    """Gmail takes a style element out whole: over the limit, for one mistake, and in the body."""
    total, losses = 0, []

    def heeded(css: str) -> str:
        nonlocal total
        total += len(css.encode())
        if total > MOST_STYLES:
            losses.append(f"A style element is dropped: with it, all have more than {MOST_STYLES:,} bytes.")
        elif is_broken(css):
            losses.append(f"A style element is dropped for a mistake, or for an @-rule inside another: {_short(css)}")
        else:
            return css
        return ""

    body = _BODY.search(html)
    middle = body.start() if body else len(html)
    head, rest = rewrite(html[:middle], style=heeded), html[middle:]
    bare = without_styles(rest)
    if bare != rest:
        losses.append("Style elements in the body are dropped.")
    return Simulated(head + bare, tuple(losses))


def _short(css: str) -> str:
    words = " ".join(css.split())
    return words if len(words) <= 60 else f"{words[:60]}…"


def _simulate(html: str, _scheme: Scheme) -> Simulated:
    return as_gmail_shows(html, "gmail/desktop-webmail")


SIMULATION = Simulation(
    name="gmail",
    label="Gmail in the browser",
    shows="Its limits for styles, what it does not know according to caniemail.com, and the line where it clips. "
    "Its dark theme leaves the mail light.",
    omits="how the window around it looks; classes and addresses of pictures are written anew, which is not to be seen.",
    simulate=_simulate,
)
