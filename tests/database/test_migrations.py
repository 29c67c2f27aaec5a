"""What the migrations make is what the code believes the tables to be."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect

from dispatch.database import migrations
from dispatch.database.database import HEAD, Database
from dispatch.database.schema import metadata


def tables(connection: Connection) -> dict[str, object]:
    """What each table is made of. Not its text: SQLite puts an added column behind the constraints."""
    inspector = inspect(connection)
    return {
        name: (
            [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
            inspector.get_pk_constraint(name),
            sorted(map(repr, inspector.get_foreign_keys(name))),
            sorted(map(repr, inspector.get_unique_constraints(name))),
            sorted(map(repr, inspector.get_indexes(name))),
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_a_migrated_database_has_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = create_engine("sqlite://")
    with closing(Database.open("sqlite:///a.db", folder=tmp_path)) as database, engine.begin() as fresh:
        metadata.create_all(fresh)
        with database.reading() as migrated:
            assert tables(migrated) == tables(fresh)
            assert compare_metadata(MigrationContext.configure(migrated), metadata) == []
    engine.dispose()


def test_the_constant_that_saves_importing_alembic_is_the_newest_version() -> None:
    assert migrations.known_versions()[0] == HEAD


def test_running_the_migrations_again_changes_nothing(tmp_path: Path) -> None:
    with closing(Database.open("sqlite:///a.db", folder=tmp_path)) as database:
        with database.reading() as connection:
            before = tables(connection)
        with database.writing() as connection:
            migrations.upgrade(connection)
        with database.reading() as connection:
            assert tables(connection) == before
