"""What the migrations make is what the code believes the tables to be, on either database, however they end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import PendingRollbackError

from dispatch.database import migrations
from dispatch.database.database import HEAD, Database
from dispatch.database.schema import metadata
from dispatch.testing.databases import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield "sqlite:///a.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        name = server.make()
        yield server.url(name)
        server.drop(name)


def tables(connection: Connection) -> dict[str, str]:
    """What each table is made of. Not its text: SQLite puts an added column behind the constraints."""
    inspector = inspect(connection)
    return {
        name: repr(
            [
                sorted(({**column, "type": str(column["type"])} for column in inspector.get_columns(name)), key=str),
                inspector.get_pk_constraint(name),
                sorted(inspector.get_foreign_keys(name), key=str),
                sorted(inspector.get_unique_constraints(name), key=str),
                sorted(inspector.get_indexes(name), key=str),
            ]
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def of_schema(connection: Connection, url: str) -> dict[str, str]:
    """What the tables would be if the schema had made them."""
    if url.startswith("sqlite"):
        engine = create_engine("sqlite://")
        with engine.begin() as fresh:
            metadata.create_all(fresh)
            made = tables(fresh)
        engine.dispose()
        return made
    connection.execute(text("CREATE SCHEMA fresh"))
    connection.execute(text("SET LOCAL search_path = fresh"))
    metadata.create_all(connection)
    made = {name: told.replace("fresh.", "") for name, told in tables(connection).items()}
    connection.rollback()
    return made


def test_a_migrated_database_has_exactly_the_tables_of_the_schema(empty_url: str, tmp_path: Path) -> None:
    with closing(Database.open(empty_url, folder=tmp_path)) as database:
        with database.reading() as migrated:
            made = tables(migrated)
            assert compare_metadata(MigrationContext.configure(migrated), metadata) == []
        with database.writing() as connection:
            assert made == of_schema(connection, empty_url)


def test_the_constant_that_saves_importing_alembic_is_the_newest_version() -> None:
    assert migrations.known_versions()[0] == HEAD


def test_running_the_migrations_again_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    with closing(Database.open(empty_url, folder=tmp_path)) as database:
        with database.reading() as connection:
            before = tables(connection)
        with database.writing() as connection:
            migrations.upgrade(connection)
        with database.reading() as connection:
            assert tables(connection) == before


# --- with people and a mailing in it ----------------------------------------------------------


def bring_to(database: Database, version: str) -> None:
    with database.writing() as connection:
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


OLD_ROWS = """
INSERT INTO setting VALUES ('subscribers_file', '{"generation": 3}');
INSERT INTO subscriber VALUES ('a1', 'ann@x.example', 'Ann', '', '', '["x"]', '{"city": "Rome"}', 'subscribed', '', '', 'file', 3, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
INSERT INTO subscriber VALUES ('b2', 'bob@x.example', 'Bob', '', '', '[]', '{}', 'unsubscribed', '', '', 'file', 2, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
INSERT INTO mailing (id, name, issue, number, nonce, created_at, provider, segment, audience, excluded, content, content_sha256, "commit", clean, key_id) VALUES (1, 'rivers.1', 'rivers', 1, 'n', '2026-01-01T00:00:00Z', 'fake', '', 1, '{}', 'x', 'y', '', false, 'k');
INSERT INTO recipient VALUES (1, 1, 'a1', 'ann@x.example', 'Ann', 0, '{}');
INSERT INTO batch (id, mailing_id, variant, first, last, positions, count, state, begun, done, revision, attempts, code, detail, updated_at) VALUES (1, 1, 0, 1, 1, '1', 1, 'pending', 0, 0, 0, 0, '', '', '2026-01-01T00:00:00Z')
"""


def contents(connection: Connection) -> dict[str, list[str]]:
    names = inspect(connection).get_table_names()
    return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).mappings())) for name in names}


def database_of_version_1(url: str, folder: Path) -> Database:
    """An old newsletter's, with rows in it."""
    database = Database.as_it_is(url, folder=folder)
    bring_to(database, "0001")
    with database.writing() as connection:
        for row in OLD_ROWS.strip().splitlines():
            connection.exec_driver_sql(row)
    return database


def test_an_old_database_keeps_what_is_in_it(empty_url: str, tmp_path: Path) -> None:
    database_of_version_1(empty_url, tmp_path).close()
    with closing(Database.open(empty_url, folder=tmp_path)) as database, database.reading() as connection:
        assert connection.execute(text("SELECT email FROM subscriber ORDER BY email")).scalars().all() == [
            "ann@x.example",
            "bob@x.example",
        ]
        assert connection.execute(text("SELECT state, count, version FROM batch")).all() == [("pending", 1, 0)]
        assert connection.execute(text("SELECT number FROM news")).all() == [(0,)]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


class Death(BaseException):
    """Whoever migrates is no more."""


def test_a_migration_that_ends_at_any_step_leaves_the_old_tables(empty_url: str, tmp_path: Path) -> None:
    database = database_of_version_1(empty_url, tmp_path)
    with database.reading() as connection:
        before = (tables(connection), contents(connection))
    steps = 0
    for last in range(1, 100):
        steps = 0

        def die(*_: object, last: int = last) -> None:
            nonlocal steps
            steps += 1
            if steps == last:
                raise Death

        event.listen(database._writer, "before_cursor_execute", die)
        try:
            database._upgrade()
        except (Death, PendingRollbackError):  # alembic tidies up, and finds the transaction gone
            with database.reading() as connection:
                assert (tables(connection), contents(connection)) == before
        else:
            break
        finally:
            event.remove(database._writer, "before_cursor_execute", die)
    assert steps > 10
    assert database.version() == HEAD
    database.close()
