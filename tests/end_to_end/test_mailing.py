"""From the repository's own newsletter to the outbox, by the installed command: what every reader gets."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest

from dispatch.messages.tokens import read_token
from dispatch.project import Project
from end_to_end.repository import ISSUE, copy_newsletter, run

MAILING = f"{ISSUE}.1"
# Stand-ins of merge fields while an issue is compiled.
SENTINEL = re.compile(r"zq[0-9a-z]+x[0-9]{3}qz")


def subscribers(folder: Path) -> list[dict[str, str]]:
    with (folder / "subscribers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mailable(folder: Path) -> dict[str, dict[str, str]]:
    return {row["email"].casefold(): row for row in subscribers(folder) if row["status"] == "subscribed"}


def files(folder: Path, mailing: str = MAILING) -> list[Path]:
    return sorted((folder / ".dispatch/outbox" / mailing).iterdir())


def parsed(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def recipient(message: EmailMessage) -> str:
    return parseaddr(message["To"])[1].casefold()


@pytest.fixture(scope="module")
def newsletter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A copy that has been sent, and what `send --json` said."""
    folder = copy_newsletter(tmp_path_factory.mktemp("mailing") / "newsletter")
    run(folder, "check")
    stdout, _ = run(folder, "send", ISSUE, "--yes", "--json")
    return folder, json.loads(stdout)


@pytest.fixture(scope="module")
def folder(newsletter: tuple[Path, dict[str, object]]) -> Path:
    return newsletter[0]


@pytest.fixture(scope="module")
def messages(folder: Path) -> list[EmailMessage]:
    return [parsed(file) for file in files(folder)]


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    project = Project.open(folder, environ={})
    yield project
    project.close()


def test_the_numbers_add_up(newsletter: tuple[Path, dict[str, object]]) -> None:
    folder, told = newsletter
    rows = subscribers(folder)
    audience = len(mailable(folder))
    statuses = Counter(row["status"] for row in rows)
    assert told["state"] == "finished"
    assert told["audience"] == told["accepted"] == audience
    assert [told[name] for name in ("refused", "pending", "uncertain", "withdrawn")] == [0, 0, 0, 0]
    assert told["excluded"] == {status: statuses[status] for status in ("unconfirmed", "unsubscribed")}
    assert json.loads(run(folder, "status", "--json")[0]) == told


def test_everybody_who_may_be_mailed_has_one_file(folder: Path, messages: list[EmailMessage]) -> None:
    assert sorted(map(recipient, messages)) == sorted(mailable(folder))


def test_the_files_are_mail_as_it_travels(folder: Path) -> None:
    for file in files(folder):
        content = file.read_bytes()
        assert content.isascii(), file
        assert b"\n" not in content.replace(b"\r\n", b""), file
        assert max(map(len, content.split(b"\r\n"))) <= 998, file


def test_every_message_parses_without_defects(messages: list[EmailMessage]) -> None:
    for message in messages:
        for part in message.walk():
            assert not part.defects
            for name, value in part.items():
                assert not getattr(value, "defects", ()), (name, value)
                assert "=?" not in str(value), (name, value)
        for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"):
            assert len(message.get_all(name, [])) == 1, name
        assert message["Date"].datetime is not None


def test_every_message_has_text_and_html_with_nothing_left_open(messages: list[EmailMessage]) -> None:
    for message in messages:
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        assert html.get_content().startswith("<!DOCTYPE html>")
        assert len(text.get_content()) > 1000
        for content in (text.get_content(), html.get_content(), *map(str, message.values())):
            assert "{{" not in content
            assert not SENTINEL.search(content)


def test_every_message_speaks_to_its_reader(folder: Path, messages: list[EmailMessage]) -> None:
    people = mailable(folder)
    for message in messages:
        person = people[recipient(message)]
        (to,) = message["To"].addresses
        assert to.display_name == person["name"]
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            assert re.findall(r"Hello ([^,]+), Kyiv", body.get_content()) == [person["first_name"] or "reader"]


def test_every_reader_can_leave_with_one_click(messages: list[EmailMessage], project: Project) -> None:
    """RFC 8058 §3.1: both headers, the HTTPS address first; the link is the reader's own, in both bodies as well."""
    tokens = set()
    for message in messages:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        match = re.fullmatch(
            r"<(https://geopolitiks\.example/u/([\w-]+))>, <mailto:[^<>]+>", message["List-Unsubscribe"]
        )
        assert match, message["List-Unsubscribe"]
        link, text = match.groups()
        token = read_token(project.ring, text)
        assert token.purpose == "unsubscribe"
        assert token.subscriber_id == project.store.id_of(recipient(message))
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            assert link in body.get_content()
        tokens.add(text)
    assert len(tokens) == len(messages)


def test_why_tells_each_story(folder: Path) -> None:
    got_it = json.loads(run(folder, "why", "ada.lindqvist@example.org", "--json")[0])
    (mailing,) = got_it["mailings"]
    assert (mailing["mailing"], mailing["fate"]) == (MAILING, "accepted")
    assert (folder / ".dispatch/outbox" / mailing["provider_ids"][0]).exists()
    left = json.loads(run(folder, "why", "s.kovac@example.org", ISSUE, "--json")[0])
    assert left["status"] == "unsubscribed"
    assert left["mailings"][0]["position"] is None
    unknown = json.loads(run(folder, "why", "nobody@example.org", "--json", code=1)[0])
    assert unknown["status"] is None


def test_it_is_not_sent_twice_but_to_new_subscribers(folder: Path, tmp_path: Path) -> None:
    clone = tmp_path / "newsletter"
    shutil.copytree(folder, clone)
    before = {file: file.read_bytes() for file in files(clone)}
    stdout, stderr = run(clone, "send", ISSUE, "--yes", "--json", code=1)
    assert json.loads(stdout)["error"] == "SendRefused"
    assert f"{ISSUE} has a mailing already" in stderr
    assert "--new-subscribers" in stderr
    with (clone / "subscribers.csv").open("a") as file:
        file.write("zoe@example.net,Zoé Martin,Zoé,fr,,subscribed,website form,2026-11-01T08:00:00Z,Lille\n")
    told = json.loads(run(clone, "send", ISSUE, "--yes", "--json", "--new-subscribers")[0])
    assert told["mailing"] == f"{ISSUE}.2"
    assert told["audience"] == told["accepted"] == 1
    assert told["excluded"]["already_mailed"] == len(before)
    (new,) = files(clone, f"{ISSUE}.2")
    assert recipient(parsed(new)) == "zoe@example.net"
    assert {file: file.read_bytes() for file in files(clone)} == before


def test_a_test_goes_to_its_addresses_and_is_no_mailing(folder: Path, project: Project, tmp_path: Path) -> None:
    clone = tmp_path / "newsletter"
    shutil.copytree(folder, clone)
    told, _ = run(clone, "test", ISSUE, "--to", "joy@example.org", "--to", "ada.lindqvist@example.org", "--json")
    assert [result["outcome"] for result in json.loads(told)["results"]] == ["accepted", "accepted"]
    stranger, known = (parsed(file) for file in files(clone, f"{ISSUE}.test"))
    assert (recipient(stranger), recipient(known)) == ("joy@example.org", "ada.lindqvist@example.org")
    text = known.get_body(("plain",))
    assert text is not None
    assert "Ada" in text.get_content()
    for message in (stranger, known):
        match = re.match(r"<https://geopolitiks\.example/u/([\w-]+)>", message["List-Unsubscribe"])
        assert match
        assert read_token(project.ring, match[1]).purpose == "test"
    assert json.loads(run(clone, "status", "--json")[0])["mailing"] == MAILING
