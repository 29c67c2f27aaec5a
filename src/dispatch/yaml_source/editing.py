"""Edits of single texts in a YAML file: only the characters that an edit changes are spelled anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from dispatch.errors import EditRefused
from dispatch.yaml_source.document import Path, YamlDocument
from dispatch.yaml_source.insertion import with_item, with_key
from dispatch.yaml_source.nodes import Mapping, Scalar
from dispatch.yaml_source.reading import scan_yaml
from dispatch.yaml_source.spelling import Change, Spelling

MOST_WORDS = 2_000
"""Texts of more words are compared at their ends only: comparing word by word takes the square of their number."""


@dataclass(frozen=True)
class Edit:
    """Characters `start` up to `end` of the text at `path` become `text`; both count as in `YamlDocument.locate`.

    A text whose key the mapping at the path lacks is empty, and the key is put into the mapping.
    """

    path: Path
    start: int
    end: int
    text: str


def edited(document: YamlDocument, edits: Iterable[Edit]) -> YamlDocument:
    """The document with all the edits in it, read again: it says what it should, and everything else as before.

    All offsets count in `document`. Each text keeps its style; a plain or single-quoted one that cannot spell what it is
    to say gets other quotes, and so does a block that cannot. Raises EditRefused where nothing does, where edits
    overlap, and where the file has problems.
    """
    _refuse_problems(document)
    ordered = sorted(edits, key=lambda edit: (repr(edit.path), edit.start, edit.end))
    for path, group in groupby(ordered, key=lambda edit: edit.path):
        document = _with_text(document, path, list(group))
    return document


def appended(document: YamlDocument, key: str, text: str) -> YamlDocument:
    """The document with one text more at the end of the list behind a key of its root, read again.

    A missing list is begun, and a single value there becomes the first item. Everything else stays as it is. Raises
    EditRefused where that cannot be written, and where the file has problems.
    """
    _refuse_problems(document)
    before = document.value if isinstance(document.value, dict) else {}
    items = before.get(key)
    listed = items if isinstance(items, list) else [] if items is None else [items]
    for written in with_item(document.text, document.root, key, text):
        candidate = scan_yaml(written, document.file)
        if not candidate.problems and repr(candidate.value) == repr(before | {key: [*listed, text]}):
            return candidate
    message = f"“{text}” cannot be added to `{key}` without changing more than that"
    raise EditRefused(message, location=document.locate((key,)), remedy="Write it there by hand.")


def difference(document: YamlDocument, path: Path, text: str) -> tuple[Edit, ...]:
    """The smallest edits, word by word, after which the text at `path` is `text`.

    Blanks and line breaks at its end stay as they are: block scalars have some there which no author means.
    """
    scalar = _scalar(document, path)
    old = scalar.value if scalar else ""
    text = _unified(text)
    new = text.rstrip() + old[len(old.rstrip()) :] if text.strip() else ""
    return tuple(Edit(path, start, end, replacement) for start, end, replacement in _differences(old, new))


def _refuse_problems(document: YamlDocument) -> None:
    if document.problems:
        raise EditRefused("the file has problems of its own", remedy="Mend them first: `dispatch check` tells them.")


def _differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    before, after = (re.findall(r"\s*\S+|\s+", each) for each in (old, new))
    if max(len(before), len(after)) > MOST_WORDS:
        before, after = [old], [new]
    at = 0
    for what, first, last, other_first, other_last in SequenceMatcher(None, before, after).get_opcodes():
        gone, come = before[first:last], after[other_first:other_last]
        if len(gone) != len(come):
            gone, come = ["".join(gone)], ["".join(come)]
        for old_word, new_word in zip(gone, come, strict=True):
            if what != "equal":
                head = _shared(old_word, new_word)
                tail = _shared(old_word[head:][::-1], new_word[head:][::-1])
                yield at + head, at + len(old_word) - tail, new_word[head : len(new_word) - tail]
            at += len(old_word)


def _shared(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))


def _with_text(document: YamlDocument, path: Path, edits: list[Edit]) -> YamlDocument:
    """The document with edits of one text, in order of place."""
    scalar = _scalar(document, path)
    value = scalar.value if scalar else ""
    place = document.locate(path)
    changes: list[Change] = []
    for edit in edits:
        if not (changes[-1].last if changes else 0) <= edit.start <= edit.end <= len(value):
            message = f"there are no characters {edit.start} to {edit.end} to edit in this text of {len(value)}"
            raise EditRefused(message, location=place, remedy="Look at the text as it is now, and edit it again.")
        changes.append(Change(edit.start, edit.end, _unified(edit.text)))
    old = value
    for change in reversed(changes):
        value = value[: change.first] + change.text + value[change.last :]
    if value == old:
        return document
    reason = "YAML would read another text"
    for written in _candidates(document.text, scalar, changes, value) if scalar else _insertions(document, path, value):
        candidate = scan_yaml(written, document.file)
        if _says(candidate, path, value, document):
            return candidate
        if candidate.problems:
            reason = candidate.problems[0].message
    raise EditRefused(
        f"the new text cannot be written here: {reason}", location=place, remedy="Edit the file by hand, or leave it."
    )


def _candidates(text: str, scalar: Scalar, changes: list[Change], value: str) -> Iterator[str]:
    """The file's text with the changes in it, as each style would spell it; the least surprising first."""
    spelling = Spelling(text, scalar)
    if spelling.is_block and not value:
        yield spelling.quoted("")
        return
    styles = [scalar.style]
    if scalar.style in {"", "'"}:
        styles += ["'", '"'] if re.search(r'["\\]', value) and not re.search(r"['\n]", value) else ['"']
    for style in dict.fromkeys(styles):
        yield spelling.changed(changes, style, wrapped=True)
        yield spelling.changed(changes, style, wrapped=False)
    if spelling.is_block:  # they cannot begin with a blank, and those that fold keep no blanks at the ends of lines
        yield spelling.quoted(value)


