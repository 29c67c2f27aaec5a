"""What every provider must do, as suites for pytest: subclass the one that fits, and give it a `carrier`."""

from __future__ import annotations

import email
import email.policy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NoReturn

import pytest

from dispatch.errors import AccountTrouble, ProviderUnreachable, Unsupported
from dispatch.messages.message import Message
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.provider import Batch, Provider
from dispatch.testing.messages import LEAVE, PICTURE, make_message, make_messages


@dataclass(frozen=True)
class Delivered:
    """One message as the server behind a provider has it."""

    recipient: str
    to: str  # as in the header, decoded
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    pictures: dict[str, bytes] = field(default_factory=dict)  # by Content-ID, without brackets

    @classmethod
    def parse(cls, recipient: str, content: bytes) -> Delivered:
        """A message that travelled as MIME, read by Python's own parser."""
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        assert not any(part.defects for part in mail.walk()), "the message does not parse cleanly"
        parts = {part.get_content_type(): part for part in mail.walk()}
        return cls(
            recipient,
            str(mail["To"]),
            str(mail["Subject"]),
            parts["text/plain"].get_content(),
            parts["text/html"].get_content(),
            {name.lower(): str(value) for name, value in mail.items()},
            {part["Content-ID"].strip("<>"): part.get_content() for part in mail.walk() if part["Content-ID"]},
        )


class Carrier(ABC):
    """A provider beside the server it talks to, as the suite needs to know both.

    What a server cannot be made to do stays as it is here, and the tests about it are skipped.
    """

    secret = ""  # what must never be shown

    @abstractmethod
    def open(self) -> Provider:
        """A new provider that talks to the server."""

    @abstractmethod
    def delivered(self) -> list[Delivered]:
        """What the server has accepted, in order."""

    def refuse(self, address: str) -> None:
        """Make the server refuse one recipient for good."""
        self._cannot("refuse a recipient")

    def postpone(self) -> float | None:
        """Make the server ask the next call to come back later; returns the seconds it names, if it names any."""
        self._cannot("postpone a call")

    def lose_reply(self) -> None:
        """Make the server accept the next call, and say nothing."""
        self._cannot("lose a reply")

    def close_account(self) -> None:
        """Make the server refuse whoever the provider says it is."""
        self._cannot("refuse the account")

    def go_away(self) -> None:
        """Make the server unreachable."""
        self._cannot("be unreachable")

    def _cannot(self, what: str) -> NoReturn:
        pytest.skip(f"{type(self).__name__}: cannot {what}")


class Intents:
    """A `begin` that writes down what it was told, and what the server had until then."""

    def __init__(self, carrier: Carrier, *, refuse_from: int | None = None) -> None:
        self._carrier = carrier
        self._refuse_from = refuse_from
        self.counts: list[int] = []
        self.hashes: list[str] = []
        self.delivered_before: list[int] = []

    def __call__(self, count: int, request_sha256: str = "") -> None:
        if len(self.counts) == self._refuse_from:
            raise NotNow
        self.delivered_before.append(len(self._carrier.delivered()))
        self.counts.append(count)
        self.hashes.append(request_sha256)


class NotNow(Exception):
    """The ledger says no."""


HOSTILE = (
    "A line\n.\n..\n.hidden\n\nFrom here on\n" + "x" * 1500 + "\n" + "é" * 700 + "\n",
    "{{ name }} {{{ pm:unsubscribe }}} {{first_name|x}} %recipient.name% *|NAME|* -name- [[x]] ${x} $x \\u0041 \\n\n",
    "\u202eright\u202c \U0001f469\u200d\U0001f467 \u00a0 \u2028 שלום 東京 a\u0301 \U0001f682 \"'`<>&;=?=\n",
)


