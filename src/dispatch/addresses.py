"""Mailboxes (RFC 5322 §3.4): parse, normalise, compare and print them; nothing here asks the network."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from dispatch.errors import InvalidAddress

MAX_NAME = 100
"""Characters of a name."""

_MAX_ADDRESS = 254  # octets; RFC 5321 §4.5.3.1.3 with erratum 1690
_MAX_LOCAL = 64  # octets; RFC 5321 §4.5.3.1.1, which email-validator leaves alone by default
_OUTER_SPACE = " \t\u00a0"  # spreadsheets leave these around a cell; a line break is never innocent

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"  # RFC 5322 §3.2.3
_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORDINARY_ADDRESS = re.compile(
    rf"(?!-)[{_ATEXT}]+(?:\.[{_ATEXT}]+)*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z-]{{0,61}}[A-Za-z])"
)

# Controls, line and paragraph separators, what turns the reading direction round, invisible spaces, surrogates.
# U+200C and U+200D stay: Persian names and families of emoji need them.
_UNSAFE = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff"
_UNSAFE_CHARACTER = re.compile(f"[{_UNSAFE}]")
_HOLDABLE_ADDRESS = re.compile(rf'(?!.*=\?)([^{_UNSAFE}\s<>()\[\],;:"\\@]+)@([^{_UNSAFE}\s<>()\[\],;:"\\@]+)')

_NAMED = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^"<>@]*)\s*<([^<>]*)>\s*', re.DOTALL)
_PLAIN_NAME = r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*"
_PLAIN_ADDRESS = r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9][A-Za-z0-9.-]*"
_PLAIN_HEADER = re.compile(rf"{_PLAIN_NAME} <{_PLAIN_ADDRESS}>|{_PLAIN_ADDRESS}")
_PHRASE = re.compile(rf"[{_ATEXT}\u00a1-\U0010ffff]+(?: [{_ATEXT}\u00a1-\U0010ffff]+)*")


@dataclass(frozen=True)
class Mailbox:
    """An address with the name shown beside it.

    Holds nothing that could break a header: neither part has control characters, and neither has `=?`, because some
    Python 3.11 decode an encoded-word back into a line break when they fold (CVE-2024-6923).
    """

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        if not _HOLDABLE_ADDRESS.fullmatch(self.address):
            raise InvalidAddress(
                f"{_shown(self.address)} is not an address that a message header can hold",
                remedy="Write it like this: name@example.org",
            )
        _refuse_unsafe_name(self.name)

    def __str__(self) -> str:
        return f"{_phrase(self.name)} <{self.address}>" if self.name else self.address


def parse_mailbox(text: str) -> Mailbox:
    """Read `name@example.org`, `Name <name@example.org>` or `"Name, Given" <name@example.org>`.

    One mailbox and no more; raises InvalidAddress. A comma or a full stop in a name needs no quotes here.
    """
    if not set("<>") & set(text) or _UNSAFE_CHARACTER.search(text.strip(_OUTER_SPACE)):
        return Mailbox(normalise_address(text))  # which tells what is unsafe
    match = _NAMED.fullmatch(text)
    if not match:
        raise InvalidAddress(
            f"{_shown(text)} cannot be read as one name with one address",
            remedy='Write: Name <name@example.org>. A name with @, < or > in it needs quotes: "a@b" <name@example.org>.',
        )
    name, address = match.groups()
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1], flags=re.DOTALL)
    return Mailbox(normalise_address(address), normalise_name(name))


def normalise_address(text: str) -> str:
    """One spelling for each address: NFC, the domain as lower-case A-labels (IDNA 2008), the local part as written.

    Raises InvalidAddress with the reason. Stricter than RFC 5321 where mail would not arrive: no quoted local part
    (several providers refuse them), no domain literal, no domain without a dot, no leading hyphen (sendmail takes it
    for an option: Symfony CVE-2026-45068), at most 64 octets before the @ and 254 altogether.
    """
    text = text.strip(_OUTER_SPACE)
    return ordinary_address(text) or _normalise_unusual(text)


def ordinary_address(text: str) -> str | None:
    """The same for an address that a short pattern proves right, as nearly all are; None for any other."""
    if len(text) <= _MAX_ADDRESS and _ORDINARY_ADDRESS.fullmatch(text) and "=?" not in text:
        local, _, domain = text.partition("@")
        if len(local) <= _MAX_LOCAL:
            return f"{local}@{domain.lower()}"
    return None


def ordinary_addresses(texts: Sequence[str]) -> Sequence[str] | None:
    """The same for many, in half the time where all are short and in lower case; None if one of them is another."""
    whole = "".join(texts)
    if max(map(len, texts)) <= _MAX_LOCAL and whole == whole.lower() and "=?" not in whole:
        return texts if all(map(_ORDINARY_ADDRESS.fullmatch, texts)) else None
    addresses = [address for text in texts if (address := ordinary_address(text))]
    return addresses if len(addresses) == len(texts) else None


def address_key(address: str) -> str:
    """What two spellings of one mailbox have in common: the normalised address in lower case.

    RFC 5321 §2.4 allows a host to tell `Joy@` from `joy@`; none that carries a newsletter does, and mailing both
    would be mailing one person twice.
    """
    return unicodedata.normalize("NFC", normalise_address(address).lower())


def is_international(address: str) -> bool:
    """Whether the part before the @ is not ASCII (RFC 6531), which no provider here carries."""
    return not address.rpartition("@")[0].isascii()


def normalise_name(text: str) -> str:
    """A name as it may stand beside an address: NFC, single spaces, at most 100 characters; raises InvalidAddress."""
    name = unicodedata.normalize("NFC", text).strip(_OUTER_SPACE)
    _refuse_unsafe_name(name)
    name = re.sub(r"\s{2,}", " ", name).strip()
    if len(name) > MAX_NAME:
        raise InvalidAddress(f"the name {_shown(name)} is longer than {MAX_NAME} characters", remedy="Shorten it.")
    return name


def format_header(mailbox: Mailbox) -> str:
    """The mailbox as a header value (RFC 5322 §3.4, RFC 2047 §5): US-ASCII, on one line, to be folded at spaces.

    Raises InvalidAddress for an address that ASCII cannot carry; Python's own `email` would write invalid mail.
    """
    if not mailbox.address.isascii():
        raise InvalidAddress(
            f"{_shown(mailbox.address)} has letters before the @ that only SMTPUTF8 (RFC 6531) carries",
            remedy="No provider here takes such an address; ask the subscriber for another one.",
        )
    if not mailbox.name:
        return mailbox.address
    phrase = _phrase(mailbox.name) if mailbox.name.isascii() else encode_words(mailbox.name)
    return f"{phrase} <{mailbox.address}>"


def headers_of(people: Iterable[tuple[str, str]]) -> list[str]:
    """What format_header() gives for each address and name, most often without a Mailbox; raises InvalidAddress."""
    headers = [(f"{name} <{address}>" if name else address, address, name) for address, name in people]
    return [
        header
        if len(header) <= _MAX_ADDRESS and _PLAIN_HEADER.fullmatch(header)
        else format_header(Mailbox(address, name))
        for header, address, name in headers
    ]


def encode_words(text: str) -> str:
    """Text as RFC 2047 encoded-words in UTF-8, parted by single spaces, each at most 66 characters.

    §2 allows 75 in a word and 76 on a line: 66 leave room for `Reply-To: ` before the first one. Whole characters only
    in each word, and only what §5 (3) allows within a phrase.
    """
    quoted = " ".join(
        f"=?utf-8?q?{''.join(map(_q, chunk))}?=" for chunk in _chunks(text, lambda char: len(_q(char)), 54)
    )
    base64ed = " ".join(
        f"=?utf-8?b?{base64.b64encode(chunk.encode()).decode()}?="
        for chunk in _chunks(text, lambda char: len(char.encode()), 39)
    )
    return min(quoted, base64ed, key=len)


def _normalise_unusual(text: str) -> str:
    """The careful way, for what the quick pattern does not know: other alphabets, and mistakes that need a reason."""
    if len(text) > _MAX_ADDRESS:
        raise _not_an_address(text, f"it is longer than {_MAX_ADDRESS} characters")
    if _UNSAFE_CHARACTER.search(text):
        raise _not_an_address(text, "it has a line break, a control character or an invisible character in it")
    if text.startswith("-"):
        raise _not_an_address(text, "it begins with a hyphen, which mail programs take for an option")
    if "=?" in text:
        raise _not_an_address(text, "it has “=?” in it, which is how encoded header text begins")
    if found := _NAMED.fullmatch(text):
        raise _not_an_address(text, f"there is more than the address; write only {_shown(found[2])[1:-1]}")
    if '"' in text:
        raise _not_an_address(text, "the part before the @ is in quotes, which several mail providers refuse")
    try:
        valid = validate_email(text, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise _not_an_address(text, reason[:1].lower() + reason[1:]) from None
    address = f"{valid.local_part}@{valid.ascii_domain.lower()}"
    if len(valid.local_part.encode()) > _MAX_LOCAL:
        raise _not_an_address(text, f"the part before the @ is longer than {_MAX_LOCAL} bytes")
    if len(address.encode()) > _MAX_ADDRESS:
        raise _not_an_address(text, f"it is longer than {_MAX_ADDRESS} bytes")
    return address


def _not_an_address(text: str, reason: str) -> InvalidAddress:
    return InvalidAddress(
        f"{_shown(text)} is not an address to mail to: {reason}", remedy="Write it like this: name@example.org"
    )


def _refuse_unsafe_name(name: str) -> None:
    if _UNSAFE_CHARACTER.search(name):
        raise InvalidAddress(
            f"the name {_shown(name)} has a line break, a control or an invisible character in it",
            remedy="Delete it, and type the name anew.",
        )
    if "=?" in name:
        raise InvalidAddress(
            f"the name {_shown(name)} has “=?” in it, which is how encoded header text begins",
            remedy="Write the name in plain letters; dispatch encodes it.",
        )


def _phrase(name: str) -> str:
    """RFC 5322 §3.2.5: bare words where they may be bare, else a quoted string."""
    if _PHRASE.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _q(char: str) -> str:
    """One character in the Q encoding, with the alphabet that RFC 2047 §5 (3) leaves to a phrase."""
    if char.isascii() and (char.isalnum() or char in "!*+-/"):
        return char
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())


def _chunks(text: str, size: Callable[[str], int], room: int) -> Iterator[str]:
    chunk, used = "", 0
    for char in text:
        if used + size(char) > room:
            yield chunk
            chunk, used = "", 0
        chunk += char
        used += size(char)
    yield chunk


def _shown(text: str) -> str:
    """The text as it may be printed: controls escaped, cut where it gets long."""
    return repr(text if len(text) <= 80 else f"{text[:77]}…")
