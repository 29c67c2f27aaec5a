"""Messages as bytes (RFC 5322, 2045 to 2047): built once for all, with each person's values spliced in.

Python's own `email` is not used to write: it encodes a long List-Unsubscribe, which then is no longer a URL to mail
programs (python/cpython#85725), and up to 3.11.9 it turns an encoded-word in a subject into header lines
(CVE-2024-6923). It would also take a hundred times as long.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from operator import add

from dispatch.addresses import encode_words
from dispatch.errors import Unsupported
from dispatch.messages.template import Variant
from dispatch.rendering.compiled import Picture, Slots
from dispatch.rendering.form import Form

_LONGEST_LINE = 998  # RFC 5322 §2.1.1, without CRLF
_HEADER_WIDTH = 76  # RFC 2047 §2, for lines with encoded-words
_QUOTED_WIDTH = 75  # RFC 2045 §6.7 allows 76 with the `=` of a soft line break

# A subject that may stand as it is: no encoded-word, single spaces only, and words short enough for folding.
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[!-~]{1,60}(?: [!-~]{1,60})*")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SPACE_BETWEEN_WORDS = re.compile(r"(?<=[^ ]) (?=[^ ])")

# One line of a body that needs no encoding, as most values are.
_PLAIN_LINE = re.compile(r"(?!\.|From )[ -<>-~]{0,74}[!-<>-~]")
# Two such lines in one, as links are.
_PLAIN_LINES = re.compile(r"(?!\.|From )[ -<>-~]{75}(?!\.|From )[ -<>-~]{0,74}[!-<>-~]")
_TO_QUOTE = re.compile(rb"[^\t -<>-~]")
_SOFT_BREAK = b"=\r\n"


def address_field(name: str, header: str) -> bytes:
    """A header field with one mailbox, as format_header() writes it; raises Unsupported."""
    return _folded(name, header)


@lru_cache(maxsize=1024)
def subject_field(subject: str) -> bytes:
    """The Subject field, in encoded-words unless it is plain; raises Unsupported for control characters."""
    if not subject:
        return b"Subject:\r\n"
    if _CONTROL.search(subject):
        raise Unsupported("A subject cannot have line breaks or control characters in it")
    return _folded("Subject", subject if _PLAIN_SUBJECT.fullmatch(subject) else encode_words(subject))


def fixed_field(name: str, value: str) -> bytes:
    """A field that is never encoded, and folded nowhere but between two URLs (RFC 2369 §2); raises Unsupported."""
    if not (value.isascii() and value.isprintable()):
        raise Unsupported(f"The header field {name} can only hold printable ASCII characters, and not {value!r}")
    return _within_limit(f"{name}: {value}".replace(">, <", ">,\r\n <"))


class Body:
    """A variant's MIME structure and bodies: multipart/alternative, with pictures multipart/related in it.

    Bodies are quoted-printable. Each value stands between two soft line breaks, so that it needs to know nothing of
    the column it is put in, nor the text after it of the value's length.
    """

    def __init__(self, variant: Variant) -> None:
        # `=_` can stand neither in quoted-printable nor in base64: no content can forge a boundary (RFC 2045 §6.7).
        seed = sha256(repr((variant.html.literals, variant.text.literals)).encode()).hexdigest()[:24]
        outer, inner = f"=_a{seed}", f"=_r{seed}"
        html_start, html_end = _text_part("html"), ""
        if variant.pictures:
            html_start = _multipart("related", inner, parameters='; type="text/html"') + html_start
            html_end = _picture_parts(inner, variant.pictures)
        head = "MIME-Version: 1.0\r\n" + _multipart("alternative", outer) + _text_part("plain")
        self._text = _quoted(variant.text, head, f"\r\n--{outer}\r\n{html_start}")
        self._html = _quoted(variant.html, "", f"{html_end}\r\n--{outer}--\r\n")

    @property
    def names(self) -> frozenset[str]:
        """The merge fields that it needs."""
        return self._text.names | self._html.names

    def pieces_of_all(self, columns: Mapping[str, list[str]]) -> Iterator[list[bytes]]:
        """The last header fields and everything below them, for one person after the other.

        `columns` has everybody's values, field by field; without a field it has no end.
        """
        return map(add, self._text.pieces_of_all(columns), self._html.pieces_of_all(columns))


def _quoted(slots: Slots, before: str, after: str) -> Form[bytes]:
    """A body in quoted-printable."""
    first, *others = slots.literals
    literals = [before.encode("ascii") + quoted_printable(first)]
    literals += [_SOFT_BREAK + quoted_printable(literal) if literal else b"" for literal in others]
    literals[-1] += after.encode("ascii")
    return Form(slots, literals, lambda value: _SOFT_BREAK + quoted_printable(value) if value else b"")


def quoted_printable(text: str) -> bytes:
    """Text as it stands between two soft line breaks (RFC 2045 §6.7): UTF-8, no line over 75 octets.

    No line begins with a full stop, so that SMTP has none to double (RFC 5321 §4.5.2), nor with `From `, which
    mailbox files change; none ends in a space.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text.encode("ascii")
    if _PLAIN_LINES.fullmatch(text):
        return f"{text[:_QUOTED_WIDTH]}=\r\n{text[_QUOTED_WIDTH:]}".encode("ascii")
    if "\0" in text:
        raise Unsupported("A text part cannot have NUL characters in it (RFC 5322 §2.2)")
    return b"\r\n".join(map(_quoted_line, text.encode().split(b"\n")))


def _quoted_line(line: bytes) -> bytes:
    line = _TO_QUOTE.sub(lambda match: b"=%02X" % match[0][0], line)
    if line.endswith((b" ", b"\t")):
        line = line[:-1] + b"=%02X" % line[-1]
    pieces = []
    while True:
        if line.startswith((b".", b"From ")):
            line = b"=%02X" % line[0] + line[1:]
        if len(line) <= _QUOTED_WIDTH:
            break
        end = _QUOTED_WIDTH
        if (escape := line.rfind(b"=", end - 2, end)) >= 0:  # not in the middle of =3D
            end = escape
        pieces.append(line[:end])
        line = line[end:]
    return _SOFT_BREAK.join([*pieces, line])


def _folded(name: str, value: str) -> bytes:
    """A field, folded at single spaces so that its lines keep to 76 characters where it has the spaces for it."""
    first, *words = _SPACE_BETWEEN_WORDS.split(value)
    lines = [f"{name}: {first}"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _HEADER_WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    return _within_limit("\r\n".join(lines))


def _within_limit(field: str) -> bytes:
    if len(field) > _LONGEST_LINE and any(len(line) > _LONGEST_LINE for line in field.split("\r\n")):
        raise Unsupported(f"The header field {field.partition(':')[0]} has a line of more than {_LONGEST_LINE} octets")
    return f"{field}\r\n".encode("ascii")


def _multipart(kind: str, boundary: str, parameters: str = "") -> str:
    return f'Content-Type: multipart/{kind}{parameters};\r\n boundary="{boundary}"\r\n\r\n--{boundary}\r\n'


def _text_part(kind: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def _picture_parts(boundary: str, pictures: Sequence[Picture]) -> str:
    parts = (
        f"\r\n--{boundary}\r\n"
        f"Content-Type: {picture.content_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.content_id}>\r\n"
        f'Content-Disposition: inline;\r\n filename="{picture.name}"\r\n'
        "\r\n" + base64.encodebytes(picture.content).decode().replace("\n", "\r\n").removesuffix("\r\n")
        for picture in pictures
    )
    return "".join(parts) + f"\r\n--{boundary}--\r\n"
