"""Explains the syntax errors of libyaml: one function for each thing that writers do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dispatch.counts import count
from dispatch.yaml_source.hints import (
    CURLY_QUOTES,
    IN_QUOTES,
    ODD_SPACES,
    Hint,
    cut_by_comment,
    leading,
    line_number,
    odd_space,
)
from dispatch.yaml_source.nodes import Scalar

_KEY_WITHOUT_SPACE = re.compile(r"[ \t]*(?:- +)*[\w-]+(:)[^\s:/]")
_DASH_WITHOUT_SPACE = re.compile(r"-[^\s-]")
_ITEM = re.compile(r"(?<![^\r\n]) *(?=- )")
_KEY_OR_ITEM = re.compile(r"-[ \r\n]|[\w-]+:(?:[ \r\n]|$)")
_START_OF_VALUE = re.compile(r"[ \t]*(?:- +)*(?:[^\s\[{\"'#][^\r\n:]*:[ \t]+)?(?=\S)")
_ALIAS = re.compile(r"[ \t]*(?:- +)*(?:[^\s\[{\"'#*][^\r\n:]*:[ \t]+)?(?=\*)")
_ODD_SPACE = re.compile(rf"[ \t]*+(?:- *+)*+(?:[\w-]++:)?[ \t]*+([{ODD_SPACES}])")
_BLANKS = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class SyntaxTrouble:
    """Where libyaml stopped: its words, where it noticed, what it was reading and where that began.

    `last` is the last scalar before, `brackets` where each `[` and `{` stands that is still open, the outermost first.
    """

    text: str
    problem: str
    doing: str
    index: int
    began: int
    last: Scalar | None
    brackets: tuple[int, ...]

    def line_start(self, index: int) -> int:
        """Where the line of a character begins, after a byte order mark if there is one."""
        start = max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1
        return start or int(self.text.startswith("\ufeff"))

    def column(self, index: int) -> int:
        """How many characters stand before a character on its line."""
        return index - self.line_start(index)

    @property
    def line(self) -> int:
        """Where the line of the trouble begins."""
        return self.line_start(self.index)

    @property
    def line_before(self) -> int:
        """Where the last line before that begins which is not empty."""
        return self.line_start(len(self.text[: self.line].rstrip()))

    @property
    def indentation(self) -> int:
        """How many blanks the line of the trouble begins with."""
        return self.indentation_at(self.line)

    def indentation_at(self, line: int) -> int:
        """How many blanks the line begins with that begins at a character."""
        blanks = _BLANKS.match(self.text, line)
        return len(blanks[0]) if blanks else 0

    @property
    def begins_line(self) -> bool:
        """Whether nothing but spaces stands before the trouble on its line."""
        return not self.text[self.line : self.index].strip(" ")

    def refuses(self, *problems: str) -> bool:
        """Whether libyaml's complaint is one of these."""
        return any(problem in self.problem for problem in problems)


def explain(trouble: SyntaxTrouble) -> Hint | None:
    """A syntax error in the words of a writer, if it is one that writers are known to make."""
    for explanation in _EXPLANATIONS:
        hint = explanation(trouble)
        if hint:
            return hint
    return None


def quote_parser(trouble: SyntaxTrouble) -> Hint:
    """A syntax error in the words of libyaml, for want of better ones."""
    return Hint(trouble.index, f"this is not YAML: {trouble.problem} {trouble.doing}".rstrip(), IN_QUOTES)


def _odd_space(trouble: SyntaxTrouble) -> Hint | None:
    """In an indentation, after `-` or after a key's colon; below `>-` or `|` it is an ordinary letter."""
    last = trouble.last
    text = range(last.start, last.end) if last and last.style in {"|", ">"} else range(0)
    for index in (trouble.line_before, trouble.line_start(trouble.began), trouble.line):
        match = _ODD_SPACE.match(trouble.text, index)
        if match and match.start(1) not in text:
            return odd_space(match.start(1), match[1])
    return None


def _tab(trouble: SyntaxTrouble) -> Hint | None:
    tab = trouble.text.find("\t", trouble.line, trouble.line + trouble.indentation)
    if tab < 0:
        return None
    return Hint(tab, "a tab is used for indentation", "Replace each tab by two spaces: YAML knows no tabs.")


def _comment(trouble: SyntaxTrouble) -> Hint | None:
    """A text goes on in the next line, but a comment has cut it; before a line with a key, `# ` is an ordinary one."""
    if trouble.last is None or trouble.line <= trouble.last.end:
        return None
    own_line = _KEY_OR_ITEM.match(trouble.text, trouble.line + trouble.indentation)
    return cut_by_comment(trouble.text, trouble.last, tight=own_line is not None)


