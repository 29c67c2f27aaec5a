"""The mailing's commands: test, send, status, resume, pause, cancel, settle, why."""

from __future__ import annotations

import json
from typing import Literal

import click

from dispatch.cli.progress import sending_progress
from dispatch.cli.terminal import count, is_terminal, open_project, say
from dispatch.delivery import report, settlement
from dispatch.delivery.mailing import Mailing, MailingState
from dispatch.delivery.report import Status
from dispatch.errors import SendRefused, UsageMistake
from dispatch.explanation import explain
from dispatch.messages.tokens import message_reference
from dispatch.project import Project
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.sending import (
    Proposal,
    capabilities_of,
    count_audience,
    freeze,
    probe_way_out,
    propose,
    send_test,
    sender_of,
)

EXIT_CODES = {
    MailingState.FINISHED: 0,
    MailingState.CANCELLED: 0,
    MailingState.FINISHED_UNCERTAIN: 4,
}
STOPPED = 3

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else.")


@click.command()
@click.argument("issue")
@click.option("--to", "addresses", multiple=True, required=True, metavar="ADDRESS", help="Where to; may be repeated.")
@click.option("--provider", metavar="P", help="Instead of the one in dispatch.yaml.")
@click.argument("more", nargs=-1, metavar="[ADDRESS]...")
@click.pass_context
def test(
    context: click.Context, issue: str, addresses: tuple[str, ...], provider: str | None, more: tuple[str, ...]
) -> None:
    """Send ISSUE with its real headers to at most ten literal addresses.

    Its unsubscribe link opens the real page and changes nothing.
    """
    project = open_project(context)
    for address, outcome in send_test(project, project.read_issue(issue), [*addresses, *more], provider):
        say(f"{address}: {_in_words(outcome)}")


