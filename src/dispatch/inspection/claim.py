"""Who may send a mailing, of all clones and copies of a ledger: a claim in the git remote, raised by every run.

A claim is a small text of its own kind each time, at `refs/dispatch/<slug>.<n>`. The ledger keeps the last one that it
wished to hold, and each names the one before it, which it takes the place of (`--force-with-lease`). So a ledger that
finds neither its last claim there nor that one's predecessor knows that somebody else has sent, or that it is older
than what was sent.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import Mailing, MailingState, time_text
from dispatch.errors import ClaimLost, RemoteUnreachable, SendRefused, Stopped
from dispatch.inspection.remote import GitRemote

_ATTEMPTS = 5  # several processes of one database may raise the claim at once
_AT_ITS_END = {MailingState.FINISHED, MailingState.FINISHED_UNCERTAIN, MailingState.CANCELLED}


@dataclass(frozen=True)
class Claim:
    """Who has claimed a mailing, as the git remote holds it. All of it is for people to read, too."""

    mailing: str
    nonce: str  # of the mailing: two ledgers may give one name to different ones
    epoch: int  # from 1; rises with every claim
    previous: str  # the object whose place it takes; empty: none
    state: str  # of the mailing, when this was claimed
    host: str
    process: int
    at: str  # UTC

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What `text()` wrote; None for anything else."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def text(self) -> str:
        """As it stands in the remote."""
        return json.dumps(asdict(self), indent=2)

    def __str__(self) -> str:
        ended = self.state in _AT_ITS_END
        return (
            f"{self.mailing} was claimed by {self.host} (process {self.process}) at {self.at}, epoch {self.epoch}, "
            + (f"and is {self.state.replace('_', ', ')}" if ended else f"and was {self.state} then")
        )


class NoClaims:
    """Where nothing but the database says who sends."""

    def __init__(self, why: str = "") -> None:
        """`why` is what `send` tells before it asks; empty: nothing."""
        self._why = why

    def __str__(self) -> str:
        return self._why

    def highest_number(self, issue: str, *, repetition: str, after_restore: bool) -> int:
        """Nobody else has numbered any mailing."""
        return 0

    def take(self, mailing: Mailing, *, after_restore: bool = False) -> None:
        """The database's own lock is enough."""

    def check(self, mailing: Mailing) -> None:
        """The database is all there is to ask."""

    def note(self, mailing: Mailing, state: str) -> None:
        """Nobody is told."""


