"""DKIM keys as they are published (RFC 6376 §3.6.1, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from dispatch.inspection.tags import read_tags

_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


@dataclass(frozen=True)
class PublishedKey:
    """What a receiver reads at `<selector>._domainkey.<domain>`."""

    algorithm: str  # rsa | ed25519
    bits: int  # 0: revoked
    testing: bool  # t=y: a signature counts for nothing yet

    @property
    def revoked(self) -> bool:
        """Whether the record says that this key signs no more."""
        return self.bits == 0


def read_key(record: str) -> PublishedKey:
    """The key in a record; raises ValueError with what makes receivers pass it over."""
    tags = read_tags(record)
    if "v" in tags and (tags["v"] != "DKIM1" or next(iter(tags)) != "v"):
        raise ValueError("v=DKIM1 has to stand first")
    if "p" not in tags:
        raise ValueError("it has no key: p= is missing")
    if "h" in tags and "sha256" not in tags["h"].split(":"):
        raise ValueError(f"it does not allow sha256 (h={tags['h']}), and nobody verifies sha1 (RFC 8301 §3.1)")
    if not {"*", "email"} & {service.strip() for service in tags.get("s", "*").split(":")}:
        raise ValueError(f"it is not for mail (s={tags['s']})")
    algorithm = tags.get("k", "rsa").lower()
    testing = "y" in tags.get("t", "").split(":")
    try:
        key = base64.b64decode("".join(tags["p"].split()), validate=True)
    except binascii.Error:
        raise ValueError("its p= is not Base64: perhaps a part was lost when it was copied") from None
    match algorithm:
        case _ if not key:
            return PublishedKey(algorithm, 0, testing)
        case "rsa":
            return PublishedKey(algorithm, _modulus_bits(key), testing)
        case "ed25519" if len(key) == 32:
            return PublishedKey(algorithm, 256, testing)
        case _:
            raise ValueError(f"its p= is no key of the kind k={algorithm}")


def _modulus_bits(key: bytes) -> int:
    """The size of an RSA key, as SubjectPublicKeyInfo (RFC 5280) or as RSAPublicKey (RFC 8017) in DER."""
    try:
        fields = _inside(key, _SEQUENCE)
        if fields[0] == _SEQUENCE:  # the algorithm's name; the key is in the bit string behind it
            _, rest = _element(fields)
            fields = _inside(_inside(rest, _BIT_STRING)[1:], _SEQUENCE)
        return int.from_bytes(_inside(fields, _INTEGER)).bit_length()
    except IndexError:
        raise ValueError("its p= is no RSA key: perhaps a part was lost when it was copied") from None


def _inside(der: bytes, tag: int) -> bytes:
    """What the first element holds, which has to be of that kind."""
    if der[0] != tag:
        raise IndexError
    return _element(der)[0]


def _element(der: bytes) -> tuple[bytes, bytes]:
    """What the first element holds, and what comes behind it; raises IndexError where it is cut off."""
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start])
    if start + length > len(der):
        raise IndexError
    return der[start : start + length], der[start + length :]
