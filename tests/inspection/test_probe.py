"""The probe: only a service with our keys and our database, which answers itself, proves that readers can leave."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme
import uvicorn
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dispatch.database.database import Database
from dispatch.errors import SendRefused
from dispatch.inspection.probe import probe_unsubscribe
from dispatch.messages.tokens import KeyRing, probe_proof, read_token
from dispatch.rendering.theme import NewsletterFacts
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.app import create_app
from dispatch.web.server import configuration, listen

OURS = KeyRing(["the key of this newsletter, which is long enough"])
ROTATED = KeyRing(
    ["a newer key of this newsletter, which is long enough", "the key of this newsletter, which is long enough"]
)
THEIRS = KeyRing(["the key of another newsletter, which is long enough"])

ANY_TOKEN = re.compile("/u/.*")


class Service(NamedTuple):
    """A running service."""

    url: str
    store: SubscriberStore


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[KeyRing], Service]]:
    """Starts the real service with these keys; gives its unsubscribe URL and the store of its database."""
    stop: list[Callable[[], None]] = []

    def start(ring: KeyRing) -> Service:
        running = serving(ring, tmp_path_factory.mktemp("newsletter"))
        started = running.__enter__()
        stop.append(lambda: running.__exit__(None, None, None))
        return started

    yield start
    for end in stop:
        end()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubscriberStore]:
    """The store of whoever asks, in a database that no service has."""
    with opened(tmp_path_factory.mktemp("sender")) as database:
        yield store_of(database, OURS)


def opened(folder: Path) -> closing[Database]:
    """The database of a newsletter folder."""
    return closing(Database.open("sqlite:///.dispatch/dispatch.db", folder=folder))


def store_of(database: Database, ring: KeyRing) -> SubscriberStore:
    """Its subscribers."""
    return SubscriberStore(database, lambda: datetime.now(UTC), ring.id_key)


@contextmanager
def serving(ring: KeyRing, folder: Path) -> Iterator[Service]:
    """The web service in a thread."""
    with opened(folder) as database:
        store = store_of(database, ring)
        app = create_app(
            database=database,
            store=store,
            ring=ring,
            media=folder,
            newsletter=NewsletterFacts(name="Crossings"),
            mailings=list,
        )
        with listen("127.0.0.1", 0) as listener:
            server = uvicorn.Server(configuration(app))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            yield Service(f"http://127.0.0.1:{listener.getsockname()[1]}/u/", store)
            server.should_exit = True
            thread.join()
        assert next(store.candidates(), None) is None
        with database.reading() as connection:
            for table in ("suppression", "subscriber_event"):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
            assert not connection.exec_driver_sql("SELECT name FROM setting WHERE name LIKE 'probe%'").all()


def test_our_own_service_proves_itself(service: Callable[[KeyRing], Service]) -> None:
    url, store = service(OURS)
    for _ in range(3):
        probe_unsubscribe(url, OURS, store)


def test_a_service_that_has_the_newer_key_already(service: Callable[[KeyRing], Service]) -> None:
    url, store = service(ROTATED)
    probe_unsubscribe(url, OURS, store)


def test_a_service_that_does_not_have_the_newer_key_yet(service: Callable[[KeyRing], Service]) -> None:
    url, store = service(OURS)
    with pytest.raises(SendRefused, match="HTTP 404"):
        probe_unsubscribe(url, ROTATED, store)


def test_the_service_of_another_newsletter(service: Callable[[KeyRing], Service], store: SubscriberStore) -> None:
    with pytest.raises(SendRefused, match="is not the unsubscribe service of this newsletter") as refused:
        probe_unsubscribe(service(THEIRS).url, OURS, store)
    assert "same `keys`" in str(refused.value)


def test_our_own_service_on_another_machine(service: Callable[[KeyRing], Service], store: SubscriberStore) -> None:
    """It has the keys and would answer readers, but who leaves there is not known where mail is sent from."""
    with pytest.raises(SendRefused, match="another database") as refused:
        probe_unsubscribe(service(OURS).url, OURS, store)
    assert "on one machine" in str(refused.value)


def proof(request: Request) -> str:
    """What our service would answer."""
    return probe_proof(OURS, request.path.rpartition("/")[2])


ANSWERS: dict[str, Callable[[Request], Response]] = {
    "a page": lambda _: Response("<h1>You have been unsubscribed</h1>"),
    "nothing": lambda _: Response(""),
    "a proof of something else": lambda _: Response('{"proof": "00"}'),
    "a proof that is a number": lambda _: Response('{"proof": 1}'),
    "a proof in another alphabet": lambda _: Response('{"proof": "\u00e9"}'),
    "a list": lambda _: Response("[]"),
    "JSON that is cut off": lambda _: Response('{"proof": "'),
    "an echo": lambda request: Response(f'{{"proof": "{request.path.rpartition("/")[2]}"}}'),
    "a redirect": lambda request: Response("", 308, {"Location": request.url}),
    "the proof, but not with 200": lambda request: Response(f'{{"proof": "{proof(request)}"}}', 202),
    "the proof of an error": lambda request: Response(f'{{"proof": "{proof(request)}"}}', 500),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_what_proves_nothing(what: str, httpserver: HTTPServer, store: SubscriberStore) -> None:
    httpserver.expect_request(ANY_TOKEN).respond_with_handler(ANSWERS[what])
    with pytest.raises(SendRefused, match="is not the unsubscribe service"):
        probe_unsubscribe(httpserver.url_for("/u/"), OURS, store)


def test_it_asks_as_a_mail_program_would(httpserver: HTTPServer, store: SubscriberStore) -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    def answer(request: Request) -> Response:
        asked.append((request.path, request.form.to_dict()))
        return Response(f'{{"proof": "{proof(request)}"}}')

    httpserver.expect_request(ANY_TOKEN, method="POST").respond_with_handler(answer)
    probe_unsubscribe(httpserver.url_for("/u/"), OURS, store)
    probe_unsubscribe(httpserver.url_for("/u/"), OURS, store)
    assert [form for _, form in asked] == [{"List-Unsubscribe": "One-Click"}] * 2
    tokens = [path.rpartition("/")[2] for path, _ in asked]
    assert {read_token(OURS, token).purpose for token in tokens} == {"probe"}
    assert len(set(tokens)) == 2, "an answer that was recorded proves nothing"


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 64}.example"])
def test_a_host_that_no_name_can_be(host: str, store: SubscriberStore) -> None:
    with pytest.raises(SendRefused, match="nobody can leave"):
        probe_unsubscribe(f"http://{host}/u/", OURS, store)


def test_nobody_is_there(store: SubscriberStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SendRefused, match="there is no connection to it") as refused:
        probe_unsubscribe(f"http://127.0.0.1:{port}/u/", OURS, store)
    assert "dispatch serve" in str(refused.value)


def test_a_certificate_that_is_not_valid(store: SubscriberStore) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with (
        HTTPServer(ssl_context=context) as server,
        pytest.raises(SendRefused, match="its certificate is not valid"),
    ):
        probe_unsubscribe(server.url_for("/u/"), OURS, store)


def test_silence(store: SubscriberStore) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(SendRefused, match=r"does not answer within 0\.1 seconds"),
    ):
        probe_unsubscribe(f"http://127.0.0.1:{silent.getsockname()[1]}/u/", OURS, store, seconds=0.1)
