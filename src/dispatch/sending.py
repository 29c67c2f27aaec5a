"""From an issue to a mailing: what `send`, `resume`, `test` and `build` share, without any dialogue."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from itertools import zip_longest
from threading import Event
from typing import Literal

from dispatch.addresses import Mailbox, address_key, parse_mailbox
from dispatch.checks.check import Finding, Severity
from dispatch.config import keys_to_set
from dispatch.content.issue import Issue
from dispatch.delivery.assistants import Assistants, processes_for
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.preparation import Audience, Plan, prepare, survey
from dispatch.delivery.worker import Progress, Sender
from dispatch.errors import (
    AccountTrouble,
    InvalidAddress,
    InvalidConfig,
    InvalidSubscribers,
    NotFound,
    Problem,
    ProviderUnreachable,
    SendRefused,
    Unsupported,
    UsageMistake,
)
from dispatch.files import sync_folder, write_whole
from dispatch.inspection.claim import Claims, GitClaims, NoClaims
from dispatch.inspection.probe import probe_unsubscribe
from dispatch.inspection.remote import GitRemote
from dispatch.inspection.repository import revision_of
from dispatch.messages.message import Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import KeyRing
from dispatch.newsroom import SAMPLE_READER
from dispatch.project import Project
from dispatch.providers.outcome import Outcome, Uncertain
from dispatch.providers.provider import Batch, Capabilities, Provider
from dispatch.records import Records
from dispatch.rendering.compiled import CompiledIssue
from dispatch.subscribers.csv_import import read_subscribers
from dispatch.subscribers.csv_rows import Row
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.subscriber import Status, Subscriber, merge_values

MOST_TEST_ADDRESSES = 10

Repetition = Literal["none", "new_subscribers", "again"]


@dataclass(frozen=True)
class Proposal:
    """A mailing that could be frozen now: to whom it would go, and what the checks say about it."""

    plan: Plan
    audience: Audience
    compiled: CompiledIssue
    findings: tuple[Finding, ...]
    skip_rejected: bool
    unseen: str = ""  # why the provider could not be asked how the account stands; empty: it could, or need not

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid it."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


# --- a mailing -----------------------------------------------------------------------------------


def propose(
    project: Project,
    issue: Issue,
    *,
    segment: str = "",
    repetition: Repetition = "none",
    skip_rejected: bool = False,
    limit: int | None = None,
) -> Proposal:
    """Look at the list, count the audience, compile the issue and check it; nothing is written or sent.

    Raises whatever is wrong with the provider's options, the list, the audience or the issue.
    """
    _refuse_conditions(issue)
    capabilities = capabilities_of(project, project.config.provider)
    _refuse_embedding(project, capabilities)
    revision = revision_of(project.config.folder)
    plan = Plan(
        issue=issue.slug,
        provider=project.config.provider,
        capabilities=capabilities,
        fields=frozenset(),
        nonce=secrets.token_hex(16),
        key_id=project.ring.key_id,
        commit=revision.commit,
        clean=revision.clean,
        segment_name=segment,
        repetition=repetition,
        limit=limit,
        says=issue.digests(),
        fingerprint=issue.fingerprint(),
    )
    with project.store.as_in_file(project.subscribers_file, name=project.subscribers_name) as (report, connection):
        known_fields = project.store.segment_fields(connection)
        plan = replace(
            plan,
            segment=project.segment(segment, known_fields=known_fields),
            rejected=_rejected(report, skip=skip_rejected),
        )
        audience = survey(project.ledger, project.store, plan, connection)
    compiled = project.compile(issue, embed=project.embeds())
    findings = project.check(issue, compiled, segment=segment)
    return Proposal(replace(plan, fields=compiled.names), audience, compiled, tuple(findings), skip_rejected)


def look_once_more(project: Project, proposal: Proposal, claims: Claims, *, after_restore: bool = False) -> Proposal:
    """What would stop the mailing after the freeze has to stop it before: other clones, the account, the way out.

    Raises SendRefused, Unsupported, InvalidConfig, and Stopped where the git remote cannot be asked, or for a fault in
    dispatch.
    """
    plan = proposal.plan
    taken = claims.highest_number(plan.issue, repetition=plan.repetition, after_restore=after_restore)
    message = project.specimen(proposal.compiled, SAMPLE_READER, project.ring, project.clock())
    with closing(project.open_provider()) as provider:
        provider.plan([message])
        _probe_way_out(project, plan.capabilities, project.config.unsubscribe.url, project.ring)
        unseen = _refuse_complaints(provider)
    return replace(proposal, plan=replace(plan, taken=taken), unseen=unseen)


def _refuse_complaints(provider: Provider) -> str:
    """Ask before the freeze: that a provider puts its own unsubscribe headers over ours, no later answer would tell.

    Where it cannot be asked, the first call tells why, or goes through: there are keys that may send and not ask. Gives
    why it could not.
    """
    if not provider.capabilities.real:
        return ""
    try:
        complaints = provider.check()
    except (AccountTrouble, ProviderUnreachable) as trouble:
        return str(trouble)
    if complaints:
        raise SendRefused("\n".join(complaints), remedy="Nothing was frozen. `dispatch doctor` looks again.")
    return ""


def freeze(project: Project, proposal: Proposal, *, confirmed: int | None) -> Mailing:
    """Freeze the mailing; to be called under the sender's lock.

    `confirmed` is how many a person agreed to: a larger audience is refused.
    """
    report = project.sync_subscribers(skip_rejected=proposal.skip_rejected)
    plan = replace(proposal.plan, rejected=_rejected(report, skip=proposal.skip_rejected))
    publish_pictures(project, proposal.compiled)

    def content(name: str) -> bytes:
        return project.message_template(proposal.compiled, name, plan.nonce, project.ring).to_bytes()

    return prepare(project.ledger, project.store, plan, content, confirmed=confirmed)


def sender_of(records: Records, mailing: Mailing, *, stop: Event, on_progress: Callable[[Progress], None]) -> Sender:
    """Who sends a frozen mailing, now or after a crash: from what was frozen, and nothing else."""
    personalizer = Personalizer(MessageTemplate.from_bytes(records.ledger.content(mailing)), records.ring)
    delivery = records.config.delivery
    with closing(records.open_provider(mailing.provider)) as provider:
        processes = processes_for(delivery.processes, mailing.audience, provider.capabilities)

    def assistants() -> AbstractContextManager[None]:
        command = [sys.executable, "-m", "dispatch", "-c", str(records.config.file), "worker", mailing.name, "--assist"]
        lock = records.lock.descriptor
        return Assistants(command, processes - 1, stop=stop, lock=lock).at_work() if processes > 1 else nullcontext()

    return Sender(
        mailing,
        personalizer.messages,
        ledger=records.ledger,
        store=records.store,
        lock=records.lock,
        crew=records.crew,
        open_provider=lambda: records.open_provider(mailing.provider),
        rate=delivery.per_second,
        concurrency=-(-delivery.concurrency // processes),
        clock=records.clock,
        stop=stop,
        on_progress=on_progress,
        assistants=assistants,
        pinned=delivery.pinned and delivery.concurrency > 1,
    )


def capabilities_of(records: Records, name: str) -> Capabilities:
    """What a provider can do, and whether the newsletter may use it: real mail needs keys of its own."""
    with closing(records.open_provider(name)) as provider:
        capabilities = provider.capabilities
    if capabilities.real and not records.config.keys:
        raise InvalidConfig(
            f"{name} carries real mail, and no key is set to sign its unsubscribe links",
            location=records.config.locate(("provider",)),
            remedy=f"Set {keys_to_set(records.config.state)}, and DISPATCH_KEY to a secret of your own.",
        )
    return capabilities


def claims_of(records: Records, capabilities: Capabilities) -> Claims:
    """Who keeps clones and copies of the ledger from sending the same mailing; the outbox's files need nobody."""
    if not capabilities.real:
        return NoClaims()
    if records.config.delivery.claim == "none":
        return NoClaims("none: nothing keeps another clone, or a restored backup, from sending this again")
    if records.config.delivery.claim == "database":
        return NoClaims("by the database alone: a clone with a database of its own does not see it")
    remote = GitRemote.around(records.config.folder)
    if remote is None:
        return NoClaims("by the database alone, as there is no git remote: another clone does not see it")
    return GitClaims(remote, records.ledger, records.clock)


