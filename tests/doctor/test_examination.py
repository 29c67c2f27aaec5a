"""The run of examinations: those that ask others do so at once, and none holds up the command."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.doctor.case import Case, NotExamined
from dispatch.doctor.examination import DnsRecord, Observation, Verdict, examine, ok
from dispatch.errors import InvalidConfig, Problem
from dispatch.inspection.dns import DnsTrouble
from dispatch.location import Location
from doctor.conftest import Open


def fine(case: Case) -> Iterator[Observation]:
    """All is well."""
    yield ok(fine, "fine")


def needless(case: Case) -> Iterator[Observation]:
    """Nothing to see."""
    raise NotExamined("nobody cares")
    yield


def wrong(case: Case) -> Iterator[Observation]:
    """Two mistakes, after something good."""
    yield ok(wrong, "good so far")
    raise InvalidConfig.of(
        [Problem("one mistake", Location("dispatch.yaml", 2, 1), "Mend it."), Problem("another", None, "Mend that.")]
    )


def unasked(case: Case) -> Iterator[Observation]:
    """The DNS says nothing."""
    raise DnsTrouble("no name server tells")
    yield


def unreadable(case: Case) -> Iterator[Observation]:
    """A file that is not there."""
    Path("/nowhere/at/all").read_bytes()
    yield ok(unreadable, "never")


def broken(case: Case) -> Iterator[Observation]:
    """A fault in dispatch."""
    raise ZeroDivisionError
    yield


NEVER = threading.Event()


def hanging(case: Case) -> Iterator[Observation]:
    """The network hangs."""
    NEVER.wait()
    yield ok(hanging, "never")


def slow_one(case: Case) -> Iterator[Observation]:
    """Takes a moment."""
    time.sleep(0.3)
    yield ok(slow_one, "at last")


def slow_two(case: Case) -> Iterator[Observation]:
    """Takes a moment as well."""
    time.sleep(0.3)
    yield ok(slow_two, "at last")


def test_what_stops_one_does_not_stop_the_others(case: Open) -> None:
    seen = list(examine(case(), [needless, wrong, unasked, unreadable, fine], [], seconds=1))
    assert [(o.examination, str(o.verdict), o.message, bool(o.hint)) for o in seen] == [
        ("needless", "skipped", "not looked at: nobody cares", False),
        ("wrong", "ok", "good so far", False),
        ("wrong", "error", "another", True),
        ("wrong", "error", "dispatch.yaml:2:1: one mistake", True),
        ("unasked", "error", "no name server tells", True),
        ("unreadable", "error", "/nowhere/at/all: No such file or directory", True),
        ("fine", "ok", "fine", False),
    ]


def test_others_are_asked_at_the_same_time_and_told_in_order(case: Open) -> None:
    opened, began = case(), time.monotonic()
    seen = list(examine(opened, [fine], [slow_one, slow_two, slow_one], seconds=5))
    assert [o.examination for o in seen] == ["fine", "slow-one", "slow-two", "slow-one"]
    assert time.monotonic() - began < 0.8


def test_nobody_is_waited_for_for_ever(case: Open) -> None:
    opened, began = case(), time.monotonic()
    seen = list(examine(opened, [fine], [hanging, slow_one, hanging], seconds=1))
    assert [str(o.verdict) for o in seen] == ["ok", "error", "ok", "error"]
    assert seen[1].message == "there was no answer within 1 seconds"
    assert time.monotonic() - began < 2


def test_offline_nobody_is_asked(case: Open) -> None:
    seen = list(examine(case(), [fine], [hanging, broken], seconds=0.1, offline=True))
    assert [(o.verdict, o.message) for o in seen[1:]] == [(Verdict.SKIPPED, "not looked at: --offline")] * 2


@pytest.mark.parametrize("beyond", [False, True])
def test_a_fault_in_dispatch_is_not_hidden(case: Open, beyond: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        list(examine(case(), [] if beyond else [broken], [broken] if beyond else [], seconds=1))


def test_a_record_is_as_zone_files_have_it() -> None:
    record = DnsRecord("_dmarc.example.org", "TXT", "v=DMARC1; p=none")
    assert str(record) == '_dmarc.example.org. TXT "v=DMARC1; p=none"'
