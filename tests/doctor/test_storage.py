"""Database, file system and room."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.database.database import HEAD, Database
from dispatch.doctor.storage import database, file_system, free_space, kind_of_file_system
from dispatch.testing.databases import PostgresServer
from doctor.conftest import Open
from doctor.looks import look, only
from newsletter import add_people, configure


def execute(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_database_in_order(case: Open) -> None:
    seen = only(database, case())
    assert (seen.verdict, f"is of version {HEAD}, can be written" in seen.message) == ("ok", True)


def test_there_is_none_yet_and_none_is_made(case: Open, folder: Path) -> None:
    shutil.rmtree(folder / ".dispatch")
    seen = only(database, case())
    assert (seen.verdict, "the first command that needs one makes it" in seen.message) == ("ok", True)
    assert not (folder / ".dispatch").exists()


@pytest.mark.parametrize(
    ("version", "verdict", "says"),
    [("0001", "warning", f"the next command that needs it brings it to {HEAD}"), ("9999", "error", "a newer dispatch")],
)
def test_another_version_is_left_alone(case: Open, folder: Path, version: str, verdict: str, says: str) -> None:
    execute(folder, f"UPDATE alembic_version SET version_num = '{version}'")
    seen = only(database, case())
    assert (seen.verdict, says in seen.message) == (verdict, True)
    assert only(database, case()) == seen


def test_a_database_without_its_log(case: Open, folder: Path) -> None:
    execute(folder, "PRAGMA journal_mode = DELETE")
    seen = only(database, case())
    assert (seen.verdict, "its journal_mode is delete, and has to be wal" in seen.message) == ("error", True)


def test_what_is_no_database(case: Open, folder: Path) -> None:
    (folder / ".dispatch/dispatch.db").write_bytes(b"nothing of the kind" * 100)
    seen = only(database, case())
    assert (seen.verdict, "is not a database" in seen.message) == ("error", True)


def test_a_database_that_may_not_be_made(case: Open, folder: Path) -> None:
    configure(folder, "database: sqlite:///issues/bridge.yaml/dispatch.db\n")
    seen = only(database, case())
    assert (seen.verdict, "bridge.yaml/dispatch.db cannot be made" in seen.message) == ("error", True)


def test_a_database_on_a_server(case: Open, folder: Path, postgres: PostgresServer) -> None:
    url = postgres.url(postgres.make())
    configure(folder, f"database: {url}\n")
    seen = only(database, case())
    assert (seen.verdict, "the first command that needs one makes it: test" in seen.message) == ("ok", True)
    assert (
        postgres.run("SELECT * FROM pg_tables WHERE schemaname = 'public'", within=url.split("/")[3].split("?")[0])
        == []
    )
    assert only(file_system, case()).verdict == "skipped"
    Database.open(url, folder=folder).close()
    doubts = {observation.message.partition(": ")[2] for observation in look(database, case())}
    assert doubts == {
        "its server does not wait for the disk: fsync is off",  # as the tests' server is set
        "its server may tear pages: full_page_writes is off",
    }


def test_a_server_that_is_not_there(case: Open, folder: Path) -> None:
    configure(folder, f"database: postgresql://ada@/news?host={folder}\n")
    seen = only(database, case())
    assert (seen.verdict, "news" in seen.message, "cannot be reached" in seen.message) == ("error", True, True)


MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
28 27 0:50 / /srv rw,relatime shared:1 - nfs4 server:/srv rw
29 28 254:1 / /srv/own rw - xfs /dev/vdb rw
30 27 0:51 / /mnt/a\\040share rw - cifs //server/share rw
31 27 0:52 / /home rw - ext4 /dev/vdc rw
32 27 0:53 / /home rw - fuse.sshfs ada@server: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv", "nfs4"),
        ("/srvother", "ext4"),
        ("/srv/own", "xfs"),
        ("/mnt/a share", "cifs"),
        ("/home", "fuse.sshfs"),
    ],
)
def test_the_file_system_that_holds_a_path(monkeypatch: pytest.MonkeyPatch, path: str, kind: str) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    assert kind_of_file_system(Path(path), MOUNTS) == kind


@pytest.mark.parametrize(
    ("kind", "verdict"), [("ext4", "ok"), ("nfs4", "error"), ("fuse.sshfs", "error"), ("9p", "error")]
)
def test_a_disk_of_another_machine(case: Open, monkeypatch: pytest.MonkeyPatch, kind: str, verdict: str) -> None:
    monkeypatch.setattr("dispatch.doctor.storage.kind_of_file_system", lambda *_: kind)
    seen = only(file_system, case())
    assert (seen.verdict, f"({kind})" in seen.message) == (verdict, True)


Usage = namedtuple("Usage", "total used free")  # noqa: PYI024


@pytest.mark.parametrize(("free", "verdict"), [(10**12, "ok"), (10**8, "warning"), (10**5, "error")])
def test_room_for_a_mailing(case: Open, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))
    assert only(free_space, case()).verdict == verdict


def test_more_people_need_more_room(case: Open, real: Path) -> None:
    assert "a mailing to 5 takes about 5 kB" in only(free_space, case()).message
    add_people(real, *(f"p{number}@example.com,P,en,subscribed" for number in range(995)))
    assert "a mailing to 1,000 takes about 1 MB" in only(free_space, case()).message


def test_without_a_list(case: Open, folder: Path) -> None:
    (folder / "subscribers.csv").unlink()
    assert "a mailing to 0 takes about 0 bytes" in only(free_space, case()).message
