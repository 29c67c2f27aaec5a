"""Writing a message as bytes, against the standard library's EmailMessage."""

from __future__ import annotations

import os
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from bench.measuring import Line, Table, Target, in_turns, microseconds, paired
from bench.newsletter import write_newsletter
from bench.readers import DATE, personalizer, reader
from bench.scope import Scope
from dispatch.addresses import format_header
from dispatch.messages.message import Message, Recipient
from dispatch.project import Project


def compare(scope: Scope) -> Table:
    """The same header fields, text and HTML."""
    count = scope.pick(tiny=2, quick=1_200, usual=1_200)
    readers = [reader(position) for position in range(1, count + 1)]
    folder = write_newsletter(scope.folder / "mime", 1, "provider: outbox\n")
    with Project.open(folder, environ=os.environ) as project:
        writer = personalizer(project)
    messages = [writer.message(person, DATE) for person in readers]
    size = len(messages[0].mime())

    def whole(person: Recipient) -> object:
        return writer.message(person, DATE).mime()

    theirs = partial(microseconds, _as_bytes, messages[: -(-count // 20)])
    alone = paired(*in_turns(scope.rounds, partial(microseconds, _written, messages), theirs))
    filled = paired(*in_turns(scope.rounds, partial(microseconds, whole, readers), theirs))
    target = Target(100, at_least=True)
    return Table(
        "MIME",
        f"A message of {size:,} bytes, quoted-printable, from its parts to bytes; against `EmailMessage` with the same "
        "fields and bodies and `as_bytes(policy=SMTP)`. The second line has also filled the merge fields and signed "
        "the links, which the other side is given.",
        ("dispatch", "EmailMessage"),
        [
            Line("CPU (times faster)", f"{alone.ours:.1f} µs", f"{alone.theirs:,.0f} µs", 1 / alone.ratio, target),
            Line("with filling and signing", f"{filled.ours:.1f} µs", f"{filled.theirs:,.0f} µs", 1 / filled.ratio),
        ],
    )


def _written(message: Message) -> bytes:
    return message.mime()


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
