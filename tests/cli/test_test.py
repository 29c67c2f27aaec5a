"""`test`: the real message to a few literal addresses, and to nobody else."""

from __future__ import annotations

import email
import email.policy
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from cli.command import Command
from dispatch.messages.tokens import read_token
from dispatch.project import Project
from dispatch.testing.postmark_server import PostmarkServer
from dispatch.testing.smtp_server import SmtpServer
from newsletter import add_people, add_picture, configure


def written(folder: Path) -> Iterator[EmailMessage]:
    """The messages in the outbox, in order of the addresses as they were typed."""
    for file in sorted((folder / ".dispatch/outbox/bridge.test").glob("*.eml")):
        yield email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[misc]


def body(message: EmailMessage) -> str:
    """The text part."""
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content())


def test_each_address_gets_the_real_message_once(dispatch: Command, folder: Path, project: Project) -> None:
    tested = dispatch("test", "bridge", "--to", "me@example.org", "Ada <ada@example.com>", "--to", "ME@example.org")
    assert tested.code == 0
    assert [line.split()[:2] for line in tested.stdout.splitlines()] == [
        ["me@example.org", "accepted"],
        ["ada@example.com", "accepted"],
    ]
    mine, adas = written(folder)
    assert (mine["To"], adas["To"]) == ("me@example.org", "Ada <ada@example.com>")
    assert "Dear reader," in body(mine)
    assert "Dear Ada," in body(adas)
    assert mine["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = mine["List-Unsubscribe"].split(">")[0].rpartition("/")[2]
    assert read_token(project.ring, way_out).purpose == "test"


def test_it_leaves_no_record(dispatch: Command, folder: Path) -> None:
    dispatch("test", "bridge", "--to", "ada@example.com")
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        for table in ("mailing", "recipient", "batch", "subscriber", "subscriber_event"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert dispatch("status").code == 1


def test_as_json(dispatch: Command) -> None:
    tested = dispatch("test", "bridge", "--to", "me@example.org", "--json").json
    assert (tested["issue"], tested["provider"]) == ("bridge", "outbox")
    (result,) = tested["results"]
    assert (result["address"], result["outcome"]) == ("me@example.org", "accepted")


def test_every_address_is_looked_at_before_anything_is_sent(dispatch: Command, folder: Path) -> None:
    refused = dispatch("test", "bridge", "--to", "me@example.org", "no address", "@example.org", "--json")
    assert (refused.code, refused.json["error"], len(refused.json["problems"])) == (1, "InvalidAddress", 2)
    assert not (folder / ".dispatch/outbox").exists()


@pytest.mark.parametrize(
    "address", ["a@example.org, b@example.org", "list: a@example.org;", "<a@example.org> <b@example.org>", "", "@"]
)
def test_an_address_is_one_address(address: str, dispatch: Command, folder: Path) -> None:
    assert dispatch("test", "bridge", "--to", address).code == 1
    assert not (folder / ".dispatch/outbox").exists()


def test_eleven_are_a_list(dispatch: Command, folder: Path) -> None:
    addresses = [f"reader{number}@example.org" for number in range(11)]
    refused = dispatch("test", "bridge", "--to", *addresses)
    assert refused.code == 2
    assert "at most 10" in refused.stderr
    assert dispatch("test", "bridge", "--to", *addresses[1:]).code == 0
    assert len(list(written(folder))) == 10


def test_without_an_address_it_is_no_test(dispatch: Command) -> None:
    assert dispatch("test", "bridge").code == 2


def test_who_left_is_not_mailed_by_a_test_either(dispatch: Command, folder: Path) -> None:
    by_file = dispatch("test", "bridge", "--to", "me@example.org", "di@example.com")
    assert by_file.code == 1
    assert "di@example.com may not be mailed: unsubscribed" in by_file.stderr
    dispatch("subscribers", "suppress", "me@example.org")
    by_record = dispatch("test", "bridge", "--to", "me@example.org")
    assert "me@example.org may not be mailed: manual" in by_record.stderr
    assert not (folder / ".dispatch/outbox").exists()


def test_a_letter_that_no_provider_carries_is_told_before(dispatch: Command, folder: Path) -> None:
    refused = dispatch("test", "bridge", "--to", "me@example.org", "zoë@example.org")
    assert refused.code == 1
    assert "zoë@example.org" in refused.stderr
    assert not (folder / ".dispatch/outbox").exists()


def test_a_list_that_is_broken_or_missing_is_no_hindrance(dispatch: Command, folder: Path) -> None:
    add_people(folder, "no address,Nobody,en,subscribed")
    assert dispatch("test", "bridge", "--to", "ada@example.com").code == 0
    (folder / "subscribers.csv").unlink()
    assert dispatch("test", "bridge", "--to", "ada@example.com").code == 0


def test_refusals_are_told_one_by_one(dispatch: Command, mail: SmtpServer) -> None:
    mail.faults.add("rcpt", "550 5.1.1 no such user", match="<b@example.org>", times=1)
    mail.faults.add("dot", "lose", match="c@example.org", times=1)
    tested = dispatch("test", "bridge", "--to", "a@example.org", "b@example.org", "c@example.org")
    assert tested.code == 1
    a, b, c = tested.stdout.splitlines()
    assert a.startswith("a@example.org  accepted")
    assert b.startswith("b@example.org  refused (")
    assert "no such user" in b
    assert c.startswith("c@example.org  uncertain (")


def test_trouble_with_the_account(dispatch: Command, keyed: Path, tmp_path: Path) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        configure(
            keyed,
            f"""\
provider: postmark
providers: {{postmark: {{token: "${{POSTMARK_TOKEN}}", base_url: "{server.url}"}}}}
""",
        )
        (keyed / ".env").write_text("POSTMARK_TOKEN=another token\n")
        tested = dispatch("test", "bridge", "--to", "me@example.org", "--json")
    assert tested.code == 1
    assert [result["outcome"] for result in tested.json["results"]] == ["postponed"]
    assert "token" in tested.stderr


def test_hosted_pictures_are_published(dispatch: Command, folder: Path) -> None:
    configure(folder, "images: hosted\n")
    add_picture(folder)
    assert dispatch("test", "bridge", "--to", "me@example.org").code == 0
    assert len(list((folder / ".dispatch/media").iterdir())) == 1


def test_by_another_provider(dispatch: Command, mail: SmtpServer, folder: Path) -> None:
    assert dispatch("test", "bridge", "--to", "me@example.org", "--provider", "outbox").code == 0
    assert len(list(written(folder))) == 1
    assert not mail.connections
