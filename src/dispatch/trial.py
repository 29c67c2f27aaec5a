"""A test: the real message, in each variant that readers get, to a few literal addresses."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product, zip_longest

from dispatch.addresses import Mailbox, address_key, parse_mailbox
from dispatch.content.issue import Issue
from dispatch.counts import count
from dispatch.errors import InvalidAddress, InvalidSubscribers, NotFound, Problem, SendRefused, UsageMistake
from dispatch.messages.message import Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.project import Project
from dispatch.providers.outcome import Outcome, Uncertain
from dispatch.providers.provider import Batch, Provider
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.readership import Readership, choices_of
from dispatch.sending import capabilities_of, publish_pictures, refuse_embedding
from dispatch.subscribers.csv_import import open_subscribers
from dispatch.subscribers.csv_rows import Row
from dispatch.subscribers.subscriber import Status, Subscriber, merge_values
from dispatch.yaml_model import did_you_mean

MOST_MESSAGES = 10
"""Of one test."""


@dataclass(frozen=True)
class Wishes:
    """Which variants a test is of; by default one for each choice of blocks that somebody on the list gets."""

    like: str = ""  # the address of a subscriber, whose message is wanted, with their merge values
    segments: Collection[str] | None = None  # as for somebody who is in these of the issue's segments, and in no other
    language: str = ""  # as for a reader of it; empty: of the reader's own


NO_WISHES = Wishes()


@dataclass(frozen=True)
class Attempt:
    """A message of a test, and the provider's answer to it."""

    address: str
    readers: Readership  # whose variant it is
    outcome: Outcome


@dataclass(frozen=True)
class _List:
    """What the list tells for a test; a test needs none."""

    known: Mapping[str, Subscriber] = field(default_factory=dict)  # those asked for, by address_key
    readerships: Mapping[str, Readership] = field(default_factory=dict)  # theirs
    choices: Sequence[tuple[str, ...]] = ()  # of blocks that people on it get, where the issue offers some


def send_test(
    project: Project, issue: Issue, addresses: Sequence[str], wishes: Wishes = NO_WISHES
) -> Iterator[Attempt]:
    """Hand the real message to a few literal addresses, in each variant that is wished for; with the provider's answers.

    A subscriber's own merge values and language are used where an address is one. Nothing is recorded: a test is no
    mailing. Raises UsageMistake for more than ten messages, InvalidAddress, NotFound, and SendRefused for somebody who
    may not be mailed; nothing is sent then.
    """
    if len(addresses) > MOST_MESSAGES:
        raise UsageMistake(
            f"a test goes to at most {MOST_MESSAGES} addresses", remedy="Use `send --segment` for a list."
        )
    mailboxes, like = _mailboxes(addresses), _mailboxes(filter(None, [wishes.like]))
    people = _read_list(project, issue, {*mailboxes, *like})
    choices = _choices(issue, wishes, people)
    _refuse_many(len(mailboxes), choices)
    refuse_embedding(project, capabilities_of(project, project.config.provider))
    recipients, variants = _recipients(project, issue, mailboxes, choices, people, wishes)
    # A key of its own for each test, so that a provider which knows repeats takes none for another one's.
    name = f"{issue.slug}.test"
    template = project.message_template(variants, name, secrets.token_hex(16), project.ring)
    messages = Personalizer(template, project.ring).messages(recipients, project.clock(), purpose="test")
    with closing(project.open_provider()) as provider:
        calls = provider.plan(messages)
        publish_pictures(project, variants.values())
        for call in calls:
            yield from _hand_over(provider, Batch(f"{name}.{secrets.token_hex(4)}.0", call))


