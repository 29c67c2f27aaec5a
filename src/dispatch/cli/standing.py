"""Where a mailing stands, for people and for programs, and the exit code that says the same."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.cli.terminal import in_zone, say, show, show_json, tinted
from dispatch.delivery import report
from dispatch.delivery.mailing import Mailing, MailingState
from dispatch.delivery.report import Status, VariantStatus
from dispatch.records import Records
from dispatch.rendering.readership import Readership
from dispatch.rendering.readership_words import in_words

STOPPED = 3

_EXIT_CODES = {
    MailingState.FINISHED: 0,
    MailingState.CANCELLED: 0,
    MailingState.FINISHED_UNCERTAIN: 4,
}
_COLOURS = {
    MailingState.FINISHED: "green",
    MailingState.FINISHED_UNCERTAIN: "yellow",
    MailingState.PAUSED: "yellow",
    MailingState.STOPPED: "yellow",
    MailingState.CANCELLED: "red",
}
_NUMBERS = ("audience", "accepted", "refused", "pending", "uncertain", "withdrawn")
_ALWAYS = ("audience", "accepted")


def standing(records: Records, mailing: Mailing) -> Status:
    """Where it stands at this moment."""
    return report.status(records.ledger, records.lock, mailing, records.clock())


def standing_under_lock(records: Records, mailing: Mailing) -> Status:
    """The same for whoever holds the sender's lock, which would look like somebody sending it."""
    return report.status(records.ledger, None, mailing, records.clock())


def exit_code(where: Status) -> int:
    """0 at its end, 4 with uncertain outcomes, 3 where `resume` can go on."""
    return _EXIT_CODES.get(where.state, STOPPED)


def show_standing(where: Status, zone: str, *, as_json: bool) -> None:
    """The numbers, all of which add up to the audience but for those excluded before, with times of a time zone."""
    if as_json:
        show_json(where.as_json())
        return
    for line in _lines(where):
        show(in_zone(line, zone))


def advise(where: Status) -> None:
    """What to type next."""
    if where.uncertain:
        say(
            f"\nUncertain: whether {where.provider} took them is not on record. Each may or may not have arrived.\n"
            f"  dispatch settle {where.mailing}                  shows them\n"
            f"  dispatch settle {where.mailing} --hold           leaves it so (nobody gets two copies)\n"
            f"  dispatch settle {where.mailing} --resend         sends again (nobody is missed, some may get two)\n"
            f"  dispatch settle {where.mailing} --ask-provider   looks them up, where the provider can"
        )
    if where.state in (MailingState.PAUSED, MailingState.STOPPED):
        say(f"\nNext: dispatch resume {where.mailing}")
    elif where.state is MailingState.SENDING:
        say(f"\nNext: dispatch status {where.mailing}")
    elif not where.uncertain:
        say(f"\nNext: dispatch why ADDRESS {where.issue}")


def _lines(where: Status) -> Iterator[str]:
    state = str(where.state.replace("_", ", "))
    yield f"{where.mailing}  {tinted(state, _COLOURS[where.state]) if where.state in _COLOURS else state}"
    yield ""
    for name in _NUMBERS:
        number = getattr(where, name)
        if number or name in _ALWAYS:
            yield f"  {name:<10} {number:>9,}"
    for label, (reason, number) in zip(_once("excluded"), where.excluded.items(), strict=False):
        yield f"  {label:<10} {number:>9,}  {reason.replace('_', ' ')}"
    readerships = [Readership(each.segments, each.language) for each in where.variants]
    for label, readers, each in zip(_once("variants"), readerships, where.variants, strict=False):
        yield f"  {label:<10} {each.audience:>9,}  {in_words(readers, of=readerships)}{_behind(each)}"
    yield ""
    yield f"  provider   {where.provider}"
    if where.started:
        yield f"  started    {where.started}"
    if where.finished:
        yield f"  finished   {where.finished}"


def _behind(variant: VariantStatus) -> str:
    """What of it is not accepted, where anything is."""
    others = {name: getattr(variant, name) for name in _NUMBERS if name not in _ALWAYS}
    told = ", ".join(f"{number:,} {name}" for name, number in others.items() if number)
    return f" ({told})" if told else ""


def _once(label: str) -> Iterator[str]:
    """The label on the first line of a column, and nothing below it."""
    yield label
    while True:
        yield ""
