"""The keys that sign links, and whether secrets stay secret."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from dispatch.config.signing_key import MIN_LENGTH, keys_to_set
from dispatch.database.schema import setting
from dispatch.doctor.case import Case
from dispatch.doctor.examination import Observation, error, ok, warning
from dispatch.inspection.repository import is_ignored, was_committed

_MAKE_ONE = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def signing_keys(case: Case) -> Iterator[Observation]:
    """There are keys to sign unsubscribe links with, long enough, and the oldest is the one that the database knows.

    The first signs, all verify; the last and oldest gives subscribers their ids, so that without it nobody who left
    would be recognised. Real mail wants keys in `keys:`; for the outbox one is made in `.dispatch/key`.
    """
    keys = case.config.keys
    made = case.config.state / "key"
    if not keys and case.capabilities and case.capabilities.real:
        yield error(
            signing_keys,
            f"no key is set, and {case.config.provider} carries real mail: its unsubscribe links need one",
            f"Set {keys_to_set(case.config.state)}, and DISPATCH_KEY in .env. {_MAKE_ONE}",
        )
    elif not keys and not made.exists():
        yield ok(signing_keys, "the first message makes a key in .dispatch/key; real mail will want one in `keys:`")
    elif not case.keys:
        yield error(
            signing_keys,
            f"the key in {made} is damaged: one has at least {MIN_LENGTH} characters",
            "Restore it from a backup; without it, links that were mailed stop working.",
        )
    elif len(set(keys)) < len(keys):
        yield warning(signing_keys, "a key stands in `keys:` twice", "Leave one of them out, the oldest at the end.")
    else:
        yield from _oldest(case, len(keys))


def _oldest(case: Case, number: int) -> Iterator[Observation]:
    if case.database:
        with case.database.reading() as connection:
            marked = connection.execute(select(setting.c.value).where(setting.c.name == "id_key")).scalar()
        if marked:
            _ = case.store  # raises where it goes by another key
    named = f"{number} in `keys:`" if number else "the one in .dispatch/key"
    yield ok(signing_keys, f"{named}; the {'oldest' if number > 1 else 'key'} is the one that subscribers are known by")


def secret_files(case: Case) -> Iterator[Observation]:
    """The files with secrets in them can be read by nobody else, and are not in git.

    They are `.env`, `.dispatch/key` and the database, which holds everybody's address. What was committed once stays
    in the history for all who have a clone.
    """
    folder = case.config.folder
    files = (folder / ".env", case.config.state / "key", case.found.path if case.found else None)
    secret = [path for path in files if path and path.exists()]
    exposed = [path for path in secret if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in exposed:
        yield warning(secret_files, f"others on this machine can read {_shown(path, folder)}", f"chmod 600 {path}")
    committed = [name for name in (".env", ".dispatch") if was_committed(folder, name)]
    for name in committed:
        yield error(
            secret_files,
            f"{name} is in git, or was once: whoever has a clone has what is in it",
            f"git rm -r --cached {name}, put it into .gitignore, and make new secrets in the place of those it held.",
        )
    loose = [name for name in (".env", ".dispatch") if (folder / name).exists() and not is_ignored(folder, name)]
    for name in loose:
        if name not in committed:
            yield warning(secret_files, f"git does not ignore {name}", f"Write the line {name} into .gitignore.")
    if not exposed and not committed and not loose:
        yield ok(secret_files, "nobody else can read the files with secrets, and git does not have them")


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
