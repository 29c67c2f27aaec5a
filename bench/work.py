"""The pieces of work that run in a process of their own: `python -m bench.work WHAT …`, which prints its cost as JSON.

What dispatch does is done as its commands do it; beside each stands the plainest program for the same end.
"""

from __future__ import annotations

import csv
import gc
import json
import os
import re
import resource
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import perf_counter

import requests

from bench.newsletter import ISSUE
from bench.readers import DATE, personalizer, reader
from bench.stopwatch import Stopwatch
from dispatch.database.database import Database
from dispatch.delivery.ledger import Ledger
from dispatch.project import Project
from dispatch.providers import PROVIDERS
from dispatch.providers.outcome import Accepted
from dispatch.providers.provider import Batch
from dispatch.sending import freeze, propose, sender_of

_cost: dict[str, object] = {}


@contextmanager
def measured() -> Iterator[None]:
    """What the block takes, of this process and those it starts and waits for."""
    gc.collect()
    start, cpu = perf_counter(), _cpu()
    yield
    _cost.update(seconds=perf_counter() - start, cpu=_cpu() - cpu)


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


# --- dispatch --------------------------------------------------------------------------------------


def open_project(folder: str) -> Project:
    """The newsletter to measure with."""
    return Project.open(Path(folder), environ=os.environ)


def import_list(folder: str) -> None:
    """`dispatch subscribers import`."""
    with open_project(folder) as project:
        project.database  # noqa: B018 - opened, and made, before the clock runs
        with measured():
            project.sync_subscribers(skip_rejected=False)


def freeze_mailing(folder: str) -> None:
    """What `dispatch send` does before the first message leaves."""
    with open_project(folder) as project, project.lock.hold(ISSUE):
        issue = project.read_issue(ISSUE)
        project.sync_subscribers(skip_rejected=False)
        proposal = propose(project, issue)
        with measured():
            freeze(project, proposal, confirmed=None)


def freeze_single(folder: str) -> None:
    """The same for a carrier that takes one message a call: in the units that it takes."""
    PROVIDERS["postmark"] = "bench.single_calls:SingleCalls"
    freeze_mailing(folder)


def send(folder: str) -> None:
    """`dispatch resume`."""
    with open_project(folder) as project:
        mailing = project.mailing(unfinished=True)
        with measured(), project.lock.hold(mailing.name):
            project.ledger.resume(mailing)
            sender_of(project, mailing, stop=Event(), on_progress=lambda _: None).run()
        with project.database.reading() as connection:
            tally = project.ledger.tally(connection, mailing)
        assert tally.accepted == mailing.audience, tally


def send_single(folder: str) -> None:
    """The same through a carrier that takes one message a call."""
    PROVIDERS["postmark"] = "bench.single_calls:SingleCalls"
    send(folder)


def submit_single(folder: str, messages: str) -> None:
    """The provider alone, with one message a call: filled, encoded, posted, its answer read."""
    with open_project(folder) as project, closing(project.open_provider("postmark")) as provider:
        writer = personalizer(project)
        writer.message(reader(1), DATE)
        with measured():
            for position in range(1, int(messages) + 1):
                (call,) = provider.plan([writer.message(reader(position), DATE)])
                (outcome,) = provider.submit(Batch(f"bench.{position}.0", call), _nothing_to_record)
                assert isinstance(outcome, Accepted), outcome


def _nothing_to_record(count: int, request_sha256: str = "") -> None:
    """The provider alone has no ledger."""


def send_watching(folder: str) -> None:
    """`dispatch resume`, and how much of its CPU time is spent in transactions, and in reading recipients there."""
    transactions, recipients = Stopwatch(), Stopwatch()
    for name in ("writing", "reading"):
        setattr(Database, name, transactions.around_block(getattr(Database, name)))
    for name in ("together", "together_with"):
        setattr(Database, name, transactions.around(getattr(Database, name)))
    Ledger.recipients = recipients.around(Ledger.recipients)  # type: ignore[method-assign]
    send(folder)
    _cost.update(transactions=transactions.seconds, recipients=recipients.seconds)


# --- the plainest programs -------------------------------------------------------------------------


def copy_list(source: str, target: str) -> None:
    """`csv` and `executemany` into SQLite."""
    with closing(_plain_database(target)) as database, Path(source).open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        columns = next(rows)
        database.execute(f"CREATE TABLE person ({', '.join(f'{name} TEXT NOT NULL' for name in columns)})")
        database.execute("CREATE UNIQUE INDEX person_email ON person (email)")
        database.commit()
        with measured(), database:
            database.executemany(f"INSERT INTO person VALUES ({', '.join('?' * len(columns))})", rows)


