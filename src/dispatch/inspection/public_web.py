"""Asks web servers for what the world can see, and never one on this machine or in a private network."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Url, parse_url

IpAddress = IPv4Address | IPv6Address

_HEADERS = {"User-Agent": "dispatch-newsletter (checks the links of an issue)", "Accept": "*/*"}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: the last 32 bits are an IPv4 address
# What Python 3.11 takes for global, or had better not (the IANA special-purpose address registries).
_NOT_PUBLIC: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890: protocol assignments
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: local NAT64
    IPv6Network("2001::/32"),  # RFC 4380: Teredo
    IPv6Network("3fff::/20"),  # RFC 9637: documentation
    IPv6Network("5f00::/16"),  # RFC 9602: segment routing
    IPv6Network("fec0::/10"),  # RFC 3879: site-local
)
_PORTS = frozenset({80, 443})
_MOST_ADDRESSES = 3


class NotAsked(Exception):
    """The address leads where no program should be sent; says where, to follow “the link …”."""


class NoAnswer(Exception):
    """Nobody answered; says why, to follow “the link …”."""


@dataclass(frozen=True)
class Reply:
    """What a server says at once."""

    status: int
    location: str  # where it points to; empty: nowhere


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public internet, also where it is but the wrapping of another one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def addresses_of(host: str) -> list[IpAddress]:
    """The addresses of a host as this machine resolves it; raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


class PublicWeb:
    """Sends single requests. Every address of the host has to be public, and it is to them that the bytes go.

    So no name that changes its address between question and connection (DNS rebinding) leads elsewhere. Proxies of the
    environment are not used: they would resolve the name again. Threads may share one.
    """

    def __init__(
        self,
        *,
        seconds: float = 10,
        resolve: Callable[[str], Sequence[IpAddress]] = addresses_of,
        allowed: Callable[[IpAddress], bool] = is_public,
        ports: Container[int] = _PORTS,
        authorities: str = "",
    ) -> None:
        """Wait `seconds` to connect and again for an answer; `authorities` is a file of certificates (certifi's)."""
        self._timeout = Timeout(connect=seconds, read=seconds)
        self._seconds = seconds
        self._resolve = resolve
        self._allowed = allowed
        self._ports = ports
        self._tls = ssl.create_default_context(cafile=authorities or DEFAULT_CA_BUNDLE_PATH)

    def ask(self, method: str, url: str) -> Reply:
        """Send a request and read the head of the answer. Raises NotAsked and NoAnswer; redirects are not followed."""
        try:
            target = parse_url(url)
        except LocationParseError:
            raise NoAnswer("is no web address") from None
        if target.scheme not in {"http", "https"} or not target.host:
            raise NotAsked(f"leads on to {target.scheme or 'nothing'}:, which is not the web")
        addresses = self._public_addresses(target.host.strip("[]"))
        if target.port is not None and target.port not in self._ports:
            raise NotAsked(f"leads to port {target.port}, which is none of the web")
        trouble: NoAnswer | None = None
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                return self._ask_at(address, method, target)
            except (HTTPError, OSError) as error:
                trouble = NoAnswer(self._why(error))
        raise trouble or NoAnswer("has a host without an address")

    def _public_addresses(self, host: str) -> Sequence[IpAddress]:
        try:
            addresses = self._resolve(host)
        except (OSError, UnicodeError):
            raise NoAnswer(f"has a host that the DNS does not know: {host}") from None
        for address in addresses:
            if not self._allowed(address):
                raise NotAsked(f"leads to {address}, which is no public address")
        return addresses

    def _ask_at(self, address: IpAddress, method: str, target: Url) -> Reply:
        """A connection of its own, to this address and no other; the name stands in TLS and in the Host header."""
        place = f"[{address}]" if address.version == 6 else str(address)
        name = str(target.host).strip("[]")
        if target.scheme == "https":
            pool: HTTPConnectionPool = HTTPSConnectionPool(
                place, target.port or 443, timeout=self._timeout, ssl_context=self._tls, server_hostname=name
            )
        else:
            pool = HTTPConnectionPool(place, target.port or 80, timeout=self._timeout)
        with pool:
            headers = {**_HEADERS, "Host": f"{target.host}:{target.port}" if target.port else str(target.host)}
            answer = pool.urlopen(
                method,
                target.request_uri,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
            answer.close()
            return Reply(answer.status, answer.headers.get("Location", ""))

    def _why(self, error: Exception) -> str:
        match error:
            case SSLError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
                return "has no valid certificate"
            case NewConnectionError():  # to urllib3 one kind of ConnectTimeoutError
                return "cannot be reached: there is no connection to it"
            case ReadTimeoutError() | ConnectTimeoutError():
                return f"does not answer within {self._seconds:g} seconds"
            case _:
                return "breaks off before it has answered"
