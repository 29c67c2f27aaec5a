"""Reads the text of a YAML file: its size, its encoding, its characters, its structure."""

from __future__ import annotations

from dataclasses import replace

from dispatch.counts import agreeing, count
from dispatch.errors import InvalidInput, Problem
from dispatch.yaml_source.characters import forbidden, with_stand_ins
from dispatch.yaml_source.document import YamlDocument
from dispatch.yaml_source.hints import Hint
from dispatch.yaml_source.recovery import read_on
from dispatch.yaml_source.tree import TreeBuilder
from dispatch.yaml_source.values import plain_value

MAX_BYTES = 1024 * 1024
MAX_PROBLEMS = 100


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
    hints += forbidden(text, start)
    builder = TreeBuilder(text[:start] + with_stand_ins(text[start:]), start)
    builder.build()
    hints += builder.hints + read_on(builder)
    return _document(file, text, builder, hints)


def _refusal(content: str | bytes) -> Hint | None:
    """Why a file is not read at all."""
    if len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return Hint(0, f"the file is longer than {MAX_BYTES:,} bytes", "Split it in several files.")
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
        more = len(told) - MAX_PROBLEMS
        message = f"from here on there {agreeing(more, 'is', 'are')} {count(more, 'more problem')}"
        told = [*told[:MAX_PROBLEMS], Hint(told[MAX_PROBLEMS].index, message, "Mend those above first.")]
    problems = tuple(Problem(hint.message, document.place(hint.index), hint.remedy) for hint in told)
    return replace(document, problems=problems, broken=builder.broken)
