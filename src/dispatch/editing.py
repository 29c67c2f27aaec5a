"""Edits of a YAML file of the newsletter: looked at, then written, if it still is the file they were made for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

from dispatch.errors import EditRefused, FileChanged
from dispatch.files import changed_meanwhile, refuse_to_replace, rewrite, write_new
from dispatch.yaml_source import Edit, YamlDocument, edited, scan_yaml


@dataclass(frozen=True)
class Proposal:
    """A file that was read, and the document that edits make of it; nothing is written yet."""

    file: Path
    content: bytes | None = field(repr=False)  # None: there is no such file yet
    document: YamlDocument

    @property
    def seen(self) -> str:
        """The sha256 of the file that was read, in hexadecimal digits; of nothing where there is none yet."""
        return sha256(self.content or b"").hexdigest()

    def difference(self) -> list[str]:
        """The lines that writing it would change, as by `changed_lines`."""
        return changed_lines((self.content or b"").decode(), self.document.text)

    def write(self) -> YamlDocument:
        """Put the document into the file's place, in one step; raises FileChanged where that is another one by now."""
        if self.content is None:
            write_new(self.file, self.document.text.encode())
        else:
            rewrite(self.file, self.content, self.document.text.encode())
        return self.document


def propose(path: Path, edits: Iterable[Edit], *, digest: str, folder: Path) -> Proposal:
    """Edits of a file of the newsletter in `folder`, to be looked at and written.

    `digest` is the sha256, in hexadecimal digits, of the file that the edits were made for (`YamlDocument.digest`).
    Raises FileChanged where it is another file by now, and as `propose_change`, which it is a case of.
    """
    return propose_change(path, lambda document: edited(document, edits), digest=digest, folder=folder)


def propose_change(
    path: Path, change: Callable[[YamlDocument], YamlDocument], *, digest: str, folder: Path
) -> Proposal:
    """What a function makes of a file of the newsletter in `folder`, to be looked at and written.

    Raises FileChanged where its digest is another one by now, what `change` raises, and EditRefused where the file may
    not be written, or where it is outside of the folder, to which a symbolic link may lead.
    """
    name = os.path.relpath(path)
    real = path.resolve()
    if not real.is_relative_to(folder.resolve()):
        message = f"{name} is outside of the newsletter's folder, and is left as it is"
        raise EditRefused(message, remedy="Edit the file by hand.")
    try:
        content = real.read_bytes()
    except FileNotFoundError:
        raise FileChanged(f"{name} is gone", remedy="Look for its new name, and edit it there.") from None
    if sha256(content).hexdigest() != digest:
        raise changed_meanwhile(path)
    refuse_to_replace(real)
    return Proposal(real, content, change(scan_yaml(content, name)))


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that differ between two texts, as a unified diff without context and without names of files."""
    return list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
