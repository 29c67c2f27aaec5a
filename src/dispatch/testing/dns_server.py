"""A name server for tests: answers from a zone's text over UDP and TCP, and misbehaves where told to."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from socketserver import BaseRequestHandler, BaseServer, ThreadingTCPServer, ThreadingUDPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zonefile

_UDP_OCTETS = 512  # RFC 1035 §4.2.1
_LONGEST_ALIAS = 8


class DnsServer:
    """Serves a zone on 127.0.0.1, one `port` for both transports, from `with` on.

    `zone` is text as in a zone file, with absolute names and without `$ORIGIN`; what it does not name is NXDOMAIN.
    `faults` says of a name (with a full stop at its end) how it is answered instead: `SERVFAIL`, `REFUSED`, … or
    `silence`. `asked` are the questions as they came: transport, name and type.
    """

    def __init__(self, zone: str = "", faults: Mapping[str, str] | None = None) -> None:
        self.faults = dict(faults or {})
        self.asked: list[tuple[str, str, str]] = []
        self._sets: list[dns.rrset.RRset] = []
        self.add(zone)
        tcp, udp = self._listen()
        self._servers: tuple[BaseServer, ...] = (tcp, udp)
        self.port = tcp.port

    def add(self, zone: str) -> None:
        """Serve this as well."""
        self._sets += dns.zonefile.read_rrsets(zone, rdclass=None, default_ttl=60)

    def __enter__(self) -> Self:
        self._threads = [Thread(target=server.serve_forever, args=(0.02,), daemon=True) for server in self._servers]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, wire: bytes, transport: str) -> bytes | None:
        """What goes back for a question; None for nothing."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        self.asked.append((transport, question.name.to_text(), dns.rdatatype.to_text(question.rdtype)))
        fault = self.faults.get(question.name.to_text())
        if fault == "silence":
            return None
        response = dns.message.make_response(query)
        if fault:
            response.set_rcode(dns.rcode.from_text(fault))
        else:
            self._fill(response, question.name, question.rdtype)
        try:
            return response.to_wire(max_size=_UDP_OCTETS if transport == "udp" else 65535)
        except dns.exception.TooBig:
            response.answer.clear()
            response.flags |= dns.flags.TC
            return response.to_wire()

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        response.flags |= dns.flags.AA | dns.flags.RA
        for _ in range(_LONGEST_ALIAS):
            here = [found for found in self._sets if found.name == name]
            response.answer += [found for found in here if found.rdtype == kind]
            alias = next((found for found in here if found.rdtype == dns.rdatatype.CNAME != kind), None)
            if alias is None:
                break
            response.answer.append(alias)
            name = alias[0].target
        if not any(found.name.is_subdomain(name) for found in self._sets):
            response.set_rcode(dns.rcode.NXDOMAIN)

    def _listen(self) -> tuple[_TcpServer, _UdpServer]:
        """TCP takes any free port; UDP has to get the same one."""
        while True:
            tcp = _TcpServer(self)
            with suppress(OSError):
                return tcp, _UdpServer(self, tcp.port)
            tcp.server_close()


class _TcpServer(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, owner: DnsServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Tcp)
        self.port: int = self.socket.getsockname()[1]


class _UdpServer(ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, owner: DnsServer, port: int) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Udp)


class _Udp(BaseRequestHandler):
    server: _UdpServer
    request: tuple[bytes, socket.socket]
    client_address: Any

    def handle(self) -> None:
        wire, back = self.request
        answer = self.server.owner.answer(wire, "udp")
        if answer is not None:
            back.sendto(answer, self.client_address)


class _Tcp(BaseRequestHandler):
    """RFC 1035 §4.2.2: each message behind its length in two octets."""

    server: _TcpServer
    request: socket.socket

    def handle(self) -> None:
        with self.request.makefile("rb") as incoming:
            while head := incoming.read(2):
                answer = self.server.owner.answer(incoming.read(*struct.unpack("!H", head)), "tcp")
                if answer is None:
                    return
                self.request.sendall(struct.pack("!H", len(answer)) + answer)
