"""The commands about mailings that hand nothing over: status, pause, cancel, settle, why."""

from __future__ import annotations

from contextlib import closing

import click

from dispatch.cli.recipients import show_recipients
from dispatch.cli.standing import advise, show_standing, standing
from dispatch.cli.terminal import confirm, in_zone, json_option, say, settings, show, show_json
from dispatch.counts import count
from dispatch.delivery import settlement
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.roll import FATES
from dispatch.errors import SendRefused, UsageMistake
from dispatch.explanation import explain
from dispatch.inspection.claim import Claim
from dispatch.messages.tokens import message_reference
from dispatch.records import Records


@click.command()
@click.argument("mailing", required=False)
@click.option("--recipients", is_flag=True, help="List them: who got it and who did not, as CSV, or as JSON lines.")
@click.option("--only", type=click.Choice(FATES), help="Of the recipients, only these.")
@json_option
@click.pass_context
def status(context: click.Context, mailing: str | None, recipients: bool, only: str | None, as_json: bool) -> None:
    """Show where MAILING stands (default: the latest)."""
    if only and not recipients:
        raise UsageMistake("--only chooses among recipients", remedy="Add --recipients.")
    records = context.with_resource(Records(settings(context)))
    found = records.mailing(mailing)
    if recipients:
        show_recipients(records, found, only, as_json=as_json)
        return
    where = standing(records, found)
    show_standing(where, records.config.newsletter.timezone, as_json=as_json)
    claim = Claim.parse(found.claim)
    if claim and not as_json:
        at = in_zone(claim.at, records.config.newsletter.timezone)
        show(f"  claim      {at}  by {claim.host}, process {claim.process}, epoch {claim.epoch}")
    advise(where)
    if not mailing:
        _tell_unfinished(records, found)


@click.command()
@click.argument("mailing", required=False)
@click.pass_context
def pause(context: click.Context, mailing: str | None) -> None:
    """Stop MAILING (default: the latest unfinished) after the calls under way; `resume` goes on."""
    records = context.with_resource(Records(settings(context)))
    found = records.mailing(mailing, unfinished=True)
    if found.cancelled_at or found.finished_at:
        how = "cancelled" if found.cancelled_at else "finished"
        raise SendRefused(f"{found.name} is {how}, so there is nothing left to pause")
    records.ledger.pause(found)
    say(f"{found.name} is paused.\n\nNext: dispatch resume {found.name}")


@click.command()
@click.argument("mailing", required=False)
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.pass_context
def cancel(context: click.Context, mailing: str | None, yes: bool) -> None:
    """Stop MAILING (default: the latest unfinished) for good: who has not got it will not."""
    records = context.with_resource(Records(settings(context)))
    found = records.mailing(mailing, unfinished=True)
    if not yes:
        confirm(f"Stop {found.name} for good?", "cancel")
    settled = settlement.cancel(records.ledger, records.lock, records.crew, found)
    say(f"{found.name} is cancelled" + ("." if settled else "; its sender stops after the calls under way."))


@click.command()
@click.argument("mailing", required=False)
@click.option("--hold", is_flag=True, help="Leave them as they are, for good: some may have got nothing.")
@click.option("--resend", is_flag=True, help="Make them pending, for `resume` to send again: some may get two copies.")
@click.option("--ask-provider", is_flag=True, help="Look them up at the provider, where it can; sends nothing.")
@json_option
@click.pass_context
def settle(
    context: click.Context, mailing: str | None, hold: bool, resend: bool, ask_provider: bool, as_json: bool
) -> None:
    """Decide on the messages of MAILING (default: the latest) whose fate is uncertain; without a decision, list them.

    Held ones stay uncertain in every report: nobody will ever know more, so nothing needs to be recorded.
    """
    if hold + resend + ask_provider > 1:
        raise UsageMistake("--hold, --resend and --ask-provider exclude each other", remedy="Choose one of them.")
    records = context.with_resource(Records(settings(context)))
    found = records.mailing(mailing)
    doubts = settlement.doubts(records.ledger, found)
    if not doubts:
        say(f"Nothing of {found.name} is uncertain.\n")
    elif resend:
        with records.lock.hold(found.name):
            number = settlement.resend(records.ledger, found)
        say(f"{count(number, 'recipient')} pending again.\n")
    elif ask_provider:
        _ask_provider(records, found)
    elif hold:
        say("They stay uncertain, and nobody is mailed again.\n")
    elif as_json:
        listed = [{"address": doubt.recipient.address, "code": doubt.code, "detail": doubt.detail} for doubt in doubts]
        show_json({**standing(records, found).as_json(), "doubts": listed})
        return
    else:
        for doubt in doubts:
            show(f"{doubt.recipient.address}  {doubt.code}: {doubt.detail}")
        show()
    where = standing(records, found)
    show_standing(where, records.config.newsletter.timezone, as_json=as_json)
    if not hold:
        advise(where)


@click.command()
@click.argument("address")
@click.argument("issue", required=False)
@json_option
@click.pass_context
def why(context: click.Context, address: str, issue: str | None, as_json: bool) -> None:
    """Say from the records why ADDRESS did or did not get an ISSUE (default: all). Exit 1 if nothing is known."""
    records = context.with_resource(Records(settings(context)))
    evidence = explain(records, address, issue)
    if as_json:
        show_json(evidence.as_json())
    else:
        show(address)
        for paragraph in filter(None, evidence.paragraphs()):
            show()
            for line in paragraph:
                show(f"  {in_zone(line, records.config.newsletter.timezone)}")
    context.exit(0 if evidence.known else 1)


def _tell_unfinished(records: Records, besides: Mailing) -> None:
    """Mailings that a later one would hide."""
    with records.ledger.reading() as connection:
        mailings = records.ledger.mailings(connection)
    for other in mailings:
        if not other.finished_at and other.id != besides.id:
            where = standing(records, other)
            say(f"\n{other.name} is {where.state}, {where.pending:,} pending: dispatch status {other.name}")


def _ask_provider(records: Records, mailing: Mailing) -> None:
    ring = records.ring.signing_with(mailing.key_id)

    def reference(position: int) -> str:
        return message_reference(ring, mailing.name, position)

    with closing(records.open_provider(mailing.provider)) as provider, records.lock.hold(mailing.name):
        found, missing = settlement.ask_provider(records.ledger, mailing, provider, reference)
    say(f"{found:,} found and accepted, {missing:,} not found, which proves nothing: they stay uncertain.\n")
