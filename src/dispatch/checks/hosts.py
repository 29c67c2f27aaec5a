"""Hosts that work on the author's machine or network, and nowhere else."""

from __future__ import annotations

import ipaddress

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


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
