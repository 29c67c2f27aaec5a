"""Keys that dispatch makes for a folder, once: what signs unsubscribe links where dispatch.yaml names no key."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from dispatch.config.references import Secret
from dispatch.counts import count
from dispatch.errors import InvalidConfig
from dispatch.files import sync_folder

MIN_LENGTH = 32
"""Characters of any key: whoever holds a mail can try keys against its token at leisure."""


def load_or_make_key(state: Path, name: str = "key") -> Secret:
    """The key of this name in the state folder; made there (mode 0600, 256 bits) by the first process that asks.

    Whoever asks at the same moment gets the same key. Raises InvalidConfig.
    """
    path = state / name
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfig(
            f"the key {path} cannot be made or read: {error}",
            remedy="Make the folder writable for the user who runs dispatch.",
        ) from error
    if len(key) < MIN_LENGTH:
        raise InvalidConfig(
            f"the key {path} is damaged: it has {count(len(key), 'character')}",
            remedy="Restore it from a backup. If you delete it a new one is made, and links made with the old one stop working.",
        )
    return Secret(key)


def keys_to_set(state: Path) -> str:
    """What to write into dispatch.yaml for real mail; a key that was made here gave subscribers their ids, and stays."""
    made = ', "${file:.dispatch/key}"' if (state / "key").exists() else ""
    return f'keys: ["${{DISPATCH_KEY}}"{made}]'


def _make(path: Path) -> None:
    """Write the whole key under another name first; linking it fails if somebody else was faster, whose key it is then."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix="key-")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        sync_folder(path.parent)  # a lost key would break every link that was mailed
    finally:
        Path(draft).unlink()