def _read_list(project: Project, issue: Issue, keys: Collection[str]) -> _List:
    """Who of these is in the list as it is now, and what others on it get; nothing where it cannot be read."""
    known: dict[str, Subscriber] = {}
    readerships: dict[str, Readership] = {}
    choices: set[Readership] = set()
    try:
        with open_subscribers(project.subscribers_file, project.subscribers_name) as file:
            sorter = project.sorter(issue, known_fields=file.fields)
            for row in file:
                if isinstance(row, Row) and (row.key in keys or issue.conditions):
                    person = row.subscriber(id="")
                    readers = sorter.readership_of(person)
                    if row.key in keys:
                        known[row.key], readerships[row.key] = person, readers
                    if person.status is Status.SUBSCRIBED:
                        choices.add(readers)
    except (NotFound, InvalidSubscribers):
        return _List()
    return _List(known, readerships, choices_of(choices) if issue.conditions else ())


def _choices(issue: Issue, wishes: Wishes, people: _List) -> Sequence[tuple[str, ...]]:
    """The choices of blocks that are wished for, as the segments that they are for."""
    if wishes.like:
        return [people.readerships[_listed(wishes.like, people)].segments]
    if wishes.segments is None:
        return people.choices or [issue.conditions]
    for name in wishes.segments:
        if name not in issue.conditions:
            remedy = did_you_mean(name, issue.conditions) if issue.conditions else "Leave --when out."
            raise NotFound(f"no block of {issue.slug} is for {name}", remedy=remedy)
    return [tuple(name for name in issue.conditions if name in wishes.segments)]


def _listed(address: str, people: _List) -> str:
    key = address_key(parse_mailbox(address).address)
    if key not in people.known:
        raise NotFound(f"{address} is not on the list", remedy="`dispatch subscribers list` shows who is.")
    return key


def _refuse_many(addresses: int, choices: Sequence[tuple[str, ...]]) -> None:
    if addresses * len(choices) <= MOST_MESSAGES:
        return
    raise UsageMistake(
        f"{count(len(choices), 'variant')} to {count(addresses, 'address', 'addresses')} "
        f"are {addresses * len(choices)} messages, "
        f"and a test has at most {MOST_MESSAGES}",
        remedy="Name fewer addresses, or one variant: --when SEGMENT, or --as ADDRESS.",
    )


def _recipients(
    project: Project,
    issue: Issue,
    mailboxes: Mapping[str, Mailbox],
    choices: Sequence[tuple[str, ...]],
    people: _List,
    wishes: Wishes,
) -> tuple[list[Recipient], dict[Readership, CompiledIssue]]:
    """Each mailbox once for each choice, with what the list knows of it; and the variants, in the order of their numbers."""
    model = people.known[_listed(wishes.like, people)] if wishes.like else None
    language_of = project.language_finder(issue)
    numbers: dict[Readership, int] = {}
    recipients = []
    for position, ((key, mailbox), segments) in enumerate(product(mailboxes.items(), choices), 1):
        person = people.known.get(key)
        subscriber_id = project.store.id_of(mailbox.address)
        _refuse_barred(project, mailbox.address, subscriber_id, person)
        like = model or person
        language = wishes.language or (like.language if like else "")
        variant = numbers.setdefault(Readership(segments, language_of(language)), len(numbers))
        values = merge_values(like) if like else {}
        name = mailbox.name or (person.name if person else "")
        recipients.append(Recipient(position, subscriber_id, mailbox.address, name, variant, values))
    return recipients, {each: project.compile_for(issue, each, embed=project.embeds()) for each in numbers}


def _hand_over(provider: Provider, batch: Batch) -> Iterator[Attempt]:
    answers = provider.submit(batch, _nothing_to_record)
    for message, outcome in zip_longest(batch.messages, answers):
        if message:
            answer = outcome or Uncertain("no_answer", "the provider did not mention it")
            yield Attempt(message.to.address, message.edition.variant.readers, answer)


def _nothing_to_record(count: int, request_sha256: str = "") -> None:
    """A test has no ledger."""


def _mailboxes(addresses: Iterable[str]) -> dict[str, Mailbox]:
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
