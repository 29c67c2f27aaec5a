"""One bad message makes a provider refuse the whole call: it is found, and everybody else gets theirs."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.delivery.composition import Call
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import BatchRow, BatchState
from dispatch.delivery.submission import Submission
from dispatch.delivery.transitions import kept, returned


def bisect(refused: Submission, call: Call, submit: Callable[[Call], Submission], ledger: Ledger) -> None:
    """Halve a call that was refused as a whole until the message at fault stands alone, and is refused alone.

    Halves that are not suspect any more wait and go in one call at the end: for one bad message among n that makes
    at most 1 + log2(n) + 2 calls. What is refused then again is halved in its turn. Whatever else happens to a part
    (a pause, a doubt) ends the search, and what has not left is pending.
    """
    while refused.refusal:
        rest = _search(refused.row, call, submit, ledger)
        if rest is None:
            return
        call = call.part(rest)
        refused = submit(call)


def _search(suspects: BatchRow, call: Call, submit: Callable[[Call], Submission], ledger: Ledger) -> BatchRow | None:
    """Find the message at fault; gives those that turned out innocent and were not sent, in one row that is still ours."""
    innocent: list[BatchRow] = []
    while len(suspects.positions) > 1:
        first, second = _halved(suspects, ledger)
        tried = submit(call.part(first))
        if tried.refusal:
            suspects = tried.row
            innocent.append(second)
        elif tried.row.state is BatchState.ACCEPTED:
            suspects = second  # of which nothing was sent: it was refused with the other half, so it holds the bad one
        elif tried.row.state is BatchState.REFUSED:
            innocent.append(second)  # a half of one message: found
            return _merged(innocent, ledger)
        else:
            _give_back([second, *innocent], ledger)
            return None
    last = submit(call.part(suspects))  # nobody is refused for others: what the provider minded may have passed
    if last.row.state in (BatchState.ACCEPTED, BatchState.REFUSED):
        return _merged(innocent, ledger)
    _give_back(innocent, ledger)
    return None


def _halved(row: BatchRow, ledger: Ledger) -> list[BatchRow]:
    middle = (len(row.positions) + 1) // 2
    halves = [kept(row, row.positions[:middle]), kept(row, row.positions[middle:])]
    return ledger.together(lambda connection: ledger.exchange(connection, row, halves))


def _merged(rows: list[BatchRow], ledger: Ledger) -> BatchRow | None:
    if not rows:
        return None
    return ledger.together(lambda connection: ledger.merge(connection, rows))


def _give_back(rows: list[BatchRow], ledger: Ledger) -> None:
    for row in rows:
        _give_back_one(row, ledger)


def _give_back_one(row: BatchRow, ledger: Ledger) -> None:
    pending = returned(row, row.positions)
    ledger.together(lambda connection: ledger.exchange(connection, row, [pending]))
