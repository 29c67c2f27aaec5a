"""Who is let in: this machine, under its own name, with the token; and nobody may write but the desk's own page."""

from __future__ import annotations

import base64
import hmac
import re
import socket

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dispatch.preview.door import Door
from preview.client import Preview


def test_only_loopback_is_listened_on(quiet: Preview) -> None:
    # All of 127.0.0.0/8 is this machine: a server on every address would answer here.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", quiet.port), timeout=5)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machines_names_are_answered(quiet: Preview, name: str) -> None:
    assert quiet.ask("", headers={"Host": f"{name}:{quiet.port}"}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "127.0.0.1:{port}.example",
        "",
    ],
)
def test_another_host_name_is_misdirected(quiet: Preview, host: str) -> None:
    answer = quiet.ask("", headers={"Host": host.format(port=quiet.port)})
    assert (answer.status, answer.text) == (421, "This is the preview of another address.\n")


def test_the_port_of_http_need_not_be_named() -> None:
    def is_let_in(host: str, port: int) -> bool:
        scope = {"type": "http", "method": "GET", "path": "/t/", "headers": [(b"host", host.encode())]}
        return not Door(PlainTextResponse(), port=port, token="t", edit_token="e")._refusal(Request(scope))

    assert is_let_in("localhost", 80)
    assert is_let_in("localhost:80", 80)
    assert not is_let_in("localhost", 81)
    assert not is_let_in("localhost.example", 80)


@pytest.mark.parametrize(
    "path", ["/", "/mail", "/static/desk.js", "/{short}/", "/x{token}/", "//{token}/", "/{upper}/"]
)
def test_without_the_token_there_is_nothing_to_see(quiet: Preview, path: str) -> None:
    target = path.format(token=quiet.token, short=quiet.token[:-1], upper=quiet.token.swapcase())
    answer = quiet.ask_raw(target)
    assert answer.status == 403
    assert quiet.token not in answer.text


def test_the_token_cannot_be_guessed(quiet: Preview) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", quiet.token)
    key = (quiet.folder / ".dispatch" / "preview.key").read_text().strip()
    assert base64.urlsafe_b64encode(hmac.digest(key.encode(), b"preview", "sha256")[:18]).decode() == quiet.token


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost:1"])
def test_other_origins_may_not_even_ask_for_more_than_reading(quiet: Preview, method: str, origin: str | None) -> None:
    assert quiet.ask("mail", method, headers={"Origin": origin} if origin else None).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_but_an_edit_can_be_posted_by_anybody(quiet: Preview, method: str) -> None:
    for path in ("", "mail", "events", "issues", "findings", "people", "texts", "media/x.png", "send", "edit/"):
        answer = quiet.ask(path, method, headers={"Origin": f"http://127.0.0.1:{quiet.port}"})
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "target", ["*", "edit", "/{token}/edit%3F", "/{token}/edit%2F", "/{token}%2Fedit/", "/{token}//edit"]
)
def test_no_odd_address_is_one_that_may_be_posted_to(quiet: Preview, target: str) -> None:
    headers = {"Origin": f"http://127.0.0.1:{quiet.port}", "Content-Type": "application/json"}
    for method in ("POST", "OPTIONS"):
        assert quiet.ask_raw(target.format(token=quiet.token), method, headers).status in {400, 403, 405}


@pytest.mark.parametrize("path", ["edit", "proposal"])
def test_edits_are_posted(quiet: Preview, path: str) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = quiet.ask(path, method, headers={"Origin": f"http://127.0.0.1:{quiet.port}"})
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert quiet.ask(path).status == 405


def test_no_page_elsewhere_may_read_an_answer(quiet: Preview) -> None:
    for path in ("", "mail", "issues", "people"):
        answer = quiet.ask(path, headers={"Origin": "https://evil.example"}, issue="tides")
        assert [name for name in answer.headers if name.startswith("access-control")] == []
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