def look_again(records: Records, mailing: Mailing) -> None:
    """Before a frozen mailing goes on: readers can leave by the links that it was frozen with. Raises SendRefused."""
    template = MessageTemplate.from_bytes(records.ledger.content(mailing))
    capabilities = capabilities_of(records, mailing.provider)
    _probe_way_out(records, capabilities, template.unsubscribe_url, records.ring.signing_with(mailing.key_id))


def _probe_way_out(records: Records, capabilities: Capabilities, url: str, ring: KeyRing) -> None:
    if capabilities.real and records.config.unsubscribe.probe and not capabilities.replaces_unsubscribe:
        probe_unsubscribe(url, ring, records.store)


def publish_pictures(project: Project, compiled: CompiledIssue) -> None:
    """Put hosted pictures where `dispatch serve` finds them, before any mail refers to them."""
    if compiled.embedded or not compiled.pictures:
        return
    for picture in compiled.pictures:
        write_whole(project.media / picture.name, picture.content)
    sync_folder(project.media)


def _refuse_conditions(issue: Issue) -> None:
    for block in issue.blocks:
        if block.when:
            raise SendRefused(
                "blocks for some readers only cannot be sent yet",
                location=issue.locate((*block.path[:2], "when")),
                remedy="Delete `when` for now.",
            )


