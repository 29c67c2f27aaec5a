"""The commands that hand mail over: test, send, resume."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict

import click

from dispatch.cli.checking import in_colour
from dispatch.cli.progress import sending_progress
from dispatch.cli.standing import advise, exit_code, show_standing, standing_under_lock
from dispatch.cli.terminal import ask, duration, json_option, require_person, say, settings, show, show_json
from dispatch.content.richtext import parse_plain
from dispatch.counts import count
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.recovery import doubt_rest
from dispatch.delivery.report import Status
from dispatch.errors import NotFound, SendRefused, Stopped, UsageMistake
from dispatch.inspection.claim import Claims
from dispatch.project import Project
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.records import Records
from dispatch.rendering.readership_words import in_words
from dispatch.sending import (
    Proposal,
    Repetition,
    capabilities_of,
    claims_of,
    freeze,
    look_again,
    look_once_more,
    propose,
    sender_of,
)
from dispatch.trial import Wishes, send_test

provider_option = click.option("--provider", metavar="P", help="Instead of the one in dispatch.yaml.")


@click.command()
@click.argument("issue")
@click.option("--to", "addresses", multiple=True, required=True, metavar="ADDRESS", help="Where to; may be repeated.")
@click.option("--as", "like", default="", metavar="ADDRESS", help="The message that this subscriber would get.")
@click.option(
    "--when", "segments", multiple=True, metavar="S", help="Its blocks for this segment; - for none. Repeatable."
)
@click.option("--language", default="", metavar="L", help="With the theme's words in it: fr, de, ar …")
@provider_option
@click.argument("more", nargs=-1, metavar="[ADDRESS]...")
@json_option
@click.pass_context
def test(
    context: click.Context,
    issue: str,
    addresses: tuple[str, ...],
    like: str,
    segments: tuple[str, ...],
    language: str,
    more: tuple[str, ...],
    provider: str | None,
    as_json: bool,
) -> None:
    """Send ISSUE with its real headers to at most ten literal addresses. Exit 1 if one is not accepted.

    Where some of its blocks are for some readers only, each address gets every choice of blocks that somebody on the
    list gets: at most ten messages. Its unsubscribe link opens the real page and changes nothing.
    """
    if like and (segments or language):
        raise UsageMistake("--as excludes --when and --language", remedy="A subscriber has segments and a language.")
    project = context.with_resource(Project(settings(context, provider=provider)))
    read = project.read_issue(issue)
    wishes = Wishes(like, [name for name in segments if name != "-"] if segments else None, language)
    results = []
    trouble: Stopped | None = None
    try:
        for attempt in send_test(project, read, [*addresses, *more], wishes):
            outcome, readers = attempt.outcome, attempt.readers
            answer = {"outcome": type(outcome).__name__.lower(), **asdict(outcome)}
            results.append({"address": attempt.address, **asdict(readers), **answer})
            if not as_json:
                variant = f"  {in_words(readers)}:" if read.conditions or language else ""
                show(f"{attempt.address} {variant} {_in_words(outcome)}")
    except Stopped as stopped:
        trouble = stopped
        say(trouble)
    if as_json:
        show_json({"issue": read.slug, "provider": project.config.provider, "results": results})
    context.exit(0 if not trouble and all(result["outcome"] == "accepted" for result in results) else 1)


@click.command()
@click.argument("issue")
@click.option("--segment", default="", metavar="S", help="Only the people in this segment of dispatch.yaml.")
@click.option("--dry-run", is_flag=True, help="Do everything but freeze and send; nothing is recorded.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Freeze all, pause after N.")
@provider_option
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.option("--new-subscribers", is_flag=True, help="Only those whom no mailing of it has reached.")
@click.option("--again", is_flag=True, help="Everybody once more, though they have it.")
@click.option("--skip-rejected", is_flag=True, help="Send although lines of the list were rejected.")
@click.option("--after-restore", is_flag=True, help="With --again: the ledger of the earlier mailings is lost.")
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
    after_restore: bool,
    as_json: bool,
) -> None:
    """Send ISSUE: check it, freeze its audience, hand it to the provider, keep account of everybody.

    An issue that has a mailing is not sent again without --new-subscribers or --again. Exit 3 where `resume` can go
    on, 4 with uncertain outcomes.
    """
    if new_subscribers and again:
        raise UsageMistake("--new-subscribers and --again exclude each other", remedy="Choose one of them.")
    if after_restore and not again:
        raise UsageMistake(
            "--after-restore needs --again: without the ledger nobody knows who has the issue",
            remedy="`dispatch resume --after-restore` goes on with a mailing that the restored ledger knows.",
        )
    project = context.with_resource(Project(settings(context, provider=provider)))
    repetition: Repetition = "again" if again else "new_subscribers" if new_subscribers else "none"
    read = project.read_issue(issue)
    with nullcontext() if dry_run else project.lock.hold(read.slug):
        proposal = propose(
            project, read, segment=segment, repetition=repetition, skip_rejected=skip_rejected, limit=limit
        )
        _stop_on_errors(proposal)
        claims = claims_of(project, proposal.plan.capabilities)
        _tell(project, proposal, claims)
        proposal = look_once_more(project, proposal, claims, after_restore=after_restore)
        if proposal.unseen:
            say(f"How the account stands was not seen: {proposal.unseen}\n")
        if dry_run:
            _end_dry_run(proposal, as_json=as_json)
            return
        if not yes:
            require_person("send")
            _ask(proposal)
        mailing = freeze(project, proposal, confirmed=None if yes else proposal.audience.count)
        claims.take(mailing)
        _run(context, project, mailing, claims, as_json=as_json)


@click.command()
@click.argument("mailing", required=False)
@click.option("--after-restore", is_flag=True, help="The ledger is an old copy: mail nobody who may have it by now.")
@json_option
@click.pass_context
def resume(context: click.Context, mailing: str | None, after_restore: bool, as_json: bool) -> None:
    """Go on with MAILING (default: the latest unfinished). Nobody who has it gets it again.

    One that is at its end is only shown: exit 0, or 4 with uncertain outcomes.
    """
    records = context.with_resource(Records(settings(context)))
    found = _resumable(records, mailing)
    if found.cancelled_at:
        raise SendRefused(
            f"{found.name} was cancelled",
            remedy=f"`dispatch send {found.issue} --new-subscribers` mails those whom it has not reached.",
        )
    if found.finished_at and not after_restore:
        say(f"{found.name} is at its end: there is nothing left to send.\n")
        where = standing_under_lock(records, found)  # nobody sends what is finished
        show_standing(where, records.config.newsletter.timezone, as_json=as_json)
        if found.claim:  # whoever died at the end has not told it
            _note(claims_of(records, capabilities_of(records, found.provider)), found, where)
        advise(where)
        context.exit(exit_code(where))
    with records.lock.hold(found.name):
        look_again(records, found)
        _heed_the_list(records)
        claims = claims_of(records, capabilities_of(records, found.provider))
        if after_restore:
            _doubt(records, found)
        claims.take(found, after_restore=after_restore)
        records.ledger.resume(found)
        _run(context, records, records.mailing(found.name), claims, as_json=as_json)


def _doubt(records: Records, mailing: Mailing) -> None:
    number = doubt_rest(records.ledger, mailing)
    say(
        f"{count(number, 'recipient')} of {mailing.name} may have it since the backup: uncertain, and mailed by nobody's "
        "word but yours (`dispatch settle`).\nWho left since the backup is subscribed again: `dispatch subscribers "
        "suppress` them first.\n"
    )


def _heed_the_list(records: Records) -> None:
    """Who was taken off the list since the freeze, or is unsubscribed in it, is withdrawn; unreadable, it stops us."""
    report = records.sync_subscribers(skip_rejected=True)
    if report.rejected:
        lines = count(len(report.rejected), "line")
        say(f"{lines} of {report.file} rejected: `dispatch subscribers import --dry-run` tells why.")


def _resumable(records: Records, name: str | None) -> Mailing:
    try:
        return records.mailing(name, unfinished=True)
    except NotFound:
        return records.mailing(name)


def _stop_on_errors(proposal: Proposal) -> None:
    for finding in proposal.findings:
        say(in_colour(finding))
    if proposal.errors:
        raise SendRefused(
            f"{proposal.plan.issue} has {count(len(proposal.errors), 'error')}, so nothing was sent",
            remedy=f"Mend what is said above; `dispatch check {proposal.plan.issue}` looks again.",
        )
    if proposal.findings:
        say()


def _tell(project: Project, proposal: Proposal, claims: Claims) -> None:
    """What is about to happen, in one aligned column."""
    plan, audience = proposal.plan, proposal.audience
    people = count(audience.count, "recipient") + (f" of segment {plan.segment_name}" if plan.segment_name else "")
    facts = [
        ("Issue", parse_plain(proposal.issue.title).plain),
        ("From", str(project.config.from_)),
        ("Provider", plan.provider),
        ("Audience", people),
    ]
    facts += _variants(proposal)
    facts += [("Excluded", f"{number:,} {reason.replace('_', ' ')}") for reason, number in audience.excluded.items()]
    per_second = project.config.delivery.per_second or plan.capabilities.default_rate
    if per_second:
        rate = project.config.delivery.rate or f"{per_second:g}/s"
        facts.append(("Duration", f"{duration((plan.limit or audience.count) / per_second)} at {rate}"))
    if plan.limit:
        facts.append(("Limit", f"pauses after {plan.limit:,}"))
    if str(claims):
        facts.append(("Claim", str(claims)))
    told = ""
    for name, fact in facts:
        say(f"{name if name != told else '':<10} {fact}")
        told = name
    say()


def _variants(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """How many get which, where not all get the same."""
    if len(proposal.variants) > 1:
        for readers in proposal.variants:
            number = proposal.audience.readerships[readers]
            yield "Variants", f"{number:,} {in_words(readers, of=proposal.variants)}"


def _end_dry_run(proposal: Proposal, *, as_json: bool) -> None:
    plan, audience = proposal.plan, proposal.audience
    if as_json:
        facts = {"dry_run": True, "issue": plan.issue, "audience": audience.count, "excluded": audience.excluded}
        facts["variants"] = [
            {**asdict(readers), "audience": audience.readerships[readers]} for readers in proposal.variants
        ]
        show_json({**facts, "provider": plan.provider})
    say("Dry run: nothing was frozen, nothing was sent.")


def _ask(proposal: Proposal) -> None:
    """A number is typed with more care than a y; that many second copies take a word more."""
    wanted = str(proposal.audience.count)
    if proposal.plan.repetition == "again":
        say("Whoever has this issue already gets it once more.")
        wanted = f"again {wanted}"
    typed = ask(f"Type {wanted} to send")
    if " ".join(typed.replace(",", "").split()) != wanted:
        raise SendRefused(f"{typed!r} is not {wanted!r}, so nothing was sent")


def _run(context: click.Context, records: Records, mailing: Mailing, claims: Claims, *, as_json: bool) -> None:
    """Send, with progress; then show where the mailing stands, however it went, and what to type next."""
    trouble: Stopped | None = None
    try:
        with sending_progress(mailing) as (stop, on_progress):
            sender_of(records, mailing, stop=stop, on_progress=on_progress).run()
    except Stopped as stopped:
        trouble = stopped
    where = standing_under_lock(records, mailing)
    show_standing(where, records.config.newsletter.timezone, as_json=as_json)
    _note(claims, mailing, where)
    if trouble:
        say(f"\n{trouble}")
    advise(where)
    context.exit(trouble.exit_code if trouble else exit_code(where))


def _note(claims: Claims, mailing: Mailing, where: Status) -> None:
    """Tell the other clones how the run has ended; where that fails, what was sent is sent all the same."""
    try:
        claims.note(mailing, where.state)
    except Stopped as untold:
        say(f"\n{untold}")


def _in_words(outcome: Outcome) -> str:
    match outcome:
        case Accepted(provider_id, detail):
            return f"accepted {provider_id} {detail}".rstrip()
        case Refused(code, detail) | Postponed(code, detail) | Uncertain(code, detail):
            return f"{type(outcome).__name__.lower()} ({code} {detail})"
