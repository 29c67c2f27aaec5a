"""One run of a mailing: recover, then claim, compose and submit in several threads until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Connection

from dispatch.counts import agreeing
from dispatch.delivery.bisection import bisect
from dispatch.delivery.breaker import Breaker
from dispatch.delivery.composition import Call, Claim, Personalize, claim, compose
from dispatch.delivery.crew import Crew, Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import BatchState, Mailing, Tally
from dispatch.delivery.memory import kept_memory
from dispatch.delivery.pace_book import share_pace
from dispatch.delivery.pacing import Pace, Pacer, pacer_for
from dispatch.delivery.pinning import on_one_core
from dispatch.delivery.recovery import end_cancelled, recover
from dispatch.delivery.submission import Submission
from dispatch.errors import DatabaseTrouble, Interrupted, PostponedTooLong, ProviderUnreachable, Stopped
from dispatch.providers.provider import Capabilities, Provider
from dispatch.subscribers.store import SubscriberStore

_GLANCE = timedelta(seconds=1)  # between two looks at how far it is


@dataclass(frozen=True)
class Progress:
    """How far a run is; and what it waits for, if it does."""

    tally: Tally
    waits_until: datetime | None = None
    reason: str = ""


class Sender:
    """Sends one mailing, as far as it can be sent now.

    `open_provider` gives a provider for the use of one thread; `rate` is in recipients per second. Setting `stop`
    (Ctrl-C) ends the run when the calls under way have been answered; a run that ends in trouble sets it as well.
    `assistants` gives the other processes that send beside this one; `pinned` keeps the threads to one core.
    """

    def __init__(
        self,
        mailing: Mailing,
        personalize: Personalize,
        *,
        ledger: Ledger,
        store: SubscriberStore,
        lock: SenderLock | Leases,
        crew: Crew,
        open_provider: Callable[[], Provider],
        rate: float | None,
        concurrency: int,
        clock: Callable[[], datetime],
        stop: Event,
        on_progress: Callable[[Progress], None],
        assistants: Callable[[], AbstractContextManager[None]] = nullcontext,
        pinned: bool = False,
    ) -> None:
        self._mailing = mailing
        self._personalize = personalize
        self._ledger = ledger
        self._store = store
        self._lock = lock
        self._crew = crew
        self._open_provider = open_provider
        self._rate = rate
        self._concurrency = concurrency
        self._clock = clock
        self._stop = stop
        self._on_progress = on_progress
        self._assistants = assistants
        self._pinned = pinned
        self._idle: list[Provider] = []
        self._shown: datetime | None = None

    def run(self) -> None:
        """Send until nothing is left, or until nothing may be taken: paused, cancelled, or the limit is reached.

        Raises AlreadySending; and Stopped (AccountTrouble, PostponedTooLong, Interrupted …) where `resume` has to go
        on. However it ends, the ledger tells the truth.
        """
        with self._lock.hold(self._mailing.name), self._carriers() as capabilities, _in_a_sentence():
            recover(self._ledger, self._crew, self._mailing, capabilities, self._clock())
            self._ledger.start(self._mailing)
            pacer = pacer_for(self._rate, capabilities, self._concurrency)
            breaker = Breaker(self._mailing.audience)
            with self._crew.enlisted(self._mailing), self._assistants(), on_one_core(self._pinned):
                self._send(capabilities, pacer, breaker)
            self._end(pacer, breaker)

    def assist(self) -> None:
        """Take part in a run, as one of its processes."""
        with self._carriers() as capabilities, _in_a_sentence():
            pacer = pacer_for(self._rate, capabilities, self._concurrency)
            breaker = Breaker(self._mailing.audience)
            with self._crew.enlisted(self._mailing), on_one_core(self._pinned):
                self._send(capabilities, pacer, breaker)
            _raise_if_tripped(breaker, self._mailing)

    def _send(self, capabilities: Capabilities, pacer: Pacer, breaker: Breaker) -> None:
        """Hand out rows to the threads as long as there are any to take, now or later."""
        at_work: set[Future[None]] = set()
        self._share_pace(pacer)
        threads, lanes = divided(self._concurrency, capabilities.lanes)
        with kept_memory(), ThreadPoolExecutor(threads) as pool:
            try:
                while not (self._stop.is_set() or pacer.lost or breaker.reason):
                    all_busy = len(at_work) == threads
                    found = None if all_busy else self._claim(capabilities, pacer)
                    if isinstance(found, Claim):
                        at_work.add(pool.submit(self._deliver, found, lanes, pacer, breaker))
                    elif at_work:  # whose rows may be pending again afterwards
                        at_work = _still_at_work(at_work)
                    elif found is not None:
                        self._share_pace(pacer)  # first: a wait that is too long ends the run, and the next has to know
                        self._wait(found, pacer)
                        continue
                    elif not self._others_are_at_work(capabilities):
                        break
                    self._look_around(pacer)
            except BaseException:
                self._stop.set()
                raise
        self._share_pace(pacer)  # for the next run
        for future in at_work:
            future.result()

    def _claim(self, capabilities: Capabilities, pacer: Pacer) -> Claim | datetime | None:
        now = self._clock()
        return claim(
            self._ledger,
            self._store,
            self._mailing,
            capabilities,
            now,
            paused_until=pacer.paused_until(now),
            by=self._crew.token,
        )

    def _deliver(self, claimed: Claim, lanes: int, pacer: Pacer, breaker: Breaker) -> None:
        """The life of one row, in a thread of its own; trouble ends the run for all."""
        try:
            with self._provider() as provider:

                def submit(call: Call) -> Submission:
                    submission = Submission(
                        call,
                        self._mailing,
                        provider,
                        ledger=self._ledger,
                        store=self._store,
                        pacer=pacer,
                        breaker=breaker,
                        lanes=lanes,
                        clock=self._clock,
                        stop=self._stop,
                    )
                    submission.run()
                    return submission

                call = compose(self._ledger, claimed, provider, self._personalize, self._clock())
                if call:
                    bisect(submit(call), call, submit, self._ledger)
        except BaseException:
            self._stop.set()
            raise

    def _others_are_at_work(self, capabilities: Capabilities) -> bool:
        """Whether processes elsewhere have rows, which may be pending again; the rows of the dead are taken over.

        Without a limit, rows that are pending and not to be had are just being taken, by one who may die of it.
        """
        wishes, taken, untaken = self._ledger.look(
            lambda connection: (
                self._ledger.refreshed(connection, self._mailing),
                self._ledger.rows(connection, self._mailing, BatchState.CLAIMED, BatchState.SUBMITTING),
                self._ledger.untaken(connection, self._mailing),
            )
        )
        may_come_free = any(row.claimed_by for row in taken) or (untaken and wishes.pause_after is None)
        if wishes.paused_at or wishes.cancelled_at or not may_come_free:
            return False
        recover(self._ledger, self._crew, self._mailing, capabilities, self._clock(), locked=False)
        self._stop.wait(_GLANCE.total_seconds())
        return True

    def _look_around(self, pacer: Pacer) -> None:
        """Each second: how far it is, and what other processes know of the pace."""
        if self._shown is None or abs(self._clock() - self._shown) >= _GLANCE:
            self._show()
            self._share_pace(pacer)

    def _share_pace(self, pacer: Pacer) -> None:
        if not pacer.is_paced:
            return
        change, pause = pacer.learnt(self._clock())

        def share(connection: Connection) -> Pace:
            processes = self._crew.strength(connection, self._mailing)
            now = self._ledger.now(connection)
            return share_pace(connection, self._mailing.provider, pacer, change, pause, processes, now)

        pacer.heed(self._ledger.together(share), self._clock())

    def _wait(self, until: datetime, pacer: Pacer) -> None:
        """Wait a moment for what was postponed, within patience; the operator may wish something meanwhile."""
        if pacer.reason and not pacer.reached:
            # A wrong host or no network: a person should hear of it now, and not after all our patience.
            raise ProviderUnreachable(
                f"{self._mailing.provider} cannot be reached: {pacer.reason}",
                remedy=f"Mend the connection or its settings; then `dispatch resume {self._mailing.name}` goes on.",
            )
        seconds = max(0.0, (until - self._clock()).total_seconds())
        if not pacer.has_patience(seconds):
            raise PostponedTooLong(
                f"{self._mailing.provider} is not to be asked before {until:%Y-%m-%d %H:%M:%S} UTC"
                + (f": {pacer.reason}" if pacer.reason else ""),
                remedy=f"Then run `dispatch resume {self._mailing.name}`.",
            )
        self._show(until, pacer.reason)
        moment = min(seconds, _GLANCE.total_seconds())
        pacer.waited(moment)
        self._stop.wait(moment)

    def _end(self, pacer: Pacer, breaker: Breaker) -> None:
        """Say why it ended where neither is everything done nor did an operator wish it."""
        self._ledger.note_end(self._mailing)
        mailing = self._ledger.look(lambda connection: self._ledger.refreshed(connection, self._mailing))
        if mailing.cancelled_at:
            end_cancelled(self._ledger, self._crew, mailing)
        pending = self._show().pending
        remedy = f"`dispatch resume {mailing.name}` goes on."
        if not pending:
            return
        _raise_if_tripped(breaker, mailing)
        if pacer.lost:
            raise Stopped(f"{mailing.provider} has given no clear answer several times in a row", remedy=remedy)
        if self._stop.is_set():
            raise Interrupted(
                f"Interrupted; {pending:,} of {mailing.audience:,} {agreeing(pending, 'is', 'are')} still pending",
                remedy=remedy,
            )

    def _show(self, waits_until: datetime | None = None, reason: str = "") -> Tally:
        self._shown = self._clock()
        tally = self._ledger.look(lambda connection: self._ledger.tally(connection, self._mailing))
        self._on_progress(Progress(tally, waits_until, reason))
        return tally

    @contextmanager
    def _carriers(self) -> Iterator[Capabilities]:
        """What the provider can do; all that were opened are closed in the end."""
        try:
            with self._provider() as provider:
                capabilities = provider.capabilities
            yield capabilities
        finally:
            for provider in self._idle:
                provider.close()

    @contextmanager
    def _provider(self) -> Iterator[Provider]:
        """A provider that no other thread uses meanwhile."""
        try:
            provider = self._idle.pop()
        except IndexError:
            provider = self._open_provider()
        try:
            yield provider
        finally:
            self._idle.append(provider)


def divided(concurrency: int, lanes: int) -> tuple[int, int]:
    """How many threads, and how many messages each has under way: no more than `concurrency` in all, nor `lanes` in one."""
    threads = -(-concurrency // max(1, lanes))
    return threads, concurrency // threads


def _raise_if_tripped(breaker: Breaker, mailing: Mailing) -> None:
    if breaker.reason:
        raise Stopped(
            f"{mailing.provider} stopped being of use: {breaker.reason}",
            remedy=f"Look at `from`, the account and the list; then `dispatch resume {mailing.name}` goes on.",
        )


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """A database that fails in the midst of a run is no reason to give the run up: `resume` goes on."""
    try:
        yield
    except DatabaseTrouble as trouble:
        problem = trouble.problems[0]
        raise Stopped(problem.message, remedy=f"{problem.remedy} Then `dispatch resume` goes on.".strip()) from trouble


def _still_at_work(at_work: set[Future[None]]) -> set[Future[None]]:
    """Wait until some are done, or for a moment; raises what they raised."""
    done, others = wait(at_work, timeout=_GLANCE.total_seconds(), return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return others
