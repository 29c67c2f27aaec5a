"""Long output, which is taken from the database in one go and printed when that is free again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def held_back() -> Iterator[TextIO]:
    """Where to write what stdout is to get at the end of the block: a file, for whoever reads it may take their time."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as stream:
        yield stream
        stream.seek(0)
        shutil.copyfileobj(stream, sys.stdout)
