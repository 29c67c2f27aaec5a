"""Merge fields on their way through the compiler: alphanumeric stand-ins, found again at its end."""

from __future__ import annotations

import hashlib
import re

from dispatch.errors import InvalidIssue
from dispatch.rendering.compiled import Context, Slot

MOST_FIELDS = 1000  # three digits


class Sentinels:
    """The stand-ins of one compilation: `zq<nonce>x<number>qz`, one for each field with its fallback.

    Letters and digits, since nothing else survives mrml and premailer in every context (measured: `{{name}}` fails in
    style attributes, `{{ name }}` in URLs, private-use characters in all attributes).
    """

    def __init__(self, *contents: str) -> None:
        self.nonce = _nonce(contents)
        self.pattern = re.compile(f"zq{self.nonce}x([0-9]{{3}})qz")
        self._numbers: dict[tuple[str, str], int] = {}

    def stand_in(self, name: str, fallback: str) -> str:
        """The stand-in for a merge field."""
        number = self._numbers.setdefault((name, fallback), len(self._numbers))
        if number >= MOST_FIELDS:
            raise InvalidIssue(f"an issue may hold {MOST_FIELDS} different merge fields, and this one holds more")
        return f"zq{self.nonce}x{number:03}qz"

    def slot(self, stand_in: str, context: Context) -> Slot:
        """The merge field behind a stand-in."""
        name, fallback = self._field(stand_in)
        return Slot(name, fallback, context)

    def found_in(self, text: str) -> list[str]:
        """All stand-ins in a text, in order."""
        return [match[0] for match in self.pattern.finditer(text)]

    def shown(self, text: str) -> str:
        """The text as it reads for somebody of whom nothing is known: with the fallbacks."""
        return self.pattern.sub(lambda match: self._field(match[0])[1], text)

    def _field(self, stand_in: str) -> tuple[str, str]:
        return list(self._numbers)[int(stand_in[-5:-2])]


def _nonce(contents: tuple[str, ...]) -> str:
    """Six hex digits out of the contents, so that the same issue compiles to the same bytes; never one they hold."""
    digest = hashlib.sha256("\0".join(contents).encode("utf-8", "surrogatepass"))
    while True:
        nonce = digest.hexdigest()[:6]
        if not any(f"zq{nonce}" in content for content in contents):
            return nonce
        digest.update(b"again")
