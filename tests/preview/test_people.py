"""Whom the author can look over the shoulder of."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.errors import InvalidSubscribers, NotFound, Problem
from dispatch.preview.desk import Desk
from dispatch.preview.people import MOST, find, recipient, search
from dispatch.preview.readers import Reader
from dispatch.project import Project
from preview.client import SUBSCRIBERS


@pytest.fixture
def many(tmp_path: Path) -> Path:
    file = tmp_path / "subscribers.csv"
    lines = [f"reader{number}@example.org,Reader {number},Øystein" for number in range(MOST + 50)]
    file.write_text("\n".join(["email,name,city", "not an address,,", *lines]) + "\n", "utf-8")
    return file


def test_only_the_first_are_shown_and_the_others_can_be_found(many: Path) -> None:
    everybody = search(many, "")
    assert (len(everybody.people), everybody.more) == (MOST, True)
    assert everybody.people[0].email == "reader0@example.org"  # the rejected line is nobody
    [last] = search(many, f"reader{MOST + 49}").people
    assert last.name == f"Reader {MOST + 49}"
    exactly = search(many, "reader1")
    assert not exactly.more
    assert all("reader1" in person.email for person in exactly.people)


def test_case_and_accents_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "subscribers.csv"
    file.write_text("email,name,tags\na@example.org,ÉLODIE Straße,paid|founder\nb@example.org,Bob,\n", "utf-8")
    for query in ("elodie", "strasse FOUNDER", "  paid  ", "a@EXAMPLE"):
        assert [person.email for person in search(file, query).people] == ["a@example.org"]


def test_somebody_is_found_by_address_however_it_is_spelt(many: Path) -> None:
    person = find(many, "Reader7@EXAMPLE.org")
    assert person is not None
    assert recipient(person).values == {
        "email": "reader7@example.org", "name": "Reader 7", "first_name": "", "language": "", "city": "Øystein"
    }  # fmt: skip
    assert find(many, "nobody@example.org") is None
    assert find(many, "no address") is None


def test_a_changed_list_is_read_again(many: Path) -> None:
    assert find(many, "reader7@example.org") is not None
    many.write_text("email\nother@example.org\n", "utf-8")
    assert find(many, "reader7@example.org") is None


def test_a_list_that_cannot_be_read_is_told_to_those_who_search(tmp_path: Path) -> None:
    assert find(tmp_path / "none.csv", "a@example.org") is None
    with pytest.raises(NotFound):
        search(tmp_path / "none.csv", "")
    (tmp_path / "broken.csv").write_text("name\nx\n")
    with pytest.raises(InvalidSubscribers):
        search(tmp_path / "broken.csv", "")


def test_of_somebody_to_whom_no_message_can_be_written_it_is_told_why(newsletter: Path) -> None:
    (newsletter / "subscribers.csv").write_text(f"{SUBSCRIBERS}jürgen@harbour.example,Jürgen,,,,subscribed\n", "utf-8")
    with Project.open(newsletter, environ={}) as project:
        desk = Desk(project, {})
        view = desk.view("tides", Reader("jürgen@harbour.example"))
        assert view.person
        assert (view.person.name, view.message) == ("Jürgen", None)
        assert view.problems == (
            Problem(
                "'jürgen@harbour.example' has letters before the @ that only SMTPUTF8 (RFC 6531) carries",
                remedy="No provider here takes such an address; ask the subscriber for another one.",
            ),
        )
        assert desk.sent("tides", Reader("jürgen@harbour.example")) is None
        assert desk.written("tides", Reader("jürgen@harbour.example")) is None
        assert desk.view("tides").message, "the issue is as good as it was"
