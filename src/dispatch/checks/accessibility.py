"""Whether everybody can read it: in the dark, with a screen reader, in the language that it says it is in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mail import MODES, ShownText, shown_texts
from dispatch.checks.parts import ReadText, WrittenLink
from dispatch.content.blocks import Button, Heading, List, Paragraph
from dispatch.content.richtext import Link, MergeField, RichText, parse
from dispatch.content.texts import TextKind
from dispatch.languages.tags import primary
from dispatch.location import Location
from dispatch.rendering.bidi import directions_of
from dispatch.rendering.palette import contrast
from dispatch.rendering.words import direction_of


def low_contrast(evidence: Evidence) -> Iterator[Finding]:
    """A text is hard to read on its ground, in light or in dark mode.

    Below 4.5 to 1, for large text 3 to 1 (WCAG 2.2, 1.4.3, AA; large is 24 px, or 18.66 px and bold). The mail's own
    colours count, as Apple Mail shows it in light and dark; text on pictures does not. The theme's accent is made
    readable by itself, so it is a newsletter's own templates that are at fault.
    """
    seen = set()
    for mode in MODES:
        for shown in shown_texts(evidence.mail, mode):
            needed = 3.0 if shown.large else 4.5
            pair = (mode, shown.colour, shown.ground)
            if shown.ground is None or pair in seen or contrast(shown.colour, shown.ground) >= needed:
                continue
            seen.add(pair)
            ratio = contrast(shown.colour, shown.ground)
            message = (
                f"“{_begin(shown.text)}” is hard to read in {mode} mode: "
                f"{shown.colour} on {shown.ground} has a contrast of {ratio:.1f}, and needs {needed}"
            )
            written = _written(shown, evidence)
            place = _in_templates(shown, evidence) or written
            block = evidence.issue.block_at(written)
            yield replace(warning(low_contrast, place, message, _REMEDY[mode]), block=block)


def wrong_language(evidence: Evidence) -> Iterator[Finding]:
    """The text is in another language than it says, so that screen readers mispronounce it (WCAG 2.2, 3.1.1).

    Told apart by small words that only one of them has: English, French, German, Spanish, Italian, Portuguese, Dutch.
    It takes 20 of another language, and five times as many as of its own. Blocks that have a `language:` of their own do
    not count.
    """
    own = primary(evidence.issue.language)
    if own not in _SMALL_WORDS:
        return
    words = Counter(_words(evidence))
    counts = {name: sum(words[word] for word in small) for name, small in _SMALL_WORDS.items()}
    other = max(counts, key=lambda name: counts[name])
    if counts[other] >= 20 and counts[other] >= 5 * counts[own] and other != own:
        place = evidence.issue.locate(("language",))
        message = f"the issue says that its language is `{own}`, and its text is `{other}`"
        yield warning(wrong_language, place, message, f"Write `language: {other}`.")


def wrong_direction(evidence: Evidence) -> Iterator[Finding]:
    """A text runs from right to left and its language does not, or the other way round: it was not named.

    Then lines begin at the wrong side, and brackets and full stops stand at the wrong end. Texts of blocks with 20
    letters or more count, most of them of the other direction; where that is most of the issue, it is told once.
    """
    texts = [text for text in evidence.texts if text.written.kind is TextKind.RICH and text.written.path[0] == "blocks"]
    turned = [text for text in texts if _other_direction(text)]
    if turned and len(turned) * 2 > len(texts):
        said = evidence.issue.language
        other = _other_direction(turned[0])
        message = f"the issue is written {_FROM[other]}, and its language, `{said}`, is not"
        yield warning(wrong_direction, evidence.issue.locate(("language",)), message, f"Write {_example(turned[0])}.")
        return
    for text in turned:
        message = (
            f"this is written {_FROM[_other_direction(text)]}, and its language, `{text.written.language}`, is not"
        )
        hint = f"Write {_example(text)} in a line below the block, as deep as its kind."
        yield warning(wrong_direction, evidence.issue.locate(text.written.path), message, hint)


def undeclared_language(evidence: Evidence) -> Iterator[Finding]:
    """The HTML does not say in which language it is written, or in which direction.

    Screen readers choose their voice by it (WCAG 2.2, 3.1.1), clients the side where lines begin.
    """
    compiled, root = evidence.compiled, evidence.mail
    expected = {"lang": compiled.language} | ({"dir": "rtl"} if compiled.direction == "rtl" else {})
    for name, value in expected.items():
        if root.get(name, "").lower() != value.lower():
            place = evidence.in_templates(re.compile(r"<mjml\b")) or evidence.issue.locate(())
            message = f"the mail does not say `{name}={value}`"
            hint = f'Write <mjml {name}="{{{{ {"language" if name == "lang" else "direction"} }}}}"> in the template.'
            yield warning(undeclared_language, place, message, hint)


def skipped_heading_level(evidence: Evidence) -> Iterator[Finding]:
    """A heading is two levels below the one before it, or the first is no level 2.

    Screen readers walk from heading to heading, and a missing level sounds like missed text (W3C, "Headings"). The
    title has level 1.
    """
    before = 1
    for block in evidence.issue.every_block():
        if isinstance(block, Heading):
            if block.level > before + 1:
                place = evidence.issue.locate(block.path_to("level"))
                above = "the title" if before == 1 else f"a heading of level {before}"
                message = f"a heading of level {block.level} stands below {above}"
                yield warning(skipped_heading_level, place, message, f"Write `level: {before + 1}`.")
            before = block.level


def missing_headings(evidence: Evidence) -> Iterator[Finding]:
    """More than 1,500 words go by without a heading, and a screen reader can skip none of them.

    Sighted readers skim (WCAG 2.2, 2.4.10). It is six minutes of reading.
    """
    count, start = 0, None
    for block in evidence.issue.every_block():
        if isinstance(block, Heading):
            count, start = 0, None
        elif isinstance(block, Paragraph | List):
            start = start or evidence.issue.locate(block.path)
            texts = block.items if isinstance(block, List) else (block.text,)
            before, count = count, count + sum(len(parse(text).plain.split()) for text in texts)
            if before <= _LONGEST_PART < count:
                message = f"from here on more than {_LONGEST_PART:,} words have no heading"
                yield warning(missing_headings, start, message, "Put a `heading:` where a new thought begins.")


def repeated_link_text(evidence: Evidence) -> Iterator[Finding]:
    """Two links stand alone, say the same and lead to different places, and nothing around them tells which is which.

    Buttons, and paragraphs and items of lists that are but a link (WCAG 2.2, 2.4.4). In a sentence a link may be named
    as another one: what is around it tells.
    """
    seen: dict[str, str] = {}
    for link, text in _lonely_links(evidence):
        url = RichText(link.url).plain
        if seen.setdefault(text.casefold(), url) != url:
            message = f"another “{text}” leads somewhere else, and whoever hears only the links cannot tell them apart"
            yield warning(repeated_link_text, link.location, message, "Say in the text where it leads.")


def misread_table(evidence: Evidence) -> Iterator[Finding]:
    """A screen reader misreads a table: one for layout is told as data, or one of data has no headers.

    A layout table has role="presentation", a data table `th` with a scope (WCAG 2.2, 1.3.1). The theme's own do, so it
    is a newsletter's templates that are at fault.
    """
    told = set()
    for table in evidence.mail.iter("table"):
        for message, hint, pattern in _table_faults(table):
            if message not in told:
                told.add(message)
                place = evidence.in_templates(pattern) or evidence.issue.locate(())
                yield warning(misread_table, place, message, hint)


_FEW_LETTERS = 20
_LONGEST_PART = 1500  # words
_REMEDY = {
    "light": "Make the text darker, or its ground lighter, in inline.css.j2 or in the block's template.",
    "dark": "Give both text and ground a dark colour in dark.css.j2, with !important.",
}
_SMALL_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of with that this from were which they not but their has been would",
        "fr": "et les est dans pour qui une avec sur pas au plus cette sont aux ont été",
        "de": "und der das ist nicht mit dem den ein eine auch auf sich von für werden sind wird",
        "es": "el los las y por del para pero más como está muy este fue sus",
        "it": "il che di è gli della sono anche più nel alla delle dei questo",
        "pt": "os não uma das ao mais são pelo pela seu também já pelos nos",
        "nl": "het een van dat niet zijn voor aan ook maar deze naar wordt bij heeft",
    }.items()
}


_FROM = {"ltr": "from left to right", "rtl": "from right to left"}


def _other_direction(text: ReadText) -> str:
    """The direction in which a text is written that is not in its language's; "" for most texts."""
    letters = Counter(directions_of(text.parsed.plain))
    if letters.total() < _FEW_LETTERS:
        return ""
    written, count = letters.most_common(1)[0]
    return written if count * 2 > letters.total() and written != direction_of(text.written.language) else ""


