"""What changes for the reader, as a page: one file without a script, for a colleague, a phone or a workflow run."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup, escape
from PIL import Image as Pillow

from dispatch.checks.check import Finding, Severity
from dispatch.comparison.difference import Difference, LinkChange, PartChange, PictureChange, those_alike
from dispatch.comparison.letter import FRAME, Image, Letter, Part
from dispatch.comparison.telling import (
    besides_told,
    fate_of,
    kind_of,
    link_told,
    look_told,
    picture_told,
    problems_told,
    sizes_told,
    standing,
    summed_up,
    told_of_new,
    visible,
)
from dispatch.comparison.words import Fate, Piece
from dispatch.errors import Problem
from dispatch.rendering.compiled import Picture
from dispatch.rendering.palette import DEFAULT_ACCENT, Palette, palettes
from dispatch.rendering.theme import SANS, SERIF

GENERATOR = Markup('<meta name="generator" content="dispatch diff">')
"""By which a page of ours is known, and may be written over."""

_CSS = (Path(__file__).parent / "page.css").read_text("utf-8")
_TAGS = {Fate.KEPT: Markup("{}"), Fate.REMOVED: Markup("<del>{}</del>"), Fate.ADDED: Markup("<ins>{}</ins>")}
_COLOUR = re.compile(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b", re.IGNORECASE)
_WIDEST = 480  # pixels of a picture that is only looked at
_MOST_PICTURES = 60  # a page of a few MB can still be mailed
_NOT_WRITTEN = {FRAME, "from", "language"}  # for an issue: it is as ever
_UNREADABLE = {"before": "It could not be read", "now": "It cannot be read", "": "It cannot be read in either state"}
_NOTHING = Markup()
_NAMES = {"+": "added", "-": "removed", "~": "changed"}


@dataclass(frozen=True)
class PageFacts:
    """What stands above the differences."""

    newsletter: str
    accent: str | None
    before: str  # what the states are called
    after: str
    the_same: int  # issues that are
    notes: tuple[Problem, ...] = ()


def page_of(differences: Sequence[Difference], facts: PageFacts) -> str:
    """The page; everything on it that anybody wrote is escaped."""
    shown = _Pictures()
    groups = those_alike(differences)
    sections = Markup("\n").join(_section(group, shown) for group in groups)
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n{generator}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        "<title>{title}</title>\n<style>\n{style}</style>\n"
        "<header>{newsletter}</header>\n<main>\n<h1>What changes for the reader</h1>\n"
        '<p class="muted">{before} → {after}</p>\n<p>{summary}.</p>\n{contents}\n{sections}\n</main>\n{notes}</html>\n'
    ).format(
        generator=GENERATOR,
        title=f"{facts.newsletter}: what changes from {facts.before} to {facts.after}",
        style=Markup(_style(*palettes(facts.accent or DEFAULT_ACCENT))),  # noqa: S704 - our own; the accent is a colour by then
        newsletter=facts.newsletter,
        before=facts.before,
        after=facts.after,
        summary=summed_up(differences, facts.the_same),
        contents=_contents(differences) if len(groups) > 1 else "",
        sections=sections,
        notes=_notes(facts.notes),
    )


def _style(light: Palette, dark: Palette) -> str:
    root = f"color-scheme: light dark; --sans: {SANS}; --serif: {SERIF}; {_colours(light)}"
    return (
        f":root {{ {root}; --added: #d9efdc; --removed: #fbdcd7 }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_colours(dark)}; --added: #1d4427; --removed: #5c2622 }} }}\n"
        f"{_CSS}"
    )


def _colours(palette: Palette) -> str:
    return (
        f"--page: {palette.page}; --text: {palette.text}; --muted: {palette.muted}; --rule: {palette.rule}; "
        f"--accent: {palette.accent}"
    )


def _contents(differences: Iterable[Difference]) -> Markup:
    items = (
        Markup('<li><a href="#{}">{}</a> {}</li>').format(each.slug, _title(each), _badge(standing(each)))
        for each in differences
    )
    return Markup("<nav><ul>\n{}\n</ul></nav>").format(Markup("\n").join(items))


def _title(difference: Difference) -> str:
    letter = difference.letter
    return letter.title if letter else difference.slug


def _badge(text: str) -> Markup:
    return Markup('<span class="badge">{}</span>').format(text) if text else _NOTHING


def _section(alike: Sequence[Difference], shown: _Pictures) -> Markup:
    """One issue, or those that differ in nothing but the look and alike."""
    difference = alike[0]
    heads = Markup("\n").join(map(_head, alike))
    new = difference.after if not difference.before else None
    parts = (
        *_problems("Findings could not be compared", difference.unchecked),
        *(each for _, when, problems in problems_told(difference) for each in _problems(_UNREADABLE[when], problems)),
        _words(difference, new),
        _listed("Links", map(_link, difference.links)),
        _pictures(difference.pictures, shown),
        _findings(difference),
        _look(difference),
        _sizes(difference) if len(alike) == 1 else _NOTHING,
    )
    return Markup("<section>\n{}\n{}\n</section>").format(heads, Markup("\n").join(part for part in parts if part))


def _head(difference: Difference) -> Markup:
    letter = difference.letter
    file = Markup('<p class="muted">{}</p>').format(letter.file) if letter else _NOTHING
    return Markup('<h2 id="{}" dir="auto">{} {}</h2>\n{}').format(
        difference.slug, _title(difference), _badge(standing(difference)), file
    )


def _problems(title: str, problems: Iterable[Problem]) -> Iterator[Markup]:
    for problem in problems:
        yield Markup("<h3>{}</h3>\n{}").format(title, _problem(problem))


def _problem(problem: Problem) -> Markup:
    remedy = Markup('<span class="remedy">{}</span>').format(problem.remedy) if problem.remedy else _NOTHING
    return Markup("<pre>{}{}</pre>").format(replace(problem, remedy=""), remedy)


def _words(difference: Difference, new: Letter | None) -> Markup:
    rows = [_part(change) for change in difference.parts]
    if new:
        rows = [_new_part(part) for part in new.parts if part.text and part.name not in _NOT_WRITTEN]
    if difference.text_part:
        rows.append(_row("text part", "", _marked(difference.text_part), ()))
    return Markup("<h3>Words</h3>\n{}").format(Markup("\n").join(rows)) if rows else _NOTHING


def _part(change: PartChange) -> Markup:
    fate = fate_of(change)
    beside = [*besides_told(change)]
    if change.moved and change.before:
        beside.insert(0, f"{fate}, from line {change.before.line}")
    elif fate != "changed" and not change.words:
        beside.insert(0, fate)
    words = _marked(change.words) if change.words else escape(change.part.text)
    return _row(kind_of(change.part), _line(change.after), words, beside)


def _new_part(part: Part) -> Markup:
    return _row(kind_of(part), _line(part), escape(part.text), told_of_new(part))


def _line(part: Part | None) -> str:
    return f"line {part.line}" if part and part.line else ""


def _row(kind: str, line: str, words: Markup, beside: Iterable[str]) -> Markup:
    notes = Markup().join(Markup('<p class="muted">{}</p>').format(each) for each in beside)
    return Markup('<div class="part"><p>{}</p><div>{}<p class="words" dir="auto">{}</p></div></div>').format(
        f"{kind}, {line}" if line else kind, notes, words
    )


def _marked(pieces: Iterable[Piece]) -> Markup:
    return Markup().join(
        _TAGS[piece.fate].format(piece.text if piece.fate is Fate.KEPT else visible(piece.text)) for piece in pieces
    )


def _listed(title: str, items: Iterable[Markup]) -> Markup:
    told = [*items]
    return (
        Markup('<h3>{}</h3>\n<ul class="plain">\n{}\n</ul>').format(title, Markup("\n").join(told))
        if told
        else _NOTHING
    )


def _sign(sign: str) -> Markup:
    return Markup('<span class="sign" role="img" aria-label="{}">{}</span>').format(_NAMES[sign], sign)


def _link(change: LinkChange) -> Markup:
    sign, text, _ = link_told(change)
    urls = [*dict.fromkeys(link.url for link in (change.before, change.after) if link)]
    told = Markup(" → ").join(map(_address, urls))
    return Markup('<li>{} {} <span class="muted">{}</span></li>').format(_sign(sign), text, told)


def _address(url: str) -> Markup:
    """An address to follow, if it is one of the web: what else an issue may hold is shown."""
    if not re.match(r"https?://", url, re.IGNORECASE) or "{{" in url:
        return escape(url)
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(url, url)


def _pictures(changes: Iterable[PictureChange], shown: _Pictures) -> Markup:
    told = []
    for change in changes:
        sign, name, facts = picture_told(change)
        images = dict.fromkeys(image for image in (change.before, change.after) if image)
        figures = Markup("\n").join(
            Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(shown.shown(image), caption)
            for image, caption in zip(images, ("before", "now") if len(images) > 1 else ("",), strict=True)
        )
        alternative = (
            Markup('<p class="words">{}</p>').format(_marked(change.alternative)) if change.alternative else ""
        )
        about = Markup('<p>{} {}<br><span class="muted">{}</span></p>{}').format(
            _sign(sign), name, "; ".join((*facts, *(["alternative text:"] if alternative else []))), alternative
        )
        told.append(Markup('{}\n<div class="pictures">{}</div>').format(about, figures))
    return Markup("<h3>Pictures</h3>\n{}").format(Markup("\n").join(told)) if told else _NOTHING


def _findings(difference: Difference) -> Markup:
    findings = difference.findings
    items = [*(_finding("+", each) for each in findings.gained), *(_finding("-", each) for each in findings.lost)]
    return _listed("Findings", items)


def _finding(sign: str, finding: Finding) -> Markup:
    severity = "error" if sign == "+" and finding.severity is Severity.ERROR else "muted"
    place = Markup('<span class="muted">{}</span> ').format(finding.location) if sign == "+" else _NOTHING
    return Markup('<li>{} {}<span class="{}">{}:</span> {} <span class="muted">{}</span></li>').format(
        _sign(sign), place, severity, finding.severity, finding.message, finding.check
    )


def _look(difference: Difference) -> Markup:
    told = look_told(difference.look, words_differ=difference.words_differ)
    return _listed("Look", (Markup("<li>{}</li>").format(_with_swatches(line)) for line in told))


def _with_swatches(text: str) -> Markup:
    """A text, with each colour shown before its name."""
    pieces, at = [], 0
    for colour in _COLOUR.finditer(text):
        pieces.append(escape(text[at : colour.start()]))
        pieces.append(Markup('<span class="swatch" style="background:{}"></span> {}').format(colour[0], colour[0]))
        at = colour.end()
    return Markup().join([*pieces, escape(text[at:])])


def _sizes(difference: Difference) -> Markup:
    rows = [Markup("<tr><th>{}</th><td>{}</td></tr>").format(*size) for size in sizes_told(difference)]
    return Markup("<h3>Sizes</h3>\n<table>\n{}\n</table>").format(Markup("\n").join(rows)) if rows else _NOTHING


def _notes(notes: Iterable[Problem]) -> Markup:
    told = Markup("\n").join(map(_problem, notes))
    return (
        Markup('<footer class="muted">What could not be looked at:\n{}\n</footer>\n').format(told) if told else _NOTHING
    )


class _Pictures:
    """Pictures small enough to be looked at, inside the page."""

    def __init__(self) -> None:
        self._left = _MOST_PICTURES

    def shown(self, image: Image) -> Markup:
        """The picture, or nothing where there is none of ours or the page has enough of them."""
        if not image.picture or not self._left:
            return _NOTHING
        self._left -= 1
        content_type, content = _small(image.picture)
        data = f"data:{content_type};base64,{base64.b64encode(content).decode()}"
        return Markup('<img src="{}" alt="{}">').format(data, image.alt)


def _small(picture: Picture) -> tuple[str, bytes]:
    with Pillow.open(io.BytesIO(picture.content)) as image:
        if image.width <= _WIDEST:
            return picture.content_type, picture.content
        height = max(1, round(image.height * _WIDEST / image.width))
        small = image.convert("RGBA").resize((_WIDEST, height), Pillow.Resampling.LANCZOS)
        ground = Pillow.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
    buffer = io.BytesIO()
    ground.save(buffer, "JPEG", quality=80, optimize=True)
    return "image/jpeg", buffer.getvalue()
