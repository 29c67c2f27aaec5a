"""The way out: every POST works, no GET does, and a 200 is on disk."""

from __future__ import annotations

import html
import json
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count

import pytest

from dispatch.database.database import Database
from dispatch.messages.tokens import KeyRing, probe_proof, sign_token
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.wording import wording_for
from web.client import Service, person, token
from web.service import KEY

NUMBERS = count(1000)
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    {"Content_Type": "multipart/form-data; boundary=b"},
)
URLENCODED = (b"List-Unsubscribe=One-Click", {"Content_Type": "application/x-www-form-urlencoded"})


@pytest.fixture
def number() -> int:
    return next(NUMBERS)


@pytest.mark.parametrize(
    ("body", "headers", "query", "slash"),
    [
        (*MULTIPART, "", ""),
        (*URLENCODED, "", ""),
        (*URLENCODED, "", "/"),
        (*URLENCODED, "?utm_source=x&token=y", ""),
        (*URLENCODED, "?", "/"),
        (b"", {}, "", ""),
        (None, {}, "", ""),
        (b"something else", {}, "", ""),
        (b'{"a": 1}', {"Content_Type": "application/json"}, "", ""),
        (b"--broken", {"Content_Type": "multipart/form-data"}, "", ""),
        (b"\xff\xfe\0", {"Content_Type": "text/plain; charset=nonsense"}, "", ""),
        (URLENCODED[0], {**URLENCODED[1], "Origin": "https://mail.example", "Sec_Fetch_Site": "cross-site"}, "", ""),
        (URLENCODED[0], {**URLENCODED[1], "Cookie": "session=1", "Authorization": "Basic eDp5"}, "", ""),
        (URLENCODED[0], {"Expect": "100-continue"}, "", ""),
        (b"x" * 100_000, {}, "", ""),
    ],
)
def test_a_post_in_any_shape_unsubscribes(
    service: Service,
    number: int,
    body: bytes | None,
    headers: dict[str, str],
    query: str,
    slash: str,
) -> None:
    answer = service.ask("POST", f"/u/{token(number)}{slash}{query}", body, **headers)
    assert answer.status == 200
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert service.suppressions()[person(number)] == "one-click grain.1"
    assert "You have left GEOPOLITIKS &lt;&amp; friends&gt;." in answer.text.replace("<bdi>", "").replace("</bdi>", "")


def test_a_post_in_chunks_unsubscribes(service: Service, number: int) -> None:
    with socket.create_connection((service.host, service.port), timeout=30) as connection:
        connection.sendall(
            f"POST /u/{token(number)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            + b"10\r\nList-Unsubscribe\r\na\r\n=One-Click\r\n0\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    assert person(number) in service.suppressions()


def test_looking_shows_a_page_with_one_button_and_changes_nothing(service: Service, number: int) -> None:
    before = service.events()
    for path in (f"/u/{token(number)}", f"/u/{token(number)}/", f"/u/{token(number)}?List-Unsubscribe=One-Click"):
        page = service.ask("GET", path)
        assert page.status == 200
        assert page.text.count("<form") == page.text.count("<button") == 1
        assert '<form method="post"><button>Unsubscribe</button></form>' in page.text
        head = service.ask("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(page.body))
    assert person(number) not in service.suppressions()
    assert service.events() == before


def test_the_page_lets_nothing_out(service: Service, number: int) -> None:
    secret = token(number)
    page = service.ask("GET", f"/u/{secret}")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert page.headers["x-content-type-options"] == "nosniff"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert secret not in page.text
    assert "http" not in page.text


LANGUAGES = {"fr-CA": ("fr", "ltr"), "de": ("de", "ltr"), "ar": ("ar", "rtl"), "": ("en", "ltr"), "eo": ("en", "ltr")}


def test_every_page_is_in_the_language_of_the_subscriber_or_of_the_newsletter(start: Callable[..., Service]) -> None:
    service = start()
    addresses = {language: f"{language or 'none'}@example.org" for language in LANGUAGES}
    lines = (f"{address},{language}" for language, address in addresses.items())
    file = service.folder / "subscribers.csv"
    file.write_text("\n".join(["email,language", *lines]), encoding="utf-8")
    with service.store() as store:
        store.sync_file(file)
        people = {language: store.id_of(address) for language, address in addresses.items()}
    for language, (spoken, direction) in LANGUAGES.items():
        wording = wording_for(spoken)
        link, test = (
            f"/u/{sign_token(KeyRing([KEY]), purpose, people[language], 'grain.1')}"
            for purpose in ("unsubscribe", "test")
        )
        for method, path, notice in (
            ("GET", link, wording.ask),
            ("POST", test, wording.test),
            ("POST", link, wording.left),
            ("POST", link, wording.left),
        ):
            page = service.ask(method, path, Accept_Language="it")
            assert f'<html lang="{spoken}" dir="{direction}">' in page.text
            assert f"<p>{html.escape(notice.text)}</p>" in page.text
        assert f"<button>{wording.button}</button>" in service.ask("GET", link).text


def test_a_thousand_scanners_change_nothing(service: Service, number: int) -> None:
    before = service.events()

    def scan(attempt: int) -> int:
        agent = ["Mozilla/5.0", "BarracudaCentral", "GoogleImageProxy", ""][attempt % 4]
        path = f"/u/{token(number)}{'/' * (attempt % 3 == 0)}{'?x=1' * (attempt % 5 == 0)}"
        status: int = service.ask("HEAD" if attempt % 2 else "GET", path, User_Agent=agent).status
        return status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(scan, range(1000))) == {200}
    assert service.events() == before
    assert person(number) not in service.suppressions()


def test_a_hundred_posts_at_once_all_succeed_and_change_one_thing(service: Service, number: int) -> None:
    before = service.events()
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: service.ask("POST", f"/u/{token(number)}", *URLENCODED[:1]), range(100)))
    assert [answer.status for answer in answers] == [200] * 100
    assert service.events() == before + 1


