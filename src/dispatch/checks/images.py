"""Pictures: what is said of them to those who do not see them, and how they come out for those who do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence, PictureFacts
from dispatch.checks.parts import described, figures
from dispatch.content.blocks import Figure
from dispatch.content.issue import Cover
from dispatch.content.richtext import parse, parse_plain
from dispatch.rendering.tables import BODY_WIDTH

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
    for figure in described(evidence.issue):
        alt, caption = _spoken(parse_plain(figure.alt or "").plain), _spoken(parse(figure.caption).plain)
        if alt and alt == caption:
            place = evidence.issue.locate(figure.path_to("alt"))
            yield warning(alt_repeating_caption, place, "the alternative text repeats the caption", _WRITE_ALT)


def alt_naming_the_medium(evidence: Evidence) -> Iterator[Finding]:
    """The alternative text of a picture begins with "image of", which a screen reader has just said.

    "Map of" or "chart of" says something and is fine (W3C, Web Accessibility Tutorials, "Images: tips and tricks").
    """
    for figure in described(evidence.issue):
        alt = parse_plain(figure.alt or "").plain
        if match := _MEDIUM.match(alt):
            place = evidence.issue.locate(figure.path_to("alt"))
            message = f"the alternative text begins with “{match[0].strip()}”, and everybody knows that it is a picture"
            yield warning(alt_naming_the_medium, place, message, "Begin with what it shows.")


def long_alt(evidence: Evidence) -> Iterator[Finding]:
    """The alternative text of a picture is longer than 250 characters.

    A screen reader says it in one breath, and clients cut it where the picture is not loaded. What takes longer belongs
    into the caption or the text, where everybody has it.
    """
    for figure in described(evidence.issue):
        length = len(parse_plain(figure.alt or "").plain)
        if length > _LONGEST_ALT:
            place = evidence.issue.locate(figure.path_to("alt"))
            message = f"the alternative text has {length} characters; {_LONGEST_ALT} are enough"
            yield warning(long_alt, place, message, "Say the main thing here, and the rest in the caption or the text.")


def missing_credit(evidence: Evidence) -> Iterator[Finding]:
    """A photograph names nobody whom it is owed to, while another picture of the issue does.

    Its `source` is empty, that is. Photographs are JPEG files here. One without an alternative text is decoration, and a
    caption with "photo", "©" or "source" in it names whom it is owed to.
    """
    shown = list(_shown(evidence))
    credited = any(figure.source for figure, _ in shown)
    for figure, picture in shown:
        told = figure.source or _CREDIT.search(parse(figure.caption).plain)
        if credited and not told and figure.alt and picture.format == "JPEG":
            place = evidence.issue.locate(figure.path_to("image"))
            message = f"the photograph {figure.image} names nobody whom it is owed to, and others do"
            yield warning(missing_credit, place, message, "Write `source:` below it.")


def oversized_picture(evidence: Evidence) -> Iterator[Finding]:
    """A picture is slow to load: more than 1,000,000 bytes, resized and recompressed as it travels.

    At 1 Mbit/s that is 8 seconds. Mailchimp's bound is the same ("Image Requirements for Templates").
    """
    for figure, picture in _shown(evidence):
        if picture.bytes > _HEAVIEST:
            place = evidence.issue.locate(figure.path_to("image"))
            message = f"{picture.path} weighs {picture.bytes:,} bytes; more than {_HEAVIEST:,} are slow to load"
            remedy = "Save it as JPEG, if it is a photograph." if picture.format == "PNG" else "Crop it."
            yield warning(oversized_picture, place, message, remedy)


def soft_picture(evidence: Evidence) -> Iterator[Finding]:
    """A picture has fewer pixels than a phone shows, and looks soft: less than 716 across.

    The column is 358 CSS pixels wide on a common phone (390 less twice the margin of 16), of two to three pixels each.
    One without an alternative text is decoration, and one below 200 pixels is meant to be small.
    """
    for figure, picture in _shown(evidence):
        if figure.alt and _SMALL <= picture.width < _SHARP:
            place = evidence.issue.locate(figure.path_to("image"))
            message = f"{picture.path} is {picture.width} pixels wide, and looks soft on phones"
            yield warning(soft_picture, place, message, f"Take one of at least {_SHARP} pixels; 1,104 are best.")


def extreme_proportions(evidence: Evidence) -> Iterator[Finding]:
    """A picture is so tall that Outlook cuts it, or so wide that nothing in it can be read on a phone.

    Too tall is what is shown more than 1,728 pixels high: Word's 18 inches, to which Outlook on Windows keeps (S.
    Fellman, Microsoft, 2008-09-17). Too wide is more than 12 times its height: on a phone 30 pixels remain. One without
    an alternative text is decoration.
    """
    for figure, picture in _shown(evidence):
        shown = picture.height * min(1, BODY_WIDTH / picture.width)
        place = evidence.issue.locate(figure.path_to("image"))
        if shown > _TALLEST:
            message = (
                f"{picture.path} is shown {shown:,.0f} pixels high, and Outlook on Windows cuts what is over 1,728"
            )
            yield warning(extreme_proportions, place, message, "Make two or more pictures of it.")
        elif figure.alt and picture.width >= _SMALL and picture.width > _WIDEST * picture.height:
            message = f"{picture.path} is {picture.width} by {picture.height} pixels: a strip on a phone"
            yield warning(extreme_proportions, place, message, "Crop it at its sides.")


def blank_first_frame(evidence: Evidence) -> Iterator[Finding]:
    """An animation begins with a frame of one colour, and some readers see nothing else.

    Outlook on Windows shows the first frame only, up to Office 2019 (support.xink.io, "Animated GIF not playing").
    """
    for figure, picture in _shown(evidence):
        if picture.animation and picture.animation.begins_blank:
            place = evidence.issue.locate(figure.path_to("image"))
            message = f"{picture.path} begins with an empty frame, and older Outlooks show no other"
            yield warning(blank_first_frame, place, message, "Begin with the frame that says the most.")


def endless_animation(evidence: Evidence) -> Iterator[Finding]:
    """An animation moves for more than five seconds, and a mail has nothing to stop it with (WCAG 2.2, 2.2.2).

    Whatever moves beside a text keeps people with an attention deficit from reading it.
    """
    for figure, picture in _shown(evidence):
        if picture.animation and picture.animation.seconds > _LONGEST_MOVE:
            place = evidence.issue.locate(figure.path_to("image"))
            length = picture.animation.seconds
            told = "without end" if length == float("inf") else f"for {length:.0f} seconds"
            message = f"{picture.path} moves {told}, and readers cannot stop it"
            yield warning(endless_animation, place, message, "Let it come to rest within five seconds.")


_LONGEST_ALT = 250
_HEAVIEST = 1_000_000  # bytes
_SMALL, _SHARP = 200, 716  # pixels
_TALLEST, _WIDEST = 1728, 12  # CSS pixels; times its height
_LONGEST_MOVE = 5  # seconds
_MEDIUM = re.compile(
    r"(?:an? |the |une? |l'|l’|la |le |ein |das |una? |uma |el |il )?"  # noqa: RUF001
    r"(?:(?:image|picture|photo(?:graph)?) of\s|(?:image|photo(?:graphie)?) d(?:e\s|u\s|es\s|['’])"  # noqa: RUF001
    r"|(?:Bild|Foto|Abbildung) (?:von|der|des|eines|einer)\s|(?:imagen|foto) de\s|(?:immagine|foto) di\s|imagem de\s)"
    r"(?!the (?:day|week|month|year|decade))",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"©|\b(?:photo|foto|source|quelle|fuente|fonte|credit|crédit|copyright|picture|image|bild)s?\b", re.IGNORECASE
)


def _shown(evidence: Evidence) -> Iterator[tuple[Cover | Figure, PictureFacts]]:
    """The cover and the figures, each with its picture's facts."""
    facts = {picture.path: picture for picture in evidence.pictures}
    for figure in figures(evidence.issue):
        if figure.image in facts:
            yield figure, facts[figure.image]


_FILE_NAME = re.compile(
    r"\S*\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp|heic)|(?:IMG|DSCN?|PXL|Screenshot)[-_ ]?\d[\w-]*", re.IGNORECASE
)


def _spoken(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