def _unclosed_quote(trouble: SyntaxTrouble) -> Hint | None:
    if "quoted scalar" not in trouble.doing or not trouble.refuses("found unexpected"):
        return None
    quote = trouble.text[trouble.began]
    remedy = f"Close it with {quote}."
    if quote == "'":
        remedy += " Put a text that begins with an apostrophe in double quotes."
    return Hint(trouble.began, f"the quote {quote} that opens here is never closed", remedy)


def _escape(trouble: SyntaxTrouble) -> Hint | None:
    if "quoted scalar" not in trouble.doing:
        return None
    backslash = trouble.text.rindex("\\", trouble.began, trouble.index + 1)
    return Hint(
        backslash,
        f"in double quotes `\\` begins an escape, and `{trouble.text[backslash : backslash + 2]}` is none",
        "Double the backslash, or use single quotes, in which it is an ordinary character.",
    )


def _text_after_quote(trouble: SyntaxTrouble) -> Hint | None:
    last = trouble.last
    if last is None or last.style not in {"'", '"'} or trouble.line > last.end:
        return None
    if trouble.text[last.end : trouble.index].strip(" \t"):
        return None
    inside = "''" if last.style == "'" else '\\"'
    if trouble.line_start(last.start) < trouble.line_start(last.end):
        closed = line_number(trouble.text, last.end)
        message = f"the quote {last.style} that opens here is closed only in line {closed}"
        return Hint(
            last.start, message, f"Close it where the text ends; inside a text write {inside} for {last.style}."
        )
    message = f"the text in quotes ends at this {last.style}, but more follows"
    return Hint(last.end - 1, message, f"Put the whole text in quotes, and write {inside} for each {last.style} in it.")


def _text_after_bracket(trouble: SyntaxTrouble) -> Hint | None:
    before = trouble.text[trouble.line : trouble.index].rstrip(" \t")
    return _value_in_brackets(trouble, trouble.index) if before.endswith(("]", "}")) else None


def _value_in_brackets(trouble: SyntaxTrouble, index: int) -> Hint | None:
    """The value on the line of `index` starts with a bracket."""
    match = _START_OF_VALUE.match(trouble.text, trouble.line_start(index))
    if match and trouble.text.startswith(("[", "{"), match.end()):
        return leading(trouble.text, match.end())
    return None


def _open_bracket(trouble: SyntaxTrouble) -> Hint | None:
    if not trouble.brackets:
        return None
    bracket = trouble.brackets[-1]
    if trouble.text.startswith("{{", bracket):
        return leading(trouble.text, bracket)
    opening = trouble.text[bracket]
    closing = {"[": "]", "{": "}"}[opening]
    where = line_number(trouble.text, trouble.index)
    return Hint(
        bracket,
        f"what stands between this `{opening}` and its `{closing}` cannot be read from line {where} on",
        f"Close it with `{closing}`; put each text in it that contains one of , : [ ] {{ }} # or a quote in double quotes.",
    )


def _second_colon(trouble: SyntaxTrouble) -> Hint | None:
    if not trouble.refuses("mapping values are not allowed"):
        return None
    before = trouble.text[trouble.line : trouble.index]
    if ":" in before or trouble.last is None or trouble.last.start >= trouble.line:
        curly = "; curly quotes do not count" if re.search(f"[{CURLY_QUOTES}]", before) else ""
        return Hint(trouble.index, f"a text that contains `: ` must stand in quotes{curly}", IN_QUOTES)
    for index in (trouble.line_start(trouble.last.start), trouble.line_before):
        without_space = _KEY_WITHOUT_SPACE.match(trouble.text, index)
        if without_space:
            return _missing_space(without_space)
    return Hint(
        trouble.line + len(before) - len(before.lstrip()),
        f"to YAML this line continues the text in line {line_number(trouble.text, trouble.last.start)}",
        "Align it with the other keys; if it belongs to the text, write the whole text below `>-`.",
    )


def _missing_space(match: re.Match[str]) -> Hint:
    return Hint(match.start(1), "a space is missing after this `:`", "Write `key: value`.")


def _text_after_alias(trouble: SyntaxTrouble) -> Hint | None:
    """A text like `*all* of it`: more follows the alias that its first word is, there or in an indented line below."""
    lines = [trouble.line]
    if trouble.begins_line and trouble.indentation > trouble.indentation_at(trouble.line_before):
        lines.append(trouble.line_before)
    for line in lines:
        match = _ALIAS.match(trouble.text, line)
        if match and match.end() < trouble.index:
            return leading(trouble.text, match.end())
    return None


