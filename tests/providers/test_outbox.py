"""The outbox."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.errors import ProviderUnreachable
from dispatch.providers import open_provider
from dispatch.providers.outbox import Outbox
from dispatch.providers.outcome import Accepted, Postponed
from dispatch.providers.provider import Batch, Provider
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.providers import Carrier, Delivered, EachAnsweredContract, Intents, batch


class OutboxCarrier(Carrier):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Provider:
        return open_provider("outbox", {"folder": "mail"}, folder=self.folder)

    def files(self) -> list[Path]:
        return sorted((self.folder / "mail").rglob("*.eml"))

    def delivered(self) -> list[Delivered]:
        return [Delivered.parse(_recipient(path), path.read_bytes()) for path in self.files()]


def _recipient(path: Path) -> str:
    return re.fullmatch(r"\d{4,}-(.+)\.eml", path.name)[1]  # type: ignore[index]


@pytest.fixture
def carrier(tmp_path: Path) -> OutboxCarrier:
    return OutboxCarrier(tmp_path)


class TestContract(EachAnsweredContract):
    pass


def test_files_are_named_by_mailing_position_and_address(carrier: OutboxCarrier) -> None:
    with closing(carrier.open()) as provider:
        outcomes = list(provider.submit(Batch("rivers.2.17.0", make_messages(2)), Intents(carrier)))
    assert [path.relative_to(carrier.folder).as_posix() for path in carrier.files()] == [
        "mail/rivers.2/0001-person1@example.org.eml",
        "mail/rivers.2/0002-person2@example.org.eml",
    ]
    assert outcomes[0] == Accepted("rivers.2/0001-person1@example.org.eml")


def test_a_file_holds_exactly_the_message(carrier: OutboxCarrier) -> None:
    message = make_message()
    with closing(carrier.open()) as provider:
        list(provider.submit(batch([message]), Intents(carrier)))
    assert carrier.files()[0].read_bytes() == message.mime()


def test_the_default_folder_lies_in_the_newsletters_state(tmp_path: Path) -> None:
    provider = open_provider("outbox", {}, folder=tmp_path)
    list(provider.submit(batch(make_messages(1)), Intents(OutboxCarrier(tmp_path))))
    assert (tmp_path / ".dispatch/outbox/rivers.1/0001-person1@example.org.eml").exists()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("o'brien+x=y@example.org", "0001-o_brien+x_y@example.org.eml"),
        ("a/../../b@example.org", "0001-a_.._.._b@example.org.eml"),
        ("a&b|c*?{}$`~#%@example.org", "0001-a_b_c_________@example.org.eml"),
        ("x" * 64 + "@" + "y" * 60 + ".example.org", "0001-" + "x" * 64 + "@" + "y" * 35 + ".eml"),
    ],
)
def test_an_address_cannot_lead_out_of_the_folder(carrier: OutboxCarrier, address: str, name: str) -> None:
    with closing(carrier.open()) as provider:
        list(provider.submit(batch([make_message(address=address)]), Intents(carrier)))
    assert [path.name for path in carrier.files()] == [name]
    assert carrier.files()[0].parent == carrier.folder / "mail/rivers.1"


def test_a_mailing_cannot_lead_out_of_the_folder(carrier: OutboxCarrier) -> None:
    with closing(carrier.open()) as provider:
        list(provider.submit(Batch("../../up.1.2.0", make_messages(1)), Intents(carrier)))
    assert carrier.files()[0].parent == carrier.folder / "mail" / "_.._up.1"


def test_addresses_that_become_alike_stay_two_files(carrier: OutboxCarrier) -> None:
    messages = [make_message(1, "a'b@example.org"), make_message(2, "a#b@example.org")]
    with closing(carrier.open()) as provider:
        list(provider.submit(batch(messages), Intents(carrier)))
    assert [path.name for path in carrier.files()] == ["0001-a_b@example.org.eml", "0002-a_b@example.org.eml"]


def test_what_a_killed_run_left_behind_is_replaced(carrier: OutboxCarrier) -> None:
    folder = carrier.folder / "mail/rivers.1"
    folder.mkdir(parents=True)
    (folder / "0001-person1@example.org.tmp").write_bytes(b"half a mess")
    message = make_message()
    with closing(carrier.open()) as provider:
        list(provider.submit(batch([message]), Intents(carrier)))
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [
        ("0001-person1@example.org.eml", message.mime())
    ]


def test_a_disk_that_refuses_stops_the_mailing_and_leaves_nothing_uncertain(tmp_path: Path) -> None:
    provider = open_provider("outbox", {"folder": "/proc/outbox"}, folder=tmp_path)
    answers = provider.submit(batch(make_messages(3)), Intents(OutboxCarrier(tmp_path)))
    outcomes = [next(answers) for _ in range(3)]
    with pytest.raises(ProviderUnreachable, match="/proc/outbox") as stop:
        next(answers)
    assert [type(outcome) for outcome in outcomes] == [Postponed] * 3
    assert stop.value.problems[0].remedy


def test_looking_at_it_makes_nothing(tmp_path: Path) -> None:
    assert open_provider("outbox", {"folder": "a/b"}, folder=tmp_path).check() == []
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").touch()
    assert open_provider("outbox", {"folder": "a/b"}, folder=tmp_path).check() == [
        f"The outbox {tmp_path}/a/b cannot be made."
    ]


def test_it_needs_no_keys_and_may_repeat_for_ever(carrier: OutboxCarrier) -> None:
    capabilities = carrier.open().capabilities
    assert not capabilities.real
    assert capabilities.idempotent
    assert Outbox.default_images == "embed"