def copy_audience(target: str) -> None:
    """`select` and `executemany` within what copy_list() wrote."""
    with closing(_plain_database(target)) as database:
        database.execute("DROP TABLE IF EXISTS audience")
        database.execute("CREATE TABLE audience (position INTEGER PRIMARY KEY, email, name, fields)")
        database.commit()
        with measured(), database:
            people = database.execute("SELECT email, name, first_name, city FROM person")
            rows = (
                (position, email, name, json.dumps({"first_name": first, "city": city}))
                for position, (email, name, first, city) in enumerate(people, 1)
            )
            database.executemany("INSERT INTO audience VALUES (?, ?, ?, ?)", rows)


def _plain_database(path: str) -> sqlite3.Connection:
    """As durable as ours."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def replay(sample: str, port: str, calls: str) -> None:
    """The first call of a mailing again and again: `json.dumps` of what it holds, and a socket."""
    head, body = Path(sample).read_bytes().split(b"\r\n\r\n", 1)
    encode = encoder_of(head, body)
    assert len(encode()) == len(body), "the baseline has to send the same number of bytes"
    with socket.create_connection(("127.0.0.1", int(port))) as connection, measured():
        for _ in range(int(calls)):
            again = encode()
            connection.sendall(_with_length(head, len(again)) + again)
            _read_answer(connection)
    _cost["recipients"] = int(calls) * recipients_in(head, body)


def post(sample: str, port: str, calls: str) -> None:
    """requests as its documentation shows it: a session, `json=`, and the answer's `json()`."""
    head, body = Path(sample).read_bytes().split(b"\r\n\r\n", 1)
    path = head.split()[1].decode()
    fields = json.loads(body)
    with requests.Session() as session, measured():
        for _ in range(int(calls)):
            answer = session.post(f"http://127.0.0.1:{port}{path}", json=fields, timeout=30)
            answer.raise_for_status()
            answer.json()


def encoder_of(head: bytes, body: bytes) -> Callable[[], bytes]:
    """What writes a body again, the JSON in it from values: all of it, or some parts of a form."""
    boundary = re.search(rb"boundary=([^\r\n;]+)", head)
    if not boundary:
        return _json_encoder(body)
    delimiter = b"--" + boundary[1].strip(b'"')
    pieces: list[Callable[[], bytes]] = []
    for part in body.split(delimiter):
        start, gap, content = part.partition(b"\r\n\r\n")
        if b"recipient-variables" in start:
            encode = _json_encoder(content.removesuffix(b"\r\n"))
            pieces.append(lambda start=start, encode=encode: start + b"\r\n\r\n" + encode() + b"\r\n")  # type: ignore[misc]
        else:
            pieces.append(lambda part=start + gap + content: part)  # type: ignore[misc]
    return lambda: delimiter.join(piece() for piece in pieces)


def recipients_in(head: bytes, body: bytes) -> int:
    """To how many people a call goes."""
    if b"boundary=" not in head:
        return len(json.loads(body))
    variables = body.split(b'name="recipient-variables"', 1)[1].split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0]
    return len(json.loads(variables))


def _json_encoder(content: bytes) -> Callable[[], bytes]:
    """`json.dumps` in the way that gives as many bytes."""
    values = json.loads(content)
    for ascii_only in (True, False):
        for separators in ((",", ":"), (", ", ": ")):

            def encode(ascii_only: bool = ascii_only, separators: tuple[str, str] = separators) -> bytes:
                return json.dumps(values, ensure_ascii=ascii_only, separators=separators).encode()

            if len(encode()) == len(content):
                return encode
    raise AssertionError("json.dumps writes this in no way")


def _with_length(head: bytes, length: int) -> bytes:
    return re.sub(rb"(?i)(\r\ncontent-length:) *\d+", rb"\1 %d" % length, head) + b"\r\n\r\n"


def _read_answer(connection: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, body = answer.split(b"\r\n\r\n", 1)
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    parts = [body]
    left = length - len(body)
    while left:
        parts.append(connection.recv(min(left, 1 << 20)))
        left -= len(parts[-1])
    return b"".join(parts)


def _peak() -> int:
    """Bytes: the largest resident memory of this process."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1024


WORK: dict[str, Callable[..., None]] = {
    act.__name__: act
    for act in (
        import_list,
        freeze_mailing,
        freeze_single,
        send,
        send_single,
        submit_single,
        send_watching,
        copy_list,
        copy_audience,
        replay,
        post,
    )
}


def main(what: str, *arguments: str) -> None:
    """Do it, and print its cost."""
    WORK[what](*arguments)
    print(json.dumps({**_cost, "peak": _peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