def _insertions(document: YamlDocument, path: Path, value: str) -> Iterator[str]:
    mapping = document.node(path[:-1])
    assert isinstance(mapping, Mapping)  # noqa: S101 - `_scalar` has seen to it
    return with_key(document.text, mapping, str(path[-1]), value)


def _says(candidate: YamlDocument, path: Path, value: str, before: YamlDocument) -> bool:
    """Whether a document is in order, says `value` at a path, and elsewhere what the document before it said."""
    if candidate.problems or not candidate.has(path):
        return False
    new, old = candidate.value_at(path), before.value_at(path)
    # A number may become another one, but no text a number.
    in_kind = isinstance(new, str) or (_is_number(new) and _is_number(old))
    others = [repr(_blanked(each.value, path)) for each in (candidate, before)]
    node = candidate.node(path)
    return in_kind and isinstance(node, Scalar) and node.value == value and others[0] == others[1]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _blanked(value: object, path: Path) -> object:
    """A value without what is at `path`."""
    if not path:
        return None
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, int):
        return [(None if position == step else key, each) for position, (key, each) in enumerate(value.items())]
    if isinstance(value, dict):
        return {
            key: _blanked(each, rest) if key == step else each for key, each in value.items() if rest or key != step
        }
    assert isinstance(value, list)  # noqa: S101 - the path leads to a value
    return [_blanked(each, rest) if position == step else each for position, each in enumerate(value)]


def _scalar(document: YamlDocument, path: Path) -> Scalar | None:
    """The scalar at a path; None where a mapping lacks its key."""
    node = document.node(path)
    lacking = node is None and isinstance(document.node(path[:-1]), Mapping) and re.fullmatch(r"[a-z_]+", str(path[-1]))
    if not isinstance(node, Scalar) and not lacking:
        message = f"there is no text at {'.'.join(map(str, path)) or 'the root'} to edit"
        raise EditRefused(message, location=document.locate(path), remedy="Look at the file as it is now.")
    return node if isinstance(node, Scalar) else None


def _unified(text: str) -> str:
    """A text with line feeds at its line ends, as YAML reads them."""
    return re.sub(r"\r\n?", "\n", text)
