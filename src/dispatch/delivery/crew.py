"""Which processes are sending a mailing: each has a row while it lives, and the rows of the dead are free again."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from dispatch.database.database import Database
from dispatch.database.schema import worker
from dispatch.delivery.lock import Holder
from dispatch.delivery.mailing import BatchRow, Mailing
from dispatch.errors import DatabaseTrouble

LEASE = 30.0
"""Seconds that a process may be silent before others take its rows for abandoned, where several machines send."""

_HEARTBEAT = 5.0  # seconds
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Crew:
    """The processes that send from one database.

    With SQLite they are one group under the sender's lock, which is gone with the last of them. With PostgreSQL they
    may run anywhere: each has a lease by the database's clock, and who lets it expire is fenced off by the version of
    the rows that others took over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._leases = database.several_senders
        self.token = f"{_this_host()}:{os.getpid()}:{secrets.token_hex(4)}"

    @contextmanager
    def enlisted(self, mailing: Mailing) -> Iterator[None]:
        """Be one of those who send this mailing, for the length of the block."""
        self._database.together(lambda connection: self._sign(connection, mailing))
        over = threading.Event()
        heart = threading.Thread(target=self._beat, args=(over, mailing), name="heartbeat", daemon=True)
        if self._leases:
            heart.start()
        try:
            yield
        finally:
            over.set()
            if self._leases:
                heart.join()
            self._database.together(self._sign_off)

    def muster(self, connection: Connection, *, locked: bool) -> None:
        """Strike off who is dead: with leases by those, else everybody when we have just got the sender's lock."""
        if not self._leases:
            if locked:
                connection.execute(delete(worker).where(worker.c.token != self.token))
            return
        expired = worker.c.alive_until < self._database.now(connection)
        connection.execute(delete(worker).where(expired))
        here = select(worker.c.token, worker.c.process).where(worker.c.host == _this_host())
        dead = [token for token, process in connection.execute(here) if not Holder(process, "").is_alive]
        if dead:
            connection.execute(delete(worker).where(worker.c.token.in_(dead)))

    def abandoned(self, connection: Connection, rows: list[BatchRow]) -> list[BatchRow]:
        """Those rows that somebody took who is not enlisted any more."""
        enlisted = set(connection.execute(select(worker.c.token)).scalars())
        return [row for row in rows if row.claimed_by is None or row.claimed_by.partition("#")[0] not in enlisted]

    def strength(self, connection: Connection, mailing: Mailing) -> int:
        """How many processes send the mailing, this one among them."""
        query = select(func.count()).where(worker.c.mailing_id == mailing.id)
        return max(1, connection.execute(query).scalar_one())

    def sends(self, connection: Connection, mailing: Mailing) -> bool:
        """Whether a process with a lease that holds sends it."""
        alive = worker.c.alive_until >= self._database.now(connection)
        query = select(func.count()).where(worker.c.mailing_id == mailing.id, alive)
        return bool(connection.execute(query).scalar_one())

    def _beat(self, over: threading.Event, mailing: Mailing) -> None:
        """Not together with others, who may wait for a lock as long as the lease lasts; a beat that fails, the next makes good."""
        while not over.wait(_HEARTBEAT):
            with suppress(DatabaseTrouble), self._database.writing() as connection:
                self._sign(connection, mailing)

    def _sign(self, connection: Connection, mailing: Mailing) -> None:
        """Be alive for another lease, also where others struck us off meanwhile: what they took over is fenced."""
        self._sign_off(connection)
        facts = {"token": self.token, "mailing_id": mailing.id, "host": _this_host(), "process": os.getpid()}
        connection.execute(insert(worker).values(**facts, alive_until=self._database.now(connection) + LEASE))

    def _sign_off(self, connection: Connection) -> None:
        connection.execute(delete(worker).where(worker.c.token == self.token))


class Leases:
    """What SenderLock is where only one process sends: here several may, so nobody is kept out."""

    descriptor = None

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def hold(self, mailing: str) -> Iterator[None]:
        """Freezing, settling and sending are told apart by the database's own locks and the rows' versions."""
        yield

    def sends(self, mailing: Mailing) -> bool:
        """Whether a process sends it now."""
        with self._database.reading() as connection:
            return Crew(self._database).sends(connection, mailing)


def _this_host() -> str:
    """One machine until it is started anew, and one container in it: where a process number means one process."""
    try:
        return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').readlink()}/{_BOOT.read_text().strip()[:8]}"
    except OSError:  # no Linux: the lease tells who is dead
        return f"{socket.gethostname()}/{secrets.token_hex(4)}"
