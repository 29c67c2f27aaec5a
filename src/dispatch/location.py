"""Where in which file something stands, as a person and an editor read it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

# Controls and line ends, and what turns the reading order around (CVE-2021-42574): a terminal obeys them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file: `file:line:column`, both counted from 1; 0 means "not known"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        file = shown_name(self.file)
        if not self.line:
            return file
        if not self.column:
            return f"{file}:{self.line}"
        return f"{file}:{self.line}:{self.column}"


def shown_name(name: str) -> str:
    """The name or path of a file on one line, with escapes in the place of what does not show: anybody may name a file."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def is_showable(name: str) -> bool:
    """Whether all of a name shows."""
    return not _UNSEEN.search(name)
