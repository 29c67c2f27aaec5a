"""Writes edits into a YAML file of the newsletter, if it still is the file that they were made for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from dispatch.errors import EditRefused, FileChanged
from dispatch.files import changed_meanwhile, rewrite
from dispatch.yaml_source import Edit, YamlDocument, edited, scan_yaml


def edit_file(path: Path, edits: Iterable[Edit], *, digest: str, folder: Path) -> YamlDocument:
    """Write edits into a file of the newsletter in `folder`, and return it as it is then.

    `digest` is the sha256, in hexadecimal digits, of the file that the edits were made for (`YamlDocument.digest`).
    Raises FileChanged where it is another file by now, and EditRefused where the edits cannot be made; nothing is written
    then, nor into a file outside of the folder, to which a symbolic link may lead.
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
    document = edited(scan_yaml(content, name), edits)
    rewrite(real, content, document.text.encode())
    return document
