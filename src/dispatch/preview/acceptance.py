"""The other thing that the desk may write: a word into terms.yaml, if that is as the author saw it."""

from __future__ import annotations

from threading import Lock
from typing import Annotated

from pydantic import Field

from dispatch.content.terms import LONGEST
from dispatch.editing import Proposal
from dispatch.errors import EditRefused
from dispatch.files import changed_meanwhile
from dispatch.inspection.house_terms import NAME, propose_accepting
from dispatch.preview.desk import Desk
from dispatch.preview.edits import Asked, write
from dispatch.starter import write_schemas


class AskedWord(Asked):
    """A word to be accepted, and the sha256 of terms.yaml as the author saw it; "" before they have seen it."""

    word: Annotated[str, Field(max_length=LONGEST)]
    seen: str = ""


class Acceptance:
    """Puts words into the terms of the desk's newsletter, one at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._writing = Lock()

    def propose(self, asked: AskedWord) -> Proposal:
        """What would be written; raises as `propose_accepting`, and where the word is in order already."""
        folder = self._desk.project.config.folder
        proposal, _ = propose_accepting([asked.word], folder)
        if not proposal:
            raise EditRefused(f"“{asked.word}” is in order already", remedy="Wait for the checks.")
        if asked.seen and asked.seen != proposal.seen:
            raise changed_meanwhile(folder / NAME)
        return proposal

    def write(self, asked: AskedWord) -> Proposal:
        """The same, written; only what was seen is."""
        with self._writing:
            proposal = self.propose(asked)
            if not asked.seen:
                raise EditRefused("nobody has seen what would be written", remedy="Reload this page.")
            write(proposal)
            if proposal.content is None:
                write_schemas(self._desk.project.config.folder)  # the head of the file points editors there
        return proposal
