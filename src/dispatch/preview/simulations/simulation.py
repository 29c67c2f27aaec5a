"""What a mail client makes of a mail, as a model: a pure function of HTML in which `data-block` names the parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Simulated:
    """The HTML as a client shows it, what a reader loses there, and what of its making was left out: sentences."""

    html: str
    losses: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Simulation:
    """A client, and the model of it. No model is the client: it says of itself what it shows and what it does not."""

    name: str  # in addresses, lower case with dashes
    label: str
    shows: str  # a sentence
    omits: str  # the end of a sentence that begins with "Not shown: "
    simulate: Callable[[str, Scheme], Simulated]
