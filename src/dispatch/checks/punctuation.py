"""Marks that readers would see although they were meant for somebody else, or whose partner is missing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mending import replaced
from dispatch.checks.parts import ReadText
from dispatch.content.richtext import Code, Node, TextRun
from dispatch.content.texts import TextKind
from dispatch.languages.tags import primary, ranges
from dispatch.location import Location

Mark = tuple[int, str]
"""A mark in a text, as one without a partner: its offset, and what is written there."""


def unbalanced_quotes(evidence: Evidence) -> Iterator[Finding]:
    """A quotation is opened and never closed, closed and never opened, or closed with a mark of another kind.

    Double ones only: an apostrophe looks like a single one. A quotation that goes on in the next text is none of
    these, nor are inches (5") and the marks of languages that open and close with the same one (sv, fi).
    """
    texts = [(text, *_lonely_quotes(text.prose, primary(text.written.language))) for text in evidence.texts]
    pending = ""  # the mark of a quotation of the text before, which may end here
    for (text, lonely, mixed), (following, theirs, _) in zip(texts, [*texts[1:], (None, [], [])], strict=True):
        closing = next((_CLOSING[tag] for tag in ranges(text.written.language) if tag in _CLOSING), "”»")
        for offset, opening, closed, proper in mixed:
            fix = replaced(evidence.issue, text.written, offset, offset + 1, proper)
            message = f"a quotation is opened with {opening} and closed with {closed}"
            yield warning(unbalanced_quotes, _place(evidence, text, offset), message, f"Write {proper}", fix)
        if pending and lonely and lonely[0][1] in _PARTNERS[pending]:
            del lonely[0]
        mark = lonely[0][1] if len(lonely) == 1 else ""
        goes_on = mark and mark not in closing and following is not None and _goes_on(mark, following, theirs)
        pending = mark if goes_on else ""
        if lonely and not goes_on:
            offset, mark = lonely[-1]
            what, where = (
                ("closes a quotation that was never opened", "begins")
                if mark in closing
                else ("opens a quotation that never ends", "ends")
            )
            place = _place(evidence, text, offset)
            yield warning(unbalanced_quotes, place, f"{mark} {what}", f"Write the mark where it {where}.")


def unbalanced_brackets(evidence: Evidence) -> Iterator[Finding]:
    """A bracket is opened and never closed, or closed and never opened.

    Round and square ones. The bracket of a list, as in "a) and b)", is none of these, nor is a smiley or an interval:
    [0, 1).
    """
    for text in evidence.texts:
        for pair in ("()", "[]"):
            for offset, mark in _lonely_brackets(text.prose, pair):
                message = f"{mark} is never closed" if mark == pair[0] else f"{mark} was never opened"
                hint = "Write its partner, or delete it."
                yield warning(unbalanced_brackets, _place(evidence, text, offset), message, hint)


def leftover_markup(evidence: Evidence) -> Iterator[Finding]:
    """Readers would see Markdown: ** that was never closed or has spaces inside, or Markdown where none is read.

    None is read in titles, subjects, alternative texts and labels of buttons. A footnote's ** behind a word, a power
    (2**10) and an escaped mark are none.
    """
    for text in evidence.texts:
        if text.written.kind is TextKind.PLAIN:
            if found := _markdown_in(text):
                offset, written = found
                message = f"“{_short(written)}” is Markdown, which is not read here: everybody would see its marks"
                hint = "Write the words alone."
                yield warning(leftover_markup, _place(evidence, text, offset), message, hint)
        elif text.written.kind is TextKind.RICH and "**" in _shown(text.parsed.nodes):
            for offset in _lonely_stars(text.prose)[:1]:
                message = "everybody would see this **: it does not begin or end bold text"
                hint = r"Write **bold** without spaces inside, or \*\* for the characters."
                yield warning(leftover_markup, _place(evidence, text, offset), message, hint)


def leftover_html(evidence: Evidence) -> Iterator[Finding]:
    """Readers would see HTML: a tag (<b>, <br>) or a character reference (&nbsp;), outside of code.

    Issues are written in Markdown, and what looks like HTML in them is text.
    """
    for text in evidence.texts:
        for match in _HTML.finditer(text.prose):
            if match["tag"] or f"{match['name']};" in html.entities.html5 or match["number"]:
                character = html.unescape(match[0])
                code = " ".join(f"U+{ord(each):04X}" for each in character)
                hint = f"Write the character itself: {character if character.isprintable() else code}"
                if match["tag"]:
                    hint = _IN_MARKDOWN.get(match["tag"], "Delete it.")
                message = f"everybody would see “{_short(match[0])}” as it stands: no HTML is read here"
                fix = None
                if not match["tag"] and _harmless(character, text.prose[match.end() :]):
                    fix = replaced(evidence.issue, text.written, *match.span(), character, hint)
                yield warning(leftover_html, _place(evidence, text, match.start()), message, hint, fix)


_CLOSING = {"de": "”“«", "de-ch": "”“»", "da": "”«"}  # German „so“ and »so«, Swiss «so»
_QUOTE = re.compile(r"[“”„«»\"]")
_BEGINNING = re.compile(r"\n[ \t]*$")
_INCHES = re.compile(r"\d\"")
_ENDING = re.compile(r"[^\s\d(]\"(?!\w)")  # a mark of which it is certain that nothing is quoted behind it
_BEGINNING_MARK = re.compile(r"(?:[\s(]|^)\"(?=\w)")
_LIKE_POLISH = {"pl", "hu", "ro", "hr", "nl"}  # „so”, elsewhere „so“
_ONE_FOR_BOTH = {"sv", "fi"}
_SMILEY = re.compile(r"[:;=]['’]?-?$")  # noqa: RUF001
_INTERVAL = re.compile(r"[\[(]-?[\w.∞]+[,;] ?-?[\w.∞]+[\])]")
_ITEM = re.compile(r"(?:^|[\s(,;])(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})$")
_STARS = re.compile(r"(?<![\\*])\*\*(?!\*)")
_BOLD_BEGINS = re.compile(r"(?<!\S)\*\*(?=[^\s*])")
_BOLD_ENDS = re.compile(r"(?<=[^\s*])\*\*")
_LINK = re.compile(r"\[[^\[\]]+\]\((?:https?:|mailto:|www\.)[^\s)\[]*\)")
_TAGS = "a|b|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong|su[bp]|table|t[dhr]|u|ul"
_HTML = re.compile(
    rf"</?(?P<tag>{_TAGS})(?:\s[^<>]*)?/?>|&(?:(?P<name>[A-Za-z]{{2,8}}\d?)|(?P<number>#\d{{2,6}}|#[xX][0-9A-Fa-f]{{2,5}}));"
)
_IN_MARKDOWN = {
    "a": "Write [text](https://…).",
    "b": "Write **bold**.",
    "strong": "Write **bold**.",
    "i": "Write *emphasis*.",
    "em": "Write *emphasis*.",
    "code": "Write it in backticks.",
    "img": "Write a block of its own: `- figure: …`.",
    "br": "End the line with a backslash, or begin a new paragraph.",
    "p": "Begin a block of its own: `- paragraph: …`.",
    "hr": "Write a block of its own: `- divider:`.",
    "li": "Write a block of its own: `- list: [first, second]`.",
    "ul": "Write a block of its own: `- list: [first, second]`.",
    "ol": "Write a block of its own: `- list: {items: [first, second], ordered: true}`.",
}


def _lonely_quotes(prose: str, language: str) -> tuple[list[Mark], list[tuple[int, str, str, str]]]:
    """Quotation marks without a partner, in order, and those of the wrong kind.

    Those with the mark that opens the quotation, the one that closes it, and the one that should stand there.
    """
    lonely: list[Mark] = []
    mixed: list[tuple[int, str, str, str]] = []
    waiting: list[Mark] = []
    for match in _QUOTE.finditer(prose):
        mark, last = match[0], waiting[-1][1] if waiting else ""
        if last and mark in _PARTNERS[last]:
            waiting.pop()
        elif mark == last and _BEGINNING.search(prose, max(match.start() - 40, 0), match.start()):
            continue  # each paragraph of a long quotation opens it again
        elif mark == '"' and last and last != '"' and _ENDING.match(prose, max(match.start() - 1, 0)):
            opened, opening = waiting.pop()
            space = prose[opened + 1] if prose[opened + 1].isspace() else ""
            partner = "”" if opening == "„" and language in _LIKE_POLISH else _PARTNERS[opening][0]
            mixed.append((match.start(), opening, mark, f"{space}{partner}"))
        elif mark == "”" and last == '"' and _BEGINNING_MARK.match(prose, max(waiting[-1][0] - 1, 0)):
            opened, opening = waiting.pop()
            mixed.append((opened, opening, mark, "„" if language in {"de", *_LIKE_POLISH} else "“"))
        elif mark != "”" or language in _ONE_FOR_BOTH:
            waiting.append((match.start(), mark))
        else:
            lonely.append((match.start(), mark))
    inches = _INCHES.search(prose)  # perhaps: "1.50" ends in one as well, and which of them it is nobody can tell
    return sorted(mark for mark in lonely + waiting if not (inches and mark[1] == '"')), mixed


# German „so“, also closed by ”; French «so», German »so«, of which the first one opens.
_PARTNERS = {"“": "”", "”": "”", "„": "“”", "«": "»", "»": "«", '"': '"'}


def _goes_on(mark: str, following: ReadText, theirs: Sequence[Mark]) -> bool:
    """Whether a quotation that is open at the end of a text goes on in the one behind it."""
    begins = following.prose.lstrip().startswith(mark)
    ends = bool(theirs) and theirs[0][1] in _PARTNERS[mark]
    return begins or ends


def _lonely_brackets(prose: str, pair: str) -> list[Mark]:
    lonely: list[Mark] = []
    waiting: list[Mark] = []
    for offset, mark in enumerate(_INTERVAL.sub(lambda match: " " * len(match[0]), prose)):
        if mark not in pair or _SMILEY.search(prose[max(offset - 3, 0) : offset]):
            continue
        if mark == pair[0]:
            waiting.append((offset, mark))
        elif waiting:
            waiting.pop()
        elif not _ITEM.search(prose[max(offset - 7, 0) : offset]):
            lonely.append((offset, mark))
    return sorted(lonely + waiting)


def _markdown_in(text: ReadText) -> Mark | None:
    """The first Markdown in a text that is not read as such, and where it stands."""
    prose = text.prose
    begin = _BOLD_BEGINS.search(prose)
    end = _BOLD_ENDS.search(prose, begin.end()) if begin else None
    if begin and end:
        return begin.start(), prose[begin.start() : end.end()]
    link = _LINK.search(text.written.value)
    return (link.start(), link[0]) if link else None


def _lonely_stars(prose: str) -> list[int]:
    """Where ** begins bold text that never ends, or stands between spaces on both sides of a text."""
    waiting: list[int] = []
    loose: list[int] = []
    for match in _STARS.finditer(prose):
        before, behind = prose[max(match.start() - 1, 0) : match.start()], prose[match.end() : match.end() + 1]
        ends, begins = bool(before.strip()), bool(behind.strip())
        if ends and waiting:
            waiting.pop()
        elif begins and not before.isalnum():
            waiting.append(match.start())
        elif not ends and not begins:
            loose.append(match.start())
    return waiting or (loose if len(loose) > 1 else [])


def _harmless(character: str, behind: str) -> bool:
    """Whether a character can stand for its reference: it is no mark of Markdown's or of YAML's, and begins no reference."""
    if character == "&":
        return not re.match(r"[\w#]", behind)
    return len(character) == 1 and character not in "<>[]()*_`\\{}|" and unicodedata.category(character) != "Cc"


def _shown(nodes: Sequence[Node]) -> str:
    """The characters that are shown outside of code."""
    shown = ""
    for node in nodes:
        if isinstance(node, TextRun):
            shown += node.text
        elif not isinstance(node, Code):
            shown += _shown(getattr(node, "children", ()))
    return shown


def _place(evidence: Evidence, text: ReadText, offset: int) -> Location:
    return evidence.issue.locate(text.written.path, offset)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
