"""Filling the merge fields of HTML and text for one reader, against jinja2."""

from __future__ import annotations

import os
from functools import partial
from urllib.parse import quote

import jinja2

from bench.measuring import Line, Table, Target, in_turns, microseconds, paired
from bench.newsletter import write_newsletter
from bench.readers import everybodys_values, template
from bench.scope import Scope
from dispatch.project import Project
from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.rendering.form import as_utf8

# No template may trip over the braces of CSS.
_OPEN, _CLOSE = "⟦", "⟧"


def compare(scope: Scope) -> Table:
    """The same HTML and the same text, character by character."""
    readers = everybodys_values(scope.pick(tiny=5, quick=2_000, usual=3_000))
    folder = write_newsletter(scope.folder / "fill", 1, "provider: outbox\n")
    with Project.open(folder, environ=os.environ) as project:
        variant = template(project).variants[0]
    html, text = _jinja(variant.html, autoescape=True), _jinja(variant.text, autoescape=False)
    forms = as_utf8(variant.html), as_utf8(variant.text)

    def ours(values: dict[str, str]) -> list[bytes]:
        return [form.fill(values) for form in forms]

    def theirs(values: dict[str, str]) -> list[bytes]:
        return [template.render(values).encode() for template in (html, text)]

    for values in readers[:20]:
        assert _unquoted(ours(values)) == _unquoted(theirs(values))

    pair = paired(*in_turns(scope.rounds, partial(microseconds, ours, readers), partial(microseconds, theirs, readers)))
    count = len(variant.html.slots) + len(variant.text.slots)
    return Table(
        "Fill",
        f"HTML and text for one reader, {count} merge fields escaped for their places, everybody's address, name and links their own; against a compiled jinja2 "
        "template that writes the same characters.",
        ("dispatch", "jinja2"),
        [
            Line(
                "CPU per reader (times faster)",
                f"{pair.ours:.1f} µs",
                f"{pair.theirs:.1f} µs",
                1 / pair.ratio,
                Target(8, at_least=True),
            )
        ],
    )


def _unquoted(bodies: list[bytes]) -> list[bytes]:
    """jinja2 writes an apostrophe as &#39;, the standard library as &#x27;."""
    return [body.replace(b"&#39;", b"&#x27;") for body in bodies]


def _jinja(slots: Slots, *, autoescape: bool) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=autoescape,
        variable_start_string=_OPEN,
        variable_end_string=_CLOSE,
        block_start_string="⟦%",
        comment_start_string="⟦#",
        keep_trailing_newline=True,
    )
    environment.filters["url_part"] = partial(quote, safe="")
    places = (f"{_OPEN} {_expression(slot)} {_CLOSE}" for slot in slots.slots)
    return environment.from_string(
        slots.literals[0] + "".join(map("".join, zip(places, slots.literals[1:], strict=True)))
    )


def _expression(slot: Slot) -> str:
    expression = f"{slot.name} or {slot.fallback!r}"
    return f"({expression}) | url_part" if slot.context is Context.URL_PART else expression
