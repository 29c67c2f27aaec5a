"""From an issue to a mailing: what `send`, `resume` and `test` share, without any dialogue."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from threading import Event
from typing import Literal

from dispatch.checks.check import Finding, Severity
from dispatch.config import keys_to_set
from dispatch.content.issue import Issue
from dispatch.delivery.assistants import Assistants, processes_for
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.preparation import Audience, Plan, prepare, survey
from dispatch.delivery.worker import Progress, Sender
from dispatch.errors import (
    AccountTrouble,
    InvalidConfig,
    InvalidSubscribers,
    Problem,
    ProviderUnreachable,
    SendRefused,
    Unsupported,
)
from dispatch.files import sync_folder, write_whole
from dispatch.inspection.claim import Claims, GitClaims, NoClaims
from dispatch.inspection.probe import probe_unsubscribe
from dispatch.inspection.remote import GitRemote
from dispatch.inspection.repository import revision_of
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import KeyRing
from dispatch.newsroom import SAMPLE_READER
from dispatch.project import Project
from dispatch.providers.provider import Capabilities, Provider
from dispatch.records import Records
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.readership import MOST_CHOICES, Readership, choices_of
from dispatch.subscribers.file_sync import ImportReport

Repetition = Literal["none", "new_subscribers", "again"]


@dataclass(frozen=True)
class Proposal:
    """A mailing that could be frozen now: to whom it would go, and what the checks say about it."""

    plan: Plan
    audience: Audience
    issue: Issue
    variants: Mapping[Readership, CompiledIssue]  # what the audience gets, in order; nothing where errors forbid it
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
    """Look at the list, count the audience, check the issue and compile its variants; nothing is written or sent.

    Raises whatever is wrong with the provider's options, the list, the audience or the issue.
    """
    capabilities = capabilities_of(project, project.config.provider)
    refuse_embedding(project, capabilities)
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
        formerly=issue.former_digests(),
        fingerprint=issue.fingerprint(),
    )
    with project.store.as_in_file(project.subscribers_file, name=project.subscribers_name) as (report, connection):
        known_fields = project.store.segment_fields(connection)
        plan = replace(
            plan,
            segment=project.segment(segment, known_fields=known_fields),
            sorter=project.sorter(issue, known_fields=known_fields),
            rejected=_rejected(report, skip=skip_rejected),
        )
        audience = survey(project.ledger, project.store, plan, connection)
    findings = project.check(issue, segment=segment)
    proposal = Proposal(plan, audience, issue, {}, tuple(findings), skip_rejected)
    return proposal if proposal.errors else _with_variants(project, proposal)


def _with_variants(project: Project, proposal: Proposal) -> Proposal:
    """The same with what its audience gets compiled, the smallest choice of blocks first; raises SendRefused."""
    readerships, issue = proposal.audience.readerships, proposal.issue
    number = len(choices_of(readerships))
    if number > MOST_CHOICES:  # though the check that tells of it may be allowed
        raise SendRefused(
            f"{issue.slug} would go out in {number} different choices of blocks, and at most {MOST_CHOICES} are sent",
            remedy="Name fewer segments behind `when`, or mail one segment at a time.",
        )
    ordered = sorted(readerships, key=lambda each: (len(each.segments), each))
    variants = {readers: project.compile_for(issue, readers, embed=project.embeds()) for readers in ordered}
    fields = frozenset().union(*(compiled.names for compiled in variants.values()))
    plan = replace(proposal.plan, fields=fields, readerships=tuple(variants))
    return replace(proposal, plan=plan, variants=variants)


def look_once_more(project: Project, proposal: Proposal, claims: Claims, *, after_restore: bool = False) -> Proposal:
    """What would stop the mailing after the freeze has to stop it before: other clones, the account, the way out.

    Raises SendRefused, Unsupported, InvalidConfig, and Stopped where the git remote cannot be asked, or for a fault in
    dispatch.
    """
    plan = proposal.plan
    taken = claims.highest_number(plan.issue, repetition=plan.repetition, after_restore=after_restore)
    with closing(project.open_provider()) as provider:
        for compiled in proposal.variants.values():
            provider.plan([project.specimen(compiled, SAMPLE_READER, project.ring, project.clock())])
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
    publish_pictures(project, proposal.variants.values())

    def content(name: str) -> bytes:
        return project.message_template(proposal.variants, name, plan.nonce, project.ring).to_bytes()

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


def publish_pictures(project: Project, variants: Iterable[CompiledIssue]) -> None:
    """Put hosted pictures where `dispatch serve` finds them, before any mail refers to them."""
    hosted = {picture.name: picture for each in variants if not each.embedded for picture in each.pictures}
    for name, picture in hosted.items():
        write_whole(project.media / name, picture.content)
    if hosted:
        sync_folder(project.media)


def refuse_embedding(project: Project, capabilities: Capabilities) -> None:
    """Raise Unsupported where pictures are to travel inside the messages, and the provider cannot carry them."""
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