class ProviderContract:
    """The promises of dispatch.providers.provider, with a fixture `carrier` that the subclass gives.

    Subclass EachAnsweredContract or OneAnswerContract, by what the provider says to a call of several messages.
    """

    # --- one answer for each, in order -----------------------------------------------------------

    def test_every_message_gets_one_outcome_in_order(self, carrier: Carrier) -> None:
        outcomes = submit(carrier, make_messages(7))
        assert [type(outcome) for outcome in outcomes] == [Accepted] * 7
        assert all(outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted))
        assert recipients(carrier) == [f"person{position}@example.org" for position in range(1, 8)]

    def test_what_planning_splits_is_everything_in_order_within_the_limits(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            limits = provider.capabilities
            messages = make_messages(limits.max_messages + 3)
            calls = provider.plan(messages)
            assert [message for call in calls for message in call] == list(messages)
            assert max(map(len, calls)) <= limits.max_messages

    # --- begin ------------------------------------------------------------------------------------

    def test_begin_comes_before_the_point_of_no_return(self, carrier: Carrier) -> None:
        intents = Intents(carrier)
        messages = make_messages(5)
        submit(carrier, messages, intents)
        assert sum(intents.counts) == 5
        begun = [sum(intents.counts[:index]) for index in range(len(intents.counts))]
        assert intents.delivered_before == begun, "something was delivered before its begin"

    def test_nothing_leaves_when_begin_raises(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            with pytest.raises(NotNow):
                list(provider.submit(batch(make_messages(5)), Intents(carrier, refuse_from=0)))
            assert carrier.delivered() == []
            assert accepted(list(provider.submit(batch(make_messages(2)), Intents(carrier)))) == 2
        assert recipients(carrier) == ["person1@example.org", "person2@example.org"]

    def test_a_begin_that_raises_later_stops_there(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            if not provider.capabilities.answers_each:
                pytest.skip("one begin for the whole call")
            outcomes = []
            with pytest.raises(NotNow):
                for outcome in provider.submit(batch(make_messages(5)), Intents(carrier, refuse_from=2)):
                    outcomes.append(outcome)  # noqa: PERF402
            assert accepted(outcomes) == 2
        assert len(carrier.delivered()) == 2

    def test_closing_the_iterator_stops_what_has_not_begun(self, carrier: Carrier) -> None:
        intents = Intents(carrier)
        with closing(carrier.open()) as provider:
            outcomes = iter(provider.submit(batch(make_messages(5)), intents))
            next(outcomes)
            outcomes.close()  # type: ignore[attr-defined]
            assert len(carrier.delivered()) == sum(intents.counts)
            assert not provider.capabilities.answers_each or intents.counts == [1]

    def test_a_repeat_under_the_same_key_is_byte_for_byte_the_same(self, carrier: Carrier) -> None:
        intents = Intents(carrier)
        messages = make_messages(3)
        submit(carrier, messages, intents)
        once = carrier.delivered()
        submit(carrier, messages, intents)
        half = len(intents.hashes) // 2
        assert intents.hashes[:half] == intents.hashes[half:]
        with closing(carrier.open()) as provider:
            assert carrier.delivered() == (once if provider.capabilities.idempotent else once * 2)

    # --- what is in it ----------------------------------------------------------------------------

    @pytest.mark.parametrize("content", HOSTILE)
    def test_hostile_content_arrives_unchanged(self, carrier: Carrier, content: str) -> None:
        subject = "Re: " + " ".join(content.replace("\u2028", " ").split())[:60]
        html = f"<!doctype html><pre>{content}</pre>\n"
        submit(carrier, [make_message(name='Zoë "Z" O\u2019Neill, <x>', subject=subject, text=content, html=html)])
        (mail,) = carrier.delivered()
        assert (mail.subject, plain(mail.text), plain(mail.html)) == (subject, content, html)
        assert "Zoë" in mail.to
        assert mail.recipient == "person1@example.org"

    def test_the_headers_of_the_list_arrive_unless_the_provider_has_its_own(self, carrier: Carrier) -> None:
        message = make_message(7)
        submit(carrier, [message])
        (mail,) = carrier.delivered()
        with closing(carrier.open()) as provider:
            theirs = provider.capabilities.replaces_unsubscribe
        for name, value in message.headers:
            if theirs and name.startswith("List-Unsubscribe"):
                assert name.lower() not in mail.headers
            else:
                assert mail.headers[name.lower()] == value
        ours = LEAVE.format(position=7)
        assert (ours in mail.text, ours in mail.html) == (not theirs, not theirs)

    def test_pictures_travel_inside(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            if not provider.capabilities.embeds_pictures:
                pytest.skip("hosted pictures only")
        submit(carrier, [make_message(html=f'<img src="cid:{PICTURE.content_id}" alt="">', pictures=[PICTURE])])
        (mail,) = carrier.delivered()
        assert mail.pictures == {PICTURE.content_id: PICTURE.content}

    def test_what_is_too_large_is_unsupported(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            limit = provider.capabilities.max_message_bytes
            if not limit:
                pytest.skip("no limit of bytes for a message")
            with pytest.raises(Unsupported, match="person2"):
                provider.plan([make_message(1), make_message(2, html="x" * limit)])

    def test_an_address_that_needs_smtputf8_is_unsupported(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider, pytest.raises(Unsupported, match="иван"):
            provider.plan([make_message(1), make_message(2, "иван@example.org")])

    # --- when it goes wrong -------------------------------------------------------------------------

    def test_a_lost_reply_is_uncertain_and_nothing_else(self, carrier: Carrier) -> None:
        carrier.lose_reply()
        intents = Intents(carrier)
        with closing(carrier.open()) as provider:
            outcomes = list(provider.submit(batch(make_messages(3)), intents))
            first_call = intents.counts[0]
            assert [type(outcome) for outcome in outcomes] == [Uncertain] * first_call + [Accepted] * (3 - first_call)
            assert accepted(list(provider.submit(batch(make_messages(2, first=4)), intents))) == 2
        assert recipients(carrier) == [f"person{position}@example.org" for position in range(1, 6)]

    def test_a_lost_reply_is_found_by_looking_it_up(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            if not provider.capabilities.can_look_up:
                pytest.skip("nothing can be looked up")
            carrier.lose_reply()
            messages = make_messages(3)
            list(provider.submit(batch(messages[:2]), Intents(carrier)))
            found = provider.reconcile(addresses_of(messages))
        assert found.keys() == {messages[0].reference, messages[1].reference}
        assert all(found.values())

    def test_a_postponed_call_was_not_accepted(self, carrier: Carrier) -> None:
        seconds = carrier.postpone()
        outcomes = submit(carrier, make_messages(2))
        postponed = [outcome for outcome in outcomes if isinstance(outcome, Postponed)]
        assert postponed
        assert {outcome.retry_after for outcome in postponed} == {seconds}
        assert len(carrier.delivered()) == accepted(outcomes) == 2 - len(postponed)

    def test_account_trouble_stops_and_leaves_nothing_uncertain(self, carrier: Carrier) -> None:
        carrier.close_account()
        outcomes: list[Outcome] = []
        intents = Intents(carrier)
        with closing(carrier.open()) as provider:
            with pytest.raises(AccountTrouble) as trouble:
                for outcome in provider.submit(batch(make_messages(3)), intents):
                    outcomes.append(outcome)  # noqa: PERF402
            with pytest.raises(AccountTrouble):
                provider.check()
        assert all(isinstance(outcome, Postponed) for outcome in outcomes)
        assert len(outcomes) == sum(intents.counts)
        assert carrier.delivered() == []
        assert trouble.value.problems[0].remedy
        assert not carrier.secret or carrier.secret not in f"{trouble.value!r} {trouble.value}"

    def test_an_unreachable_server_leaves_nothing_uncertain(self, carrier: Carrier) -> None:
        carrier.go_away()
        with closing(carrier.open()) as provider:
            outcomes = list(provider.submit(batch(make_messages(3)), Intents(carrier)))
            assert [type(outcome) for outcome in outcomes] == [Postponed] * 3
            assert {outcome.code for outcome in outcomes if isinstance(outcome, Postponed)} == {"unreachable"}
            with pytest.raises(ProviderUnreachable):
                provider.check()

    def test_a_sound_account_has_no_complaints(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            assert provider.check() == []

    def test_no_secret_is_shown(self, carrier: Carrier, caplog: pytest.LogCaptureFixture) -> None:
        if not carrier.secret:
            pytest.skip("it has no secret")
        caplog.set_level(1)
        with closing(carrier.open()) as provider:
            list(provider.submit(batch(make_messages(2)), Intents(carrier)))
            shown = f"{provider!r} {provider} {provider.capabilities!r} {caplog.text}"
        assert carrier.secret not in shown


class EachAnsweredContract(ProviderContract):
    """What is promised further where each message gets an answer of its own."""

    def test_a_call_stays_within_its_bytes(self, carrier: Carrier) -> None:
        with closing(carrier.open()) as provider:
            limit = provider.capabilities.max_bytes
            if not limit:
                pytest.skip("no limit of bytes")
            large = "ä" * min(limit // 60, 1_000_000)
            messages = [make_message(position, html=large) for position in range(1, 31)]
            calls = provider.plan(messages)
            assert [message for call in calls for message in call] == messages
            assert len(calls) > 1
            assert all(sum(map(provider.weight, call)) <= limit for call in calls)

    def test_each_acceptance_has_an_id_of_its_own(self, carrier: Carrier) -> None:
        outcomes = submit(carrier, make_messages(7))
        assert len({outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)}) == 7

    def test_the_refusal_of_one_does_not_touch_the_others(self, carrier: Carrier) -> None:
        carrier.refuse("person3@example.org")
        outcomes = submit(carrier, make_messages(5))
        assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Refused, Accepted, Accepted]
        assert recipients(carrier) == [f"person{position}@example.org" for position in (1, 2, 4, 5)]


class OneAnswerContract(ProviderContract):
    """What is promised further where a call gets one answer for all, and is taken whole or not at all."""

    def test_one_id_stands_for_all(self, carrier: Carrier) -> None:
        outcomes = submit(carrier, make_messages(7))
        assert len({outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)}) == 1

    def test_the_refusal_of_one_is_a_refusal_of_the_call(self, carrier: Carrier) -> None:
        carrier.refuse("person3@example.org")
        outcomes = submit(carrier, make_messages(5))
        assert all(isinstance(outcome, Refused) and outcome.of_call for outcome in outcomes)
        assert len(outcomes) == 5
        assert carrier.delivered() == []

    def test_whose_texts_differ_do_not_share_a_call(self, carrier: Carrier) -> None:
        messages = [make_message(1), make_message(2), make_message(3, text="Something else.\n"), make_message(4)]
        with closing(carrier.open()) as provider:
            assert [len(call) for call in provider.plan(messages)] == [2, 1, 1]

    def test_two_spellings_of_an_address_do_not_share_a_call(self, carrier: Carrier) -> None:
        messages = [make_message(1, "ann@example.org"), make_message(2, "Ann@example.org")]
        with closing(carrier.open()) as provider:
            assert [len(call) for call in provider.plan(messages)] == [1, 1]


def batch(messages: Sequence[Message], revision: int = 0) -> Batch:
    """A batch as the ledger names it."""
    return Batch(f"rivers.1.{messages[0].position}.{revision}", tuple(messages))


def submit(carrier: Carrier, messages: Sequence[Message], intents: Intents | None = None) -> list[Outcome]:
    """All outcomes of one call with a provider of its own."""
    with closing(carrier.open()) as provider:
        return list(provider.submit(batch(messages), intents or Intents(carrier)))


def accepted(outcomes: Sequence[Outcome]) -> int:
    """How many were accepted."""
    return sum(isinstance(outcome, Accepted) for outcome in outcomes)


def addresses_of(messages: Sequence[Message]) -> dict[str, str]:
    """Address by reference, as for Provider.reconcile()."""
    return {message.reference: message.to.address for message in messages}


def recipients(carrier: Carrier) -> list[str]:
    """Whose message the server has."""
    return [mail.recipient for mail in carrier.delivered()]


def plain(text: str) -> str:
    """Text with the line ends it had before it travelled."""
    return text.replace("\r\n", "\n")
