"""`dispatch check --accept`: puts words into terms.yaml, which are in order from then on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dispatch.cli.terminal import say
from dispatch.inspection.house_terms import propose_accepting
from dispatch.starter import write_schemas


def accept(words: Iterable[str], newsletter: Path) -> None:
    """Accept words in a newsletter's folder, and say what was done; raises as `propose_accepting` does."""
    words = tuple(map(str.strip, words))
    proposal, new = propose_accepting(words, newsletter)
    if proposal:
        proposal.write()
        write_schemas(newsletter)  # the head of the file points editors there
        say(f"{os.path.relpath(proposal.file)} accepts {', '.join(new)} from now on.")
    if known := [word for word in dict.fromkeys(words) if word not in new]:
        say(f"In order already: {', '.join(known)}.")
