"""Characters that no text may contain, in a file as they are or brought in by an escape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.yaml_source.hints import Hint
from dispatch.yaml_source.nodes import Scalar
from dispatch.yaml_source.offsets import character_spans

# What a text may not contain: C0 controls but tab and line ends, DEL and C1, the line and paragraph separators (YAML
# 1.1 breaks lines there, YAML 1.2 and editors do not), stray byte order marks, surrogates, noncharacters.
_FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_FORBIDDEN_IN_FILE = re.compile(f"[{_FORBIDDEN}]+")
_FORBIDDEN_IN_VALUE = re.compile(f"[{_FORBIDDEN}\r]+")


def forbidden(text: str, start: int) -> Iterator[Hint]:
    """Those that stand in a file's text from `start` on."""
    return (_forbidden(match.start(), match[0]) for match in _FORBIDDEN_IN_FILE.finditer(text, start))


def with_stand_ins(text: str) -> str:
    """The text with a harmless character for each, so that what else is wrong can be told in the same run."""
    return _FORBIDDEN_IN_FILE.sub(lambda match: "\ufffd" * len(match[0]), text)


def escaped(text: str, scalar: Scalar) -> Iterator[Hint]:
    """Those that an escape in double quotes brings in."""
    if scalar.style == '"' and (found := list(_FORBIDDEN_IN_VALUE.finditer(scalar.value))):
        spans = character_spans(text, scalar)
        yield from (_forbidden(spans[match.start()][0], match[0]) for match in found)


def _forbidden(index: int, characters: str) -> Hint:
    first = f"U+{ord(characters[0]):04X}"
    if len(characters) == 1:
        return Hint(index, f"an invisible character that no text may contain ({first})", "Delete it.")
    message = f"{len(characters):,} invisible characters that no text may contain (the first is {first})"
    return Hint(index, message, "Delete them.")