def _example(text: ReadText) -> str:
    """A language that a text may be in, as it is declared."""
    if _other_direction(text) == "ltr":
        return "`language: en`, or whichever it is"
    hebrew = re.search(r"[\u0590-\u05ff]", text.parsed.plain)
    return "`language: he`" if hebrew else "`language: ar` (or `fa`, `ur`)"


def _begin(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"


def _in_templates(shown: ShownText, evidence: Evidence) -> Location | None:
    """Where a newsletter's template writes the colour."""
    for colour in (shown.colour, shown.ground or ""):
        spelt = "".join(colour[at] for at in (1, 3, 5))
        short = rf"|#{spelt}\b" if colour == "#" + "".join(digit * 2 for digit in spelt) else ""
        if place := evidence.in_templates(re.compile(rf"{colour}\b{short}", re.IGNORECASE)):
            return place
    return None


def _written(shown: ShownText, evidence: Evidence) -> Location:
    """Where the issue writes the text; its beginning where it does not."""
    for text in evidence.texts:
        if text.written.kind is not TextKind.URL and shown.text in " ".join(text.parsed.plain.split()):
            return evidence.issue.locate(text.written.path)
    return evidence.issue.locate(())


def _words(evidence: Evidence) -> Iterator[str]:
    for text in evidence.texts:
        in_its_own = text.written.language == evidence.issue.language
        if in_its_own and text.written.kind is TextKind.RICH and text.written.path[0] == "blocks":
            yield from re.findall(r"[^\W\d_]+", text.parsed.plain.lower())


def _lonely_links(evidence: Evidence) -> Iterator[tuple[WrittenLink, str]]:
    labels = {
        evidence.issue.locate(block.path_to("url")): parse(block.text).plain
        for block in evidence.issue.every_block()
        if isinstance(block, Button)
    }
    alone = {
        evidence.issue.locate(text.written.path, link.offset)
        for text in evidence.texts
        if text.written.kind is TextKind.RICH and text.written.path[-1] != "source"
        for shown in [[node for node in text.parsed.nodes if not _is_blank(node)]]
        for link in shown
        if len(shown) == 1 and isinstance(link, Link)
    }
    for link in evidence.links:
        if link.url and isinstance(link.url[0], MergeField):
            continue
        if link.text is not None and link.location in alone:
            yield link, RichText(link.text).plain.strip()
        elif link.text is None and link.location in labels:
            yield link, labels[link.location].strip()


def _is_blank(node: object) -> bool:
    return not isinstance(node, Link | MergeField) and not getattr(node, "text", "x").strip(" .→»")


def _table_faults(table: etree._Element) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    cells = [cell for cell in table.iter("th", "td") if next(cell.iterancestors("table"), None) is table]
    headers = [cell for cell in cells if cell.tag == "th"]
    layout = table.get("role") in {"presentation", "none"}
    if layout and headers:
        hint = 'Take role="presentation" away.'
        yield "a table with headers says that it is layout only", hint, re.compile(r"<table\b[^>]*role=")
    elif not layout and not headers:
        hint = 'Write role="presentation" into the tag, or `th` for the cells that are headers.'
        yield "a table for layout is told as a table of data", hint, re.compile(r"<table\b(?![^>]*\brole=)")
    elif any(not cell.get("scope") for cell in headers):
        hint = 'Write scope="col" for a column’s header, scope="row" for a row’s.'  # noqa: RUF001
        yield "a header in a table does not say what it heads", hint, re.compile(r"<th\b(?![^>]*\bscope=)")
