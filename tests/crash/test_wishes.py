"""What people wish for a mailing that is under way: pause, cancel, stop, a limit, and to be left out of it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crash.carriers import Server, wait_for
from crash.command import Kill, Launcher, Run, Running
from crash.newsletter import ENVIRON, MAILING, READERS, REFUSED, SLUG, write_newsletter
from crash.trial import opened
from dispatch.explanation import explain
from dispatch.messages.tokens import sign_token

SLOW = "--latency=0.008"  # seconds before each reply
MAILABLE = len(READERS) - len(REFUSED)


class Desk:
    """A newsletter with a slow mail server, and two people at two terminals."""

    def __init__(self, launcher: Launcher, server: Server, folder: Path) -> None:
        server.mark()
        self.server = server
        self.folder = write_newsletter(folder, "smtp", port=server.port)
        self._launcher = launcher

    def run(self, *arguments: str, kill: Kill | None = None) -> Run:
        return self._launcher.run(self.folder, *arguments, environ=ENVIRON, kill=kill)

    def start(self, *arguments: str) -> Running:
        return self._launcher.start(self.folder, *arguments, environ=ENVIRON)

    def send(self) -> Running:
        """A mailing that is under way."""
        sending = self.start("send", SLUG, "--yes", "--json")
        wait_for(lambda: len(self.server.accepted_so_far()) > 3, "the mailing is under way")
        return sending

    def accepted(self) -> list[str]:
        accepted = self.server.accepted(self.folder)
        assert len(accepted) == len(set(accepted))
        return accepted

    def fates(self) -> dict[str, tuple[str, str]]:
        """Of all readers, with the reason; those not under way yet last."""
        with opened(self.folder) as project:
            traces = {address: explain(project, address, SLUG).mailings[0] for address in READERS}
        in_order = sorted(traces.items(), key=lambda trace: trace[1].position or 0)
        return {address: (trace.fate, trace.code) for address, trace in in_order}


@pytest.fixture
def desk(launcher: Launcher, server: Callable[..., Server], tmp_path: Path) -> Desk:
    return Desk(launcher, server("smtp", SLOW), tmp_path / "newsletter")


def test_pause_and_resume(desk: Desk) -> None:
    sending = desk.send()
    pause = desk.run("pause")
    assert pause.code == 0, pause
    paused = sending.wait()
    assert paused.code == 3
    assert paused.json["state"] == "paused"
    accepted = desk.accepted()
    assert len(accepted) == paused.json["accepted"] < MAILABLE
    assert paused.json["uncertain"] == 0
    assert desk.run("status", "--json").json == paused.json
    resumed = desk.run("resume", "--json")
    assert resumed.code == 0
    assert resumed.json["state"] == "finished"
    assert len(desk.accepted()) == resumed.json["accepted"] == MAILABLE


def test_cancel(desk: Desk) -> None:
    sending = desk.send()
    cancel = desk.run("cancel", "--yes")
    assert cancel.code == 0, cancel
    cancelled = sending.wait()
    assert cancelled.code == 0, cancelled
    assert cancelled.json["state"] == "cancelled"
    assert cancelled.json["pending"] == cancelled.json["uncertain"] == 0
    accepted = desk.accepted()
    assert len(accepted) == cancelled.json["accepted"] < MAILABLE
    fates = desk.fates()
    assert {address for address, fate in fates.items() if fate == ("accepted", "")} == {*accepted}
    withdrawn = [address for address, fate in fates.items() if fate == ("withdrawn", "cancelled")]
    assert len(withdrawn) == cancelled.json["withdrawn"] > 0
    refused = desk.run("resume", MAILING)
    assert refused.code == 1
    assert "was cancelled" in refused.stderr
    assert desk.accepted() == accepted


def test_a_killed_cancel_can_be_repeated(desk: Desk) -> None:
    desk.run("send", SLUG, "--yes", "--limit=20")
    for number in (1, 2):
        desk.run("cancel", "--yes", kill=Kill("before", "commit", number))
        assert desk.run("status", "--json").json["pending"] == len(READERS) - 20
    assert desk.run("status", "--json").json["state"] == "cancelled"
    assert desk.run("resume", MAILING).code == 1
    assert desk.run("cancel", "--yes").code == 0
    cancelled = desk.run("status", "--json").json
    assert (cancelled["state"], cancelled["withdrawn"]) == ("cancelled", len(READERS) - 20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sender_finishes_what_is_under_way(number: signal.Signals, desk: Desk) -> None:
    sending = desk.send()
    sending.signal(number)
    stopped = sending.wait()
    assert stopped.code == 130
    assert f"`dispatch resume {MAILING}` goes on" in stopped.stderr
    assert stopped.json["state"] == "stopped"
    assert stopped.json["uncertain"] == 0
    assert len(desk.accepted()) == stopped.json["accepted"] < MAILABLE
    resumed = desk.run("resume", "--json")
    assert (resumed.code, resumed.json["state"]) == (0, "finished")
    assert len(desk.accepted()) == resumed.json["accepted"] == MAILABLE


def test_a_second_interrupt_ends_at_once_as_a_crash_would(desk: Desk) -> None:
    sending = desk.send()
    sending.signal(signal.SIGINT)
    wait_for(lambda: "Once more ends at once" in sending.stderr, "the first is heard")
    with suppress(ProcessLookupError):  # the call under way is short
        sending.signal(signal.SIGINT)
    assert sending.wait().code in (-signal.SIGINT, 130)
    resumed = desk.run("resume", "--json")
    accepted = desk.accepted()
    assert resumed.json["uncertain"] <= 1
    assert resumed.json["accepted"] <= len(accepted) <= resumed.json["accepted"] + resumed.json["uncertain"]
    assert resumed.json["pending"] == 0


def test_a_limit_pauses_after_so_many(desk: Desk) -> None:
    limited = desk.run("send", SLUG, "--yes", "--json", "--limit=20")
    assert limited.code == 3
    assert limited.json["state"] == "paused"
    assert limited.json["audience"] == len(READERS)
    assert limited.json["accepted"] + limited.json["refused"] == 20
    assert limited.json["pending"] == len(READERS) - 20
    assert len(desk.accepted()) == limited.json["accepted"]
    assert desk.run("resume", "--json").json["accepted"] == len(desk.accepted()) == MAILABLE


@pytest.fixture
def serve(desk: Desk) -> Iterator[str]:
    """The address of the newsletter's web service."""
    service = desk.start("serve", "--port", "0")
    wait_for(lambda: "http://" in service.stderr, "the service opens its port")
    yield service.stderr.partition("http://")[2].split()[0]
    service.signal(signal.SIGTERM)
    service.wait()


