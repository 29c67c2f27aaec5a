"""Whether the mail is light enough to be shown whole and to load on a phone."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import figures

NEAR_THE_CLIP = 81_920
CLIPPED = 102_400
"""Bytes of HTML. Gmail shows about 102 KB and hides the rest, the unsubscribe link with it, behind "View entire
message" (hteumeuleu/email-bugs #41; spamresource.com, 2022-01-12, measured 102 to 105 KB)."""

HEAVY = 2_000_000
"""Bytes of all pictures: 16 seconds at 1 Mbit/s. Senders' guides draw the line between 1 MB (help.listrak.com,
"Image Optimization Guide") and 5 MB (support.maileon.nl, "Images in emails")."""


def clipped_html(evidence: Evidence) -> Iterator[Finding]:
    """The mail is so long that Gmail hides its end, and the footer with the unsubscribe link in it.

    Measured on the largest message of the audience, its merge fields filled: a warning from 81,920 bytes of HTML, an
    error from 102,400.
    """
    size, place = evidence.largest_html_bytes, evidence.issue.locate(())
    hint = "Shorten the issue, or link to its end on the web page."
    if evidence.largest_html_for:
        hint += f" Measured on the largest message, to {evidence.largest_html_for}."
    if size >= CLIPPED:
        message = f"Gmail will hide the end: {size:,} bytes of HTML, {CLIPPED:,} are too many"
        yield error(clipped_html, place, message, hint)
    elif size >= NEAR_THE_CLIP:
        message = f"Gmail is near to hiding the end: {size:,} bytes of HTML, {CLIPPED:,} are too many"
        yield warning(clipped_html, place, message, hint)


def heavy_pictures(evidence: Evidence) -> Iterator[Finding]:
    """The pictures of the issue are slow to load on a phone: together more than 2,000,000 bytes.

    Counted as they travel, resized and recompressed; the finding stands at the heaviest one.
    """
    total = sum(picture.bytes for picture in evidence.pictures)
    if total <= HEAVY:
        return
    heaviest = max(evidence.pictures, key=lambda picture: picture.bytes)
    place = next(
        evidence.issue.locate(figure.path_to("image"))
        for figure in figures(evidence.issue)
        if figure.image == heaviest.path
    )
    message = f"the pictures weigh {total:,} bytes; more than {HEAVY:,} are slow to load on a phone"
    size = f"{heaviest.format}, {heaviest.width} by {heaviest.height} pixels, {heaviest.bytes:,} bytes"
    hint = f"Leave some out, crop them, or save photographs as JPEG. The heaviest is {heaviest.path} ({size})."
    yield warning(heavy_pictures, place, message, hint)
