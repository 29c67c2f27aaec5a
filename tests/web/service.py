"""Runs the real service on a folder, as `dispatch serve` does: python service.py FOLDER [largest file in octets]."""

from __future__ import annotations

import resource
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from dispatch.database.database import Database
from dispatch.messages.tokens import KeyRing
from dispatch.rendering.theme import NewsletterFacts
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.app import create_app
from dispatch.web.server import serve

KEY = "a key for the tests of the web, which is long enough"
NEWSLETTER = NewsletterFacts(
    name="GEOPOLITIKS <& friends>", postal_address="12 Invented Street, 75000 Paris", language="en"
)


def main(folder: Path, largest_file: int | None = None) -> None:
    """Serve until stopped; the URL is the first line on stdout."""
    ring = KeyRing([KEY])
    with closing(Database.open("sqlite:///.dispatch/dispatch.db", folder=folder)) as database:
        app = create_app(
            database=database,
            store=SubscriberStore(database, lambda: datetime.now(UTC), ring.id_key),
            ring=ring,
            media=folder / "media",
            newsletter=NEWSLETTER,
            mailings=lambda: ["straw.1", "grain.1"],
        )
        if largest_file is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        serve(app, "127.0.0.1", 0, announce=_tell)
    _tell("closed")


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
