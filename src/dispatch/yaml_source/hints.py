"""What YAML does to writers, told in their words: where, what, and the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dispatch.yaml_source.nodes import Scalar

IN_QUOTES = "Put the whole text in double quotes, or write it on a line of its own below `>-`."

ODD_SPACES = "\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000"
"""Characters that look like a space, or like nothing, and are letters to YAML; for a regular expression's brackets."""

CURLY_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"

_MEANING = {
    "*": "begins an alias",
    "&": "begins an anchor",
    "!": "begins a tag",
    "%": "begins a directive",
    "[": "begins a list",
    "]": "ends a list",
    "{": "begins a mapping",
    "}": "ends a mapping",
    "?": "begins a key",
    ",": "separates the items of a list",
    "@": "is reserved",
}


@dataclass(frozen=True)
class Hint:
    """One thing that is wrong: at which character of the file, what it is, and what to do about it."""

    index: int
    message: str
    remedy: str


def line_number(text: str, index: int) -> int:
    """The line, from 1, in which a character stands."""
    return len(re.findall(r"\r\n|\n|\r", text[:index])) + 1


def leading(text: str, index: int) -> Hint:
    """A text begins with a character that means something else to YAML."""
    character = text[index]
    if text.startswith("{{", index):
        return Hint(index, "a text may not start with `{{`: to YAML it begins a mapping, not a merge field", IN_QUOTES)
    if character == "`":
        return Hint(index, "a text may not start with a backtick: YAML reserves it", IN_QUOTES)
    if character == "-":
        remedy = "Begin a list on the next line; put a text that starts with `-` in double quotes."
        return Hint(index, "a list may not begin behind its key", remedy)
    if character in {"|", ">"}:
        remedy = f"Begin the text on the next line, indented; put one that starts with `{character}` in double quotes."
        return Hint(index, f"nothing may follow `{character}` on its line: it announces the lines below", remedy)
    meaning = _MEANING.get(character)
    reason = f": to YAML it {meaning}" if meaning else " here"
    return Hint(index, f"a text may not start with `{character}`{reason}", IN_QUOTES)


def cut_by_comment(text: str, scalar: Scalar, *, tight: bool) -> Hint | None:
    """A plain text is followed by ` #` on its line, from where on YAML reads a comment and drops it.

    `tight`: only where no space follows, as in `#1` and `#hashtag`; what follows `# ` is an ordinary comment.
    """
    match = re.compile(r"[ \t]+(#[^\s#]\S*)" if tight else r"[ \t]+(#\S*)").match(text, scalar.end)
    if scalar.style or not match:
        return None
    return Hint(
        match.start(1),
        f"YAML drops ` {_short(match[1])}` and the rest of this line: it takes them for a comment",
        "Put the whole text in double quotes; or, if it is a comment, a space after the `#`.",
    )


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:19]}…"


def surprise(text: str, scalar: Scalar) -> Hint | None:
    """A text that YAML reads without complaint, but not as it is meant."""
    return cut_by_comment(text, scalar, tight=True) or _odd_item(scalar) or _swallowed_item(text, scalar)


def _odd_item(scalar: Scalar) -> Hint | None:
    """A `-` with a non-breaking space behind it begins a text, not an item of a list."""
    match = re.match(f"-([{ODD_SPACES}])", scalar.value)
    return odd_space(scalar.start + 1, match[1]) if match and not scalar.style else None


def _swallowed_item(text: str, scalar: Scalar) -> Hint | None:
    """A line that looks like an item of a list continues the plain text above it."""
    match = re.compile(r"[\r\n][ \t]*(- )").search(text, scalar.start, scalar.end)
    if scalar.style or not match:
        return None
    return Hint(
        match.start(1),
        f"to YAML this is no item of a list: it continues the text in line {line_number(text, scalar.start)}",
        "Begin a list on the line after its key, with nothing behind the colon; write a text with dashes below `>-`.",
    )


def about_key(key: Scalar) -> Hint | None:
    """A key that cannot be meant as it stands; one in quotes always can."""
    if key.style:
        return None
    written = key.value
    if not written:
        return Hint(key.start, "there is no key before this `:`", "Write `key: value`, or put a text in double quotes.")
    if match := re.search(f"[{ODD_SPACES}]", written):
        return odd_space(key.start + written.index(match[0]), match[0])
    bare = written.strip(CURLY_QUOTES)
    if bare != written:
        return Hint(key.start, f"to YAML the curly quotes are part of the key {written}", f"Write `{bare}:`.")
    if re.match(r"-\w", written):
        return Hint(key.start, "a space is missing after this `-`", f"Write `- {written[1:]}: …`.")
    if written == "<<":
        return Hint(key.start, "merge keys (`<<`) are not allowed", "Write the fields out.")
    return None


def odd_space(index: int, character: str) -> Hint:
    """A character that looks like a space, pasted from a web page or a word processor."""
    message = f"this looks like a space, but is the character U+{ord(character):04X}"
    return Hint(index, message, "Delete it, and type an ordinary space where one is needed.")
