"""A database is durable, private, one writer at a time, and says in a sentence what is wrong with it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from dispatch.database.database import Database
from dispatch.database.schema import setting, subscriber
from dispatch.errors import DatabaseTrouble

URL = "sqlite:///.dispatch/dispatch.db"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(URL, folder=tmp_path)
    yield database
    database.close()


def put(connection: Connection, name: str, value: str = "") -> None:
    connection.execute(insert(setting).values(name=name, value=value))


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(setting.c.name).order_by(setting.c.name)).scalars())


def in_child(work: Callable[[], object]) -> int:
    """Run in a forked process; its exit code, 0 if `work` returned, 1 if it raised."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode is not None
    return child.exitcode


def trouble(folder: Path, url: str = URL) -> str:
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(url, folder=folder)
    assert caught.value.problems[0].remedy
    return str(caught.value)


# --- what is kept -----------------------------------------------------------------------------


def test_what_was_written_is_read(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "a")
    assert names(database) == ["a"]


def test_an_exception_undoes_the_whole_block(database: Database) -> None:
    def write_half() -> None:
        with database.writing() as connection:
            put(connection, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert names(database) == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as reader:
        assert reader.execute(select(setting)).all() == []
        with database.writing() as writer:
            put(writer, "a")
        assert reader.execute(select(setting)).all() == []
    assert names(database) == ["a"]


def test_writing_while_reading_is_an_error(database: Database) -> None:
    with database.reading() as connection, pytest.raises(OperationalError, match="readonly"):
        put(connection, "a")


def test_writing_within_writing_is_told_at_once(database: Database) -> None:
    with database.writing(), pytest.raises(RuntimeError, match="within"), database.writing():
        pass
    with database.writing() as connection:
        put(connection, "afterwards")


def test_a_foreign_key_must_exist(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO receipt VALUES (1, 1, 'x', '2026-01-01T00:00:00Z')")


def test_what_returned_survives_being_killed(tmp_path: Path) -> None:
    def write_and_die() -> None:
        database = Database.open(URL, folder=tmp_path)
        with database.writing() as connection:
            put(connection, "a")
        with database.writing() as connection:
            put(connection, "never committed")
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(write_and_die) == -signal.SIGKILL
    with closing(Database.open(URL, folder=tmp_path)) as database:
        assert names(database) == ["a"]


def test_pragmas_are_as_a_ledger_needs_them(database: Database) -> None:
    with database.writing() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 1, 30_000]


def test_what_is_deleted_is_gone_from_the_file(tmp_path: Path) -> None:
    with closing(Database.open(URL, folder=tmp_path)) as database:
        with database.writing() as connection:
            put(connection, "forgotten@example.org")
        with database.writing() as connection:
            connection.execute(setting.delete())
    assert b"forgotten@example.org" not in (tmp_path / ".dispatch/dispatch.db").read_bytes()


def test_what_is_deleted_is_gone_from_the_log_too_while_the_database_is_open(database: Database) -> None:
    def files() -> bytes:
        return b"".join(path.read_bytes() for path in database.path.parent.iterdir())

    with database.writing() as connection:
        put(connection, "forgotten@example.org")
    with database.writing() as connection:
        connection.execute(setting.delete())
    assert b"forgotten@example.org" in files()
    database.empty_log()
    assert b"forgotten@example.org" not in files()


def test_a_reader_in_the_way_of_emptying_the_log_is_no_error(database: Database) -> None:
    with database.reading() as reader:
        reader.execute(select(setting)).all()
        with database.writing() as connection:
            put(connection, "a")
        database.empty_log()
    assert names(database) == ["a"]


# --- several at once --------------------------------------------------------------------------


def count_up(database: Database, times: int) -> None:
    for _ in range(times):
        with database.writing() as connection:
            value = int(connection.execute(select(setting.c.value)).scalar_one())
            connection.execute(update(setting).values(value=str(value + 1)))


def test_threads_that_read_and_then_write_lose_nothing(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "counter", "0")
    threads = [threading.Thread(target=count_up, args=(database, 25)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.execute(select(setting.c.value)).scalar_one() == "200"


def test_processes_may_open_a_new_database_at_once_and_write_to_it(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(6)

    def open_and_count(number: int) -> None:
        start.wait(30)
        with closing(Database.open(URL, folder=tmp_path)) as database:
            with database.writing() as connection:
                put(connection, f"process {number}", "0")
            count = update(setting).where(setting.c.name == f"process {number}").values(value=setting.c.value + 1)
            for _ in range(10):
                with database.writing() as connection:
                    connection.execute(count)

    children = [fork.Process(target=open_and_count, args=(number,)) for number in range(6)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 6
    with closing(Database.open(URL, folder=tmp_path)) as database, database.reading() as connection:
        assert list(connection.execute(select(setting.c.value)).scalars()) == ["10"] * 6


def test_opening_again_does_not_import_alembic(tmp_path: Path) -> None:
    Database.open(URL, folder=tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from dispatch.database.database import Database; "
        f"Database.open({URL!r}, folder=Path(sys.argv[1])).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


# --- who may look -----------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_files_are_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(Database.open(URL, folder=tmp_path)) as database, database.writing() as connection:
            put(connection, "a")
            files = {path.name: mode(path) for path in (tmp_path / ".dispatch").iterdir()}
    finally:
        os.umask(before)
    assert mode(tmp_path / ".dispatch") == 0o700
    assert files == {"dispatch.db": 0o600, "dispatch.db-wal": 0o600, "dispatch.db-shm": 0o600}


def test_a_state_folder_and_a_file_open_to_others_are_closed(tmp_path: Path) -> None:
    Database.open(URL, folder=tmp_path).close()
    (tmp_path / ".dispatch").chmod(0o755)
    (tmp_path / ".dispatch/dispatch.db").chmod(0o644)
    Database.open(URL, folder=tmp_path).close()
    assert (mode(tmp_path / ".dispatch"), mode(tmp_path / ".dispatch/dispatch.db")) == (0o700, 0o600)


def test_a_folder_that_is_not_ours_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    Database.open("sqlite:///data/dispatch.db", folder=tmp_path).close()
    assert (mode(tmp_path / "data"), mode(tmp_path / "data/dispatch.db")) == (0o755, 0o600)


# --- where it is ------------------------------------------------------------------------------


def test_a_relative_path_counts_from_the_newsletter_and_an_absolute_one_does_not(tmp_path: Path) -> None:
    for url, path in [
        ("sqlite:///deep/er/a.db", tmp_path / "deep/er/a.db"),
        (f"sqlite:///{tmp_path}/b.db", tmp_path / "b.db"),
        ("sqlite+pysqlite:///c.db", tmp_path / "c.db"),
    ]:
        with closing(Database.open(url, folder=tmp_path)) as database:
            assert database.path == path
        assert path.is_file()


def test_a_folder_with_an_awkward_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "100% schön? #1 'ab'"
    folder.mkdir()
    with closing(Database.open(URL, folder=folder)) as database, database.writing() as connection:
        put(connection, "a")
    assert (folder / ".dispatch/dispatch.db").is_file()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+asyncpg://user:secret@db/dispatch", "postgresql+asyncpg databases are not known"),
        ("postgresql://user:secret@db", "names no database"),
        ("postgresql://user@db/dispatch?password=secret", "the password stands behind the ?"),
        ("postgresql://user:secret@db:port/dispatch", "not the URL of a database"),
        ("mysql://user:secret@db/dispatch", "mysql databases are not known"),
        (".dispatch/dispatch.db", "not the URL of a database"),
        ("", "not the URL of a database"),
        ("sqlite://", "does not name a file"),
        ("sqlite:///:memory:", "does not name a file"),
        ("sqlite://host/a.db", "does not name a file"),
        ("sqlite:///a.db?mode=ro", "does not name a file"),
    ],
)
def test_a_url_that_names_no_sqlite_file_is_told(tmp_path: Path, url: str, said: str) -> None:
    message = trouble(tmp_path, url)
    assert said in message
    assert "secret" not in message
    assert list(tmp_path.iterdir()) == []


# --- what can be wrong with it ----------------------------------------------------------------


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    with closing(Database.open("sqlite:///a.db", folder=tmp_path)) as database:
        assert names(database) == []


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    file.write_bytes(b"Dear diary,\n" * 500)
    assert "is not a database" in trouble(tmp_path, "sqlite:///a.db")
    assert file.read_bytes() == b"Dear diary,\n" * 500


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".dispatch/dispatch.db"
    Database.open(URL, folder=tmp_path).close()
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996  # the first page: the table of tables
    file.write_bytes(content)
    assert "is damaged" in trouble(tmp_path)


def test_a_database_of_another_program_is_told_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "belongs to another program: it has the tables bookmarks" in trouble(tmp_path, "sqlite:///a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_database_of_a_newer_dispatch_is_told(tmp_path: Path) -> None:
    Database.open(URL, folder=tmp_path).close()
    with closing(sqlite3.connect(tmp_path / ".dispatch/dispatch.db")) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    message = trouble(tmp_path)
    assert "made by a newer dispatch: its version is 9999" in message
    assert "Install the newer dispatch" in message


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").mkdir()
    assert "cannot be opened" in trouble(tmp_path, "sqlite:///a.db")


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / ".dispatch").touch()
    assert "cannot be made" in trouble(tmp_path)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that a user without rights can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def without_rights() -> None:
    """Let go of root, which may write anywhere, where the tests run as root."""
    if os.geteuid() == 0:
        os.setuid(65534)


def test_a_read_only_folder_is_told(public_folder: Path) -> None:
    public_folder.chmod(0o555)

    def open_it() -> None:
        without_rights()
        assert "cannot be made: Permission denied" in trouble(public_folder)

    assert in_child(open_it) == 0


def test_a_read_only_database_is_told(public_folder: Path) -> None:
    Database.open("sqlite:///a.db", folder=public_folder).close()
    (public_folder / "a.db").chmod(0o444)
    public_folder.chmod(0o555)

    def open_it() -> None:
        without_rights()
        assert "may be read but not written" in trouble(public_folder, "sqlite:///a.db")

    assert in_child(open_it) == 0


def test_a_full_database_is_told_and_what_was_kept_stays(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "before")
    rows = [{"name": f"{number}", "value": "x" * 1000} for number in range(1000)]
    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(DatabaseTrouble, match="the disk is full"), database.writing() as connection:
        connection.execute(insert(setting), rows)
    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        put(connection, "later")
    assert names(database) == ["before", "later"]


def test_a_disk_that_takes_no_more_is_told(tmp_path: Path) -> None:
    def fill() -> None:
        database = Database.open(URL, folder=tmp_path)
        for number in range(1000):
            with database.writing() as connection:
                put(connection, f"{number:04}", "x" * 1000)

    def fill_to_the_limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(DatabaseTrouble, match="the disk"):
            fill()

    assert in_child(fill_to_the_limit) == 0
    with closing(Database.open(URL, folder=tmp_path)) as database:
        kept = names(database)
    assert kept
    assert kept == [f"{number:04}" for number in range(len(kept))]


def test_another_writer_is_waited_for_and_then_told(database: Database) -> None:
    with database._writer.connect() as connection:  # its pool hands this same connection to writing()
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseTrouble, match="in use by another process"), database.writing():
            pass
    with database.writing() as connection:
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
        connection.execute(insert(subscriber), [row, row])
    assert "secret.person" not in str(caught.value)
