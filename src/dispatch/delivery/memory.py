"""Keeps the memory that one call gave back for the next: to get it anew takes longer than to fill it."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_KEPT = 16 * 1024 * 1024
"""Bytes for each thread; glibc comes to as much by itself once a block of half of it was given back."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


def keep_memory() -> None:
    """Have this process keep what its threads give back, up to a bound; nothing where the C library is not glibc.

    A call to Mailgun needs a few blocks of 0.8 MB for a moment. Each came fresh from the system, page by page, which was
    3 of the 30 µs that a recipient takes.
    """
    with suppress(AttributeError, OSError, TypeError):  # musl and macOS have no mallopt; Windows has no CDLL(None)
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _KEPT)
        mallopt(_TRIM_THRESHOLD, _KEPT)
