"""Is our service behind the unsubscribe URL? Asked before real mail goes out."""

from __future__ import annotations

import hmac
import secrets

import requests
from urllib3.exceptions import HTTPError

from dispatch.errors import SendRefused
from dispatch.messages.tokens import KeyRing, probe_proof, sign_token
from dispatch.subscribers.store import SubscriberStore


def probe_unsubscribe(url: str, ring: KeyRing, store: SubscriberStore, *, seconds: float = 10) -> None:
    """POST a probe token to the unsubscribe URL, as RFC 8058 §3.2 does; it changes nothing there.

    `seconds` is how long it may take to connect, and again to answer.
    Raises SendRefused unless the answer proves that a service which holds our keys and writes into our database is
    behind it: headers that point to nothing, to a page, to a redirect or to another database make a newsletter that
    nobody can leave.
    """
    probe = secrets.token_hex(16)
    token = sign_token(ring, "probe", probe, "probe")
    try:
        with store.expecting(probe):
            answer = requests.post(
                url + token, data={"List-Unsubscribe": "One-Click"}, timeout=seconds, allow_redirects=False
            )
    except (requests.RequestException, HTTPError, UnicodeError) as error:  # the latter two for hosts like a..b
        raise SendRefused(
            f"nobody can leave at {url}: {_reason(error, seconds)}",
            remedy="Run `dispatch serve` behind this address. A new mailing takes the unsubscribe.url of dispatch.yaml.",
        ) from error
    if answer.status_code == requests.codes.conflict:
        raise SendRefused(
            f"the service at {url} has another database than this newsletter folder: "
            "whoever leaves there would be mailed from here",
            remedy="Run `dispatch serve` and `dispatch send` on one machine, with the same database.",
        )
    if answer.status_code != requests.codes.ok or not _proves(answer, ring, token):
        raise SendRefused(
            f"what answers at {url} (HTTP {answer.status_code}) is not the unsubscribe service of this newsletter",
            remedy="Run `dispatch serve` with the same `keys` behind it; it must answer itself, without a redirect.",
        )


def _reason(error: Exception, seconds: float) -> str:
    match error:
        case requests.exceptions.SSLError():
            return "its certificate is not valid"
        case requests.Timeout():
            return f"it does not answer within {seconds:g} seconds"
        case requests.ConnectionError():
            return "there is no connection to it"
        case _:
            return f"it does not answer ({type(error).__name__})"


def _proves(answer: requests.Response, ring: KeyRing, token: str) -> bool:
    try:
        proof = answer.json()["proof"]
    except (ValueError, TypeError, KeyError):
        return False
    return isinstance(proof, str) and hmac.compare_digest(proof.encode(), probe_proof(ring, token).encode())
