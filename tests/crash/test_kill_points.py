"""SIGKILL of the sender at any commit, request or file: nobody is lost, nobody gets two copies, all numbers are true."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from crash.carriers import Server
from crash.command import KILLED, Kill, Launcher
from crash.newsletter import MAILING, READERS, SLUG
from crash.trial import LOSES, Bench, Case, fate_of, opened, spread
from sampling import sampled

Benches = Callable[[Case], Bench]

CASES = [
    Case("outbox", 1),
    Case("outbox", 4),
    *(
        Case(carrier, concurrency, loses_replies=loses)
        for carrier in ("smtp", "postmark", "mailgun")
        for loses in (False, True)
        for concurrency in (1, 4)
    ),
    Case("smtp", 8),  # two threads, each with several connections
    Case("mailgun", 4, words="Write %recipient.name% to greet by name."),
    Case("mailgun", 4, variants=True),
    Case("mailgun", 1, database="postgresql"),
    Case("postmark", 4, loses_replies=True, variants=True, database="postgresql"),
]


@pytest.mark.parametrize("case", sampled(CASES, every=3), ids=str)
def test_killed_here_and_there(case: Case, bench: Benches) -> None:
    at = bench(case)
    whole = at.try_out()
    assert not whole.killed
    shift = (CASES.index(case) + 0.5) / len(CASES)
    for kill in spread(whole.counts, case.kinds, 5 if case.carrier == "outbox" else 3, shift):
        at.try_out(kill)


EVERY = int(os.environ.get("KILL_EVERY", "1"))  # of so many moments one is tried: all of them take over an hour

# With one thread, after one of these moments is before the next. Of the servers, the one that loses replies does to
# several threads whatever the other does.
EVERYWHERE = [
    (case, kind, when)
    for case in CASES
    for kind in case.kinds
    for when in ("before", "after")
    if (when == "before" or case.concurrency > 1) and case.loses_replies == (case.concurrency > 1 and case.can_lose)
]


@pytest.mark.complete
@pytest.mark.parametrize(("case", "kind", "when"), EVERYWHERE, ids=str)
def test_killed_everywhere(
    case: Case, kind: str, when: str, bench: Benches, record_property: Callable[[str, object], None]
) -> None:
    at = bench(case)
    points = most = 0
    numbers = count(1 + EVERYWHERE.index((case, kind, when)) % EVERY, EVERY)
    while (verdict := at.try_out(Kill(when, kind, next(numbers)))).killed:
        points += 1
        most = max(most, verdict.uncertain)
    record_property("kill points", points)
    record_property("most uncertain recipients", most)


@pytest.mark.parametrize("case", sampled([Case("smtp", 4), Case("postmark", 4), Case("outbox", 1)], every=3), ids=str)
def test_killed_again_and_again(case: Case, bench: Benches) -> None:
    numbers = [3, 5, 7, 6, 8, 9, 7, 10]
    kinds = [("before", case.kinds[0]), ("after", case.kinds[1]), ("after", case.kinds[0]), ("before", case.kinds[1])]
    kills = [Kill(*kinds[index % 4], number) for index, number in enumerate(numbers)]
    assert bench(case).try_out(*kills).killed >= len(kills) // 2  # it may have finished before


def test_the_provider_can_be_asked_about_what_is_uncertain(
    launcher: Launcher, server: Callable[..., Server], tmp_path: Path
) -> None:
    # A server of its own: in the trials of others the same mailing went to the same people.
    own = server("postmark", f"--lose-reply-every={LOSES}", "--latency=0.001")
    at = Bench(Case("postmark", 4, loses_replies=True), launcher, own, tmp_path / "newsletter")
    folder = at.new_folder(tmp_path / "asking")
    assert at.run(folder, "send", SLUG, "--yes", kill=Kill("after", "request", 12)).code == KILLED
    assert at.go_on(folder).json["uncertain"]
    asked = at.run(folder, "settle", "--ask-provider", "--json")
    assert asked.code == 0
    truth = at.carrier.accepted(folder)
    assert asked.json["accepted"] == len(truth) == len({*truth})
    with opened(folder) as project:
        fates = {address: fate_of(project, address) for address in READERS}
    assert {address for address, fate in fates.items() if fate == "accepted"} == {*truth}
    assert asked.json["uncertain"] == len(READERS) - len(truth) - asked.json["refused"]


def test_what_is_uncertain_is_sent_again_at_a_persons_word_only(bench: Benches, tmp_path: Path) -> None:
    at = bench(Case("smtp", 1, loses_replies=True))
    folder = at.new_folder(tmp_path / "resending")
    sent = at.run(folder, "send", SLUG, "--yes", "--json")
    assert sent.code == 4
    in_doubt = sent.json["uncertain"]
    assert in_doubt
    assert at.run(folder, "resume", MAILING).code == 4
    assert at.run(folder, "settle", "--hold", "--json").json == sent.json
    assert len(at.carrier.accepted(folder)) == len({*at.carrier.accepted(folder)})
    pending = at.run(folder, "settle", "--resend", "--json").json
    assert (pending["pending"], pending["uncertain"]) == (in_doubt, 0)
    at.run(folder, "resume", "--json")
    times = Counter(at.carrier.accepted(folder))
    assert sorted(times.values(), reverse=True)[: in_doubt + 1] == [*[2] * in_doubt, 1]
