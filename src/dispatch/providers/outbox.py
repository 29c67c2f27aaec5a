"""The outbox: each message becomes an .eml file in a folder; no mail leaves this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from dispatch.errors import ProviderUnreachable
from dispatch.files import sync_folder
from dispatch.messages.message import Message, mimes_of
from dispatch.providers.outcome import Accepted, Outcome, Postponed
from dispatch.providers.provider import FOREVER, Batch, Begin, Capabilities, Provider

_UNIT = 100  # messages: one fsync of the folder serves them all
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")  # what some file system, shell or person would stumble over
_LONGEST_ADDRESS = 100  # characters of it in a file's name, which ends at 255 bytes on most file systems


class Outbox(Provider):
    """Writes `<folder>/<mailing>/<position>-<address>.eml`; the position keeps alike addresses apart.

    A message is accepted when its file is durable under its final name. The same message gives the same file, so a
    call may be repeated for ever.
    """

    name: ClassVar[str] = "outbox"
    default_images: ClassVar[str] = "embed"

    def __init__(self, *, folder: Path = Path(".dispatch/outbox")) -> None:
        self._folder = folder

    @property
    def capabilities(self) -> Capabilities:
        """Carries everything that has an address in ASCII; needs no keys, for nothing leaves."""
        return Capabilities(max_messages=_UNIT, idempotency_seconds=FOREVER, real=False)

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """Write the files of a batch, all of them or, where the disk refuses, none that counts."""
        folder = self._folder / _safe(batch.key.rsplit(".", 2)[0])
        files = list(zip(map(folder.joinpath, map(_file_name, batch.messages)), mimes_of(batch.messages), strict=True))
        begin(len(files))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in files:
                _write(path, content)
            for place in (folder, self._folder, self._folder.parent):
                sync_folder(place)
        except OSError as error:
            # A file that was written all the same is written again, with the same name and bytes.
            yield from [Postponed("disk", f"{folder}: {error.strerror}")] * len(files)
            raise ProviderUnreachable(
                f"The outbox cannot be written: {error}", remedy="Make room, or set `folder` of the outbox."
            ) from None
        for path, _ in files:
            yield Accepted(path.relative_to(self._folder).as_posix())

    def check(self) -> list[str]:
        """Whether the folder can be written to, or made where it is missing."""
        there = next(place for place in (self._folder, *self._folder.absolute().parents) if place.exists())
        if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
            return []
        return [f"The outbox {self._folder} cannot be {'written to' if there == self._folder else 'made'}."]


def _file_name(message: Message) -> str:
    return f"{message.position:04}-{_safe(message.envelope.rcpt_to)[:_LONGEST_ADDRESS]}.eml"


def _write(path: Path, content: bytes) -> None:
    """Make a file that is there as a whole or not at all; what a killed run left half done is written over."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _safe(name: str) -> str:
    """A name without anything but letters, digits and `@._+-`, and that is no way out of the folder."""
    return _UNSAFE.sub("_", name).lstrip(".-") or "_"
