"""Runs the real command in forks of a process that has imported it once, and kills one where it is told to.

    python launcher.py FOLDER      of a newsletter to warm up with

A job is a line of JSON on stdin, its end a line of JSON on stdout. Nothing in the product knows of this: in the child,
the commit of SQLAlchemy's dialect, the statements, the sendall of sockets, the renames of files and the waits for
commands (git) are counted, and at the one that the job names the child sends itself SIGKILL, or SIGSTOP. The processes
that send beside it are forks as well, of the child before it has a thread or a database, and counted in the same way.
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
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

from sqlalchemy.engine.default import DefaultDialect

from dispatch.cli.group import run
from dispatch.delivery.assistants import Assistants
from dispatch.project import Project

# Whatever a command loads only when it needs it: once here is not 2,000 times in the children.
LAZY = (
    "alembic.command",
    "alembic.runtime.migration",
    "dispatch.cli.checking",
    "dispatch.cli.mailing",
    "dispatch.cli.people",
    "dispatch.cli.sending",
    "dispatch.cli.starting",
    "dispatch.cli.web",
    "dispatch.cli.worker",
    "dispatch.providers.mailgun",
    "dispatch.providers.outbox",
    "dispatch.providers.postmark",
    "dispatch.providers.smtp",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
)


class Meter:
    """Counts what happens in this process, and ends it at one of these moments."""

    def __init__(self, kill: list[Any] | None, on_first_commit: Callable[[], None] = lambda: None) -> None:
        self.counts: Counter[str] = Counter()
        *moment, self._signal = kill or [signal.SIGKILL]
        self._moment = tuple(moment)  # ("before" | "after", kind, number from 1)
        self._on_first_commit = on_first_commit
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
            if kind == "commit" and number == 1:
                self._on_first_commit()
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
        if self._moment == (when, kind, number):
            os.kill(os.getpid(), self._signal)


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


class Spare:
    """An assistant in waiting. To whoever starts it, it is what subprocess.Popen gives; it needs no second to begin."""

    def __init__(self, kill: list[Any] | None, others: list[Spare]) -> None:
        self._ours, self._theirs = socket.socketpair()
        stdin, ours = os.pipe()
        theirs, stdout = os.pipe()
        self.stdin, self.stdout = os.fdopen(ours, "wb"), os.fdopen(theirs, "rb")
        self.pid = os.fork()
        if not self.pid:
            os.dup2(stdin, 0)
            os.dup2(stdout, 1)
            for spare in [*others, self]:  # their other ends are the sender's alone, so that its death closes them
                for end in (spare._ours, spare.stdin, spare.stdout):
                    end.close()
            self._wait_for_orders(kill)
        for end in (stdin, stdout):
            os.close(end)
        self._theirs.close()

    def begin(self, command: list[str], inherited: tuple[int, ...]) -> None:
        """Let it be the command: `python -m dispatch …`."""
        socket.send_fds(self._ours, [json.dumps(command[3:]).encode()], inherited)

    def wait_until_enlisted(self) -> None:
        """Until it is about to send, or dead."""
        self._ours.recv(1)

    def go(self) -> None:
        """Let it send."""
        with suppress(OSError):  # dead
            self._ours.send(b".")

    def wait(self) -> int:
        """Its exit code."""
        _, status = os.waitpid(self.pid, 0)
        self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def _wait_for_orders(self, kill: list[Any] | None) -> NoReturn:
        orders, _locks, _, _ = socket.recv_fds(self._theirs, 1 << 16, 4)  # whoever has a descriptor, holds the lock
        if not orders:
            os._exit(0)

        def enlisted() -> None:
            with suppress(OSError):
                self._theirs.send(b".")
                self._theirs.recv(1)

        os._exit(perform(json.loads(orders), Meter(kill, enlisted)))


def use_spares(spares: list[Spare]) -> None:
    """Let a sender's assistants be these. All are enlisted before anybody sends: the first could do the others' work."""
    waiting = [*spares]

    def start(assistants: Any) -> Spare:
        spare = waiting.pop(0)
        spare.begin(assistants._command, assistants._inherited)
        if not waiting:
            for one in spares:
                one.wait_until_enlisted()
            for one in spares:
                one.go()
        return spare

    Assistants._start = start  # type: ignore[assignment,method-assign]


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
    spares: list[Spare] = []
    for number in range(job["assistants"]):
        spares.append(Spare(job["kill"] if job["kills_assistant"] and not number else None, spares))
    if spares:
        use_spares(spares)
    meter = Meter(None if job["kills_assistant"] else job["kill"])
    code = 1
    try:
        code = perform(job["arguments"], meter)
    finally:
        # proc(5): nanoseconds on a CPU, then those in which this thread could have run and others did.
        waited = int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
        Path(job["notes"]).write_text(json.dumps({"counts": meter.counts, "waited": waited}))
        # Taking all modules apart would copy 100 MB of shared pages: 50 ms of each run's 60.
        os._exit(code)


def perform(arguments: list[str], meter: Meter) -> int:
    """Run the command; gives its exit code."""
    meter.watch()
    code: object = 1
    try:
        run(arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else 1


def warm_up(folder: Path) -> None:
    """Do once what every child would do again: import, compile a theme. No database, no thread: a fork keeps neither."""
    for module in LAZY:
        import_module(module)
    project = Project.open(folder, environ=os.environ)
    for path in project.issue_files():
        issue = project.read_issue(str(path))
        project.check(issue, project.compile(issue, embed=project.embeds()))


if __name__ == "__main__":
    warm_up(Path(sys.argv[1]))
    gc.collect()
    gc.freeze()
    tell({"ready": True})
    serve()
