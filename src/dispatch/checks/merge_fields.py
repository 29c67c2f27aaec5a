"""Whether the audience can fill the merge fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.checks.check import Finding, error, warning
from dispatch.checks.evidence import AudienceFacts, Evidence
from dispatch.counts import agreeing, count
from dispatch.location import Location
from dispatch.rendering.compiled import RESERVED_FIELDS
from dispatch.yaml_model import did_you_mean


def unknown_merge_field(evidence: Evidence) -> Iterator[Finding]:
    """A merge field that no subscriber has: everybody would read the fallback, most likely for a slip of the pen.

    Known are email, name, first_name and language, the file's own columns, and what dispatch fills itself:
    unsubscribe_url, view_online_url, preferences_url.
    """
    known = {*evidence.audience.known_fields, *RESERVED_FIELDS}
    for use in evidence.merge_fields:
        if use.field.name not in known:
            yield _unknown(use.field.name, use.location, evidence.audience)
    for name in sorted(evidence.compiled.names - known - {use.field.name for use in evidence.merge_fields}):
        yield _unknown(name, evidence.issue.locate(()), evidence.audience, used_by=", which a template uses")


def merge_field_without_value(evidence: Evidence) -> Iterator[Finding]:
    """Some people have no value for a merge field, and its fallback is empty: they read a gap.

    Inside the address of a link a gap harms nobody and is not told.
    """
    audience = evidence.audience
    for use in evidence.merge_fields:
        name = use.field.name
        if use.in_url or use.field.fallback or name not in audience.known_fields:
            continue
        people = audience.readers_of(use.segment)
        without = people - audience.filled_among(use.segment).get(name, 0)
        if without:
            share = f" ({without / people:.0%})" if without < people else ""
            everybody = f"{count(people, 'person', 'people')}{_in(audience.segment)}{_in(use.segment)}"
            have = agreeing(without, "has", "have")
            message = f"{without:,} of {everybody}{share} {have} no {name} and would read nothing"
            hint = f"Write what stands there for them: {{{{{name}|…}}}}"
            yield warning(merge_field_without_value, use.location, message, hint)


def foreign_merge_field(evidence: Evidence) -> Iterator[Finding]:
    """A merge field as other programs write it, which readers would see as it stands.

    Such as `*|FNAME|*`, `%FIRSTNAME%`, `${name}`, `[[email]]`, `<<First Name>>` or `{first_name}`, outside of code. But for the
    first form only names of people's fields count, and the way out: 20%, {x} and [[1]] are none.
    """
    names = _FOREIGN_NAMES | {_letters(name) for name in evidence.audience.known_fields}
    for text in evidence.texts:
        for match in _FOREIGN.finditer(text.without_code):
            if match["mark"] == "*|" or _letters(match["name"]) in names:
                place = evidence.issue.locate(text.written.path, match.start())
                message = f"“{match[0]}” is a merge field of another program, and would be mailed as it stands"
                yield error(foreign_merge_field, place, message, "Here one is written {{first_name|reader}}.")


_FOREIGN = re.compile(
    r"(?P<mark>\*\||%%?|\$\{|(?<!\{)\{\$?|\[\[|<<) ?(?P<name>\w+(?: \w+)*) ?(?:\|\*|%%?|\}(?!\})|\]\]|>>)"
)
_FOREIGN_NAMES = frozenset(
    {"fname", "lname", "firstname", "lastname", "fullname", "emailaddress", "unsubscribe", "unsub"}
)


def _letters(name: str) -> str:
    """`First Name`, `FIRSTNAME` and `first_name` are one."""
    return "".join(filter(str.isalnum, name.casefold()))


def _unknown(name: str, place: Location, audience: AudienceFacts, used_by: str = "") -> Finding:
    message = f"no subscriber has the merge field {{{{{name}|…}}}}{used_by}"
    hint = did_you_mean(name, [*audience.known_fields, *sorted(RESERVED_FIELDS)])
    return error(unknown_merge_field, place, message, hint)


def _in(segment: str) -> str:
    return f" in the segment {segment}" if segment else ""
