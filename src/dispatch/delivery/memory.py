"""Keeps the memory that one call gave back for the next: to get it anew takes longer than to fill it."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_KEPT = 16 * 1024 * 1024
"""Bytes for each thread; glibc comes to as much by itself once a block of half of it was given back."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h

_LIVING = 50_000
"""Objects that come to be before Python looks for garbage among them: a dozen calls of a thousand people."""


@contextmanager
def kept_memory() -> Iterator[None]:
    """Spare calls within the block what their memory costs besides being filled.

    A call to Mailgun needs a few blocks of 0.8 MB for a moment, which came fresh from the system, page by page: 3 of the
    30 µs that a recipient took. And it makes thousands of objects, for the sake of which Python looked for garbage among
    them, and through all that dispatch consists of, again and again: 5 µs more. So within the block it leaves alone what
    is there already, and looks seldom.
    """
    _keep_blocks()
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_LIVING, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _keep_blocks() -> None:
    """Have this process keep what its threads give back, up to a bound; nothing where the C library is not glibc."""
    with suppress(AttributeError, OSError, TypeError):  # musl and macOS have no mallopt; Windows has no CDLL(None)
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _KEPT)
        mallopt(_TRIM_THRESHOLD, _KEPT)
