"""Reads the text of a YAML file: its size, its encoding, its characters, its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dispatch.errors import InvalidInput, Problem
from dispatch.yaml_source.document import YamlDocument
from dispatch.yaml_source.hints import Hint
from dispatch.yaml_source.nodes import Scalar
from dispatch.yaml_source.offsets import character_spans
from dispatch.yaml_source.tree import TreeBuilder
from dispatch.yaml_source.values import plain_value

MAX_BYTES = 1024 * 1024
MAX_PROBLEMS = 100

# What a text may not contain: C0 controls but tab and line ends, DEL and C1, the line and paragraph separators (YAML
# 1.1 breaks lines there, YAML 1.2 and editors do not), stray byte order marks, surrogates, noncharacters.
_FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_FORBIDDEN_IN_FILE = re.compile(f"[{_FORBIDDEN}]+")
_FORBIDDEN_IN_VALUE = re.compile(f"[{_FORBIDDEN}\r]+")


def read_yaml(content: str | bytes, file: str) -> YamlDocument:
    """Read a YAML file, or raise InvalidInput with everything that is wrong with it."""
    document = scan_yaml(content, file)
    if document.problems:
        raise InvalidInput.of(document.problems)
    return document


def scan_yaml(content: str | bytes, file: str) -> YamlDocument:
    """Read a YAML file as far as it goes; the document's `problems` tell what is wrong with it."""
    refusal = _refusal(content)
    if refusal:
        return replace(_document(file, "", TreeBuilder("", 0), [refusal]), broken=True)
    text, hints = _decode(content)
    start = 1 if text.startswith("\ufeff") else 0
    hints += [_forbidden(match.start(), match[0]) for match in _FORBIDDEN_IN_FILE.finditer(text, start)]
    # Stand-ins of the same length let the reading go on, so that what else is wrong is told in the same run.
    readable = _FORBIDDEN_IN_FILE.sub(lambda match: "\ufffd" * len(match[0]), text[start:])
    builder = TreeBuilder(text[:start] + readable, start)
    builder.build()
    hints += builder.hints
    for scalar in builder.scalars:
        hints += _escaped_controls(text, scalar)
    return _document(file, text, builder, hints)


def _refusal(content: str | bytes) -> Hint | None:
    """Why a file is not read at all."""
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return Hint(0, f"the file is {size:,} bytes long; at most {MAX_BYTES:,} are read", "Split it in several files.")
    if isinstance(content, bytes) and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Hint(0, "the file is encoded as UTF-16", "Save it as UTF-8.")
    return None


def _decode(content: str | bytes) -> tuple[str, list[Hint]]:
    """The text of a file; where it is not UTF-8, with U+FFFD in place of what is not."""
    if isinstance(content, str):
        return content, []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        index = len(content[: error.start].decode("utf-8"))
        hint = Hint(index, f"the byte 0x{content[error.start]:02X} is not UTF-8", "Save the file as UTF-8.")
        return content.decode("utf-8", errors="replace"), [hint]


def _document(file: str, text: str, builder: TreeBuilder, hints: list[Hint]) -> YamlDocument:
    document = YamlDocument(file, text, builder.root, plain_value(builder.root))
    firsts = {hint.index: hint for hint in reversed(hints)}  # one place, one problem: what follows comes of the first
    told = sorted(firsts.values(), key=lambda hint: hint.index)
    if len(told) > MAX_PROBLEMS:
        message = f"from here on there are {len(told) - MAX_PROBLEMS:,} more problems"
        told = [*told[:MAX_PROBLEMS], Hint(told[MAX_PROBLEMS].index, message, "Mend those above first.")]
    problems = tuple(Problem(hint.message, document.place(hint.index), hint.remedy) for hint in told)
    return replace(document, problems=problems, broken=builder.broken)


def _forbidden(index: int, characters: str) -> Hint:
    first = f"U+{ord(characters[0]):04X}"
    if len(characters) == 1:
        return Hint(index, f"an invisible character that no text may contain ({first})", "Delete it.")
    message = f"{len(characters):,} invisible characters that no text may contain (the first is {first})"
    return Hint(index, message, "Delete them.")


def _escaped_controls(text: str, scalar: Scalar) -> Iterator[Hint]:
    """Forbidden characters that an escape in double quotes brings in."""
    if scalar.style == '"' and (found := list(_FORBIDDEN_IN_VALUE.finditer(scalar.value))):
        spans = character_spans(text, scalar)
        yield from (_forbidden(spans[match.start()][0], match[0]) for match in found)
