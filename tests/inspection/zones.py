"""Keys as they stand in the DNS, for tests."""

from __future__ import annotations

import base64


def _element(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2)
    return bytes([tag]) + size + content


def rsa_key(bits: int, *, wrapped: bool = True) -> str:
    """A public RSA key in Base64, as SubjectPublicKeyInfo or, not `wrapped`, as RSAPublicKey. It is nobody's."""
    modulus = _element(2, b"\0" + ((1 << bits) - 1).to_bytes(bits // 8))
    key = _element(0x30, modulus + _element(2, b"\1\0\1"))
    if wrapped:
        algorithm = _element(0x30, bytes.fromhex("06092a864886f70d010101") + b"\5\0")
        key = _element(0x30, algorithm + _element(3, b"\0" + key))
    return base64.b64encode(key).decode()


def txt(name: str, value: str) -> str:
    """A TXT record, in strings of 250 characters: none may have more than 255 (RFC 1035 §3.3.14)."""
    strings = " ".join(f'"{value[start : start + 250]}"' for start in range(0, max(1, len(value)), 250))
    return f"{name}. IN TXT {strings}\n"
