"""Hosts that only the author's machine or network knows, and hosts that pass for others."""

from __future__ import annotations

import ipaddress
import unicodedata

_LOCAL_ENDINGS = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
"""RFC 6761 §6.3 (localhost), RFC 6762 §3 (local), RFC 8375 (home.arpa), ICANN 2024-07-29 (internal), and habits."""


def is_this_machine(host: str) -> bool:
    """Whether the host means the very machine that asks: a link to it is left over from trying things out."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def is_local(host: str) -> bool:
    """Whether only this machine or its own network can know the host."""
    address = _address(host)
    if address is not None:
        return address.is_private or address.is_link_local or address.is_unspecified
    return (bool(host) and "." not in host) or host.endswith(tuple(f".{ending}" for ending in _LOCAL_ENDINGS))


def mixes_alphabets(host: str) -> bool:
    """Whether a label of a domain has letters of alphabets that no language writes together: Latin and Cyrillic."""
    return any(_mixed(_scripts(label)) for label in host.split("."))


_EAST_ASIAN = ({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK"}, {"BOPOMOFO", "CJK"}, {"HANGUL", "CJK"})
"""Beside Latin letters as well (Unicode Technical Standard #39, §5.2, "Highly Restrictive")."""


def _mixed(scripts: set[str]) -> bool:
    return len(scripts) > 1 and not any(scripts - {"LATIN"} <= together for together in _EAST_ASIAN)


def _scripts(label: str) -> set[str]:
    if label.lower().startswith("xn--"):
        try:
            label = label.encode().decode("idna")
        except UnicodeError:
            return set()
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
