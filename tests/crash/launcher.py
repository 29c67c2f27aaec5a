"""Runs the real command in forks of a process that has imported it once, and kills one where it is told to.

    python launcher.py FOLDER      of a newsletter to warm up with

A job is a line of JSON on stdin, its end a line of JSON on stdout. Nothing in the product knows of this: in the child,
the commit of SQLAlchemy's dialect, the statements, the sendall of sockets, the renames of files and the waits for
commands (git) are counted, and at the one that the job names the child sends itself SIGKILL.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

from sqlalchemy.engine.default import DefaultDialect

from dispatch.cli.group import run
from dispatch.project import Project

# Whatever a command loads only when it needs it: once here is not 2,000 times in the children.
LAZY = (
    "alembic.command",
    "alembic.runtime.migration",
    "dispatch.cli.authoring",
    "dispatch.cli.mailing",
    "dispatch.cli.people",
    "dispatch.cli.sending",
    "dispatch.cli.starting",
    "dispatch.cli.web",
    "dispatch.providers.mailgun",
    "dispatch.providers.outbox",
    "dispatch.providers.postmark",
    "dispatch.providers.smtp",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
)


class Meter:
    """Counts what happens in this process, and ends it at one of these moments."""

    def __init__(self, kill: list[Any] | None) -> None:
        self.counts: Counter[str] = Counter()
        self._kill = tuple(kill) if kill else None  # ("before" | "after", kind, number from 1)
        self._lock = Lock()

    def around(self, kind: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same act, counted."""

        def counted(*arguments: Any, **options: Any) -> Any:
            with self._lock:
                self.counts[kind] += 1
                number = self.counts[kind]
            self._die_if_told("before", kind, number)
            result = act(*arguments, **options)
            self._die_if_told("after", kind, number)
            return result

        return counted

    def watch(self) -> None:
        """Count from here on."""
        commit = self.around("commit", DefaultDialect.do_commit)
        plain_commit = DefaultDialect.do_commit
        has_written = HasWritten()

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            # A reader's commit, and one of nothing, leave no trace: dying there is dying before the next one.
            (commit if has_written(dialect, connection) else plain_commit)(dialect, connection)

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
        for name in ("do_execute", "do_executemany"):
            setattr(DefaultDialect, name, self.around("statement", getattr(DefaultDialect, name)))
        socket.socket.sendall = self.around("request", socket.socket.sendall)  # type: ignore[method-assign]
        os.replace = self.around("rename", os.replace)
        # A command that was started goes on by itself, whoever dies.
        subprocess.Popen.communicate = self.around("command", subprocess.Popen.communicate)  # type: ignore[method-assign]

    def _die_if_told(self, when: str, kind: str, number: int) -> None:
        if self._kill == (when, kind, number):
            os.kill(os.getpid(), signal.SIGKILL)


class HasWritten:
    """Whether a transaction that is about to be committed has written anything, as the database itself counts."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}  # that a connection to SQLite had written at its last commit

    def __call__(self, dialect: DefaultDialect, connection: Any) -> bool:
        if dialect.name == "postgresql":
            (number,) = connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()
            return number is not None
        rows, before = connection.total_changes, self._rows.get(id(connection), 0)
        self._rows[id(connection)] = rows
        return rows != before


class Children:
    """The commands at work, any number at once."""

    def __init__(self, events: selectors.BaseSelector) -> None:
        self._events = events
        self._jobs: dict[int, tuple[int, int, float]] = {}  # by pidfd: the job's id, the process, its beginning

    def begin(self, job: dict[str, Any]) -> None:
        """Fork one, and tell its process."""
        process = os.fork()
        if not process:
            become(job)
        handle = os.pidfd_open(process)
        self._events.register(handle, selectors.EVENT_READ)
        self._jobs[handle] = (job["id"], process, time.monotonic())
        tell({"id": job["id"], "process": process})

    def end(self, handle: int) -> None:
        """Tell how one ended."""
        number, process, begun = self._jobs.pop(handle)
        _, status = os.waitpid(process, 0)
        tell({"id": number, "code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - begun})
        self._events.unregister(handle)
        os.close(handle)


def serve() -> None:
    """Fork a child for each job, until nobody is there to give one."""
    stdin = sys.stdin.fileno()
    with selectors.DefaultSelector() as events:
        events.register(stdin, selectors.EVENT_READ)
        children = Children(events)
        rest = b""
        while True:
            for key, _ in events.select():
                if key.fd != stdin:
                    children.end(key.fd)
                elif received := os.read(stdin, 1 << 20):
                    *lines, rest = (rest + received).split(b"\n")
                    for line in lines:
                        children.begin(json.loads(line))
                else:
                    return


def tell(fact: dict[str, Any]) -> None:
    """One line to whoever started us."""
    os.write(sys.stdout.fileno(), json.dumps(fact).encode() + b"\n")


def become(job: dict[str, Any]) -> NoReturn:
    """Be the command, as a process of its own would be."""
    for number, name in enumerate([os.devnull, job["stdout"], job["stderr"]]):
        descriptor = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environ"])
    for place, value in job["settings"].items():
        module, _, name = place.partition(":")
        setattr(import_module(module), name, value)
    meter = Meter(job["kill"])
    meter.watch()
    code: object = 1
    try:
        run(job["arguments"])
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    finally:
        # proc(5): nanoseconds on a CPU, then those in which this thread could have run and others did.
        waited = int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
        Path(job["notes"]).write_text(json.dumps({"counts": meter.counts, "waited": waited}))
        sys.stdout.flush()
        sys.stderr.flush()
        # Taking all modules apart would copy 100 MB of shared pages: 50 ms of each run's 60.
        os._exit(code if isinstance(code, int) else 1)


def warm_up(folder: Path) -> None:
    """Do once what every child would do again: import, compile a theme. No database, no thread: a fork keeps neither."""
    for module in LAZY:
        import_module(module)
    project = Project.open(folder, environ=os.environ)
    for path in project.issue_files():
        project.check(project.read_issue(str(path)))


if __name__ == "__main__":
    warm_up(Path(sys.argv[1]))
    gc.collect()
    gc.freeze()
    tell({"ready": True})
    serve()
