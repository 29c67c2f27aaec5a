"""The headers of a mailing list: who sends it, and the way out (RFC 2369, 2919, 8058), never encoded."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, urlsplit

from dispatch.errors import InvalidConfig
from dispatch.messages.template import MessageTemplate

_ONE_CLICK = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")  # RFC 8058 §3.1: exactly so
_URL = re.compile(r"https?://[!-+\--;=?-~]{1,500}")  # printable US-ASCII without what parts URLs here: , < >
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 §3.2.3


def list_id(name: str, domain: str) -> str:
    """`Name <slug.domain>` (RFC 2919): the newsletter's name for programs, which must not change in its life.

    A name that US-ASCII cannot write is left out: the identifier is what filters go by, and it is never encoded.
    """
    identifier = f"<{_slug(name)}.{domain}>"
    if _PHRASE.fullmatch(name) and "=?" not in name:
        return f"{name} {identifier}"
    return identifier


def feedback_id(issue: str, name: str, domain: str) -> str:
    """`issue:list:newsletter:sender` for Gmail's Feedback Loop (support.google.com/mail/answer/6254652, 2026-11).

    The sender's part is mandatory, 5 to 15 characters, the same in all mail of a domain. Gmail counts each part by
    itself, so no two may ever be equal: hence the endings.
    """
    sender = f"d{sha256(domain.encode()).hexdigest()[:11]}"
    return f"{_slug(issue)}-issue:{_slug(name)}-list:newsletter:{sender}"


def unsubscribe_link(template: MessageTemplate, token: str) -> str:
    """Where one person leaves."""
    return f"{template.unsubscribe_url.rstrip('/')}/{token}"


def list_unsubscribe(template: MessageTemplate, token: str) -> str:
    """The value of List-Unsubscribe: the HTTPS address first (RFC 8058 §3.1), then by mail (RFC 2369 §3.2)."""
    link = f"<{unsubscribe_link(template, token)}>"
    if not template.unsubscribe_mailto:
        return link
    return f"{link}, <{_mailto(template.unsubscribe_mailto)}?subject=unsubscribe%20{token}>"


def common_headers(template: MessageTemplate) -> tuple[tuple[str, str], ...]:
    """All list headers that are the same for everybody in a mailing; raises InvalidConfig for unusable addresses.

    No Auto-Submitted: somebody wrote this issue (RFC 3834 §5.2). Precedence and X-Auto-Response-Suppress keep
    holiday notices from answering.
    """
    _require_way_out(template.unsubscribe_url)
    headers = [_ONE_CLICK, ("List-Id", template.list_id)]
    for name, url in (("List-Help", template.help_url), ("List-Archive", template.archive_url)):
        if url:
            headers.append((name, f"<{_plain_url(url, name)}>"))
    headers += [
        ("List-Owner", f"<{_mailto((template.reply_to or template.from_).address)}>"),
        ("Feedback-ID", template.feedback_id),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    return tuple(headers)


def _require_way_out(url: str) -> None:
    _plain_url(url, "unsubscribe.url")
    if not url.startswith("https:") and urlsplit(url).hostname not in _LOOPBACK:
        raise InvalidConfig(
            f"{url} cannot be the way out of a newsletter: one-click unsubscribe needs https (RFC 8058 §3.1)",
            remedy="Give `unsubscribe: {url: https://…/u/}` in dispatch.yaml.",
        )


def _plain_url(url: str, what: str) -> str:
    if not _URL.fullmatch(url):
        raise InvalidConfig(
            f"{url!r} cannot stand in a message header ({what})",
            remedy="Write an http(s) URL of at most 500 characters, without spaces, commas, < and >, and all in ASCII.",
        )
    return url


@lru_cache(maxsize=64)
def _mailto(address: str) -> str:
    return f"mailto:{quote(address, safe='@!$*+-._~')}"  # RFC 6068 §2


def _slug(name: str) -> str:
    """Lower-case letters, digits and hyphens: what may stand in a List-Id and between a Feedback-ID's colons."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return slug or sha256(name.encode()).hexdigest()[:12]