def _first_character(trouble: SyntaxTrouble) -> Hint | None:
    """A text that starts with a character that no text may start with."""
    if any(what in trouble.doing for what in ("an alias", "an anchor", "a tag", "a directive", "a block scalar")):
        return leading(trouble.text, trouble.began)
    refused = trouble.refuses(
        "cannot start any token", "not allowed in this context", "expected node content", "undefined tag handle"
    )
    return leading(trouble.text, trouble.index) if refused and trouble.index < len(trouble.text) else None


def _less_indented(trouble: SyntaxTrouble) -> Hint | None:
    """A line of text below `>-` or `|` that is not indented like the others, or not at all."""
    last = trouble.last
    start = trouble.began if trouble.refuses("expected ':'") else trouble.index
    if last is None or last.style not in {"|", ">"} or trouble.text[last.end : start].strip():
        return None
    if _KEY_OR_ITEM.match(trouble.text, start):
        return None
    message = (
        f"this line is not indented enough for the text that begins in line {line_number(trouble.text, last.start)}"
    )
    return Hint(start, message, "Indent all lines of a text alike, and deeper than its key.")


def _no_key(trouble: SyntaxTrouble) -> Hint | None:
    """A line that is neither a key with its value nor part of a text."""
    if not trouble.refuses("could not find expected ':'"):
        return None
    without_space = _KEY_WITHOUT_SPACE.match(trouble.text, trouble.line_start(trouble.began))
    if without_space:
        return _missing_space(without_space)
    if _DASH_WITHOUT_SPACE.match(trouble.text, trouble.began):
        return _missing_dash_space(trouble.began)
    return Hint(
        trouble.began,
        "this line is neither `key: value` nor part of the text above",
        "Indent it deeper than the key whose text it continues, or write its key, a colon and a space before it.",
    )


def _missing_dash_space(index: int) -> Hint:
    return Hint(index, "a space is missing after this `-`", "Write `- ` before each item of a list.")


def _misplaced(trouble: SyntaxTrouble) -> Hint | None:
    """A line whose indentation fits nothing above."""
    if not trouble.begins_line or not trouble.refuses("did not find expected key", "expected '-' indicator"):
        return None
    if _DASH_WITHOUT_SPACE.match(trouble.text, trouble.index):
        return _missing_dash_space(trouble.index)
    if trouble.text.startswith(":", trouble.index):
        return Hint(trouble.index, "there is no key before this `:`", "Write `key: value`.")
    if trouble.column(trouble.index) != trouble.column(trouble.began):
        message = "the indentation of this line fits none of the lines above it"
        return Hint(trouble.index, message, "Align it with the lines it belongs to.")
    line = line_number(trouble.text, trouble.began)
    if trouble.text.startswith("-", trouble.index):
        message = f"an item of a list stands among the keys from line {line} on"
        return Hint(trouble.index, message, _aligned(trouble))
    message = f"this stands among the items of the list from line {line} on, but is none"
    return Hint(trouble.index, message, "Put `- ` before it, or indent it like the item that it belongs to.")


def _aligned(trouble: SyntaxTrouble) -> str:
    """Where an item belongs that is too deep, or not deep enough, for the list that it goes on."""
    above = list(_ITEM.finditer(trouble.text, 0, trouble.index))
    column = trouble.column(trouble.index)
    around = [item for item in above if trouble.column(item.end()) < column and _holds(trouble, item)]
    within = [item for item in above if item.start() >= trouble.began and trouble.column(item.end()) > column]
    if not around and not within:
        return "Indent it deeper than the key that it belongs to."
    item = around[-1] if around else min(within, key=lambda each: trouble.column(each.end()))
    spaces = trouble.column(item.end())
    wanted = count(spaces, "space") if spaces else "no space"
    return f"Align it with the `- ` in line {line_number(trouble.text, item.end())}: {wanted} before it."


def _holds(trouble: SyntaxTrouble, item: re.Match[str]) -> bool:
    """Whether no line between an item and the trouble ends the list of the item."""
    lines = trouble.text[item.end() : trouble.index].splitlines()[1:]
    ends = re.compile(rf" {{0,{len(item[0])}}}[^ #-]")
    return not any(map(ends.match, lines))


def _after_the_end(trouble: SyntaxTrouble) -> Hint | None:
    if not trouble.refuses("<document start>"):
        return None
    return Hint(
        trouble.index, "this stands behind the end of the document", "Delete it, or the line with `...` above it."
    )


_EXPLANATIONS: tuple[Callable[[SyntaxTrouble], Hint | None], ...] = (
    _odd_space,
    _tab,
    _comment,
    _unclosed_quote,
    _escape,
    _text_after_quote,
    _text_after_bracket,
    _second_colon,
    _open_bracket,
    _text_after_alias,
    _first_character,
    _less_indented,
    _no_key,
    _misplaced,
    _after_the_end,
)
