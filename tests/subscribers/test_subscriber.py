"""Ids stand for mailboxes, whatever their spelling; reasons have an order."""

from __future__ import annotations

import pytest

from dispatch.errors import InvalidAddress
from dispatch.subscribers.subscriber import Reason, Subscriber, merge_values, subscriber_id

KEY = b"the newsletter's oldest key"


def test_an_id_is_32_hex_digits_and_the_same_for_every_spelling() -> None:
    person = subscriber_id("Ann@Bücher.example", KEY)
    assert len(bytes.fromhex(person)) == 16
    assert person == subscriber_id("ann@xn--bcher-kva.EXAMPLE", KEY) == subscriber_id(" Ann@bücher.example ", KEY)


def test_an_id_tells_addresses_and_newsletters_apart() -> None:
    ids = {
        subscriber_id(address, key)
        for address in ("ann@x.example", "ann@y.example", "a.nn@x.example", "ann+tag@x.example")
        for key in (KEY, b"another")
    }
    assert len(ids) == 8


def test_an_id_never_changes() -> None:
    # Tokens in mails of years ago carry it.
    assert subscriber_id("ann@x.example", KEY) == "76901575fb0ab123aacb5a2400af4754"


def test_there_is_no_id_of_what_is_no_address() -> None:
    with pytest.raises(InvalidAddress):
        subscriber_id("ann", KEY)


def test_merge_values_are_the_standard_ones_and_the_files_own() -> None:
    person = Subscriber("0" * 32, "ann@x.example", first_name="Ann", tags=("paid",), fields={"city": "Paris"})
    assert merge_values(person) == {
        "email": "ann@x.example",
        "name": "",
        "first_name": "Ann",
        "language": "",
        "city": "Paris",
    }


def test_nothing_outweighs_being_forgotten_and_a_complaint_outweighs_leaving() -> None:
    assert not any(reason.outweighs(Reason.FORGOTTEN) for reason in Reason)
    assert Reason.COMPLAINED.outweighs(Reason.UNSUBSCRIBED)
    assert Reason.UNSUBSCRIBED.outweighs(Reason.BOUNCED)
