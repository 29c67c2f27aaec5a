"""Writing a message as bytes, against the standard library's EmailMessage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from bench.measuring import Line, Table, Target, in_turns, microseconds, paired
from bench.newsletter import write_newsletter
from bench.readers import DATE, personalizer, reader
from bench.scope import Scope
from dispatch.addresses import format_header
from dispatch.messages.message import Message, Recipient, mimes_of
from dispatch.project import Project

_UNIT = 50  # messages, as a worker takes them over SMTP


def compare(scope: Scope) -> Table:
    """The same header fields, text and HTML."""
    count = scope.pick(tiny=2, quick=1_200, usual=1_200)
    readers = [reader(position) for position in range(1, count + 1)]
    folder = write_newsletter(scope.folder / "mime", 1, "provider: outbox\n")
    with Project.open(folder, environ=os.environ) as project:
        writer = personalizer(project)
    messages = [writer.message(person, DATE) for person in readers]
    size = len(messages[0].mime())
    units = [readers[start : start + _UNIT] for start in range(0, count, _UNIT)]

    def unit(people: Sequence[Recipient]) -> None:
        for _ in mimes_of([writer.message(person, DATE) for person in people]):
            pass

    def ours() -> float:
        return microseconds(unit, units) * len(units) / count

    theirs = partial(microseconds, _as_bytes, messages[: -(-count // 20)])
    pair = paired(*in_turns(scope.rounds, ours, theirs))
    return Table(
        "MIME",
        f"A message of {size:,} bytes, quoted-printable, written to bytes in units of {_UNIT}, merge fields filled and "
        "links signed; against `EmailMessage` with the same fields and bodies, which it is given, and "
        "`as_bytes(policy=SMTP)`.",
        ("dispatch", "EmailMessage"),
        [
            Line(
                "CPU (times faster)",
                f"{pair.ours:.1f} µs",
                f"{pair.theirs:,.0f} µs",
                1 / pair.ratio,
                Target(100, at_least=True),
            )
        ],
    )


def _as_bytes(message: Message) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = message.edition.date
    mail["From"] = format_header(message.edition.from_)
    mail["To"] = format_header(message.to)
    mail["Subject"] = message.subject
    mail["Message-ID"] = message.message_id
    for name, value in message.headers:
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()
