"""Whether the issue keeps to the house's terms."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mending import replaced
from dispatch.checks.shown import shown_words


def house_term(evidence: Evidence) -> Iterator[Finding]:
    """A word is written as the house does not write it: terms.yaml has the right form.

    Whole words, outside of code, addresses and merge fields. A wrong form is found with a capital at its beginning and in
    capitals too, and the right one takes after it: with `Cold War: [cold war]`, the heading COLD WAR is in order. What
    is part of a longer right form is in order as well.
    """
    for text in evidence.texts:
        for slip in evidence.terms.slips(text.prose):
            place = evidence.issue.locate(text.written.path, slip.start)
            message = f"“{slip.written}” is “{slip.proper}” in this house"
            fix = replaced(evidence.issue, text.written, slip.start, slip.end, slip.proper)
            shown = shown_words(evidence.texts, text, slip.start, slip.end)
            yield warning(house_term, place, message, f"Write {slip.proper}.", fix, shown=shown)
