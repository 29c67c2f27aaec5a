"""A test is of what readers get: each choice of blocks once, or the one that is wished for."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from pathlib import Path

import pytest

from dispatch.errors import NotFound, UsageMistake
from dispatch.project import Project
from dispatch.rendering.readership import Readership
from dispatch.trial import NO_WISHES, Wishes, send_test
from newsletter import add_people

ME = "me@example.org"


@pytest.fixture
def project(folder: Path) -> Project:
    settings = (folder / "dispatch.yaml").read_text()
    (folder / "dispatch.yaml").write_text(settings.replace("segments: {", "segments: {long: 'first_name == \"Ada\"', "))
    with (folder / "issues" / "bridge.yaml").open("a") as issue:
        issue.write("  - {paragraph: Pour vous., when: french}\n  - {paragraph: For long ones., when: long}\n")
    return Project.open(folder, environ={})


def trial(project: Project, wishes: Wishes = NO_WISHES, to: Sequence[str] = (ME,)) -> list[Readership]:
    return [attempt.readers for attempt in send_test(project, project.read_issue("bridge"), to, wishes)]


def bodies(folder: Path) -> list[str]:
    files = sorted((folder / ".dispatch/outbox/bridge.test").iterdir())
    parsed = (email.message_from_bytes(file.read_bytes(), policy=email.policy.SMTP) for file in files)
    return [message.get_body(("plain",)).get_content() for message in parsed]


def test_each_choice_that_somebody_on_the_list_gets(project: Project, folder: Path) -> None:
    assert trial(project) == [Readership((), "en"), Readership(("french",), "en"), Readership(("long",), "en")]
    seen = [("Pour vous." in body, "For long ones." in body) for body in bodies(folder)]
    assert seen == [(False, False), (True, False), (False, True)]
    assert all("Dear reader" in body and "Unsubscribe" in body for body in bodies(folder))


def test_as_a_subscriber_with_their_values_and_language(project: Project, folder: Path) -> None:
    assert trial(project, Wishes(like="BO@example.com")) == [Readership(("french",), "fr")]
    [body] = bodies(folder)
    assert "Dear Bo" in body
    assert "Se désabonner" in body


def test_as_somebody_in_some_segments(project: Project) -> None:
    assert trial(project, Wishes(segments=["long", "french"])) == [Readership(("french", "long"), "en")]
    assert trial(project, Wishes(segments=[])) == [Readership((), "en")]
    assert trial(project, Wishes(segments=[], language="ar-EG")) == [Readership((), "ar")]


def test_whoever_is_on_the_list_reads_it_in_their_language(project: Project) -> None:
    assert {each.language for each in trial(project, to=["bo@example.com"])} == {"fr"}


def test_without_a_list_all_blocks_are_shown(project: Project, folder: Path) -> None:
    (folder / "subscribers.csv").unlink()
    assert trial(project) == [Readership(("french", "long"), "en")]


def test_more_messages_than_ten_are_refused_with_a_way_out(project: Project, folder: Path) -> None:
    addresses = [f"me{number}@example.org" for number in range(4)]
    with pytest.raises(UsageMistake, match="3 variants to 4 addresses are 12 messages") as refused:
        trial(project, to=addresses)
    assert "--when SEGMENT" in str(refused.value)
    assert not (folder / ".dispatch/outbox").exists()
    assert len(trial(project, Wishes(segments=["long"]), to=addresses)) == 4


def test_wishes_that_cannot_be_met_are_told(project: Project, folder: Path) -> None:
    with pytest.raises(NotFound, match="no block of bridge is for frensh") as unknown:
        trial(project, Wishes(segments=["frensh"]))
    assert "Did you mean `french`?" in str(unknown.value)
    with pytest.raises(NotFound, match=r"eve@example\.com is not on the list"):
        trial(project, Wishes(like="eve@example.com"))
    add_people(folder, "eve@example.com,Eve,en,subscribed")
    assert trial(project, Wishes(like="eve@example.com")) == [Readership((), "en")]