def leave(host: str, desk: Desk, address: str) -> int:
    """One click in a mail client; the status of the answer."""
    with opened(desk.folder) as project:
        token = sign_token(project.ring, "unsubscribe", project.store.id_of(address), MAILING)
    parts = urlsplit(f"//{host}")
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
    body = "List-Unsubscribe=One-Click"
    connection.request("POST", f"/u/{token}", body, {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_whoever_leaves_in_the_middle_is_withdrawn(serve: str, desk: Desk) -> None:
    sending = desk.send()
    order = [address for address in desk.fates() if address not in REFUSED]
    got_it, same_row, next_row = order[1], order[45], order[-1]
    assert [leave(serve, desk, address) for address in (got_it, same_row, next_row)] == [200, 200, 200]
    crossed = len(desk.server.accepted_so_far())
    assert crossed < 40, "the machine was too slow for this test"
    finished = sending.wait()
    assert finished.code == 0
    assert finished.json["withdrawn"] == 2
    assert finished.json["accepted"] == MAILABLE - 2
    assert {*desk.accepted()} == {*order} - {same_row, next_row}
    fates = desk.fates()
    assert fates[got_it] == ("accepted", "")
    assert fates[same_row] == fates[next_row] == ("withdrawn", "unsubscribed")
    why = desk.run("why", same_row)
    assert why.code == 0
    assert "withdrawn" in why.stdout
    assert "unsubscribed" in why.stdout
