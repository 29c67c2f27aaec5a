"""SMTP over several connections of one thread: one begin for a round, and what befalls one message befalls no other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from dispatch.errors import AccountTrouble
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.provider import Provider
from dispatch.providers.smtp import LANES, Smtp
from dispatch.testing.messages import make_messages
from dispatch.testing.providers import Intents, NotNow, accepted, batch, recipients
from providers.carriers import SmtpCarrier


def submit(provider: Provider, count: int, intents: Intents, *, lanes: int = 4, first: int = 1) -> Sequence[Outcome]:
    return list(provider.submit(replace(batch(make_messages(count, first=first)), lanes=lanes), intents))


def addresses(*positions: int) -> set[str]:
    return {f"person{position}@example.org" for position in positions}


def test_a_round_begins_at_once_and_ends_before_the_next(plain: SmtpCarrier) -> None:
    intents = Intents(plain)
    with closing(plain.open()) as provider:
        outcomes = submit(provider, 10, intents)
    assert accepted(outcomes) == 10
    assert (intents.counts, intents.delivered_before) == ([4, 4, 2], [0, 4, 8])
    assert sorted(recipients(plain)) == sorted(addresses(*range(1, 11)))
    assert plain.server.connections == 4


def test_connections_are_kept_for_the_next_batch(plain: SmtpCarrier) -> None:
    with closing(plain.open()) as provider:
        submit(provider, 8, Intents(plain))
        assert accepted(submit(provider, 8, Intents(plain), first=9)) == 8
    assert plain.server.connections == 4
    assert plain.server.commands.count("QUIT") == 4


@pytest.mark.parametrize("position", [1, 2, 4, 6, 8])
@pytest.mark.parametrize(
    ("stage", "action", "fate"),
    [
        ("rcpt", "550 5.7.1 no", Refused),
        ("rcpt", "451 4.3.0 not now", Postponed),
        ("rcpt", "hang", Postponed),
        ("rcpt", "garbage", Postponed),
        ("dot", "554 5.6.0 looks like spam", Refused),
        ("dot", "451 4.3.0 not now", Postponed),
        ("dot", "421 4.3.2 going down", Postponed),
        ("dot", "lose", Uncertain),
        ("dot", "cut", Uncertain),
        ("dot", "hang", Uncertain),
    ],
)
def test_what_befalls_one_message_befalls_no_other(
    impatient: SmtpCarrier, position: int, stage: str, action: str, fate: type
) -> None:
    person = f"person{position}@example.org"
    impatient.server.faults.add(stage, action, match=person)
    intents = Intents(impatient)
    with closing(impatient.open()) as provider:
        outcomes = submit(provider, 9, intents)
    # A connection that breaks before a message was handed over is made anew once, as for one that was kept.
    again = (stage, action) == ("rcpt", "hang") and position > 4
    expected = Accepted if again else fate
    assert isinstance(outcomes[position - 1], expected)
    assert accepted(outcomes) == 9 - (expected is not Accepted)
    arrived = recipients(impatient)
    assert len(arrived) == len({*arrived})
    others = addresses(*range(1, 10)) - {person}
    assert others <= {*arrived}
    assert (person in arrived) == (expected is Accepted or (fate is Uncertain and action != "cut"))


@pytest.mark.parametrize(("refused", "counts"), [((4,), [3]), ((1,), [4]), ((2, 3, 4), [1]), ((1, 2, 3, 4), [])])
def test_begin_counts_up_to_the_last_that_may_leave(
    plain: SmtpCarrier, refused: tuple[int, ...], counts: list[int]
) -> None:
    for position in refused:
        plain.server.faults.add("rcpt", "550 5.1.1 no such user", match=f"person{position}@")
    intents = Intents(plain)
    with closing(plain.open()) as provider:
        outcomes = submit(provider, 4, intents)
    assert [index for index, outcome in enumerate(outcomes, 1) if isinstance(outcome, Refused)] == [*refused]
    assert accepted(outcomes) == 4 - len(refused)
    assert intents.counts == counts


@pytest.mark.parametrize("rounds", [0, 1])
def test_no_dot_of_a_round_leaves_when_begin_raises(plain: SmtpCarrier, rounds: int) -> None:
    with closing(plain.open()) as provider:
        with pytest.raises(NotNow):
            submit(provider, 8, Intents(plain, refuse_from=rounds))
        assert len(recipients(plain)) == 4 * rounds
        assert accepted(submit(provider, 3, Intents(plain), first=9)) == 3
    assert {*recipients(plain)} == addresses(*range(1, 4 * rounds + 1), 9, 10, 11)


def test_trouble_on_any_lane_stops_before_the_round_begins(plain: SmtpCarrier) -> None:
    plain.server.faults.add("rcpt", "530 5.7.0 authentication required", match="person3@")
    intents = Intents(plain)
    with closing(plain.open()) as provider, pytest.raises(AccountTrouble):
        submit(provider, 4, intents)
    assert intents.counts == []
    assert plain.delivered() == []


def test_a_server_that_takes_fewer_connections_is_not_asked_again_for_each_message(plain: SmtpCarrier) -> None:
    intents = Intents(plain)
    with closing(plain.open()) as provider:
        assert accepted(submit(provider, 4, Intents(plain), lanes=2)) == 4
        plain.server.faults.add("connect", "421 4.7.0 too many connections", times=-1)
        outcomes = submit(provider, 12, intents, first=5)
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Postponed, Postponed] * 3
    assert intents.counts == [2] * 3
    assert plain.server.connections == 3


def test_closing_the_iterator_in_the_midst_of_a_round_lets_nothing_further_leave(plain: SmtpCarrier) -> None:
    intents = Intents(plain)
    with closing(plain.open()) as provider:
        outcomes = iter(provider.submit(replace(batch(make_messages(9)), lanes=4), intents))
        for _ in range(6):
            next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
        assert intents.counts == [4, 4]
        assert {*recipients(plain)} == addresses(*range(1, 9))
        assert accepted(submit(provider, 1, intents, first=9)) == 1


@pytest.mark.parametrize(
    ("host", "lanes"), [("localhost", LANES), ("127.0.0.1", LANES), ("::1", LANES), ("smtp.example.org", 1)]
)
def test_only_a_server_on_this_machine_gets_several_connections_of_a_thread(host: str, lanes: int) -> None:
    with closing(Smtp(host=host)) as provider:
        assert provider.capabilities.lanes == lanes
