"""The bytes of a CSV file as text: which encoding, which digest, which line ends."""

from __future__ import annotations

import codecs
import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

from dispatch.errors import InvalidSubscribers
from dispatch.location import Location

_CHUNK = 1 << 20

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet (or another zip archive)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}

SAVE_AS_CSV = "Save it as “CSV UTF-8” from the spreadsheet program."
EXAMPLE = "Its first line names the columns, for example: email,first_name,language,tags"


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file are read as text."""

    codec: str  # utf-8 | utf-16-le | utf-16-be | cp1252
    mark: bytes = b""  # the byte order mark that the file begins with

    def __str__(self) -> str:
        return f"{self.codec} with byte order mark" if self.mark and self.codec == "utf-8" else self.codec


@dataclass(frozen=True)
class FileFacts:
    """What a first pass over the bytes tells."""

    name: str  # as messages call the file
    sha256: str
    encoding: Encoding


def survey(stream: BinaryIO, name: str) -> FileFacts:
    """Read the whole stream once, in pieces, and find out its digest and encoding.

    A byte order mark decides; else it is UTF-8 if all of it is valid; else Windows' cp1252, which is what Excel writes
    in Western Europe. Guessing by statistics is worse: charset-normalizer 3.5.2 took French names for cp1250 and made
    "Hélčne" of Hélène, silently. But a file of which at least half of the lines with accents are UTF-8 is UTF-8 with
    broken lines: reading all of it as cp1252 would spoil the names on the others. Raises InvalidSubscribers for what is
    no text.
    """
    stream.seek(0)
    start = stream.read(4)
    _refuse_other_kinds(start, name)
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if start.startswith(mark)), (b"", ""))
    if codec.startswith("utf-32"):
        raise InvalidSubscribers("the file is UTF-32", remedy=SAVE_AS_CSV, location=Location(name))
    digest, is_valid = _digest_and_validity(stream, codec or "utf-8")
    if codec.startswith("utf-16") and not is_valid:
        raise InvalidSubscribers("the file is broken UTF-16", remedy=SAVE_AS_CSV, location=Location(name))
    if not codec:
        codec = "utf-8" if is_valid or _is_mostly_utf8(stream) else "cp1252"
    return FileFacts(name, digest, Encoding(codec, mark))


def text_of(stream: BinaryIO, encoding: Encoding, *, newline: str | None = None) -> io.TextIOWrapper:
    """The stream as text after its byte order mark, from the beginning; detach it instead of closing it.

    A byte that the encoding does not know becomes a lone surrogate, so that the line it stands in can be told, and
    writing the text back gives the same bytes. Line ends become \\n unless `newline` is "".
    """
    stream.seek(len(encoding.mark))
    errors = "strict" if encoding.codec.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(stream, encoding=encoding.codec, errors=errors, newline=newline)


def _refuse_other_kinds(start: bytes, name: str) -> None:
    if not start:
        raise InvalidSubscribers(
            "the file is empty",
            remedy=EXAMPLE,
            location=Location(name),
        )
    for beginning, kind in _NOT_TEXT.items():
        if start.startswith(beginning):
            raise InvalidSubscribers(f"the file is {kind}, not CSV", remedy=SAVE_AS_CSV, location=Location(name))


def _digest_and_validity(stream: BinaryIO, codec: str) -> tuple[str, bool]:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(codec)()
    is_valid = True
    stream.seek(0)
    while is_valid:
        chunk = stream.read(_CHUNK)
        digest.update(chunk)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            is_valid = False
        if not chunk:
            break
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest(), is_valid


def _is_mostly_utf8(stream: BinaryIO) -> bool:
    stream.seek(0)
    valid = broken = 0
    for line in iter(lambda: stream.readline(_CHUNK), b""):
        if not line.isascii():
            try:
                line.decode()
            except UnicodeDecodeError:
                broken += 1
            else:
                valid += 1
    return 0 < valid >= broken
