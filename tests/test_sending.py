"""From an issue to a mailing: nothing is written before it is frozen, and what is frozen was looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from dispatch.config import load_or_make_key
from dispatch.errors import (
    InvalidAddress,
    InvalidConfig,
    InvalidSubscribers,
    SendRefused,
    UsageMistake,
)
from dispatch.inspection.claim import NoClaims
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import read_token
from dispatch.project import Project
from dispatch.providers.outcome import Accepted
from dispatch.sending import (
    SAMPLE_READER,
    capabilities_of,
    freeze,
    look_once_more,
    propose,
    sender_of,
)
from dispatch.trial import send_test
from newsletter import add_people, add_picture, configure


@pytest.fixture
def hosted(folder: Path) -> Iterator[Project]:
    """A newsletter with a hosted picture."""
    configure(folder, "images: hosted\n")
    add_picture(folder)
    with Project.open(folder, environ={}) as project:
        yield project


def people(folder: Path) -> int:
    """How many the database knows."""
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM subscriber").fetchone()[0])


def test_a_proposal_is_what_the_freeze_makes_of_it(project: Project, folder: Path) -> None:
    proposal = propose(project, project.read_issue("bridge"))
    assert (proposal.audience.count, proposal.audience.excluded) == (3, {"unconfirmed": 1, "unsubscribed": 1})
    assert "first_name" in proposal.plan.fields
    assert proposal.errors == ()
    assert people(folder) == 0
    mailing = freeze(project, proposal, confirmed=3)
    assert (mailing.audience, mailing.excluded) == (3, proposal.audience.excluded)
    assert people(folder) == 5


def test_an_audience_that_has_grown_since_is_refused(project: Project, folder: Path) -> None:
    proposal = propose(project, project.read_issue("bridge"))
    add_people(folder, "late@example.com,Late,en,subscribed")
    with pytest.raises(SendRefused, match="grown from 3 to 4"):
        freeze(project, proposal, confirmed=3)
    assert freeze(project, proposal, confirmed=None).audience == 4


def test_lines_that_went_bad_since_are_refused(project: Project, folder: Path) -> None:
    proposal = propose(project, project.read_issue("bridge"))
    add_people(folder, "no address,Late,en,subscribed")
    with pytest.raises(InvalidSubscribers, match=r"subscribers\.csv:7"):
        freeze(project, proposal, confirmed=3)
    assert people(folder) == 0


def test_the_commit_is_remembered_where_there_is_none(project: Project) -> None:
    mailing = freeze(project, propose(project, project.read_issue("bridge")), confirmed=None)
    assert (mailing.commit, mailing.clean) == ("", False)


def test_what_is_frozen_is_sent_from_the_ledger_alone(project: Project, folder: Path) -> None:
    mailing = freeze(project, propose(project, project.read_issue("bridge")), confirmed=None)
    (folder / "issues/bridge.yaml").write_text("title: Another\nblocks: []\n")
    shown: list[object] = []
    sender_of(project, mailing, stop=Event(), on_progress=shown.append).run()
    written = sorted((folder / ".dispatch/outbox/bridge.1").glob("*.eml"))
    assert len(written) == 3
    assert all(b"the bridge is half built" in path.read_bytes() for path in written)
    assert shown


def test_hosted_pictures_are_there_before_the_mailing_is(hosted: Project) -> None:
    mailing = freeze(hosted, propose(hosted, hosted.read_issue("bridge")), confirmed=None)
    template = MessageTemplate.from_bytes(hosted.ledger.content(mailing))
    html = "".join(template.variants[0].html.literals)
    (picture,) = hosted.media.iterdir()
    assert f"https://crossings.example/media/{picture.name}" in html
    assert template.variants[0].pictures == ()


def test_a_message_that_cannot_be_mail_is_found_before_the_freeze(folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("https://crossings.example", f"https://crossings.example/{'x' * 600}"))
    with Project.open(folder, environ={}) as project:
        proposal = propose(project, project.read_issue("bridge"))
        with pytest.raises(InvalidConfig, match="at most 500 characters"):
            look_once_more(project, proposal, NoClaims())


def test_real_mail_needs_a_key(folder: Path) -> None:
    configure(folder, "providers: {smtp: {host: 127.0.0.1, port: 1, tls: none}}\n")
    with Project.open(folder, environ={}) as project:
        assert not capabilities_of(project, "outbox").real
        with pytest.raises(InvalidConfig, match="no key is set") as bare:
            capabilities_of(project, "smtp")
        assert 'Set keys: ["${DISPATCH_KEY}"], and' in str(bare.value)
        load_or_make_key(project.config.state)
        with pytest.raises(InvalidConfig, match=r"file:\.dispatch/key") as caught:
            capabilities_of(project, "smtp")
        assert 'Set keys: ["${DISPATCH_KEY}", "${file:.dispatch/key}"], and' in str(caught.value)


def test_a_specimen_has_the_headers_of_a_mailing_and_a_link_that_changes_nothing(project: Project) -> None:
    compiled = project.compile(project.read_issue("bridge"), embed=True)
    message = project.specimen(compiled, SAMPLE_READER, project.ring, project.clock())
    headers = dict(message.headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "Crossings <crossings.crossings.example>"
    token = headers["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert read_token(project.ring, token).purpose == "test"


def test_a_test_goes_to_each_mailbox_once_in_the_order_typed(project: Project) -> None:
    addresses = ["b@example.org", "A <a@example.org>", "B@example.org", "a@EXAMPLE.org", "c@example.org"]
    answers = list(send_test(project, project.read_issue("bridge"), addresses))
    assert [answer.address for answer in answers] == ["b@example.org", "a@example.org", "c@example.org"]
    assert all(isinstance(answer.outcome, Accepted) for answer in answers)


def test_two_tests_are_never_taken_for_one(project: Project, folder: Path) -> None:
    ids = set()
    for _ in range(2):
        list(send_test(project, project.read_issue("bridge"), ["a@example.org"]))
        (path,) = (folder / ".dispatch/outbox/bridge.test").iterdir()
        ids.add(next(line for line in path.read_bytes().splitlines() if line.startswith(b"Message-ID")))
    assert len(ids) == 2


def test_a_test_is_refused_before_anything_is_sent(project: Project, folder: Path) -> None:
    issue = project.read_issue("bridge")
    for addresses, error in (
        (["a@example.org"] * 11, UsageMistake),
        (["a@example.org", "b@@example.org"], InvalidAddress),
        (["a@example.org", "di@example.com"], SendRefused),
        (["a@example.org", "ed@example.com"], SendRefused),
    ):
        with pytest.raises(error):
            list(send_test(project, issue, addresses))
    assert not (folder / ".dispatch/outbox").exists()
