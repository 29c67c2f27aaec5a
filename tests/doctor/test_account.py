"""Provider, way out and clock, with real servers on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
import uvicorn
from pytest_httpserver import HTTPServer

from dispatch.database.database import Database
from dispatch.doctor.account import account, clock, way_out
from dispatch.doctor.case import Case
from dispatch.messages.tokens import KeyRing
from dispatch.rendering.theme import NewsletterFacts
from dispatch.subscribers.store import SubscriberStore
from dispatch.testing.databases import PostgresServer
from dispatch.testing.mailgun_server import DOMAIN, SENDING_KEY, MailgunServer
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.web.app import create_app
from dispatch.web.server import configuration, listen
from doctor.conftest import Open
from doctor.looks import look, only, verdicts
from newsletter import KEY, configure


@pytest.fixture
def postmark(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostmarkServer]:
    """The newsletter goes by it."""
    monkeypatch.setenv("DISPATCH_KEY", KEY)
    monkeypatch.setenv("POSTMARK_TOKEN", TOKEN)
    with PostmarkServer(tmp_path / "truth") as server:
        configure(
            folder,
            'keys: ["${DISPATCH_KEY}"]\nprovider: postmark\n'
            f'providers: {{postmark: {{token: "${{POSTMARK_TOKEN}}", base_url: "{server.url}"}}}}\n',
        )
        yield server


# --- the account ---------------------------------------------------------------------------------


def test_the_outbox_is_ready_and_was_not_made(case: Open, folder: Path) -> None:
    assert only(account, case()).verdict == "ok"
    assert not (folder / ".dispatch" / "outbox").exists()


def test_an_account_in_order(case: Open, postmark: PostmarkServer) -> None:
    seen = only(account, case())
    assert (seen.verdict, seen.message) == ("ok", "postmark is ready to carry the mail")
    assert postmark.truth.entries() == []


def test_a_token_that_is_refused(case: Open, postmark: PostmarkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMARK_TOKEN", "another")
    seen = only(account, case())
    assert (seen.verdict, seen.message) == ("error", "Postmark refuses the token")
    assert "server's API token" in seen.hint


def test_settings_there_that_do_not_agree(case: Open, postmark: PostmarkServer) -> None:
    postmark.stream["MessageStreamType"] = "Transactional"
    postmark.stream["ArchivedAt"] = "2026-01-01"
    seen = look(account, case())
    assert verdicts(seen) == ["error", "error"]
    assert "providers.postmark" in seen[0].hint


@pytest.mark.parametrize(
    ("key", "verdict", "told"), [(SENDING_KEY, "warning", "good for sending"), ("another", "error", "HTTP 401")]
)
def test_a_key_that_may_only_send_is_no_bad_key(
    case: Open, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, verdict: str, told: str
) -> None:
    monkeypatch.setenv("DISPATCH_KEY", KEY)
    monkeypatch.setenv("MAILGUN_API_KEY", key)
    with MailgunServer(tmp_path / "truth") as server:
        options = f'{{api_key: "${{MAILGUN_API_KEY}}", domain: {DOMAIN}, base_url: "{server.url}"}}'
        configure(folder, f'keys: ["${{DISPATCH_KEY}}"]\nprovider: mailgun\nproviders: {{mailgun: {options}}}\n')
        seen = only(account, case())
        assert server.truth.entries() == []
    assert (seen.verdict, told in seen.message, bool(seen.hint)) == (verdict, True, True)


# --- the way out ---------------------------------------------------------------------------------


@contextmanager
def serving(case: Case) -> Iterator[str]:
    """The real service of the newsletter, in a thread; gives its unsubscribe URL."""
    database = Database.open(case.config.database, folder=case.config.folder)
    ring = KeyRing([KEY])
    app = create_app(
        database=database,
        store=SubscriberStore(database, lambda: datetime.now(UTC), ring.id_key),
        ring=ring,
        media=case.config.folder,
        newsletter=NewsletterFacts(name="Crossings"),
        mailings=list,
    )
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(configuration(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/u/"
        server.should_exit = True
        thread.join()
    database.close()


def test_readers_can_leave(case: Open, real: Path) -> None:
    with serving(case()) as url:
        configure(real, f"unsubscribe: {{url: '{url}'}}\n")
        local, seen = look(way_out, case())
        assert (seen.verdict, seen.message) == ("ok", f"readers can leave at {url}")
        assert (local.verdict, "only this machine" in local.message) == ("warning", True)


def test_something_else_is_there(case: Open, real: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/u/").respond_with_data("You have left.")
    configure(real, f"unsubscribe: {{url: '{httpserver.url_for('/u/')}'}}\n")
    seen = look(way_out, case())[-1]
    assert (seen.verdict, "is not the unsubscribe service of this newsletter" in seen.message) == ("error", True)


def test_a_probe_that_was_switched_off(case: Open, real: Path) -> None:
    configure(real, "unsubscribe: {probe: false}\n")
    assert only(way_out, case()).verdict == "warning"


def test_without_a_database_there_is_nothing_to_prove(case: Open, real: Path) -> None:
    (real / ".dispatch" / "dispatch.db").unlink()
    seen = only(way_out, case())
    assert (seen.verdict, "there is no database" in seen.message) == ("skipped", True)


def test_a_provider_with_a_way_out_of_its_own(case: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMARK_TOKEN", TOKEN)
    configure(
        folder, 'provider: postmark\nproviders: {postmark: {token: "${POSTMARK_TOKEN}", unsubscribe: provider}}\n'
    )
    assert only(way_out, case()).verdict == "ok"


# --- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "verdict", "says"),
    [
        (0, "ok", "agrees with localhost's"),
        (50, "ok", "agrees"),
        (-3600, "warning", "seconds behind localhost's"),
        (90, "warning", "seconds ahead of localhost's"),
    ],
)
def test_the_web_servers_clock(
    case: Open, real: Path, httpserver: HTTPServer, seconds: int, verdict: str, says: str
) -> None:
    configure(real, f"unsubscribe: {{url: '{httpserver.url_for('/u/')}'}}\n")
    opened = case()
    opened.project.clock = lambda: datetime.now(UTC) + timedelta(seconds=seconds)
    seen = only(clock, opened)
    assert (seen.verdict, says in seen.message) == (verdict, True)


def test_the_clock_of_a_database_server(case: Open, real: Path, postgres: PostgresServer) -> None:
    url = postgres.url(postgres.make())
    Database.open(url, folder=real).close()
    configure(real, f"database: {url}\nunsubscribe: {{url: 'http://127.0.0.1:1/u/'}}\n")
    opened = case()
    opened.project.clock = lambda: datetime.now(UTC) - timedelta(seconds=100)
    seen = look(clock, opened)
    assert verdicts(seen) == ["warning", "skipped"]
    assert "seconds behind the database's" in seen[0].message


def test_the_providers_clock_comes_first(case: Open, postmark: PostmarkServer) -> None:
    assert only(clock, case()).message == "the clock agrees with 127.0.0.1's"


@pytest.mark.parametrize("answer", ["HTTP/1.0 200 Fine", "HTTP/1.0 200 Fine\r\nDate: yesterday", "nonsense", ""])
def test_nobody_tells_the_time(case: Open, real: Path, answer: str) -> None:
    class Answer(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(10_000)
            self.request.sendall(answer.encode() + b"\r\n\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        configure(real, f"unsubscribe: {{url: 'http://127.0.0.1:{server.server_address[1]}/u/'}}\n")
        seen = only(clock, case())
        server.shutdown()
    assert seen.verdict == "skipped"


@pytest.mark.parametrize("examination", [way_out, clock])
def test_the_outbox_needs_neither(case: Open, examination: object) -> None:
    assert only(examination, case()).message == "not looked at: outbox carries no real mail"  # type: ignore[arg-type]
