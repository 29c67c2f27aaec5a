"""One call to a provider: the intent is on record before bytes leave, and the answers after they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import NoReturn

from sqlalchemy import Connection

from dispatch.database.news import news_number
from dispatch.delivery.batch_rows import Step
from dispatch.delivery.breaker import Breaker
from dispatch.delivery.composition import Call
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import BatchRow, BatchState, Mailing
from dispatch.delivery.pacing import Pacer
from dispatch.delivery.transitions import answered, closed, kept, may_repeat, next_attempt
from dispatch.errors import DispatchError, Fenced, Stopped
from dispatch.messages.message import Recipient
from dispatch.providers.outcome import Accepted, Outcome, Refused, Uncertain, legible
from dispatch.providers.provider import Batch, Provider
from dispatch.subscribers.store import SubscriberStore


class _StopHere(Exception):
    """Raised into the provider: nothing further may leave, which is no trouble."""


class Submission:
    """Hands one call over.

    Three transactions change its row: `_begin` before bytes leave, `_save` before a wait, `_conclude` at the end.
    Whatever ends this process in between, the row says which messages may have left and which answers came.
    """

    def __init__(
        self,
        call: Call,
        mailing: Mailing,
        provider: Provider,
        *,
        ledger: Ledger,
        store: SubscriberStore,
        pacer: Pacer,
        breaker: Breaker,
        lanes: int,
        clock: Callable[[], datetime],
        stop: Event,
    ) -> None:
        self._call = call
        self._mailing = mailing
        self._provider = provider
        self._answers_each = provider.capabilities.answers_each
        self._round = lanes if self._answers_each else len(call.messages)  # messages under way at once
        self._ledger = ledger
        self._store = store
        self._pacer = pacer
        self._breaker = breaker
        self._clock = clock
        self._stop = stop
        self._row: BatchRow = call.row  # as it stands in the ledger, but for the last step
        self._step: Step | None = None
        self._news = call.news  # at which none of the people had left, and nobody wished us to stop
        self._answers: list[Outcome] = []  # those that are not in the ledger yet
        self._unlearnt: list[Outcome] = []  # those that the pace does not go by yet
        self._heard = 0  # messages that were answered
        self._begun = 0  # messages that were answered or may have left
        self._changed = False  # the repeat of a request turned out to be another request
        self.refusal: Refused | None = None  # of the call as a whole: its row is still in our hands

    @property
    def row(self) -> BatchRow:
        """What the call's row has become, as it stands in the ledger."""
        step, self._step = self._step, None
        if step:
            self._row = replace(
                self._row,
                begun=step.begun,
                done=step.done,
                request_sha256=step.request_sha256,
                version=step.version + 1,
            )
        return self._row

    def run(self) -> None:
        """Hand over; raises what must stop the mailing, after all that is known is on record."""
        doubt = Uncertain("no_answer", f"{self._provider.name} was handed it and gave no answer")
        trouble: DispatchError | None = None
        try:
            self._hand_over()
        except _StopHere:
            pass
        except Fenced:  # the row is another's now, who has put on record what may have left
            raise
        except DispatchError as error:
            doubt = Uncertain("stopped", str(error))
            trouble = error
        except Exception as error:  # noqa: BLE001 - whatever a provider raises, what may have left must be on record
            doubt = Uncertain("failed", legible(f"{type(error).__name__}: {error}"))
            trouble = Stopped(
                f"The provider {self._provider.name} failed in a way it should not: {doubt.detail}",
                remedy="Please report this; `dispatch resume` goes on.",
            )
            trouble.__cause__ = error
        self._conclude(doubt)
        if trouble:
            raise trouble

    def _hand_over(self) -> None:
        self._wait_for_turn()
        key = f"{self._mailing.name}.{self.row.id}.{self.row.revision}"
        batch = Batch(key, self._call.messages, self._round if self._answers_each else 1)
        for outcome in self._provider.submit(batch, self._begin):
            self._hear(outcome)
            if self._heard % self._round == 0 and self._heard < len(self._call.messages):
                self._learn()
                self._wait_for_turn()

    def _begin(self, count: int, request_sha256: str = "") -> None:
        """Put on record that the next `count` messages may leave, along with the answers so far."""
        now = self._clock()
        people = self._call.recipients[self._begun : self._begun + count]
        goes_ahead = self._answers_each and (count > self._round or self._begun > self._heard)
        if len(people) != count or goes_ahead:
            raise AssertionError(f"{count} of {len(people)} messages begin, {self._begun - self._heard} are unanswered")
        if self._must_stop(now):
            raise _StopHere
        if self._call.repeats and request_sha256 != (self.row.request_sha256 or ""):
            self._changed = True
            raise _StopHere
        if not self._goes_on(count, request_sha256):
            self._intend(people, count, request_sha256, now)
        self._answers = []
        self._begun += count

    def _goes_on(self, count: int, request_sha256: str) -> bool:
        """The usual intent, of the next messages after acceptances: it takes a step; False for all others."""
        last, row = self._step, self._row
        accepted = [answer.provider_id for answer in self._answers if isinstance(answer, Accepted)]
        among_several = self._answers_each and row.state is BatchState.SUBMITTING and not self._call.repeats
        if not among_several or len(accepted) < len(self._answers):
            return False
        before, version = (last.done, last.version + 1) if last else (row.done, row.version)
        done = before + len(accepted)
        receipts = list(zip(row.positions[before:done], accepted, strict=True))
        sha256 = request_sha256 or row.request_sha256
        step = Step(row.id, version, row.mailing_id, done + count, done, sha256, receipts, self._news)
        if self._ledger.advance(step):
            self._step = step
            return True
        return False

    def _intend(self, people: Sequence[Recipient], count: int, request_sha256: str, now: datetime) -> None:
        row, leaving = answered(self.row, self._known_answers(), now)
        row = replace(
            row,
            state=BatchState.SUBMITTING,
            begun=max(row.begun, row.done + self._begun - self._heard + count),
            submitted_at=self._call.date,
            request_sha256=request_sha256 or row.request_sha256,
        )

        def intend(connection: Connection) -> tuple[BatchRow, int]:
            news = self._heed(connection, [person.subscriber_id for person in people])
            return self._record(connection, [row, *leaving])[0], news

        self._row, self._news = self._ledger.together(intend)

    def _heed(self, connection: Connection, people: Sequence[str]) -> int:
        """The last look at the world, in the transaction of the intent: wishes and suppressions, where there is news."""
        news = news_number(connection)
        if news != self._news:
            wishes = self._ledger.refreshed(connection, self._mailing)
            if wishes.paused_at or wishes.cancelled_at:
                raise _StopHere
            if self._store.suppressed([person.subscriber_id for person in self._call.recipients], connection):
                if self._store.suppressed(people, connection):
                    raise _StopHere  # the next claim leaves them out
                return self._news  # somebody further on has left: look again before each
        return news

    def _hear(self, outcome: Outcome) -> None:
        too_many = self._heard == len(self._call.messages)
        not_begun = self._heard == self._begun and isinstance(outcome, Accepted | Uncertain)
        if too_many or not_begun:
            self._distrust(len(self._answers) + (not too_many))
        self._answers.append(outcome)
        self._unlearnt.append(outcome)
        self._heard += 1
        self._begun = max(self._begun, self._heard)

    def _distrust(self, count: int) -> NoReturn:
        """More answers than questions: nobody knows which belongs to whom."""
        self._answers = [Uncertain("surplus", "there were more answers than messages")] * count
        self._unlearnt = self._answers.copy()
        raise Stopped(
            f"The provider {self._provider.name} gave more answers than there were messages on their way",
            remedy="Please report this; `dispatch resume` goes on.",
        )

    def _wait_for_turn(self) -> None:
        count = min(self._round, len(self._call.messages) - self._heard)
        while not self._must_stop(self._clock()):
            seconds = self._pacer.take(count, self._clock())
            if not seconds:
                return
            self._save()
            self._stop.wait(seconds)
        raise _StopHere

    def _must_stop(self, now: datetime) -> bool:
        """Whether the rest of the call goes back to the ledger: a pause is not sat out with a connection open."""
        return self._stop.is_set() or self._pacer.lost or bool(self._breaker.reason or self._pacer.paused_until(now))

    def _save(self) -> None:
        """Put the answers so far on record before a wait."""
        if self._answers:
            row, leaving = answered(self.row, self._known_answers(), self._clock())
            self._row = self._ledger.together(lambda connection: self._record(connection, [row, *leaving]))[0]
            self._answers = []

    def _conclude(self, doubt: Uncertain) -> None:
        """Put the last answers on record; what was begun and not answered is in doubt, for the reason given."""
        now = self._clock()
        answers = self._known_answers()
        if self._changed:
            doubt = Uncertain("changed", "no answer came, and the request cannot be made again as it was")
        doubts = [answer for answer in answers if isinstance(answer, Uncertain)]
        if self._provider.capabilities.idempotent and 0 < len(answers) == len(doubts) <= len(self.row.in_doubt):
            doubt, answers = doubts[-1], []  # an uncertain answer to all of it is none: the call can be repeated
        self.refusal = _refusal_of_the_call(answers)
        if self.refusal:
            parts = [kept(self.row, self.row.positions)]
        else:
            row, leaving = answered(self.row, answers, now)
            row = replace(row, provider_id=self._common_id())
            parts = [*closed(row, doubt, repeat=self._next_time(row, answers, now)), *leaving]
        if self.refusal:
            self._unlearnt = []
        self._learn()
        self._unlearnt = [doubt] * (self._begun - self._heard)
        self._learn()
        self._row = self._ledger.together(lambda connection: self._record(connection, parts))[0]

    def _learn(self) -> None:
        if self._unlearnt:
            self._pacer.learn(self._unlearnt, self._clock())
            self._breaker.learn(self._unlearnt)
            self._unlearnt = []

    def _common_id(self) -> str:
        """The provider's id if all accepted messages of the call have the same; then nobody needs a receipt."""
        ids = {answer.provider_id for answer in self._answers if isinstance(answer, Accepted)}
        return ids.pop() if not self._answers_each and len(ids) == 1 else ""

    def _next_time(self, row: BatchRow, answers: Sequence[Outcome], now: datetime) -> datetime | None:
        """When to repeat what is in doubt; None where a repeat would not be the same request."""
        same = not self._changed and (self._answers_each or not answers)
        return next_attempt(row, now) if same and may_repeat(row, self._provider.capabilities, now) else None

    def _known_answers(self) -> Sequence[Outcome]:
        """The answers as evidence: to a repeat, only an acceptance says what became of the first attempt."""
        if not self._call.repeats:
            return self._answers
        return [
            answer if isinstance(answer, Accepted) else Uncertain(answer.code, answer.detail)
            for answer in self._answers
        ]

    def _record(self, connection: Connection, parts: Sequence[BatchRow]) -> list[BatchRow]:
        receipts = {}
        if not self._common_id():
            asked = self.row.positions[self.row.done :]
            receipts = {
                position: answer.provider_id
                for position, answer in zip(asked, self._answers, strict=False)
                if isinstance(answer, Accepted)
            }
        self._heed_refusals(connection)
        return self._ledger.exchange(connection, self.row, parts, receipts)

    def _heed_refusals(self, connection: Connection) -> None:
        """Whom the provider will not mail again for their own sake is not mailed by us either, through whomever.

        A server that says so of everybody is not believed: it would take the whole list along.
        """
        if not self._breaker.believes_refusals:
            return
        answered_now = self._call.recipients[self._heard - len(self._answers) : self._heard]
        for person, answer in zip(answered_now, self._answers, strict=False):
            if isinstance(answer, Refused) and answer.suppress:
                source = f"{self._mailing.name}: {self._provider.name} says {answer.code}"
                self._store.suppress_within(connection, person.subscriber_id, answer.suppress, source, person.address)


def _refusal_of_the_call(answers: Sequence[Outcome]) -> Refused | None:
    """The provider's refusal of a call of several, and not of each of them: somebody in it is at fault."""
    refusals = [answer for answer in answers if isinstance(answer, Refused) and answer.of_call]
    return refusals[0] if len(refusals) == len(answers) > 1 else None
