"""How a key that a mapping lacks is put into it, with a text behind it, and how a list gets one more text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from dispatch.yaml_source.nodes import Mapping, Node, Scalar, Sequence
from dispatch.yaml_source.spelling import in_double_quotes

_BREAK = re.compile(r"\r\n|\n|\r")
_PLAIN = re.compile(r"[^\s].*")
_ITEM = re.compile(r"[ \t]*-[ \t]+")


def with_key(text: str, mapping: Mapping, key: str, value: str) -> Iterator[str]:
    """The file's text with one entry more, as each style would spell it; the least surprising first.

    It stands below the single values with which the mapping begins, before its first list or mapping; or above all,
    as below a block that keeps its last line breaks nothing can be put. It may read otherwise than meant: look again.
    """
    values = (value for _, value in mapping.entries.values())
    above: list[Node] = [*takewhile(lambda value: isinstance(value, Scalar), values)][-1:]
    in_brackets = text.startswith("{", mapping.start)
    for last in [*above, None]:
        for written in _spellings(value):
            entry = f"{key}: {written}"
            if not in_brackets:
                yield _on_a_line(text, mapping, last, entry)
            elif last:
                yield f"{text[: last.end]}, {entry}{text[last.end :]}"
            else:
                yield f"{text[: mapping.start + 1]}{entry}, {text[mapping.start + 1 :]}"


def with_item(text: str, root: Node, key: str, value: str) -> Iterator[str]:
    """The file's text with one text more at the end of the list behind a key of its root, as each style would spell it.

    Where there is no such key it comes last. It may read otherwise than meant: look again.
    """
    behind = root.entries.get(key) if isinstance(root, Mapping) else None
    for written in _spellings(value):
        match behind:
            case None:
                yield _with_list(text, root, key, written)
            case (_, Sequence(start=start, items=())):
                yield f"{text[: start + 1]}{written}{text[start + 1 :]}"
            case (_, Sequence(start=start, items=(*_, last))) if text[start] == "[":
                yield f"{text[: last.end]}, {written}{text[last.end :]}"
            case (_, Sequence(items=(*_, last))):
                yield from _below(text, last, written)
            case (_, Scalar(start=start, end=end, style=style)) if style not in {"|", ">"}:
                one = text[start:end]
                yield f"{text[:start]}[{one}, {written}]{text[end:]}"
                yield f"{text[:start]}{'' if one else ' '}[{written}]{text[end:]}"  # there was null


def _with_list(text: str, root: Node, key: str, written: str) -> str:
    """The file's text with a list of one item at its end."""
    if text.startswith("{", root.start) and isinstance(root, Mapping):
        values = [value for _, value in root.entries.values()]
        at = values[-1].end if values else root.start + 1
        return f"{text[:at]}{', ' if values else ''}{key}: [{written}]{text[at:]}"
    found = _BREAK.search(text)
    line_break = found[0] if found else "\n"
    indentation = " " * len(_line_before(text, root.start)) if isinstance(root, Mapping) else ""
    end = "" if not text or _BREAK.match(text[-1]) else line_break
    return f"{text}{end}{indentation}{key}:{line_break}{indentation}  - {written}{line_break}"


def _below(text: str, last: Node, written: str) -> Iterator[str]:
    """The text with an item below the last one of a list in lines."""
    if dash := _ITEM.fullmatch(_line_before(text, last.start)):
        rest = _BREAK.search(text, last.end)  # what follows on its line is a comment at most
        at = rest.start() if rest else len(text)
        line_break = rest[0] if rest else "\n"
        yield f"{text[:at]}{line_break}{dash[0]}{written}{text[at:]}"


def _spellings(value: str) -> list[str]:
    return [*_PLAIN.findall(value)[:1], in_double_quotes(value)]


def _line_before(text: str, index: int) -> str:
    """What stands before a character on its line."""
    start = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    return text[start:index].lstrip("\ufeff")


def _on_a_line(text: str, mapping: Mapping, above: Node | None, entry: str) -> str:
    indentation = " " * len(_line_before(text, mapping.start))
    found = _BREAK.search(text)
    line_break = found[0] if found else "\n"
    if not above:
        return f"{text[: mapping.start]}{entry}{line_break}{indentation}{text[mapping.start :]}"
    is_block = isinstance(above, Scalar) and above.style in {"|", ">"}
    end = len(text[: above.end].rstrip()) if is_block else above.end
    rest = _BREAK.search(text, end)  # what follows on its line is a comment at most
    at = rest.start() if rest else len(text)
    return f"{text[:at]}{line_break}{indentation}{entry}{text[at:]}"
