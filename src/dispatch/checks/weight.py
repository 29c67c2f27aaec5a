"""Whether the mail is light enough to be shown whole and to load on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tinycss2
from tinycss2.ast import AtRule

from dispatch.checks.check import Finding, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mail import style_elements
from dispatch.checks.parts import figures

NEAR_THE_CLIP = 81_920
CLIPPED = 102_400
"""Bytes of HTML. Gmail shows about 102 KB and hides the rest, the unsubscribe link with it, behind "View entire
message" (hteumeuleu/email-bugs #41; spamresource.com, 2022-01-12, measured 102 to 105 KB)."""

HEAVY = 2_000_000
"""Bytes of all pictures: 16 seconds at 1 Mbit/s. Senders' guides draw the line between 1 MB (help.listrak.com,
"Image Optimization Guide") and 5 MB (support.maileon.nl, "Images in emails")."""

MOST_STYLES = 16_384
"""Bytes in style elements that Gmail heeds, all together (hteumeuleu/email-bugs #90)."""


def clipped_html(evidence: Evidence) -> Iterator[Finding]:
    """The mail is so long that Gmail hides its end, and the footer with the unsubscribe link in it.

    Measured on the largest message of the audience as it arrives, its merge fields filled: a warning from 81,920 bytes
    of HTML, an error from 102,400.
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


def oversized_styles(evidence: Evidence) -> Iterator[Finding]:
    """The style sheets of the mail are longer than Gmail heeds: it drops what is over 16,384 bytes.

    All style elements count together (hteumeuleu/email-bugs #90). What is lost is at their end, in the built-in theme
    the dark colours.
    """
    size = sum(len(style.encode()) for style in style_elements(evidence.mail))
    if size > MOST_STYLES:
        message = f"Gmail drops style sheets over {MOST_STYLES:,} bytes, and these have {size:,}"
        hint = "Shorten head.css.j2 and dark.css.j2, or move rules to inline.css.j2."
        yield warning(oversized_styles, evidence.issue.locate(()), message, hint)


def nested_at_rule(evidence: Evidence) -> Iterator[Finding]:
    """A style sheet has an @-rule inside another, and Gmail drops the whole style element for it (caniemail #144).

    `dark.css.j2` is put into an @media rule, so it may have none of its own.
    """
    for style in style_elements(evidence.mail):
        for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
            inner = tinycss2.parse_rule_list(rule.content or []) if isinstance(rule, AtRule) else []
            if nested := next((each for each in inner if isinstance(each, AtRule)), None):
                message = (
                    f"@{nested.at_keyword} stands inside @{rule.at_keyword}, and Gmail drops the style sheet for it"
                )
                hint = "Write the two one after the other; in dark.css.j2 there can be no @-rule."
                own = evidence.in_templates(re.compile(rf"@{re.escape(nested.at_keyword)}\b", re.IGNORECASE))
                yield warning(nested_at_rule, own or evidence.issue.locate(()), message, hint)


def heavy_pictures(evidence: Evidence) -> Iterator[Finding]:
    """The pictures of the issue are slow to load on a phone: together more than 2,000,000 bytes.

    Counted as they travel, resized and recompressed, charts and the logo too; the finding stands at the heaviest one.
    """
    drawn = sum(len(picture.content) for picture in evidence.compiled.pictures)  # these, and those that have no file
    total = max(drawn, sum(picture.bytes for picture in evidence.pictures))
    if total <= HEAVY or not evidence.pictures:
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
