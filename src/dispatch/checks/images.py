"""What is said about pictures to those who do not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import figures
from dispatch.content.richtext import parse, parse_plain

_WRITE_ALT = 'Say in `alt:` what the picture shows, in a sentence; write `alt: ""` if it is mere decoration.'


def missing_alt(evidence: Evidence) -> Iterator[Finding]:
    """A picture has no alternative text, so whoever does not see it learns nothing of it (WCAG 2.2, 1.1.1).

    An empty one, `alt: ""`, says that the picture is mere decoration, and is fine.
    """
    for figure in figures(evidence.issue):
        if figure.alt is None:
            place = evidence.issue.locate(figure.path_to("image"))
            yield warning(missing_alt, place, f"the picture {figure.image} has no alternative text", _WRITE_ALT)


def file_name_as_alt(evidence: Evidence) -> Iterator[Finding]:
    """The alternative text of a picture is the name of its file."""
    for figure in figures(evidence.issue):
        alt = parse_plain(figure.alt or "").plain.strip()
        stem = figure.image.rpartition("/")[2].rpartition(".")[0]
        if _FILE_NAME.fullmatch(alt) or (alt and alt == stem):
            place = evidence.issue.locate(figure.path_to("alt"))
            yield warning(file_name_as_alt, place, f"“{alt}” is the name of a file", _WRITE_ALT)


def alt_repeating_caption(evidence: Evidence) -> Iterator[Finding]:
    """The alternative text of a picture is its caption, so that a screen reader says the same twice."""
    for figure in figures(evidence.issue):
        alt, caption = _spoken(parse_plain(figure.alt or "").plain), _spoken(parse(figure.caption).plain)
        if alt and alt == caption:
            place = evidence.issue.locate(figure.path_to("alt"))
            yield warning(alt_repeating_caption, place, "the alternative text repeats the caption", _WRITE_ALT)


_FILE_NAME = re.compile(
    r"\S*\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp|heic)|(?:IMG|DSCN?|PXL|Screenshot)[-_ ]?\d[\w-]*", re.IGNORECASE
)


def _spoken(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