class GitClaims:
    """The claims of a newsletter's mailings in a git remote that all clones share."""

    def __init__(self, remote: GitRemote, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._remote = remote
        self._ledger = ledger
        self._clock = clock

    def __str__(self) -> str:
        return f"{self._remote.prefix}* at {self._remote.name}, for all clones to see"

    def highest_number(self, issue: str, *, repetition: str, after_restore: bool) -> int:
        """The highest number of a mailing of the issue, in any ledger.

        Raises RemoteUnreachable; and SendRefused where the remote knows of more than this ledger does, unless everybody
        is to get the issue once more (`repetition` is "again") and what is there is at its end or given up as lost
        (`after_restore`).
        """
        found = self._remote.refs(f"{issue}.*")
        names = [name for name in found if re.fullmatch(rf"{re.escape(issue)}\.[1-9][0-9]{{0,8}}", name)]
        with self._ledger.reading() as connection:
            own = {mailing.name: mailing for mailing in self._ledger.mailings(connection, issue)}
        for name in sorted(names, key=_number):
            if name in own and found[name] in self._known(own[name]):
                continue
            theirs = Claim.parse(self._remote.text(name, found[name]))
            given_up = after_restore or (theirs is not None and theirs.state in _AT_ITS_END)
            if repetition == "again" and given_up:
                continue
            raise self._refused(issue, name, theirs, is_own=name in own and _is_of(theirs, own[name]))
        return max(map(_number, names), default=0)

    def take(self, mailing: Mailing, *, after_restore: bool = False) -> None:
        """Claim the mailing; it is ours when the remote says so, and not before.

        Raises RemoteUnreachable, and ClaimLost where the remote holds a claim that this ledger does not know of, unless
        that one is overruled (`after_restore`).
        """
        self._raise(mailing, MailingState.SENDING, overrule=after_restore)

    def check(self, mailing: Mailing) -> None:
        """Raises ClaimLost unless the claim in the remote is this ledger's: for one more process that helps to send."""
        found = self._found(mailing)
        with self._ledger.reading() as connection:
            fresh = self._ledger.refreshed(connection, mailing)
        if not found:
            raise ClaimLost(f"{mailing.name} is not claimed yet", remedy=f"`dispatch resume {mailing.name}` claims it.")
        if found not in self._known(fresh):
            raise self._lost(mailing, Claim.parse(self._remote.text(mailing.name, found)))

    def note(self, mailing: Mailing, state: str) -> None:
        """Tell how a run has ended, unless it is told already; raises as `take` does."""
        with self._ledger.reading() as connection:
            wished = self._ledger.refreshed(connection, mailing).claim
        last = Claim.parse(wished)
        if not (last and last.state == state and self._found(mailing) == self._remote.object_of(wished)):
            self._raise(mailing, state, overrule=False)

    def _raise(self, mailing: Mailing, state: str, *, overrule: bool) -> None:
        known = {""}  # no claim is nobody's
        for _ in range(_ATTEMPTS):
            found = self._found(mailing)
            with self._ledger.reading() as connection:
                fresh = self._ledger.refreshed(connection, mailing)
            known |= self._known(fresh)
            last, theirs = Claim.parse(fresh.claim), None
            if found not in known:
                theirs = Claim.parse(self._remote.text(mailing.name, found))
                if not overrule:
                    raise self._lost(mailing, theirs)
            epoch = 1 + max((claim.epoch for claim in (last, theirs) if claim), default=0)
            claim = self._signed(mailing, epoch, found, state).text()
            # On disk before it is in the remote: after a crash between the two it is known as ours.
            if not self._ledger.wish_claim(mailing, claim, instead_of=fresh.claim):
                continue
            trouble = self._remote.put(mailing.name, claim, expected=found)
            now_there = self._found(mailing)
            if now_there == self._remote.object_of(claim):
                return
            if now_there == found:
                raise RemoteUnreachable(
                    f"the git remote {self._remote.name} does not take the claim: {trouble or 'it is not there'}",
                    remedy=f"See to it that you may push there; then `dispatch resume {mailing.name}` goes on.",
                )
        raise Stopped(f"Others claim {mailing.name} at the same time", remedy=f"dispatch resume {mailing.name}")

    def _found(self, mailing: Mailing) -> str:
        return self._remote.refs(mailing.name).get(mailing.name, "")

    def _known(self, mailing: Mailing) -> set[str]:
        """The objects that this ledger may find in the remote: its last claim, or what that one takes the place of."""
        last = Claim.parse(mailing.claim)
        return {self._remote.object_of(mailing.claim), last.previous} if last else set()

    def _signed(self, mailing: Mailing, epoch: int, previous: str, state: str) -> Claim:
        now = time_text(self._clock())
        return Claim(mailing.name, mailing.nonce, epoch, previous, state, socket.gethostname(), os.getpid(), now)

    def _told(self, name: str, theirs: Claim | None) -> str:
        return str(theirs) if theirs else f"{name} was claimed by somebody who did not say who"

    def _lost(self, mailing: Mailing, theirs: Claim | None) -> ClaimLost:
        facts = self._told(mailing.name, theirs)
        if _is_of(theirs, mailing):
            return ClaimLost(
                f"This ledger is older than what was sent: {facts}",
                remedy="Go on with the ledger that sent it. If that one is lost, "
                f"`dispatch resume {mailing.name} --after-restore` mails nobody of whom this one is not sure.",
            )
        return ClaimLost(
            f"Another ledger has sent this issue: {facts}",
            remedy=f"Go on with that ledger; `dispatch cancel {mailing.name}` ends what was frozen here.",
        )

    def _refused(self, issue: str, name: str, theirs: Claim | None, *, is_own: bool) -> SendRefused:
        facts = self._told(name, theirs)
        if is_own:
            return SendRefused(
                f"This ledger is older than what was sent: {facts}",
                remedy="Go on with the ledger that sent it. If that one is lost, "
                f"`dispatch resume {name} --after-restore` goes on with this one.",
            )
        again = "--again" if theirs and theirs.state in _AT_ITS_END else "--again --after-restore"
        return SendRefused(
            f"{issue} has a mailing that this ledger does not know of, so who has it is not known here: {facts}",
            remedy="Send from where that ledger is, or restore it here. If it is lost, "
            f"`dispatch send {issue} {again}` mails everybody: those who have it once more, and those who left by it, "
            "unless `dispatch subscribers suppress` stops them first.",
        )


Claims = NoClaims | GitClaims


def _is_of(claim: Claim | None, mailing: Mailing) -> bool:
    return claim is not None and claim.nonce == mailing.nonce


def _number(name: str) -> int:
    return int(name.rpartition(".")[2])
