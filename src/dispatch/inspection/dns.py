"""Asks the DNS, and tells what is not there from what could not be found out."""

from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.name
import dns.resolver
from dns.rdata import Rdata
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT


class DnsTrouble(Exception):
    """The name servers did not tell: SERVFAIL, silence, a name that none can have. Says why, in a sentence."""


class NoSuchName(Exception):
    """The name is not in the DNS, nor is anything below it (NXDOMAIN, RFC 8020)."""


class Resolver:
    """Asks name servers, over TCP where an answer is too long for UDP. Threads may share one."""

    def __init__(self, nameservers: Sequence[str] = (), *, port: int = 53, seconds: float = 4.0) -> None:
        """Ask these servers, or those of this machine; `seconds` is for one question with all its repeats."""
        self._nameservers = nameservers
        self._port = port
        self._seconds = seconds
        self._cache = dns.resolver.LRUCache()

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, the strings of each joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2); none is no error."""
        try:
            found = self.records(name, "TXT")
        except NoSuchName:
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found if isinstance(record, TXT)]

    def mail_hosts(self, name: str) -> dict[str, int]:
        """The MX records of a name: host to preference, the host of a null MX being "."; raises NoSuchName."""
        found = self.records(name, "MX")
        return {
            record.exchange.to_text(omit_final_dot=True): record.preference
            for record in found
            if isinstance(record, MX)
        }

    def has_address(self, name: str) -> bool:
        """Whether a name has an address, of either kind."""
        try:
            return bool(self.records(name, "A") or self.records(name, "AAAA"))
        except NoSuchName:
            return False

    def records(self, name: str, kind: str) -> list[Rdata]:
        """The records of one kind, aliases followed; raises NoSuchName and DnsTrouble."""
        try:
            resolver = self._resolver()
            answer = resolver.resolve(dns.name.from_text(name), kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            raise NoSuchName(name) from None
        except dns.resolver.NoResolverConfiguration:
            raise DnsTrouble("this machine knows no name server (/etc/resolv.conf)") from None
        except dns.resolver.NoNameservers as error:
            codes = sorted({str(entry[3]) for entry in error.kwargs.get("errors", ())})
            raise DnsTrouble(f"the name servers do not tell about {name}: {', '.join(codes) or 'no answer'}") from None
        except dns.exception.Timeout:
            raise DnsTrouble(f"no name server tells about {name} within {self._seconds:g} seconds") from None
        except (dns.exception.DNSException, OSError) as error:
            raise DnsTrouble(f"the DNS cannot be asked about {name}: {error}") from None
        return list(answer.rrset or ())

    def _resolver(self) -> dns.resolver.Resolver:
        """One for each question: they keep what they try next."""
        resolver = dns.resolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        resolver.lifetime = self._seconds
        resolver.timeout = self._seconds / 3  # for one try at one server
        resolver.cache = self._cache
        return resolver
