"""What changes, in words: the same for terminal, page and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dispatch.checks.weight import CLIPPED
from dispatch.comparison.difference import Difference, LinkChange, PartChange, PictureChange
from dispatch.comparison.letter import FRAME, Image, Letter, Part
from dispatch.comparison.look import Look, StyleChange
from dispatch.counts import agreeing, count
from dispatch.errors import Problem

_INVISIBLE = {
    "\u00a0": "⍽",
    "\u202f": "⍽",
    "\u200b": "[ZWSP]",
    "\u00ad": "[SHY]",
    "\u200e": "[LRM]",
    "\u200f": "[RLM]",
    "\ufeff": "[BOM]",
}
_UNSEEN = re.compile("[" + "".join(_INVISIBLE) + "]|[\u202a-\u202e\u2066-\u2069]")

_OF_A_MESSAGE = {"HTML", "text part"}  # sizes that depend on who gets it

_KINDS = {
    FRAME: "around the text",
    "signoff.tagline": "tagline",
    "signoff.signature": "signature",
}


def visible(text: str) -> str:
    """A changed text with signs in the place of characters that nobody sees: two spaces may look the same and differ.

    Joiners stay: emoji and many scripts are written with them.
    """
    return _UNSEEN.sub(lambda found: _INVISIBLE.get(found[0], f"[U+{ord(found[0]):04X}]"), text)


def kind_of(part: Part) -> str:
    """What people call a part."""
    return _KINDS.get(part.kind, part.kind)


def standing(difference: Difference) -> str:
    """What became of an issue as a whole: `new`, `removed`, `renamed from …`; "" if it is only changed.

    It is `unreadable` where it can be read in neither state.
    """
    if difference.unreadable:
        return "unreadable"
    if difference.renamed and difference.before:
        return f"renamed from {difference.before.slug}"
    if not difference.before and not difference.problems_before:
        return "new"
    return "removed" if not difference.after and not difference.problems_after else ""


def summed_up(differences: Sequence[Difference], the_same: int) -> str:
    """How many issues differ, how many do not, and how many cannot be read: `2 issues differ for the reader, 3 do not`."""
    unreadable = sum(difference.unreadable for difference in differences)
    differing = len(differences) - unreadable
    told = (
        (differing, f"{agreeing(differing, 'differs', 'differ')} for the reader"),
        (the_same, f"{agreeing(the_same, 'does', 'do')} not{'' if differing else ' differ'}"),
        (unreadable, "cannot be read"),
    )
    if not differences:
        return "Nothing changes for the reader"
    (first, says), *others = [(number, says) for number, says in told if number]
    return ", ".join([f"{count(first, 'issue')} {says}", *(f"{number:,} {says}" for number, says in others)])


def problems_told(difference: Difference) -> Iterator[tuple[str, str, tuple[Problem, ...]]]:
    """Why an issue cannot be read: sign, of which state (`before`, `now`, empty: of both) and the problems."""
    before = () if difference.before else difference.problems_before
    after = () if difference.after else difference.problems_after
    if before == after:
        yield "~", "", before
    else:
        yield "-", "before", before
        yield "+", "now", after


def fate_of(change: PartChange) -> str:
    """What became of a part: `added`, `removed`, `moved`, `moved and changed`, `changed`."""
    if not change.before or not change.after:
        return "removed" if change.before else "added"
    return ("moved and changed" if change.touched else "moved") if change.moved else "changed"


def besides_told(change: PartChange) -> Iterator[str]:
    """What changes of a part beside its words: whose it is, its language, which words are set off."""
    if not change.before:
        yield from told_of_new(change.part)
    if change.audience:
        before, after = (audience or "everybody" for audience in change.audience)
        yield f"for {before} → for {after}"
    if change.language:
        before, after = (language or "that of the issue" for language in change.language)
        yield f"language: {before} → {after}"
    yield from (f"now {_set_off(how)}: “{words}”" for how, words in change.set_off)
    yield from (f"no longer {_set_off(how)}: “{words}”" for how, words in change.no_longer_set_off)


def told_of_new(part: Part) -> Iterator[str]:
    """Whose a part is, and its language, where that is not everybody's and not the issue's."""
    if part.audience:
        yield f"for {part.audience} only"
    if part.language:
        yield f"language: {part.language}"


def _set_off(how: str) -> str:
    return how if how == "bold" else f"in {how}" if how == "italics" else "as code"


def link_told(change: LinkChange) -> tuple[str, str, str]:
    """Sign (+ - ~), what stands there, where it leads."""
    before, after = change.before, change.after
    if before and after:
        text = after.text if before.text == after.text else f"{before.text} → {after.text}"
        return "~", text, after.url if before.url == after.url else f"{before.url} → {after.url}"
    link = after or before
    assert link  # noqa: S101 - one of them there is
    return "+" if after else "-", link.text, link.url


def picture_told(change: PictureChange) -> tuple[str, str, tuple[str, ...]]:
    """Sign, what the picture is called, and what is to be said of it but for `alternative`."""
    before, after = change.before, change.after
    if before and after:
        facts = []
        if before.path != after.path:
            facts.append(f"{before.path or before.name} → {after.path or after.name}")
        if before.name != after.name:
            facts.append(f"{_measures(before)} → {_measures(after)}")
        if before.shown != after.shown:
            facts.append(f"shown {' × '.join(before.shown)} → {' × '.join(after.shown)} px")  # noqa: RUF001
        return "~", _called(after, change.part), tuple(facts)
    image = after or before
    assert image  # noqa: S101 - one of them there is
    alt = f"alt text “{image.alt}”" if image.alt else "no alt text"
    return "+" if after else "-", _called(image, change.part), (_measures(image), alt)


def sizes_told(difference: Difference) -> Iterator[tuple[str, str]]:
    """What is measured, and the values before and after, of an issue that there is.

    What is the same is left out, and what was measured otherwise.
    """
    before, after = difference.before, difference.after
    if not after:
        return
    old = _sizes(before) if before else {}
    of_which = of_which_message(after) or (of_which_message(before) if before else "")
    comparable = not before or (before.findings is None) == (after.findings is None)
    for name, size in _sizes(after).items():
        was = old.get(name)
        if size == was or (name in _OF_A_MESSAGE and not comparable):
            continue
        numbers = f"{size:,}" if was is None else f"{was:,} → {size:,}"
        unit = "" if name == "words" else " bytes"
        change = "" if was is None else f" ({size - was:+,})"
        where = of_which if name in _OF_A_MESSAGE else ""
        share = f", {size / CLIPPED:.0%} of what Gmail shows" if name == "HTML" else ""
        yield name, f"{numbers}{unit}{change}{where}{share}"


def of_which_message(letter: Letter) -> str:
    """Whose sizes are told where not all get the same, to be read behind a number of bytes."""
    if not letter.has_variants:
        return ""
    return " with every block" if letter.findings is None else " in the largest message"


def _sizes(letter: Letter) -> dict[str, int]:
    return {
        "HTML": letter.html_bytes,
        "text part": letter.text_bytes,
        "all pictures": letter.picture_bytes,
        "words": letter.words,
    }


def look_told(look: Look, *, words_differ: bool) -> Iterator[str]:
    """How the look changes, a sentence or a change of style each."""
    if not look:
        return
    same = "" if words_differ else "the words are the same; "
    if look.parts:
        what = "elements and styles" if look.elements else "styles"
        yield f"{same}other {what} in {count(len(look.parts), 'part')}"
    else:
        yield f"{same}other rules for dark mode, phones or links"
    yield from map(_style_told, look.styles)
    yield from (f"in style sheets: {_style_told(change)}" for change in look.sheet)


def _style_told(change: StyleChange) -> str:
    times = f" ({change.times} times)" if change.times > 1 else ""
    return f"{change.name}: {change.before or 'not set'} → {change.after or 'not set'}{times}"


def _called(image: Image, part: Part) -> str:
    return image.path or (f"{kind_of(part)} in line {part.line}" if part.line else kind_of(part))


def _measures(image: Image) -> str:
    picture = image.picture
    if not picture:
        return image.name
    return f"{picture.width} × {picture.height} px, {len(picture.content):,} bytes"  # noqa: RUF001
