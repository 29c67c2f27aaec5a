"""What may be shown at all: text without characters that no document or mail may carry."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line ends, lone surrogates, noncharacters. XML 1.0 §2.2 and the HTML Standard
# §13.2.3.5 forbid them; HTML reads &#128; as windows-1252.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# Embeddings, overrides and isolates turn the reading order of what stands around them (Trojan Source, CVE-2021-42574).
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("[\t\r\n\x0b\x0c\x85\u2028\u2029]+")

LONGEST_VALUE = 2000
"""Characters of one person's value that are used; a name is shorter, and so is an unsubscribe URL."""


def legible(text: str) -> str:
    """The author's text without controls, lone surrogates and noncharacters; line ends become `\\n`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSHOWABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))


def legible_value(value: str) -> str:
    """A person's value: one line, without controls and without what turns the reading order around it."""
    if not (value.isascii() and value.isprintable()):
        value = _TURNING.sub("", _UNSHOWABLE.sub("", _LINE_ENDS.sub(" ", value)))
    return value[:LONGEST_VALUE]
