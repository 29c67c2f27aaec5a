"""Files that are there as a whole or not at all, whenever the program or the machine stops."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatch.errors import FileChanged


def write_whole(path: Path, content: bytes) -> None:
    """Put a file into the place of what was there, in one step; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, content) as draft:
        draft.replace(path)


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` in the place of `old`, in one step; who may read and write the file stays as it is.

    Raises FileChanged if the file holds something else by now. (rename(2) cannot look and replace in one, so a writer
    who comes between the two, microseconds apart, is not seen.)
    """
    with _draft(path, new) as draft:
        draft.chmod(stat.S_IMODE(path.stat().st_mode))
        if path.read_bytes() != old:
            raise changed_meanwhile(path)
        draft.replace(path)


def changed_meanwhile(path: Path) -> FileChanged:
    """What is raised where a file is not what it was when somebody chose to change it."""
    return FileChanged(
        f"{os.path.relpath(path)} was changed meanwhile, and is left as it is",
        remedy="Look at it as it is now, and repeat what you wanted to change.",
    )


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside another, to take its place; it is deleted if it does not.

    Without the fsync a machine that stops may leave an empty file under the new name (rename(2) orders nothing).
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (fsync(2): syncing a file does not sync the entry that names it)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