def _refuse_embedding(project: Project, capabilities: Capabilities) -> None:
    if project.embeds() and not capabilities.embeds_pictures:
        raise Unsupported(
            f"{project.config.provider} cannot carry pictures inside a message",
            location=project.config.locate(("images",)),
            remedy="Set `images: hosted`.",
        )


def _rejected(report: ImportReport, *, skip: bool) -> int:
    """The number of rejected lines, which stop a mailing unless they are skipped."""
    if report.rejected and not skip:
        remedy = Problem("these lines would be left out", remedy="Mend them, or send without them: --skip-rejected.")
        raise InvalidSubscribers.of([*report.problems(), remedy])
    return len(report.rejected)


# --- a test --------------------------------------------------------------------------------------


def send_test(project: Project, issue: Issue, addresses: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
    """Hand the real message to a few literal addresses; each with the provider's answer.

    A subscriber's own merge values are used where an address is one. Nothing is recorded: a test is no mailing. Raises
    UsageMistake for more than ten, InvalidAddress, and SendRefused for somebody who may not be mailed; nothing is sent
    then.
    """
    _refuse_conditions(issue)
    people = _test_recipients(project, addresses)
    _refuse_embedding(project, capabilities_of(project, project.config.provider))
    compiled = project.compile(issue, embed=project.embeds())
    # A key of its own for each test, so that a provider which knows repeats takes none for another one's.
    name = f"{compiled.slug}.test"
    template = project.message_template(compiled, name, secrets.token_hex(16), project.ring)
    personalizer = Personalizer(template, project.ring)
    messages = personalizer.messages(people, project.clock(), purpose="test")
    with closing(project.open_provider()) as provider:
        calls = provider.plan(messages)
        publish_pictures(project, compiled)
        for call in calls:
            yield from _hand_over(provider, Batch(f"{name}.{secrets.token_hex(4)}.0", call))


def _hand_over(provider: Provider, batch: Batch) -> Iterator[tuple[str, Outcome]]:
    answers = provider.submit(batch, _nothing_to_record)
    for message, outcome in zip_longest(batch.messages, answers):
        if message:
            yield message.to.address, outcome or Uncertain("no_answer", "the provider did not mention it")


def _nothing_to_record(count: int, request_sha256: str = "") -> None:
    """A test has no ledger."""


def _test_recipients(project: Project, addresses: Sequence[str]) -> list[Recipient]:
    """Each mailbox once, with what the list knows of it."""
    if len(addresses) > MOST_TEST_ADDRESSES:
        raise UsageMistake(
            f"a test goes to at most {MOST_TEST_ADDRESSES} addresses", remedy="Use `send --segment` for a list."
        )
    mailboxes = _mailboxes(addresses)
    known = _subscribers_among(project, mailboxes.keys())
    recipients = []
    for position, (key, mailbox) in enumerate(mailboxes.items(), 1):
        person = known.get(key)
        subscriber_id = project.store.id_of(mailbox.address)
        _refuse_barred(project, mailbox.address, subscriber_id, person)
        name = mailbox.name or (person.name if person else "")
        values = merge_values(person) if person else {}
        recipients.append(Recipient(position, subscriber_id, mailbox.address, name, values=values))
    return recipients


def _mailboxes(addresses: Sequence[str]) -> dict[str, Mailbox]:
    """The mailboxes by address_key; raises InvalidAddress with all that are none."""
    mailboxes: dict[str, Mailbox] = {}
    problems: list[Problem] = []
    for address in addresses:
        try:
            mailbox = parse_mailbox(address)
        except InvalidAddress as error:
            problems += error.problems
        else:
            mailboxes.setdefault(address_key(mailbox.address), mailbox)
    if problems:
        raise InvalidAddress.of(problems)
    return mailboxes


def _refuse_barred(project: Project, address: str, subscriber_id: str, person: Subscriber | None) -> None:
    """Who left is not mailed by a test either."""
    reason = project.store.suppressed([subscriber_id]).get(subscriber_id, "")
    if not reason and person and person.status is not Status.SUBSCRIBED:
        reason = person.status
    if reason:
        raise SendRefused(
            f"{address} may not be mailed: {reason}",
            remedy=f"Choose another address. `dispatch why {address}` tells since when.",
        )


def _subscribers_among(project: Project, keys: Collection[str]) -> dict[str, Subscriber]:
    """Who of these is in the list as it is now; a test needs no list."""
    try:
        rows = read_subscribers(project.subscribers_file, project.subscribers_name)
        return {row.key: row.subscriber(id="") for row in rows if isinstance(row, Row) and row.key in keys}
    except (NotFound, InvalidSubscribers):
        return {}
