"""Everything dispatch raises on purpose: each error names the culprit and the remedy, and has an exit code.

DispatchError            1   something is wrong, in a sentence with a remedy
├── InvalidInput         1   one or many problems in what a person wrote
│   ├── InvalidConfig        dispatch.yaml, .env, environment
│   ├── InvalidIssue         an issue file
│   ├── InvalidTerms         terms.yaml
│   ├── InvalidTheme         a template, or what it produced
│   ├── InvalidSubscribers   subscribers.csv
│   ├── InvalidSegment       a segment expression
│   └── InvalidAddress       a mailbox
├── NotFound             1   no such issue, mailing, subscriber, newsletter
├── EditRefused          1   an edit cannot be made without changing more than its own text
│   └── FileChanged          the file is another one than the edit was made for
├── SendRefused          1   a mailing may not start (already sent, empty audience, no unsubscribe, …)
├── AlreadySending       1   another process holds the sender's lock
├── Unsupported          1   the provider cannot carry what is asked of it
├── DatabaseTrouble      1   the database cannot be used
│   └── TransactionLost      a transaction broke off, and may be carried out anew
├── UsageMistake         2   the command line contradicts itself
└── Stopped              3   a mailing stopped; `dispatch resume` goes on
    ├── Fenced               another process has taken over
    ├── AccountTrouble       key refused, domain unverified, quota used up
    ├── ProviderUnreachable  no connection to the provider
    ├── PostponedTooLong     the provider asks to wait longer than we wait
    ├── RemoteUnreachable    no answer from the git remote that holds the claim
    ├── ClaimLost            another sender has claimed the mailing, or this ledger is older than the claim
    └── Interrupted    130   Ctrl-C
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.location import Location


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, and what to do about it."""

    message: str
    location: Location | None = None
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        remedy = f"\n    {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{remedy}"

    def sort_key(self) -> tuple[str, int, int, str]:
        """Order by file, line, column, text; problems without a place come first."""
        place = self.location or Location("")
        return (place.file, place.line, place.column, self.message)


class DispatchError(Exception):
    """Something is wrong that a person can mend; printed without a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem(message, location, remedy),)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class InvalidInput(DispatchError):
    """One or many problems in what a person wrote, all of them told at once, in order of place."""

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> InvalidInput:
        """One error out of many problems (at least one)."""
        ordered = tuple(sorted(problems, key=Problem.sort_key))
        error = cls(ordered[0].message)
        error.problems = ordered
        return error


class InvalidConfig(InvalidInput):
    """The configuration is wrong: dispatch.yaml, .env or the environment."""


class InvalidIssue(InvalidInput):
    """An issue file is wrong."""


class InvalidTerms(InvalidInput):
    """The house's terms are wrong: terms.yaml."""


class InvalidTheme(InvalidInput):
    """A template is wrong, or what it produced is."""


class InvalidSubscribers(InvalidInput):
    """The subscribers' file is wrong."""


class InvalidSegment(InvalidInput):
    """A segment expression is wrong."""


class InvalidAddress(InvalidInput):
    """A mailbox is not one that mail can be sent to."""


class NotFound(DispatchError):
    """There is no such issue, mailing, subscriber or newsletter."""


class EditRefused(DispatchError):
    """An edit cannot be made without changing more than its own text; the file is as it was."""


class FileChanged(EditRefused):
    """The file is not the one that the edit was made for."""


class SendRefused(DispatchError):
    """A mailing may not start, and nothing was sent."""


class AlreadySending(DispatchError):
    """Another process is sending from this database."""


class Unsupported(DispatchError):
    """The provider cannot carry what is asked of it."""


class DatabaseTrouble(DispatchError):
    """The database cannot be used."""


class TransactionLost(DatabaseTrouble):
    """A transaction was given up, or the connection was lost in it: whether it was committed is not known."""


class UsageMistake(DispatchError):
    """The command line contradicts itself."""

    exit_code = 2


class Stopped(DispatchError):
    """A mailing stopped before its end; what was accepted stays accepted, `dispatch resume` goes on."""

    exit_code = 3


class Fenced(Stopped):
    """Another process has taken over what this one was at work on."""


class AccountTrouble(Stopped):
    """The provider refuses the account: key, domain, quota."""


class AccountUnseen(AccountTrouble):
    """The key is good for sending, but may not ask how the account stands."""


class ProviderUnreachable(Stopped):
    """There is no connection to the provider."""


class PostponedTooLong(Stopped):
    """The provider asks to wait longer than dispatch waits."""


class RemoteUnreachable(Stopped):
    """The git remote that holds the claim does not answer, or does not take it."""


class ClaimLost(Stopped):
    """Somebody else has claimed the mailing, or this ledger is older than what was sent."""


class Interrupted(Stopped):
    """A person pressed Ctrl-C."""

    exit_code = 130
