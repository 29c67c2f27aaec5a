"""Files that are there as a whole or not at all, whenever the program or the machine stops."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatch.errors import EditRefused, FileChanged

_NEW = 0o666  # as far as the umask lets it
_PRIVATE = 0o600


def write_whole(path: Path, content: bytes, *, mode: int = _NEW) -> None:
    """Put a file into the place of what was there, in one step; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, content, mode) as draft:
        draft.replace(path)


def write_new(path: Path, content: bytes) -> None:
    """Make a file, in one step; raises FileChanged where there is one by now (but for a writer as in `rewrite`)."""
    with _draft(path, content, _NEW) as draft:
        if os.path.lexists(path):
            raise changed_meanwhile(path)
        draft.replace(path)


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` in the place of `old`, in one step; whose the file is, and who may read and write it, stays as it is.

    Raises FileChanged if the file holds something else by now, and EditRefused as `refuse_to_replace` and `take_after`
    do. (rename(2) cannot look and replace in one, so a writer who comes between the two, microseconds apart, is not
    seen.)
    """
    refuse_to_replace(path)
    with _draft(path, new, _PRIVATE) as draft:
        take_after(path, draft)
        if path.read_bytes() != old:
            raise changed_meanwhile(path)
        draft.replace(path)


def refuse_to_replace(path: Path) -> None:
    """Raise EditRefused for a file that nobody may write, or that has another name, which would keep the old content.

    To replace a file asks for the right to write its folder only, and of root not even that.
    """
    was = path.stat()
    name = os.path.relpath(path)
    if not was.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise EditRefused(f"{name} is read-only, and is left as it is", remedy=f"To edit it, `chmod u+w {name}` first.")
    if was.st_nlink > 1:
        raise EditRefused(
            f"{name} has another name (a hard link), under which it would stay as it was",
            remedy="Edit the file by hand, or make it a file of its own: copy it, and put the copy in its place.",
        )


def take_after(path: Path, draft: Path) -> None:
    """Give a draft the owner, group, extended attributes (access lists among them) and mode of the file it replaces.

    Raises EditRefused where owner and group cannot be kept.
    """
    was, new = path.stat(), draft.stat()
    if (was.st_uid, was.st_gid) != (new.st_uid, new.st_gid):
        try:
            os.chown(draft, was.st_uid, was.st_gid)
        except PermissionError:
            raise EditRefused(
                f"{os.path.relpath(path)} belongs to another user or group, and would not any more",
                remedy="Run dispatch as the user whose file it is, or make the file yours.",
            ) from None
    if sys.platform == "linux":
        for name in _attributes(draft) - _attributes(path):  # access lists that new files of the folder get
            os.removexattr(draft, name)
        for name in _attributes(path):
            os.setxattr(draft, name, os.getxattr(path, name))
    draft.chmod(stat.S_IMODE(was.st_mode))


def _attributes(path: Path) -> set[str]:
    """The names of a file's extended attributes, but for those that the system gives to each file as it should be."""
    try:
        return {name for name in os.listxattr(path) if not name.startswith("security.")}
    except OSError as error:
        if error.errno == errno.ENOTSUP:  # the file system has none
            return set()
        raise


def changed_meanwhile(path: Path) -> FileChanged:
    """What is raised where a file is not what it was when somebody chose to change it."""
    return FileChanged(
        f"{os.path.relpath(path)} was changed meanwhile, and is left as it is",
        remedy="Look at it as it is now, and repeat what you wanted to change.",
    )


@contextmanager
def _draft(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside another, to take its place, with a mode from its first moment; it is deleted if it does not.

    Without the fsync a machine that stops may leave an empty file under the new name (rename(2) orders nothing).
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
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
