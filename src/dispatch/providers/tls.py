"""Nothing leaves unencrypted: which hosts may do without TLS, and which failures no waiting mends."""

from __future__ import annotations

import ssl
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or address alone: DNS is not asked, it may lie."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_hopeless(error: BaseException | None) -> bool:
    """Whether a failed connection means a wrong setting: a certificate that does not hold, no TLS on that port."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
            return True
        error = error.__cause__ or error.__context__
    return False


def innermost(error: BaseException) -> str:
    """What went wrong underneath: `Connection refused`, not the four layers of libraries around it."""
    while deeper := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        error = deeper
    return str(error) or type(error).__name__
