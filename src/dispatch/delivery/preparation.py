"""The freeze: from everybody who is known to a mailing with its recipients, in one transaction."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter, itemgetter
from typing import Any, Literal

from sqlalchemy import Connection, Row

from dispatch.addresses import is_international
from dispatch.counts import agreeing, count
from dispatch.database.bulk import json_object
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.positions import extend
from dispatch.errors import SendRefused
from dispatch.providers.provider import Capabilities
from dispatch.rendering.readership import EVERYBODY, Readership
from dispatch.rendering.readership_words import in_words
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.sorting import Sorter
from dispatch.subscribers.store import SubscriberStore, subscriber_of
from dispatch.subscribers.subscriber import MERGE_COLUMNS, STANDARD_COLUMNS

_LARGEST_ROW = 1_000  # recipients; what one thread composes at once
_REMEMBERED = 10_000  # kinds of people whose variant need not be found out again


@dataclass(frozen=True)
class Plan:
    """What is to be sent to whom, and what is to be remembered about it."""

    issue: str  # its slug
    provider: str
    capabilities: Capabilities
    fields: frozenset[str]  # the merge fields of the compiled issue: nothing else about people is frozen
    nonce: str  # drawn for this mailing
    key_id: str  # the key that signs its links
    commit: str = ""  # of the newsletter's repository
    clean: bool = False  # whether the working tree was as committed
    segment: Segment | None = None  # None: everybody
    segment_name: str = ""
    repetition: Literal["none", "new_subscribers", "again"] = "none"  # what a further mailing of the issue may do
    rejected: int = 0  # lines of the subscribers' file that nobody can be mailed by
    limit: int | None = None  # pause once so many are no longer pending
    says: Sequence[str] = ()  # digests of what the issue says, part by part
    formerly: Sequence[str] = ()  # the same parts as older ledgers have them
    fingerprint: str = ""  # a digest of all of it
    taken: int = 0  # the highest number of a mailing of the issue that another ledger knows of
    sorter: Sorter | None = None  # None: all get the same
    readerships: tuple[Readership, ...] = (EVERYBODY,)  # whom the variants are for, in order


@dataclass(frozen=True)
class Audience:
    """How many are mailed, and how many not, by reason."""

    count: int
    excluded: dict[str, int]
    readerships: Mapping[Readership, int] = field(default_factory=dict)  # how many of them get which variant


def survey(ledger: Ledger, store: SubscriberStore, plan: Plan, connection: Connection) -> Audience:
    """Count the audience as the freeze would now; changes nothing. Raises SendRefused."""
    _refuse_repetition(ledger, connection, plan)
    reasons: Counter[str | None] = Counter()
    readerships: Counter[Readership] = Counter()
    readership_of = _readership_finder(plan.sorter)
    for page in _everybody(ledger, store, connection, plan):
        reasons.update(reason for _, reason in page)
        readerships.update(readership_of(row) for row, reason in page if reason is None)
    return replace(_audience(reasons, plan), readerships=dict(readerships))


def prepare(
    ledger: Ledger,
    store: SubscriberStore,
    plan: Plan,
    template_for: Callable[[str], bytes],
    *,
    confirmed: int | None = None,
) -> Mailing:
    """Freeze the mailing; to be called under the sender's lock.

    `template_for` gives the message template's bytes for the mailing's name. `confirmed` is how many a person agreed to:
    a larger audience is refused. Raises SendRefused, and nothing is recorded then.
    """
    with ledger.writing() as connection:
        ledger.alone(connection, "freeze")  # of two who send one issue, the second finds the first's mailing
        _refuse_repetition(ledger, connection, plan)
        number = ledger.next_number(connection, plan.issue, above=plan.taken)
        name = f"{plan.issue}.{number}"
        mailing_id = ledger.add_mailing(connection, _facts(plan, name, number, template_for(name)))
        reasons: Counter[str | None] = Counter()
        positions: defaultdict[int, list[range]] = defaultdict(list)  # by variant
        variant_of, values_of = _variant_finder(plan), _values_writer(plan.fields)
        for page in _everybody(ledger, store, connection, plan):
            # Those who get the same stand together, so that their rows are short to write and quick to read.
            people = sorted(((variant_of(row), row) for row, reason in page if reason is None), key=itemgetter(0))
            first = reasons[None] + 1
            placed = enumerate(people, first)
            told = ((at, row.id, row.email, row.name, variant, values_of(row)) for at, (variant, row) in placed)
            ledger.add_recipients(connection, mailing_id, told)
            for variant, number in Counter(variant for variant, _ in people).items():
                extend(positions[variant], range(first, first + number))
                first += number
            reasons.update(reason for _, reason in page)
        audience = _audience(reasons, plan)
        if confirmed is not None and audience.count > confirmed:
            raise SendRefused(
                f"The audience has grown from {confirmed} to {audience.count} since you confirmed it",
                remedy="Run the command again, and look at the new number.",
            )
        unit = min(plan.capabilities.max_messages, _LARGEST_ROW)
        return ledger.complete(connection, mailing_id, positions, audience.excluded, unit)


def _refuse_repetition(ledger: Ledger, connection: Connection, plan: Plan) -> None:
    _refuse_other_name(ledger, connection, plan)
    earlier = ledger.mailings(connection, plan.issue)
    if not earlier or plan.repetition == "new_subscribers":
        return
    unfinished = [mailing for mailing in earlier if not mailing.finished_at and not mailing.cancelled_at]
    if plan.repetition == "again" and not unfinished:
        return
    last = unfinished[-1] if unfinished else earlier[-1]
    tally = ledger.tally(connection, last)
    if plan.repetition == "again":
        # Going on with the earlier one afterwards would give the same people a second copy at nobody's word.
        remedy = f"First `dispatch resume {last.name}` or `dispatch cancel {last.name}`."
    elif unfinished:
        remedy = f"`dispatch resume {last.name}` goes on with it."
    else:
        remedy = (
            "`--new-subscribers` mails those whom no mailing of it has reached, `--again` mails everybody once more."
        )
    raise SendRefused(
        f"{plan.issue} has a mailing already: of {count(last.audience, 'recipient')} of {last.name}, "
        f"{tally.accepted:,} {agreeing(tally.accepted, 'is', 'are')} accepted and {tally.pending:,} pending",
        remedy=remedy,
    )


def _refuse_other_name(ledger: Ledger, connection: Connection, plan: Plan) -> None:
    """An issue whose file was renamed is another issue by its slug, and by what it says it is not."""
    if plan.repetition == "again":
        return
    for mailing in reversed(ledger.mailings(connection)):
        said = {*mailing.says}
        same = sum(not said.isdisjoint(part) for part in zip(plan.says, plan.formerly, strict=True))
        if mailing.issue == plan.issue or 2 * same <= len(plan.says):
            continue
        tally = ledger.tally(connection, mailing)
        if reached := tally.accepted + tally.uncertain + tally.pending:
            raise SendRefused(
                f"{plan.issue} says what {mailing.name} says ({same} of its {count(len(plan.says), 'part')} "
                f"{agreeing(same, 'is', 'are')} the same), and that one has {count(reached, 'recipient')}",
                remedy=f"If it is the same issue under a new name, write `slug: {mailing.issue}` into its file. "
                "`--again` mails everybody.",
            )


def _everybody(
    ledger: Ledger, store: SubscriberStore, connection: Connection, plan: Plan
) -> Iterator[list[tuple[Row[Any], str | None]]]:
    """Everybody who is known, page by page, each with the reason that keeps them out (None: nothing does)."""
    for page in store.pages(connection):
        mailed: set[str] = set()
        if plan.repetition == "new_subscribers":
            mailed = ledger.already_mailed(connection, plan.issue, [row.id for row in page])
        yield [(row, row.barred or _exclusion(row, plan, mailed)) for row in page]


def _exclusion(row: Row[Any], plan: Plan, mailed: set[str]) -> str | None:
    if plan.segment and not plan.segment.matches(subscriber_of(row)):
        return "not_in_segment"
    if row.id in mailed:
        return "already_mailed"
    if is_international(row.email):
        return "unsupported_address"
    return None


def _audience(reasons: Counter[str | None], plan: Plan) -> Audience:
    excluded = {reason: number for reason, number in sorted(reasons.items(), key=str) if reason is not None}
    if plan.rejected:
        excluded["rejected"] = plan.rejected
    if not reasons[None]:
        told = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in excluded.items())
        raise SendRefused(
            f"Nobody would get {plan.issue}: {told or 'there are no subscribers'}",
            remedy="Look at `dispatch subscribers list`, at the segment and at subscribers.csv.",
        )
    return Audience(reasons[None], excluded)


def _facts(plan: Plan, name: str, number: int, content: bytes) -> dict[str, object]:
    return {
        "name": name,
        "issue": plan.issue,
        "number": number,
        "nonce": plan.nonce,
        "provider": plan.provider,
        "segment": plan.segment_name,
        "content": content,
        "content_sha256": sha256(content).hexdigest(),
        "commit": plan.commit,
        "clean": plan.clean,
        "key_id": plan.key_id,
        "pause_after": plan.limit,
        "says": list(plan.says),
        "fingerprint": plan.fingerprint,
    }


def _readership_finder(sorter: Sorter | None) -> Callable[[Row[Any]], Readership]:
    """What finds out whose variant somebody gets, once for all who are alike in what that depends on."""
    if sorter is None:
        return lambda _: EVERYBODY
    standard = (sorter.fields & {*STANDARD_COLUMNS}) | ({"fields"} if sorter.fields - {*STANDARD_COLUMNS} else set())
    looked_at = attrgetter(*sorted(standard))
    known: dict[object, Readership] = {}

    def find(row: Row[Any]) -> Readership:
        traits = looked_at(row)
        found = known.get(traits)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[traits] = sorter.readership_of(subscriber_of(row))
        return found

    return find


def _variant_finder(plan: Plan) -> Callable[[Row[Any]], int]:
    """What gives the number of somebody's variant; raises SendRefused where nobody got it when the mailing was planned."""
    readership_of = _readership_finder(plan.sorter)
    numbers = {readership: number for number, readership in enumerate(plan.readerships)}

    def find(row: Row[Any]) -> int:
        readership = readership_of(row)
        if readership not in numbers:
            raise SendRefused(
                f"The audience has changed since it was looked at: somebody gets {in_words(readership)} now",
                remedy="Run the command again, which checks that as well.",
            )
        return numbers[readership]

    return find


def _values_writer(fields: frozenset[str]) -> Callable[[Row[Any]], str]:
    """What writes somebody's values for these merge fields as JSON; empty ones are left out."""
    standard = [name for name in MERGE_COLUMNS if name in fields]

    def write(row: Row[Any]) -> str:
        return json_object([*((name, text) for name in standard if (text := getattr(row, name))), *own_of(row.fields)])

    @lru_cache(maxsize=1_000)
    def own_of(text: str) -> list[tuple[str, str]]:
        return [(name, value) for name, value in json.loads(text).items() if name in fields and value]

    return write
