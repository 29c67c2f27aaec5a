"""What was found in texts before, kept in a file: an engine reads a text once for as long as both stay the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from dispatch.files import write_whole
from dispatch.inspection.proofreading.engine import Answer, Failure, Match

MOST_TEXTS = 5_000
MOST_BYTES = 2_000_000
"""Of the file; beyond either the texts that were not looked at for longest are forgotten."""

_SIEVE = "6"
"""Rises when what is told of an engine's matches changes (sieve.py, prose.py, english*.py)."""


def key_of(edition: str, language: str, text: str) -> str:
    """By what a text's matches are known again."""
    return sha256(f"{_SIEVE}\0{edition}\0{language}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Kept:
    """Answers by key. A file that cannot be read is as good as none, and one that cannot be written does no harm."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: tuple[tuple[int, int, int], dict[str, Answer]] = ((0, 0, 0), {})

    def read(self) -> dict[str, Answer]:
        """All that is kept, what was looked at last at the end; the file is read again when it is another one."""
        try:
            stat = self._file.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._known[0] != stamp:
                kept = json.loads(self._file.read_bytes())
                known = {str(key): _answer(answer) for key, answer in kept.items()}
                self._known = (stamp, known)
            return dict(self._known[1])
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    def add(self, found: Mapping[str, Answer]) -> None:
        """Keep what was found, as what was looked at last, beside what is there and within bounds."""
        others = {key: answer for key, answer in self.read().items() if key not in found}
        lines = [json.dumps({key: answer}, default=asdict)[1:-1] for key, answer in (others | dict(found)).items()]
        size, first = 0, len(lines)
        while first and size + len(lines[first - 1]) < MOST_BYTES and len(lines) - first < MOST_TEXTS:
            first -= 1
            size += len(lines[first]) + 2
        try:
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            write_whole(self._file, ("{" + ",\n".join(lines[first:]) + "}\n").encode())
        except OSError:
            return


def _answer(read: object) -> Answer:
    """An answer of the file; TypeError, ValueError or KeyError where it is none."""
    if isinstance(read, list):
        return [_match(each) for each in read]
    if not isinstance(read, dict):
        raise TypeError("neither matches nor a failure")
    return Failure(str(read["cause"]), again=bool(read["again"]))


def _match(read: Mapping[str, Any]) -> Match:
    """A match of the file; TypeError, ValueError or KeyError where it is none."""
    offset, length = read["offset"], read["length"]
    if type(offset) is not int or type(length) is not int or offset < 0 or length < 1:
        raise ValueError("no place in a text")
    return Match(
        offset=offset,
        length=length,
        message=str(read["message"]),
        replacements=[str(each) for each in read["replacements"]],
        rule=str(read["rule"]),
        issue_type="misspelling" if read["issue_type"] == "misspelling" else "grammar",
    )
