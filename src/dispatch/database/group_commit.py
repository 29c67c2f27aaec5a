"""Group commit: what several threads want to write goes into one transaction: syncing the disk takes time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

from dispatch.errors import TransactionLost

T = TypeVar("T")
Item = TypeVar("Item")


class GroupCommit:
    """Carries out acts in transactions, each with all acts that came in while the one before was being made durable.

    Whoever comes first leads: carries out what waits, its own act among it, then hands the lead to whoever waits next.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`transaction` opens one; what is written in it is durable when its block has ended."""
        self._transaction = transaction
        self._mutex = Lock()
        self._waiting: deque[_Act] = deque()
        self._is_led = False

    def run(self, do: Callable[[Connection], T]) -> T:
        """The act's result, once it is durable; raises what the act raised, and then nothing of it was written.

        When one act fails, those it shared a transaction with are carried out anew, each in its own.
        """
        return self.run_among(_one_by_one, do)

    def run_among(self, do: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """The same for one of many alike: `do` is called once for the items of all threads, and gives a result for each."""
        act = _Act(do, item)
        with self._mutex:
            self._waiting.append(act)
            leads, self._is_led = not self._is_led, True
        if not leads:
            act.turn.acquire()
        if not act.is_done:
            self._lead(act)
        if act.error is not None:
            raise act.error
        result: T = act.result
        return result

    def _lead(self, own: _Act) -> None:
        with self._mutex:
            together = list(self._waiting)
            self._waiting.clear()
        self._carry_out(together)
        with self._mutex:
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        for act in together:
            if act is not own:
                act.turn.release()
        if following:
            following.turn.release()

    def _carry_out(self, together: list[_Act]) -> None:
        if len(together) > 1:
            try:
                with self._transaction() as connection:
                    results = _results(connection, together)
            except TransactionLost as error:  # nobody's fault: Database.together tries again
                for act in together:
                    act.error, act.is_done = error, True
                return
            except BaseException:  # noqa: BLE001, S110 - whose fault it is shows when each is tried alone
                pass
            else:
                for act, result in zip(together, results, strict=True):
                    act.result, act.is_done = result, True
                return
        for act in together:
            self._carry_out_alone(act)

    def _carry_out_alone(self, act: _Act) -> None:
        try:
            with self._transaction() as connection:
                (result,) = act.do(connection, [act.item])
        except BaseException as error:  # noqa: BLE001 - raised where the act came from
            act.error = error
        else:
            act.result = result
        act.is_done = True


class _Act:
    def __init__(self, do: Callable[[Connection, Sequence[Any]], Sequence[Any]], item: Any) -> None:
        self.do = do
        self.item = item
        self.turn = Lock()  # released when it is done, or when it is to lead
        self.turn.acquire()
        self.is_done = False
        self.result: Any = None
        self.error: BaseException | None = None


def _results(connection: Connection, together: Sequence[_Act]) -> list[Any]:
    results: list[Any] = []
    for do, alike in groupby(together, lambda act: act.do):
        results += do(connection, [act.item for act in alike])
    return results


def _one_by_one(connection: Connection, acts: Sequence[Callable[[Connection], T]]) -> list[T]:
    return [act(connection) for act in acts]
