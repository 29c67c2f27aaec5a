"""Signed texts: links by which people leave, probes of our own service, references that events bring back."""

from __future__ import annotations

import base64
import copy
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from dispatch.config.signing_key import MIN_LENGTH
from dispatch.errors import InvalidConfig

Purpose = Literal["unsubscribe", "test", "probe"]

_PURPOSES: tuple[Purpose, ...] = ("unsubscribe", "test", "probe")  # the index stands in tokens for ever: only append
_VERSION = 0x10
_KEY_ID = 4  # octets
_SUBSCRIBER = 16
_TAG = 5
_BLOCK = 64  # octets of SHA-256
_MAC = 16  # 128 bits (RFC 8058 §3.1: "hard to forge")
TOKEN_LENGTH = 56  # characters
_TOKEN_TEXT = re.compile(
    rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}"
)  # 42 octets: no padding, and only one spelling of each token
_REFERENCE = re.compile(r"(.+)\.([1-9][0-9]*)\.([0-9a-f]{20})", re.ASCII)


class InvalidToken(Exception):
    """The text is not one that we signed. Says nothing more, so that nothing can be echoed."""


@dataclass(frozen=True)
class Token:
    """What a signed link says."""

    purpose: Purpose
    subscriber_id: str  # 32 hex digits
    mailing_tag: str  # see mailing_tag()


@dataclass(frozen=True)
class Reference:
    """Which message of which mailing an event speaks of."""

    mailing: str
    position: int


@dataclass(frozen=True)
class _Key:
    id: bytes
    secret: bytes = field(repr=False)
    _begun: dict[bytes, tuple[Any, Any]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, secret: str) -> _Key:
        """The key with the name by which tokens call it, which tells nothing about the key."""
        return cls(cls(b"", secret.encode()).mac(b"key id", b"")[:_KEY_ID], secret.encode())

    def mac(self, use: bytes, message: bytes) -> bytes:
        """HMAC-SHA256 for one use: what was signed for another use never verifies (32 octets)."""
        return self.macs(use, (message,))[0]

    def macs(self, use: bytes, messages: Iterable[bytes]) -> list[bytes]:
        """The same for many.

        RFC 2104 §2 and §4: both hashes are begun once. Python's own HMAC takes twice as long to copy.
        """
        begun = self._begun.get(use)
        if begun is None:
            begun = self._begun[use] = self._begin(use)
        macs = []
        begin_inner, begin_outer = begun[0].copy, begun[1].copy
        for message in messages:
            inner, outer = begin_inner(), begin_outer()
            inner.update(message)
            outer.update(inner.digest())
            macs.append(outer.digest())
        return macs

    def _begin(self, use: bytes) -> tuple[Any, Any]:
        """The two hashes of RFC 2104, up to the message."""
        block = (self.secret if len(self.secret) <= _BLOCK else sha256(self.secret).digest()).ljust(_BLOCK, b"\0")
        inner, outer = (sha256(bytes(octet ^ pad for octet in block)) for pad in (0x36, 0x5C))
        inner.update(use + b"\0")
        return inner, outer


