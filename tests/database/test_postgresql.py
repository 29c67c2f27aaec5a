"""PostgreSQL is durable, lets several write at once, and says in a sentence what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dispatch.database.database import Database
from dispatch.database.schema import setting, subscriber
from dispatch.errors import DatabaseTrouble
from dispatch.testing.databases import PostgresServer


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.url(postgres.make("blank"))


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(url, folder=tmp_path)) as database:
        yield database


def put(connection: Connection, name: str, value: str = "") -> None:
    connection.execute(insert(setting).values(name=name, value=value))


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(setting.c.name).order_by(setting.c.name)).scalars())


def trouble(url: str, folder: Path) -> str:
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(url, folder=folder)
    assert caught.value.problems[0].remedy
    return str(caught.value)


def shown(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())


# --- what is kept -----------------------------------------------------------------------------


def test_a_transaction_is_as_a_ledger_needs_it(database: Database) -> None:
    wanted = ("synchronous_commit", "transaction_isolation", "transaction_read_only", "lock_timeout")
    with database.writing() as connection:
        assert [shown(connection, name) for name in wanted] == ["on", "read committed", "off", "30s"]
    with database.reading() as connection:
        assert [shown(connection, name) for name in wanted[1:3]] == ["repeatable read", "on"]


@pytest.mark.parametrize(
    ("wished", "had"), [("off", "on"), ("local", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")]
)
def test_a_commit_is_never_less_than_durable_and_may_be_more(
    postgres: PostgresServer, tmp_path: Path, wished: str, had: str
) -> None:
    name = postgres.make("blank")
    postgres.run(f"ALTER DATABASE {name} SET synchronous_commit = {wished}")
    with closing(Database.open(postgres.url(name), folder=tmp_path)) as database, database.writing() as connection:
        assert shown(connection, "synchronous_commit") == had


def test_what_was_committed_survives_the_server_and_the_next_transaction_finds_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.database.database._PATIENCE", 0.5)

    def write_while_it_dies(server: PostgresServer, database: Database) -> None:
        with database.writing() as connection:
            put(connection, "never committed")
            server.kill()
            put(connection, "never said")

    with PostgresServer() as server:
        server.run("CREATE DATABASE ours")
        with closing(Database.open(server.url("ours"), folder=tmp_path)) as database:
            with database.writing() as connection:
                put(connection, "a")
            with pytest.raises(DatabaseTrouble, match="has lost the connection"):
                write_while_it_dies(server, database)
            with pytest.raises(DatabaseTrouble, match="cannot be reached"):
                names(database)
            server.start()
            assert names(database) == ["a"]


def test_a_connection_that_died_while_nobody_used_it_is_replaced(postgres: PostgresServer, database: Database) -> None:
    with database.writing() as connection:
        put(connection, "a")
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    postgres.run(f"SELECT pg_terminate_backend({number}, 5000)")
    assert names(database) == ["a"]


def test_the_clock_is_the_servers_and_goes_on_within_a_transaction(database: Database) -> None:
    with database.reading() as connection:
        first = database.now(connection)
        connection.exec_driver_sql("SELECT pg_sleep(0.01)")
        assert 0.01 <= database.now(connection) - first < 5


# --- several at once --------------------------------------------------------------------------


def test_two_may_write_at_once(database: Database) -> None:
    def put_another() -> None:
        with database.writing() as connection:
            put(connection, "b")

    with database.writing() as connection:
        put(connection, "a")
        other = threading.Thread(target=put_another)
        other.start()
        other.join(10)
        assert not other.is_alive()
    assert names(database) == ["a", "b"]


def test_what_must_be_alone_waits_for_the_end_of_the_other_transaction(database: Database) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with database.writing() as connection:
            database.alone(connection, "freeze")
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.writing() as connection:
        database.alone(connection, "freeze")
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def at_once(*acts: Callable[[], object]) -> None:
    """Run each in a thread of its own; raises what any of them raised."""
    with ThreadPoolExecutor(len(acts)) as pool:
        for future in [pool.submit(act) for act in acts]:
            future.result(60)


def test_several_may_open_a_new_database_at_once(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.url(postgres.make())
    at_once(*[lambda: Database.open(url, folder=tmp_path).close()] * 4)
    with closing(Database.open(url, folder=tmp_path)) as database:
        assert names(database) == []


def test_of_two_that_wait_for_each_other_both_are_done_in_the_end(url: str, tmp_path: Path) -> None:
    with closing(Database.open(url, folder=tmp_path)) as one, closing(Database.open(url, folder=tmp_path)) as other:
        with one.writing() as connection:
            put(connection, "a", "0")
            put(connection, "b", "0")
        both_hold_one = threading.Barrier(2)
        attempts: list[str] = []

        def count_up(database: Database, *order: str) -> None:
            def act(connection: Connection) -> None:
                attempts.append(order[0])
                for name in order:
                    row = update(setting).where(setting.c.name == name)
                    connection.execute(row.values(value=func.concat(setting.c.value, "+")))
                    if name == order[0] and attempts.count(name) == 1:
                        both_hold_one.wait(30)

            database.together(act)

        at_once(lambda: count_up(one, "a", "b"), lambda: count_up(other, "b", "a"))
        with one.reading() as connection:
            assert connection.execute(select(setting.c.value)).scalars().all() == ["0++", "0++"]
        assert len(attempts) >= 3


# --- what can be wrong with it ----------------------------------------------------------------


def test_a_database_that_is_not_there_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    assert "the database nope on" in trouble(postgres.url("nope"), tmp_path)


def test_a_user_who_is_not_there_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    assert "does not know this user" in trouble(postgres.url("blank").replace("postgres@", "nobody@"), tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no.such.host.invalid"])
def test_a_server_that_is_away_is_told(tmp_path: Path, host: str) -> None:
    message = trouble(f"postgresql://user:secret@{host}/dispatch", tmp_path)
    assert "cannot be reached" in message
    assert "secret" not in message


def test_a_user_with_too_many_connections_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.make()
    postgres.run(f"CREATE ROLE crowd_{name} LOGIN CONNECTION LIMIT 0")
    assert "takes no more connections" in trouble(postgres.url(name).replace("postgres@", f"crowd_{name}@"), tmp_path)


def test_a_user_without_rights_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.make()
    postgres.run(f"CREATE ROLE guest_{name} LOGIN")
    url = postgres.url(name).replace("postgres@", f"guest_{name}@")
    assert "does not let this user do" in trouble(url, tmp_path)


def test_a_database_of_another_program_is_told_and_left_alone(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.make()
    postgres.run("CREATE TABLE bookmarks (url TEXT)", within=name)
    assert "belongs to another program: it has the tables bookmarks" in trouble(postgres.url(name), tmp_path)
    assert postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", within=name) == [("bookmarks",)]


def test_a_database_that_may_only_be_read_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.make("blank")
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with closing(Database.open(postgres.url(name), folder=tmp_path)) as database:
        with pytest.raises(DatabaseTrouble, match="may be read but not written"), database.writing() as connection:
            put(connection, "a")
        assert names(database) == []


def test_text_in_another_encoding_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    postgres.run("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    assert "keeps its text in LATIN1" in trouble(postgres.url("latin"), tmp_path)


def test_writing_while_reading_is_an_error(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseTrouble)), database.reading() as connection:
        put(connection, "a")


def test_no_address_gets_into_an_error(database: Database) -> None:
    row = dict.fromkeys([column.name for column in subscriber.columns], "") | {
        "id": "1",
        "email": "secret.person@example.org",
        "tags": [],
        "fields": {},
        "in_file": True,
    }
    with pytest.raises(IntegrityError) as caught, database.writing() as connection:
        connection.execute(insert(subscriber), [row, row | {"name": "twice"}])
    assert "secret.person" not in str(caught.value)


def test_a_server_ends_with_the_tests_that_started_it_however_they_end() -> None:
    killed = """
import os, signal
from dispatch.testing.databases import PostgresServer
server = PostgresServer()
print(server.socket.parent.parent, server._server.get_postmaster_info().pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    told = subprocess.run([sys.executable, "-c", killed], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    folder, command = Path(told[0]), Path("/proc", told[1], "cmdline")
    deadline = time.monotonic() + 60
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    assert not command.exists() or not command.read_text()  # a process that nobody has asked after has no command
