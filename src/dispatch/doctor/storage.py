"""Where subscribers and ledger are kept: the database, its file system, and whether there is room."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from dispatch.database.database import HEAD, Database
from dispatch.doctor.case import Case, NotExamined
from dispatch.doctor.examination import Observation, error, ok, warning

# As Linux calls them in /proc/self/mountinfo (proc(5)).
_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|ceph|9p|glusterfs|lustre|fuse\.(?:sshfs|glusterfs|s3fs|rclone|ceph.*)"
)

# For each recipient, measured on 2,000 with a sample issue and its pictures inside (2026-11-28), and rounded up.
_LEDGER_BYTES = 1_000  # 400 in SQLite's file, and at most as many in its log
_OUTBOX_BYTES = 120_000  # a message as a file
_SPARE = 200_000_000


def database(case: Case) -> Iterator[Observation]:
    """The database opens, is of this program's version, can be written, and keeps what it has said it kept.

    Each commit has to be on the disk before a message leaves: on SQLite `synchronous = FULL` in WAL, on PostgreSQL a
    server with `fsync`. A database that is not there yet is made by the first command that needs it.
    """
    if case.trouble:
        raise case.trouble
    if case.database:
        yield from _judge(case.database)
    elif case.version is None:
        yield from _none_yet(case)
    elif case.version > HEAD:
        yield error(
            database,
            f"{case.found} was made by a newer dispatch: its version is {case.version}, and this program's is {HEAD}",
            "Install the newer dispatch, or restore a backup from before the upgrade.",
        )
    else:
        yield warning(
            database,
            f"{case.found} is of version {case.version}; the next command that needs it brings it to {HEAD}",
            "Make a copy of it first.",
        )


def _judge(opened: Database) -> Iterator[Observation]:
    with opened.reading() as connection:
        doubts = opened.doubts(connection)
    for doubt in doubts:
        yield error(database, f"{opened}: {doubt}", "Mend it before you send: the ledger has to outlive a crash.")
    if not doubts:
        yield ok(database, f"{opened} is of version {HEAD}, can be written, and waits for the disk")


def _none_yet(case: Case) -> Iterator[Observation]:
    config = case.config
    path = Database.as_it_is(config.database, folder=config.folder).path
    if path and not os.access(_nearest(path), os.W_OK | os.X_OK):
        yield error(database, f"{path} cannot be made", "Make its folder writable for the user who runs dispatch.")
    else:
        yield ok(database, f"the first command that needs one makes it: {case.found or path}")


def file_system(case: Case) -> Iterator[Observation]:
    """The database lies on a disk of this machine.

    SQLite's log is shared memory, which machines do not share: over NFS, SMB and the like databases break
    (https://sqlite.org/wal.html). PostgreSQL looks after its own.
    """
    path = _file_of(case)
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
    except OSError:
        raise NotExamined("this system does not tell which file systems it has") from None
    kind = kind_of_file_system(path, mounts)
    if _REMOTE.fullmatch(kind):
        yield error(
            file_system,
            f"{path} lies on a file system of another machine ({kind}), where SQLite databases break",
            "Name a file on this machine's own disk under `database:`, or use PostgreSQL.",
        )
    else:
        yield ok(file_system, f"the database lies on a disk of this machine ({kind})")


def _file_of(case: Case) -> Path:
    path = Database.as_it_is(case.config.database, folder=case.config.folder).path
    if not path:
        raise NotExamined("the database is on a server")
    return path


def kind_of_file_system(path: Path, mounts: str) -> str:
    """The kind of file system that holds a path, by the text of /proc/self/mountinfo."""
    nearest = _nearest(path).resolve()
    kind, longest = "unknown", -1
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), left.split()[4])
        if nearest.is_relative_to(point) and len(point) >= longest:  # of two on one point the later hides the earlier
            kind, longest = right.split()[0], len(point)
    return kind


def free_space(case: Case) -> Iterator[Observation]:
    """There is room for a mailing to the present list: for the ledger, and for the files of the outbox.

    An estimate from the number of lines in the list. A disk that fills up stops a mailing, and loses nothing.
    """
    lines = _lines(case.project.subscribers_file)
    outbox = bool(case.capabilities and not case.capabilities.real)
    folder = _nearest(case.config.state if outbox else _file_of(case).parent)
    needed = lines * (_LEDGER_BYTES + (_OUTBOX_BYTES if outbox else 0))
    free = shutil.disk_usage(folder).free
    said = f"{_size(free)} are free in {folder}; a mailing to {lines:,} takes about {_size(needed)}"
    hint = "Make room: a mailing stops when the disk is full, and goes on with `dispatch resume`."
    if free < needed:
        yield error(free_space, said, hint)
    elif free < 2 * needed + _SPARE:
        yield warning(free_space, said, hint)
    else:
        yield ok(free_space, said)


def _lines(file: Path) -> int:
    """Lines of the list but for the header; 0 where there is none."""
    try:
        with file.open("rb") as stream:
            return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b"")) - 1)
    except FileNotFoundError:
        return 0


def _nearest(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _size(octets: float) -> str:
    steps = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
    size, unit = next((step for step in steps if octets >= step[0]), (1, "bytes"))
    return f"{octets / size:.3g} {unit}"