class KeyRing:
    """The newsletter's keys: the first signs, all verify, the last and oldest one derives subscribers' ids."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Take the keys, newest first; raises InvalidConfig without any, or with one that could be guessed."""
        remedy = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        if not secrets:
            raise InvalidConfig("There is no key to sign links with", remedy=remedy)
        if any(len(secret) < MIN_LENGTH for secret in secrets):
            raise InvalidConfig(f"A key in `keys` is shorter than {MIN_LENGTH} characters", remedy=remedy)
        self._keys = tuple(map(_Key.of, secrets))
        self._signer = self._keys[0]
        self.id_key = self._keys[-1].mac(b"subscriber id", b"")

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys, signing with {self.key_id})"

    @property
    def key_id(self) -> str:
        """What the signing key is called (8 hex digits)."""
        return self._signer.id.hex()

    def signing_with(self, key_id: str) -> KeyRing:
        """The same keys with another one signing: a mailing goes on under the key that it was frozen with.

        Without this a resumed mailing would get other links and Message-IDs than those already handed over.
        """
        signer = next((key for key in self._keys if key.id.hex() == key_id), None)
        if signer is None:
            raise InvalidConfig(
                f"The key {key_id}, which signed this mailing, is no longer among `keys`",
                remedy="Put it back behind the new key: links in mail that was sent need it for ever.",
            )
        ring = copy.copy(self)
        ring._signer = signer  # noqa: SLF001 - its own
        return ring

    def sign(self, use: bytes, message: bytes) -> bytes:
        """The signing key's MAC over a message for one use (32 octets)."""
        return self._signer.mac(use, message)

    def sign_all(self, use: bytes, messages: Iterable[bytes]) -> list[bytes]:
        """The same for many."""
        return self._signer.macs(use, messages)

    def macs(self, use: bytes, message: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Each key's id (4 octets) with its MAC over a message for one use (32 octets)."""
        return ((key.id, key.mac(use, message)) for key in self._keys)


@lru_cache(maxsize=64)
def mailing_tag(mailing: str) -> str:
    """The short name of a mailing inside a token (10 hex digits)."""
    return sha256(mailing.encode()).hexdigest()[: 2 * _TAG]


def sign_token(ring: KeyRing, purpose: Purpose, subscriber_id: str, mailing: str) -> str:
    """A token for the end of a URL: 56 letters of base64url, the same for the same input, without an end date.

    RFC 8058 §3.1: it carries all that is needed, is opaque and hard to forge; the address is not in it.
    `subscriber_id` is 32 hex digits; a probe puts a random number in its place.
    """
    return sign_tokens(ring, purpose, (subscriber_id,), mailing)[0]


def sign_tokens(ring: KeyRing, purpose: Purpose, subscriber_ids: Iterable[str], mailing: str) -> list[str]:
    """The same for many."""
    before, after = _token_frame(ring.key_id, purpose, mailing)
    people = bytes.fromhex("".join(subscriber_ids))
    contents = [before + people[at : at + _SUBSCRIBER] + after for at in range(0, len(people), _SUBSCRIBER)]
    macs = ring.sign_all(b"token", contents)
    # 42 octets are 56 letters without padding, wherever they stand.
    signed = b"".join([content + mac[:_MAC] for content, mac in zip(contents, macs, strict=True)])
    text = base64.urlsafe_b64encode(signed).decode()
    return [text[start : start + TOKEN_LENGTH] for start in range(0, len(text), TOKEN_LENGTH)]


@lru_cache(maxsize=64)
def _token_frame(key_id: str, purpose: Purpose, mailing: str) -> tuple[bytes, bytes]:
    """What stands before and after the subscriber's id in a token."""
    kind = bytes([_VERSION + _PURPOSES.index(purpose)])
    return kind + bytes.fromhex(key_id), bytes.fromhex(mailing_tag(mailing))


def read_token(ring: KeyRing, text: str) -> Token:
    """What a token says, if one of our keys signed it; raises InvalidToken."""
    content, mac = _parts(text)
    key_id, rest = content[1 : 1 + _KEY_ID], content[1 + _KEY_ID :]
    signed = any(
        candidate == key_id and hmac.compare_digest(expected[:_MAC], mac)
        for candidate, expected in ring.macs(b"token", content)
    )
    kind = content[0] - _VERSION
    if not signed or not 0 <= kind < len(_PURPOSES):
        raise InvalidToken
    return Token(_PURPOSES[kind], rest[:_SUBSCRIBER].hex(), rest[_SUBSCRIBER:].hex())


def probe_proof(ring: KeyRing, text: str) -> str:
    """What only a service that holds our keys can answer to a probe token (64 hex digits); raises InvalidToken."""
    content, _ = _parts(text)
    for key_id, mac in ring.macs(b"probe", text.encode()):
        if key_id == content[1 : 1 + _KEY_ID]:
            return mac.hex()
    raise InvalidToken


def message_reference(ring: KeyRing, mailing: str, position: int) -> str:
    """`<slug>.<n>.<position>.<mac>`: travels with a message as the provider's metadata, comes back in its events.

    80 bits of MAC: a forged event or bounce cannot point at somebody who got no such message.
    """
    return message_references(ring, mailing, (position,))[0]


def message_references(ring: KeyRing, mailing: str, positions: Iterable[int]) -> list[str]:
    """The same for many."""
    subjects = [f"{mailing}.{position}" for position in positions]
    macs = ring.sign_all(b"reference", map(str.encode, subjects))
    return [f"{subject}.{mac[:10].hex()}" for subject, mac in zip(subjects, macs, strict=True)]


def read_reference(ring: KeyRing, text: str) -> Reference:
    """Which message a reference means, if one of our keys signed it; raises InvalidToken."""
    match = _REFERENCE.fullmatch(text)
    if not match:
        raise InvalidToken
    mailing, position, mac = match.groups()
    subject = f"{mailing}.{position}".encode()
    if not any(hmac.compare_digest(expected.hex()[:20], mac) for _, expected in ring.macs(b"reference", subject)):
        raise InvalidToken
    return Reference(mailing, int(position))


def message_ids(ring: KeyRing, nonce: str, positions: Iterable[int], domain: str) -> list[str]:
    """The Message-IDs of recipients in a mailing, with angle brackets: the same at each attempt, unlike any other's.

    Gmail slows senders that repeat Message-IDs (421 4.7.28), and readers tell a second copy by it.
    """
    macs = ring.sign_all(b"message id", [f"{nonce}.{position}".encode() for position in positions])
    return [f"<{mac[:16].hex()}@{domain}>" for mac in macs]


def _parts(text: str) -> tuple[bytes, bytes]:
    """What was signed and the MAC, of a text that has the shape of a token."""
    if not _TOKEN_TEXT.fullmatch(text):
        raise InvalidToken
    raw = base64.urlsafe_b64decode(text)
    return raw[:-_MAC], raw[-_MAC:]
