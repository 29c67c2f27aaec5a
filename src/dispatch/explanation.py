"""Why somebody did or did not get an issue: what the records prove, in sentences and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from dispatch.delivery.report import Trace, why
from dispatch.records import Records
from dispatch.subscribers.subscriber import Candidate, HistoryEntry, Subscriber, Suppression


@dataclass(frozen=True)
class Explanation:
    """Everything that is on record about one address."""

    address: str
    subscriber: Subscriber | None
    exclusion: str | None  # why the next mailing leaves them out; None where it does not, or they are not known
    suppression: Suppression | None
    history: tuple[HistoryEntry, ...]
    mailings: tuple[Trace, ...]

    @property
    def known(self) -> bool:
        """Whether anything is on record at all."""
        return bool(self.subscriber or self.suppression or self.history or any(t.position for t in self.mailings))

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "address": self.address,
            "status": self.subscriber.status if self.subscriber else None,
            "excluded": self.exclusion,
            "suppression": asdict(self.suppression) if self.suppression else None,
            "history": [asdict(entry) for entry in self.history],
            "mailings": [asdict(trace) for trace in self.mailings],
        }

    def paragraphs(self) -> Iterator[list[str]]:
        """The same for people: who it is, what happened to them, what each mailing did."""
        yield list(self._standing())
        yield [f"{entry.at}  {entry.event.replace('_', ' ')}{_behind(entry.detail)}" for entry in self.history]
        yield [f"{trace.mailing}  {_fate_of(trace)}" for trace in self.mailings]

    def _standing(self) -> Iterator[str]:
        status = self.exclusion or (self.subscriber.status if self.subscriber else "not on the list")
        yield f"status      {status.replace('_', ' ')}"
        if self.suppression:
            yield f"suppressed  {self.suppression.reason} since {self.suppression.since}, by {self.suppression.source}"


def explain(records: Records, address: str, issue: str | None) -> Explanation:
    """What is on record about an address, in all mailings or those of an issue; raises InvalidAddress.

    The issue is named by its slug or its file.
    """
    person = records.store.id_of(address)
    candidate = records.store.candidate(address)
    suppression, history = records.store.suppression(person), records.store.history(person)
    traces = why(records.ledger, person, records.slug(issue) if issue else None)

    def reason_of(trace: Trace) -> str:
        return _why_not(trace, candidate, suppression, history)

    return Explanation(
        address=address,
        subscriber=candidate.subscriber if candidate else None,
        exclusion=candidate.exclusion if candidate else None,
        suppression=suppression,
        history=history,
        mailings=tuple(replace(trace, code=trace.code or reason_of(trace)) for trace in traces),
    )


def _why_not(
    trace: Trace, candidate: Candidate | None, suppression: Suppression | None, history: Sequence[HistoryEntry]
) -> str:
    """Why somebody was not frozen into a mailing, as far as what happened to them before that proves it."""
    before = [entry for entry in history if entry.at <= trace.frozen]
    if trace.position is not None:
        return ""
    if suppression and suppression.since <= trace.frozen:
        return suppression.reason
    if not before:
        return "not_on_the_list"
    if candidate and candidate.exclusion and len(before) == len(history):
        return candidate.exclusion
    return "not_in_segment" if trace.segment else ""


def _fate_of(trace: Trace) -> str:
    if trace.position is None:
        audience = f"the audience (segment {trace.segment})" if trace.segment else "the audience"
        return f"not in {audience}, which was frozen at {trace.frozen}{_behind(trace.code.replace('_', ' '))}"
    fate = f"recipient {trace.position}, {trace.fate}"
    if trace.at:
        fate += f" at {trace.at}"
    if reason := f"{trace.code}{'' if trace.code.isdigit() else ':'} {trace.detail}".strip(" :"):
        fate += f" ({reason})"
    if trace.provider_ids:
        fate += f", receipt {', '.join(trace.provider_ids)}"
    if trace.variant:
        fate += f", variant: {trace.variant}"
    return fate


def _behind(detail: str) -> str:
    return f": {detail}" if detail else ""