@click.command()
@click.argument("issue")
@click.option("--segment", default="", metavar="S", help="Only the people in this segment of dispatch.yaml.")
@click.option("--dry-run", is_flag=True, help="Do everything but freeze and send.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Freeze all, pause after N.")
@click.option("--provider", metavar="P", help="Instead of the one in dispatch.yaml.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.option("--new-subscribers", is_flag=True, help="Only those who are in no mailing of this issue yet.")
@click.option("--again", is_flag=True, help="Everybody once more, though they have it.")
@click.option("--skip-rejected", is_flag=True, help="Send although lines of the list were rejected.")
@json_option
@click.pass_context
def send(
    context: click.Context,
    issue: str,
    segment: str,
    dry_run: bool,
    limit: int | None,
    provider: str | None,
    yes: bool,
    new_subscribers: bool,
    again: bool,
    skip_rejected: bool,
    as_json: bool,
) -> None:
    """Send ISSUE: check it, freeze its audience, hand it to the provider, keep account of everybody."""
    if new_subscribers and again:
        raise UsageMistake("--new-subscribers and --again exclude each other", remedy="Leave one of them out.")
    if not (yes or dry_run or is_terminal()):
        raise UsageMistake("nobody can be asked here", remedy="Add --yes to send without a question.")
    project = open_project(context)
    repetition: Literal["none", "new_subscribers", "again"] = (
        "again" if again else "new_subscribers" if new_subscribers else "none"
    )
    with project.lock.hold(project.issue_path(issue).stem):
        proposal = propose(
            project,
            project.read_issue(issue),
            provider=provider,
            segment=segment,
            repetition=repetition,
            skip_rejected=skip_rejected,
            limit=limit,
        )
        _stop_on_errors(proposal)
        audience = count_audience(project, proposal.plan)
        _tell_plan(project, proposal, audience.count, audience.excluded)
        if dry_run:
            _print_dry_run(proposal, audience.count, audience.excluded, as_json=as_json)
            return
        probe_way_out(project, proposal.plan.capabilities)
        if not yes:
            _ask_for(audience.count)
        mailing = freeze(project, proposal, confirmed=None if yes else audience.count)
        _run(context, project, mailing, as_json=as_json)


@click.command()
@click.argument("mailing", required=False)
@json_option
@click.pass_context
def status(context: click.Context, mailing: str | None, as_json: bool) -> None:
    """Show where MAILING stands (default: the latest)."""
    project = open_project(context)
    found = project.mailing(mailing)
    _show(_status(project, found), as_json=as_json)


@click.command()
@click.argument("mailing", required=False)
@json_option
@click.pass_context
def resume(context: click.Context, mailing: str | None, as_json: bool) -> None:
    """Go on with MAILING (default: the latest unfinished). Nobody who has it gets it again."""
    project = open_project(context)
    found = project.mailing(mailing, unfinished=True)
    if found.cancelled_at:
        raise SendRefused(f"{found.name} was cancelled", remedy=f"`dispatch send {found.issue} --new-subscribers`")
    with project.lock.hold(found.name):
        if _status(project, found).pending:
            probe_way_out(project, capabilities_of(project, found.provider))
        project.ledger.resume(found)
        _run(context, project, project.mailing(found.name), as_json=as_json)


@click.command()
@click.argument("mailing", required=False)
@click.pass_context
def pause(context: click.Context, mailing: str | None) -> None:
    """Stop MAILING (default: the latest unfinished) after the calls under way; `resume` goes on."""
    project = open_project(context)
    found = project.mailing(mailing, unfinished=True)
    if found.finished_at:
        raise SendRefused(f"{found.name} is finished, so there is nothing left to pause")
    project.ledger.pause(found)
    say(f"{found.name} is paused. `dispatch resume {found.name}` goes on.")


@click.command()
@click.argument("mailing", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def cancel(context: click.Context, mailing: str | None, yes: bool) -> None:
    """Stop MAILING (default: the latest unfinished) for good: who has not got it will not."""
    project = open_project(context)
    found = project.mailing(mailing, unfinished=True)
    if not yes:
        if not is_terminal():
            raise UsageMistake("nobody can be asked here", remedy="Add --yes to cancel without a question.")
        click.confirm(f"Stop {found.name} for good?", abort=True, err=True)
    settled = settlement.cancel(project.ledger, project.lock, found)
    say(f"{found.name} is cancelled" + ("." if settled else "; its sender stops after the calls under way."))


@click.command()
@click.argument("mailing", required=False)
@click.option("--hold", "decision", flag_value="hold", help="Leave them: nobody gets two copies, some may have none.")
@click.option("--resend", "decision", flag_value="resend", help="Send again: everybody gets one, some may get two.")
@click.option("--ask-provider", "decision", flag_value="ask", help="Look them up at the provider; send nothing.")
@json_option
@click.pass_context
def settle(context: click.Context, mailing: str | None, decision: str | None, as_json: bool) -> None:
    """Decide on the messages of MAILING whose fate is uncertain; without a decision, list them."""
    project = open_project(context)
    found = project.mailing(mailing)
    match decision:
        case "resend":
            with project.lock.hold(found.name):
                number = settlement.resend(project.ledger, found)
            say(f"{count(number, 'recipient')} pending again. `dispatch resume {found.name}` sends to them.")
        case "ask":
            _ask_provider(project, found)
        case "hold":
            say("They stay uncertain, and nobody is mailed again.")
        case _:
            for doubt in settlement.doubts(project.ledger, found):
                say(f"{doubt.recipient.address}  {doubt.code}: {doubt.detail}")
    _show(_status(project, found), as_json=as_json)


@click.command()
@click.argument("address")
@click.argument("issue", required=False)
@json_option
@click.pass_context
def why(context: click.Context, address: str, issue: str | None, as_json: bool) -> None:
    """Say from the records why ADDRESS did or did not get an ISSUE (default: all)."""
    evidence = explain(open_project(context), address, issue)
    if as_json:
        click.echo(json.dumps(evidence.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(address)
        for line in evidence.lines():
            click.echo(f"  {line}")
    context.exit(0 if evidence.known else 1)


def _in_words(outcome: Outcome) -> str:
    match outcome:
        case Accepted(provider_id, detail):
            return f"accepted {provider_id} {detail}".rstrip()
        case Refused(code, detail) | Postponed(code, detail) | Uncertain(code, detail):
            return f"{type(outcome).__name__.lower()} ({code} {detail})"


def _stop_on_errors(proposal: Proposal) -> None:
    for finding in proposal.findings:
        say(finding)
    if proposal.errors:
        raise SendRefused(
            f"{proposal.plan.issue} has {count(len(proposal.errors), 'error')}, so nothing was sent",
            remedy=f"Mend what is said above; `dispatch check {proposal.plan.issue}` looks again.",
        )


def _tell_plan(project: Project, proposal: Proposal, audience: int, excluded: dict[str, int]) -> None:
    say(f"Issue      {proposal.compiled.title}")
    say(f"From       {project.config.from_}")
    say(f"Provider   {proposal.plan.provider}")
    say(
        f"Audience   {count(audience, 'recipient')}"
        + (f" of segment {segment}" if (segment := proposal.plan.segment_name) else "")
    )
    for reason, number in excluded.items():
        say(f"           {number:,} excluded: {reason.replace('_', ' ')}")
    say()


def _print_dry_run(proposal: Proposal, audience: int, excluded: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        facts = {"issue": proposal.plan.issue, "audience": audience, "excluded": excluded, "dry_run": True}
        click.echo(json.dumps({**facts, "provider": proposal.plan.provider}, ensure_ascii=False))
    say("Dry run: nothing was frozen, nothing was sent.")


def _ask_for(audience: int) -> None:
    """A number is typed with more care than a y."""
    typed = click.prompt(f"Type {audience} to send", err=True)
    if typed.replace(",", "").strip() != str(audience):
        raise SendRefused(f"{typed!r} is not {audience}, so nothing was sent")


def _run(context: click.Context, project: Project, mailing: Mailing, *, as_json: bool) -> None:
    """Send, with progress; then show where the mailing stands, however it went."""
    try:
        with sending_progress(mailing) as (stop, on_progress):
            sender_of(project, mailing, stop=stop, on_progress=on_progress).run()
    finally:
        # Still under the lock, which would look like somebody sending it.
        ended = report.status(project.ledger, None, mailing, project.clock())
        _show(ended, as_json=as_json)
    context.exit(EXIT_CODES.get(ended.state, STOPPED))


def _status(project: Project, mailing: Mailing) -> Status:
    return report.status(project.ledger, project.lock, mailing, project.clock())


def _show(where: Status, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(where.as_json(), ensure_ascii=False))
        return
    click.echo(f"{where.mailing}  {where.state.replace('_', ', ')}")
    for name in ("audience", "accepted", "refused", "pending", "uncertain", "withdrawn"):
        number = getattr(where, name)
        if number or name in ("audience", "accepted"):
            click.echo(f"  {name:<10} {number:>9,}")
    for reason, number in where.excluded.items():
        click.echo(f"  excluded   {number:>9,}  {reason.replace('_', ' ')}")
    click.echo(f"  provider   {where.provider}" + (f", finished {where.finished}" if where.finished else ""))
    if where.uncertain:
        say(
            f"\nUncertain: handed to {where.provider}, and no answer came. Each may or may not have arrived.\n"
            f"  dispatch settle {where.mailing}                  shows them\n"
            f"  dispatch settle {where.mailing} --hold           leaves it so (nobody gets two copies)\n"
            f"  dispatch settle {where.mailing} --resend         sends again (nobody is missed, some may get two)\n"
            f"  dispatch settle {where.mailing} --ask-provider   looks them up, where the provider can"
        )
    if where.state in (MailingState.PAUSED, MailingState.STOPPED):
        say(f"\nGo on with: dispatch resume {where.mailing}")


def _ask_provider(project: Project, mailing: Mailing) -> None:
    ring = project.ring.signing_with(mailing.key_id)

    def reference(position: int) -> str:
        return message_reference(ring, mailing.name, position)

    provider = project.open_provider(mailing.provider)
    try:
        with project.lock.hold(mailing.name):
            found, missing = settlement.ask_provider(project.ledger, mailing, provider, reference)
    finally:
        provider.close()
    say(f"{found:,} found and accepted, {missing:,} not found, which proves nothing: they stay uncertain.")
