"""How a key that a mapping lacks is put into it, with a text behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from dispatch.yaml_source.nodes import Mapping, Node, Scalar
from dispatch.yaml_source.spelling import in_double_quotes

_BREAK = re.compile(r"\r\n|\n|\r")
_PLAIN = re.compile(r"[^\s].*")


def with_key(text: str, mapping: Mapping, key: str, value: str) -> Iterator[str]:
    """The file's text with one entry more, as each style would spell it; the least surprising first.

    It stands below the single values with which the mapping begins, before its first list or mapping; or above all,
    as below a block that keeps its last line breaks nothing can be put. It may read otherwise than meant: look again.
    """
    values = (value for _, value in mapping.entries.values())
    above: list[Node] = [*takewhile(lambda value: isinstance(value, Scalar), values)][-1:]
    in_brackets = text.startswith("{", mapping.start)
    for last in [*above, None]:
        for written in [*_PLAIN.findall(value)[:1], in_double_quotes(value)]:
            entry = f"{key}: {written}"
            if not in_brackets:
                yield _on_a_line(text, mapping, last, entry)
            elif last:
                yield f"{text[: last.end]}, {entry}{text[last.end :]}"
            else:
                yield f"{text[: mapping.start + 1]}{entry}, {text[mapping.start + 1 :]}"


def _on_a_line(text: str, mapping: Mapping, above: Node | None, entry: str) -> str:
    start = max(text.rfind("\n", 0, mapping.start), text.rfind("\r", 0, mapping.start)) + 1
    indentation = " " * len(text[start : mapping.start].lstrip("\ufeff"))
    found = _BREAK.search(text)
    line_break = found[0] if found else "\n"
    if not above:
        return f"{text[: mapping.start]}{entry}{line_break}{indentation}{text[mapping.start :]}"
    is_block = isinstance(above, Scalar) and above.style in {"|", ">"}
    end = len(text[: above.end].rstrip()) if is_block else above.end
    rest = _BREAK.search(text, end)  # what follows on its line is a comment at most
    at = rest.start() if rest else len(text)
    return f"{text[:at]}{line_break}{indentation}{entry}{text[at:]}"