def test_sigkill_after_a_200_loses_nothing(start: Callable[..., Service]) -> None:
    service = start()
    assert service.ask("POST", f"/u/{token(5)}", URLENCODED[0]).status == 200
    service.process.send_signal(signal.SIGKILL)
    assert service.process.wait() == -signal.SIGKILL
    database = Database.open("sqlite:///.dispatch/dispatch.db", folder=service.folder)
    try:
        store = SubscriberStore(database, lambda: datetime.now(UTC), KeyRing([KEY]).id_key)
        assert store.suppressed([person(5)]) == {person(5): "unsubscribed"}
    finally:
        database.close()


def test_a_database_that_cannot_be_written_is_a_503_and_never_a_200(start: Callable[..., Service]) -> None:
    service = start("4000")  # octets: no file may be written beyond, so no page of a database
    answer = service.ask("POST", f"/u/{token(6)}", URLENCODED[0])
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    assert "You are still on the list" in answer.text
    assert service.suppressions() == {}
    assert service.ask("GET", f"/u/{token(6)}").status == 200
    assert token(6) not in service.log
    assert "could not be recorded" in service.log
    assert "Traceback" not in service.log


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    "bad",
    ["x", "A" * 56, "A" * 5000, "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%00", "..%2f..%2fdispatch.yaml", "%E2%80%AE"],
)
def test_a_bad_token_gets_one_constant_page(service: Service, method: str, bad: str) -> None:
    before = service.events()
    answer = service.ask(method, f"/u/{bad}", b"List-Unsubscribe=One-Click" if method == "POST" else None)
    assert answer.status == 404
    if method != "HEAD":
        assert answer.body == service.ask("GET", "/u/another").body
        assert "script" not in answer.text
    assert service.events() == before


def test_a_token_cut_off_or_of_another_key_is_bad(service: Service, number: int) -> None:
    stranger = sign_token(
        KeyRing(["the key of somebody else, which is long enough"]), "unsubscribe", person(number), "grain.1"
    )
    for bad in (token(number)[:-1], token(number) + "x", stranger, token(number).swapcase()):
        assert service.ask("POST", f"/u/{bad}").status == 404
    assert person(number) not in service.suppressions()


def test_a_test_message_shows_the_page_and_changes_nothing(service: Service, number: int) -> None:
    link = f"/u/{token(number, 'test')}"
    assert "Unsubscribe</button>" in service.ask("GET", link).text
    answer = service.ask("POST", link, URLENCODED[0])
    assert answer.status == 200
    assert "This was a test." in answer.text
    assert person(number) not in service.suppressions()


def test_a_probe_gets_the_proof_and_changes_nothing(service: Service, number: int) -> None:
    probe = token(number, "probe")
    with service.store() as store, store.expecting(person(number)):
        answer = service.ask("POST", f"/u/{probe}", URLENCODED[0])
    assert answer.status == 200
    assert json.loads(answer.body) == {"proof": probe_proof(KeyRing([KEY]), probe)}
    assert person(number) not in service.suppressions()
    unexpected = service.ask("POST", f"/u/{probe}", URLENCODED[0])
    assert unexpected.status == 409
    assert "proof" not in unexpected.text


def test_only_a_body_of_more_than_a_mebibyte_is_refused(service: Service, number: int) -> None:
    assert service.ask("POST", f"/u/{token(number)}", b"x" * 2**20).status == 200
    other = next(NUMBERS)
    with socket.create_connection((service.host, service.port), timeout=30) as connection:
        connection.sendall(f"POST /u/{token(other)} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n".encode())
        connection.sendall(b"x" * (2**20 + 1))
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    assert person(other) not in service.suppressions()


def test_a_request_that_breaks_off_changes_nothing_and_leaves_no_traceback(service: Service, number: int) -> None:
    with socket.create_connection((service.host, service.port), timeout=30) as connection:
        connection.sendall(f"POST /u/{token(number)} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList".encode())
    assert service.ask("GET", "/health").status == 200
    assert person(number) not in service.suppressions()
    assert "Traceback" not in service.log


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_told_what_is_allowed(service: Service, number: int, method: str) -> None:
    answer = service.ask(method, f"/u/{token(number)}")
    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert person(number) not in service.suppressions()


def test_no_path_around_the_way_out_redirects(service: Service, number: int) -> None:
    link = token(number)
    for path in (f"/u/{link}//", f"//u/{link}", "/u", "/u/", f"/U/{link}", f"/u/{link}/x", f"/u/{link}/%2F"):
        answer = service.ask("POST", path)
        assert answer.status == 404
        assert "location" not in answer.headers
    assert person(number) not in service.suppressions()


def test_the_log_has_a_line_for_each_request_and_no_token(service: Service, number: int) -> None:
    link = token(number)
    for path in (f"/u/{link}", f"/u/{link}/?x={link}", f"/x/{link}", f"/media/{link}"):
        service.ask("POST", path)
    assert "POST /u/ 200 " in service.log
    assert "POST (elsewhere) 404 " in service.log
    assert link not in service.log
    assert "Traceback" not in service.log
