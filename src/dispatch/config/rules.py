"""The rules that single settings must keep, as pydantic validators: each says what is wrong and what to write."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dispatch.addresses import Mailbox, is_international, normalise_address, normalise_name, parse_mailbox
from dispatch.errors import InvalidAddress
from dispatch.languages.tags import TAG
from dispatch.yaml_model import wrong

T = TypeVar("T")

_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")  # RFC 3986 §2
_RATE = re.compile(r"[1-9][0-9]{0,8}/[smh]")
_FONT = re.compile(r"[\w ,'\"-]+")
_SEGMENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*")


def filled(value: object) -> str:
    """A text that says something."""
    text = _text(value, "Write a text here.")
    if not text:
        raise wrong("this is empty", "Write a text here.")
    return text


def name(value: object) -> str:
    """A name that can stand in a header: on one line, at most 100 characters."""
    return filled(_address_rule(normalise_name, _text(value, "Write the newsletter's name.")))


def mailbox(value: object) -> Mailbox:
    """`Name <name@example.org>`, with an address that every provider carries."""
    parsed = _address_rule(parse_mailbox, _text(value, 'Write: "Name <name@example.org>"'))
    return Mailbox(_carried(parsed.address), parsed.name)


def address(value: object) -> str:
    """`name@example.org`, an address that every provider carries."""
    return _carried(_address_rule(normalise_address, _text(value, "Write: name@example.org")))


def newsletter_url(value: object) -> str:
    """A web address without a slash at its end."""
    return _url(value).rstrip("/")


def unsubscribe_url(value: object) -> str:
    """A web address with a slash at its end, to which a token can be appended."""
    url = _url(value)
    if not url.endswith("/"):
        raise wrong(f"{url!r} does not end in a slash, and a token is appended to it", f"Write: {url}/")
    return url


def language(value: object) -> str:
    """A language tag (BCP 47)."""
    tag = _text(value, "Write a tag like en, fr or pt-BR.")
    if not re.fullmatch(TAG, tag):
        raise wrong(f"{tag!r} is not a language tag (BCP 47)", "Write a tag like en, fr or pt-BR.")
    return tag


def timezone(value: object) -> str:
    """The name of a time zone that this machine knows."""
    zone = _text(value, "Write a name like Europe/Paris.")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise wrong(f"{zone!r} is not a time zone", "Write a name like Europe/Paris or UTC.") from None
    return zone


def colour(value: object) -> str:
    """A colour as #rrggbb."""
    remedy = 'Write it in quotes, accent: "#a3241b"; without them YAML takes what follows # for a comment.'
    text = _text(value, remedy).lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(digit * 2 for digit in text[1:])
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise wrong(f"{text!r} is not a colour", remedy)
    return text


def font(value: object) -> str:
    """A list of fonts as in CSS, which cannot end the declaration it is put into."""
    text = _text(value, "Write font names, parted by commas: Georgia, serif.")
    if not _FONT.fullmatch(text):
        raise wrong(f"{text!r} is not a list of fonts", "Write font names, parted by commas: Georgia, serif.")
    return text


def rate(value: object) -> str:
    """Recipients per second, minute or hour."""
    text = str(value).replace(" ", "")
    if not _RATE.fullmatch(text):
        raise wrong(f"{text!r} is not a rate", "Write recipients per second, minute or hour: 50/s, 600/m or 3600/h.")
    return text


def selector(value: object) -> str:
    """A DKIM selector (RFC 6376 §3.1): one label of a domain name, or several."""
    text = _text(value, "Write what stands behind s= in the DKIM-Signature of a message.").lower()
    if not _SELECTOR.fullmatch(text):
        raise wrong(
            f"{text!r} is not a DKIM selector", "Write what stands behind s= in the DKIM-Signature of a message."
        )
    return text


def reason(value: object) -> str:
    """Why something is allowed, for whoever reads the file next year."""
    text = _text(value, "Write after the colon why this is allowed.")
    if not text:
        raise wrong("there is no reason", "Write after the colon why this is allowed.")
    return text


def segment_name(value: object) -> str:
    """A name that can be typed after --segment."""
    text = str(value)
    if not _SEGMENT.fullmatch(text):
        raise wrong(f"{text!r} cannot be the name of a segment", "Write letters, digits, - and _, a letter first.")
    return text


def not_yet(*values: str) -> Callable[[object], object]:
    """A rule that turns down what is planned and not there."""

    def check(value: object) -> object:
        if value in values:
            raise wrong(f"{value!r} is not available yet", "Leave this setting out.")
        return value

    return check


def nothing_is_empty(value: object) -> object:
    """A heading with nothing below it but comments is null in YAML, and means that nothing is set there."""
    return {} if value is None else value


def _text(value: object, remedy: str) -> str:
    """A text without space around it; a number counts as the text that it was written as."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("this is empty" if value is None else "this is not a text", remedy)
    return str(value).strip()


def _url(value: object) -> str:
    """An https address up to its path; http only where no other machine can listen in."""
    text = _text(value, "Write: https://newsletter.example")
    if not _URL.fullmatch(text):
        raise wrong(f"{text!r} has characters that no URL has", "Write other letters as %C3%A9, in a domain as xn--….")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise wrong(f"{text!r} is not a web address: {error}", "Write: https://newsletter.example") from None
    if parts.scheme not in {"https", "http"} or not host or parts.username is not None:
        raise wrong(f"{text!r} is not a web address", "Write: https://newsletter.example")
    if parts.scheme == "http" and not _loopback(host):
        raise wrong(f"{text!r} is not encrypted", "Write https://; http:// is for localhost only.")
    if "?" in text or "#" in text:
        raise wrong(f"{text!r} has a ? or # in it, and dispatch appends to it", "Write it up to the path only.")
    return text


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _carried(text: str) -> str:
    if is_international(text):
        raise wrong(f"{text!r} has letters before the @ that no provider here carries", "Use one in plain ASCII.")
    return text


def _address_rule(rule: Callable[[str], T], text: str) -> T:
    try:
        return rule(text)
    except InvalidAddress as error:
        raise wrong(error.problems[0].message, error.problems[0].remedy) from None
