"""Lines put into a subscribers' file or taken out of it, every other byte staying as it is."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dispatch.errors import InvalidSubscribers
from dispatch.files import refuse_to_replace, sync_folder, take_after
from dispatch.location import Location
from dispatch.subscribers.csv_import import SubscribersFile, open_subscribers
from dispatch.subscribers.csv_rows import Row
from dispatch.subscribers.csv_text import text_of


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other commands from changing files of a folder meanwhile; death releases it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def append_rows(path: Path, file: SubscribersFile, rows: Iterable[Mapping[str, str]]) -> int:
    """Write rows (column to text) after the last line of `file`, which is `path` opened; returns how many.

    The file is replaced at once or not at all, and its old bytes stay as they are. Raises InvalidSubscribers if the
    result would not read as the old lines and the new ones: an unclosed quote could swallow them.
    """

    def write(target: BinaryIO) -> _Change:
        file.stream.seek(0)
        shutil.copyfileobj(file.stream, target)
        line_end = _line_end(file)
        if not _ends_with_line_end(file):
            target.write(line_end.encode(codec))
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 - counted
            line = _line([row.get(column, "") for column in file.columns], file.delimiter, line_end)
            target.write(line.encode(codec))
        return (count, 0)

    codec = file.facts.encoding.codec
    added, _ = _rewrite(path, file, write)
    return added


def drop_lines(
    path: Path, file: SubscribersFile, spans: Iterable[tuple[int, int]], *, valid: int, rejected: int
) -> None:
    """Take physical lines out, each span from its first to its last line: so many valid records, so many rejected.

    The file is replaced at once or not at all. Raises InvalidSubscribers if the others would not read as before.
    """
    dropped = {line for first, last in spans for line in range(first, last + 1)}

    def write(target: BinaryIO) -> _Change:
        target.write(file.facts.encoding.mark)
        text = text_of(file.stream, file.facts.encoding, newline="")
        try:
            for number, line in enumerate(text, start=1):
                if number not in dropped:
                    target.write(line.encode(text.encoding, text.errors or "strict"))
        finally:
            text.detach()
        return (-valid, -rejected)

    _rewrite(path, file, write)


_Change = tuple[int, int]  # of the number of valid records, and of rejected ones


def _rewrite(path: Path, file: SubscribersFile, write: Callable[[BinaryIO], _Change]) -> _Change:
    """Write a new file beside the old one, see whether it reads as it should, and put it into the old one's place."""
    valid, rejected = _tally(file)
    real = path.resolve()  # a symbolic link stays one
    refuse_to_replace(real)
    with _beside(real) as (new, target):
        change = write(target)
        target.flush()
        os.fsync(target.fileno())
        with open_subscribers(new, file.facts.name) as result:
            alike = (result.facts.encoding, result.columns) == (file.facts.encoding, file.columns)
            if not alike or _tally(result) != (valid + change[0], rejected + change[1]):
                raise InvalidSubscribers(
                    "the file cannot be changed without changing what its other lines say",
                    remedy="Mend its rejected lines first (an unclosed quote, most likely), or change it by hand.",
                    location=Location(file.facts.name),
                )
        _refuse_changed_meanwhile(real, file)
        take_after(real, new)
        new.replace(real)
    sync_folder(real.parent)
    return change


def _tally(file: SubscribersFile) -> tuple[int, int]:
    valid = total = 0
    for row in file:
        total += 1
        valid += isinstance(row, Row)
    return valid, total - valid


def _refuse_changed_meanwhile(path: Path, file: SubscribersFile) -> None:
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != file.facts.sha256:
            raise InvalidSubscribers(
                "the file was changed by another program meanwhile, and is left as that one made it",
                remedy="Repeat the command.",
                location=Location(file.facts.name),
            )


@contextmanager
def _beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file, to be called under alone_in(): so what has its name already was left by a command that was killed."""
    prefix, suffix = f".{path.name}.", ".draft"
    try:
        for left in path.parent.iterdir():
            if left.name.startswith(prefix) and left.name.endswith(suffix):
                left.unlink()
        descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=path.parent)
    except OSError as error:
        raise InvalidSubscribers(
            f"the file cannot be changed: {error.strerror}", location=Location(str(path))
        ) from None
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield Path(name), target
    finally:
        Path(name).unlink(missing_ok=True)


def _line_end(file: SubscribersFile) -> str:
    text = text_of(file.stream, file.facts.encoding, newline="")
    try:
        return "\r\n" if text.readline().endswith("\r\n") else "\n"
    finally:
        text.detach()


def _ends_with_line_end(file: SubscribersFile) -> bool:
    newline = "\n".encode(file.facts.encoding.codec)
    file.stream.seek(-len(newline), os.SEEK_END)
    return file.stream.read() == newline


def _line(cells: list[str], delimiter: str, line_end: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator=line_end).writerow(cells)
    return line.getvalue()
